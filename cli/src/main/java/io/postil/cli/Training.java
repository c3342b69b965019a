package io.postil.cli;

import io.postil.backends.local.LocalQueue;
import io.postil.backends.local.LocalTask;
import io.postil.backends.local.LocalWork;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the common commands once, on a small dataset in an empty {@code POSTIL_HOME}. The launcher
 * does so after a build, so that the JVM can keep the classes they need in a cache and later calls
 * start quickly.
 */
final class Training {
  private static final List<String> DATASETS =
      List.of(
          "datasets import d --labels HOME/truth.json --label-field truth --no-check-media --json",
          "datasets import d --labels HOME/results.json --label-field predictions");

  private static final List<String> COMMON =
      List.of(
          "--help",
          "--version",
          "datasets list",
          "datasets info d",
          "datasets stats d --json",
          "datasets head d --samples 1 --json",
          "datasets head d --samples 9 --json --view filterLabels(predictions,confidence>0.8&&label==\"cat\")"
              + "|sortBy(length(predictions.detections),desc)",
          "datasets head d --view match(length(predictions.detections)>0)|sortBy(filepath)|limit(5)",
          "datasets export d --format coco --label-field truth --media none --out HOME/out",
          "views save d v --view filterLabels(predictions,label==\"cat\")|sortBy(filepath)|limit(5)",
          "views list d",
          "datasets aggregate d countValues(truth.detections.label)",
          "datasets aggregate d bounds(predictions.detections.confidence)",
          "datasets aggregate d mean(predictions.detections.confidence)");

  /** Commands that compute and write labels: an evaluation brings classes no other needs. */
  private static final List<String> EVALUATION =
      List.of(
          "evaluate detections d predictions --gt-field truth --eval-key eval --json",
          "evaluate detections d predictions --gt-field truth",
          "evaluate detections d predictions --gt-field truth --eval-key map --compute-map --json",
          "evaluate list d",
          "evaluate show d map --json",
          "evaluate show d eval --report HOME/report.html",
          "edit tag d checked --labels predictions --view limit(1) --json",
          "edit tag d checked --view limit(1)",
          "edit set d predictions.detections.index 1 --dry-run");

  /** Stands for the work of an annotator on the runs of the local queue. */
  private static final String EDIT = "#edit";

  /** Work with annotators: it speaks HTTP, and the others need not. */
  private static final List<String> ANNOTATION =
      List.of(
          "doctor",
          "annotation backends",
          "annotation config",
          "annotate d k --label-field truth --dry-run",
          "annotate d k --label-field truth --backend local",
          "runs list d",
          "runs status d k --json",
          "runs info d k",
          EDIT,
          "load-annotations d k --preview",
          "load-annotations d k --json",
          "runs history d",
          "annotate d cvat --label-field truth --view limit(1) --backend cvat"
              + " --backend-param segment_size=100",
          "runs status d cvat",
          "load-annotations d cvat",
          "annotate d ls --label-field truth --view limit(1) --backend labelstudio",
          "load-annotations d ls",
          "annotate d k --label-field truht");

  /** What is run once more on MongoDB; a run of these fails where it needs what is not there. */
  private static final List<String> ON_MONGODB =
      List.of(
          "datasets list",
          "datasets import e --labels HOME/truth.json --label-field truth --no-check-media --json",
          "datasets head d --samples 9 --json",
          "evaluate detections d predictions --gt-field truth --eval-key eval --json",
          "annotate d k --label-field truth --backend local",
          EDIT,
          "load-annotations d k --json");

  private final Path home;
  private final Map<String, String> environment = new HashMap<>(System.getenv());

  private Training(Path home) {
    this.home = home;
  }

  /**
   * Runs each command; what they print and how they end does not matter.
   *
   * @param args {@code annotation} to train work with annotators, {@code evaluation} to train what
   *     computes labels, {@code mongodb} to train everything but annotators on MongoDB as well;
   *     none to train the common commands
   */
  public static void main(String[] args) throws IOException {
    Path home = Path.of(System.getenv("POSTIL_HOME"));
    makeFiles(home);
    // As main does; one class outside of the cache would open every jar.
    Terminal.isWatched();
    Training training = new Training(home);
    training.run(DATASETS);
    switch (args.length == 0 ? "" : args[0]) {
      case "annotation" -> training.annotation();
      case "evaluation" -> training.run(EVALUATION);
      case "mongodb" -> training.mongodb();
      default -> training.run(COMMON);
    }
  }

