package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.Sample;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.TestSamples;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that writes to a store until it is killed, or as often as it is told. Each change adds
 * three samples, changes the score of all and appends to the history; it prints {@code inside N}
 * within the change and {@code done N} after it.
 */
final class WritingProcess {
  private WritingProcess() {}

  public static void main(String[] args) {
    Path home = Path.of(args[0]);
    int changes = Integer.parseInt(args[1]);
    try (DatasetStore store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home)) {
      StoredDataset dataset = store.open("photos");
      for (int i = 1; i <= changes; i++) {
        change(dataset, System.out);
        System.out.println("done " + i);
      }
    } catch (PostilException e) {
      System.out.println(e.code() + " " + e.getMessage());
      System.exit(e.code() == ErrorCode.STORE_FULL ? 3 : 1);
    }
  }

  static void change(StoredDataset dataset, PrintStream out) {
    dataset.write(
        writer -> {
          int number = writer.history().size() + 1;
          for (int k = 0; k < 3; k++) {
            writer.insert(TestSamples.image("/" + number + "-" + k + ".jpg", 20));
            out.println("inside " + number);
          }
          List<Sample> samples = writer.read(ViewDefinition.ALL, Projection.of("score")).toList();
          for (Sample sample : samples) {
            Object score = sample.fields().get("score");
            writer.set(sample.id(), 0, "score", score, (double) number);
          }
          out.println("inside " + number);
          writer.appendHistory(Document.of("number", number));
          return number;
        });
  }
}
