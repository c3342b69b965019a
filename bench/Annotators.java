import io.postil.backends.local.LocalQueue;
import io.postil.backends.local.LocalTask;
import io.postil.backends.local.LocalWork;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stands for the people who annotate: of every twenty labels of a run it moves two, relabels one,
 * deletes one and adds one, as the peer's bench does. Arguments: POSTIL_HOME and the run's id.
 */
final class Annotators {
  private int count;

  public static void main(String[] args) {
    new Annotators().work(Path.of(args[0]), ObjectId.of(args[1]));
  }

  private void work(Path home, ObjectId run) {
    try (LocalQueue queue = LocalQueue.open(home, run)) {
      List<LocalTask.Summary> page = queue.page(0, 500);
      while (!page.isEmpty()) {
        for (LocalTask.Summary summary : page) {
          LocalTask task = queue.task(summary.item());
          Map<String, List<SingleLabel>> edited = new LinkedHashMap<>();
          task.work().labels().forEach((field, labels) -> edited.put(field, edit(labels)));
          queue.save(task.item(), task.revision(), LocalTask.State.COMPLETED, LocalWork.ofLabels(edited));
        }
        page = queue.page(page.get(page.size() - 1).position() + 1, 500);
      }
    }
    System.out.println(count + " labels seen");
  }

  private List<SingleLabel> edit(List<SingleLabel> labels) {
    List<SingleLabel> edited = new ArrayList<>();
    for (SingleLabel label : labels) {
      Detection detection = (Detection) label;
      BoundingBox box = detection.boundingBox();
      switch (count++ % 20) {
        case 0, 10 ->
            edited.add(
                detection.withBoundingBox(
                    new BoundingBox(box.x() + 0.005, box.y(), box.width(), box.height())));
        case 2 -> edited.add(detection.withLabel("car".equals(detection.label()) ? "bus" : "car"));
        case 4 -> {}
        case 6 -> {
          edited.add(detection);
          edited.add(
              Detection.of(
                  detection.label(),
                  new BoundingBox(box.x() / 2, box.y() / 2, box.width(), box.height())));
        }
        default -> edited.add(detection);
      }
    }
    return edited;
  }
}