  private static void makeFiles(Path home) throws IOException {
    Files.writeString(
        home.resolve("truth.json"),
        """
        {"images": [{"id": 1, "file_name": "1.png", "width": 100, "height": 100}],
         "categories": [{"id": 1, "name": "cat"}],
         "annotations": [
           {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20],
            "area": 400, "iscrowd": 0, "attributes": {"pose": "left"}},
           {"id": 2, "image_id": 1, "category_id": 1, "bbox": [50, 50, 20, 20],
            "area": 400, "iscrowd": 0, "attributes": {"pose": "left"}},
           {"id": 3, "image_id": 1, "category_id": 1, "bbox": [50, 10, 20, 20],
            "area": 400, "iscrowd": 0, "attributes": {"pose": "left"}}]}""");
    // So many different scores that their column holds numbers as they are.
    StringBuilder results = new StringBuilder("[");
    for (int i = 1; i <= 100; i++) {
      results.append(
          """
          {"image_id": 1, "category_id": 1, "bbox": [%d, 11, 20, 20], "score": %s}%s"""
              .formatted(i % 60, i / 100.0, i < 100 ? "," : "]"));
    }
    Files.writeString(home.resolve("results.json"), results);
    Files.write(home.resolve("1.png"), new byte[0]);
  }

  private void annotation() throws IOException {
    try (TrainingServer server = new TrainingServer("1.png")) {
      for (String backend : List.of("CVAT", "LABELSTUDIO")) {
        environment.put("FIFTYONE_" + backend + "_URL", server.url());
      }
      environment.put("FIFTYONE_CVAT_TOKEN", "none");
      environment.put("FIFTYONE_LABELSTUDIO_API_KEY", "none");
      run(ANNOTATION);
    }
  }

  private void mongodb() throws IOException {
    run(COMMON);
    run(EVALUATION);
    try (TrainingDatabase database = new TrainingDatabase()) {
      environment.put("POSTIL_DATABASE_URI", database.uri());
      run(ON_MONGODB);
    }
  }

  private void run(List<String> commands) throws IOException {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    for (String command : commands) {
      if (command.equals(EDIT)) {
        edit();
      } else {
        String[] words = command.replace("HOME", home.toString()).split(" ", -1);
        Main.run(words, nowhere, nowhere, environment);
      }
    }
  }

  /** Edits all that waits in local queues. */
  private void edit() throws IOException {
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(home.resolve("runs"), "*.db")) {
      for (Path run : runs) {
        String name = run.getFileName().toString();
        edit(home, ObjectId.of(name.substring(0, name.indexOf('.'))));
      }
    }
  }

  /** Moves the first label of each item, removes the second and adds one. */
  private static void edit(Path home, ObjectId run) {
    try (LocalQueue queue = LocalQueue.open(home, run)) {
      for (LocalTask.Summary summary : queue.page(0, 10)) {
        LocalTask task = queue.task(summary.item());
        Map<String, List<SingleLabel>> edited = new HashMap<>();
        task.work().labels().forEach((field, labels) -> edited.put(field, edited(labels)));
        LocalWork work = LocalWork.ofLabels(edited);
        queue.save(task.item(), task.revision(), LocalTask.State.COMPLETED, work);
      }
    }
  }

  private static List<SingleLabel> edited(List<SingleLabel> labels) {
    BoundingBox box = new BoundingBox(0.2, 0.2, 0.2, 0.2);
    List<SingleLabel> edited = new ArrayList<>(labels);
    edited.set(0, ((Detection) labels.get(0)).withBoundingBox(box));
    if (edited.size() > 1) {
      edited.remove(1);
    }
    edited.add(Detection.of("cat", box));
    return edited;
  }
}
