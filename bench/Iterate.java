import io.postil.core.dataset.Sample;
import io.postil.core.label.Detections;
import io.postil.core.store.SampleCursor;
import io.postil.engine.Workspace;

/**
 * Reads every sample of a view with its labels, as the peer's bench does in Python. Arguments: the
 * dataset and the view as text; POSTIL_HOME or POSTIL_DATABASE_URI say where.
 */
final class Iterate {
  public static void main(String[] args) {
    long samples = 0;
    long labels = 0;
    try (Workspace workspace = Workspace.open();
        SampleCursor cursor = workspace.dataset(args[0]).view(args[1]).cursor()) {
      while (cursor.hasNext()) {
        Sample sample = cursor.next();
        samples++;
        labels += ((Detections) sample.fields().get("predictions")).labels().size();
      }
    }
    System.out.println(samples + " samples, " + labels + " labels");
  }
}
