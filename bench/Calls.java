import com.sun.management.OperatingSystemMXBean;
import io.postil.core.view.Aggregation;
import io.postil.core.viewtext.AggregationText;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Asks a dataset the same question again and again, as the App's server and notebooks do, and prints
 * the CPU seconds of one call once the program is warm: collector and compilers included, start-up
 * not. Arguments: the dataset, the question (an aggregation, or a view whose first sample is read) as
 * text; POSTIL_HOME or POSTIL_DATABASE_URI say where.
 */
final class Calls {
  private static final int WARM_UP = 30;
  private static final int CALLS = 30;

  public static void main(String[] args) {
    try (Workspace workspace = Workspace.open()) {
      Dataset dataset = workspace.dataset(args[0]);
      Runnable call = question(dataset, args[1]);
      for (int i = 0; i < WARM_UP; i++) {
        call.run();
      }
      OperatingSystemMXBean machine =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long before = machine.getProcessCpuTime();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      System.out.println((machine.getProcessCpuTime() - before) / 1e9 / CALLS);
    }
  }

  private static Runnable question(Dataset dataset, String text) {
    if (text.contains("|")) {
      return () -> dataset.view(text).first();
    }
    List<Aggregation> aggregation = List.of(AggregationText.parse(text));
    return () -> dataset.aggregate(aggregation);
  }
}
