package io.postil.engine.evaluation;

import io.postil.core.store.DatasetStore;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;

/**
 * A program that evaluates detections. It prints a line for every match, inside the transaction,
 * and one after it; it is made to be killed.
 */
final class EvaluatingProcess {
  private EvaluatingProcess() {}

  public static void main(String[] args) {
    Path home = Path.of(args[0]);
    try (DatasetStore store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home)) {
      new Evaluations(store.open("street"))
          .evaluateDetections(
              ViewDefinition.ALL,
              KilledEvaluationTest.EVALUATION,
              match -> System.out.println("match"));
      System.out.println("done");
      // Waits to be killed, so that the last round is killed after the commit.
      System.out.println("waiting");
    }
  }
}
