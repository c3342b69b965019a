package io.postil.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
import io.postil.testkit.KilledProcess;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation that is killed leaves the dataset as it was before, or as it is after. */
class KilledEvaluationTest {
  static final DetectionEvaluation EVALUATION =
      DetectionEvaluation.of("predictions", "truth", "eval");
  private static final int SAMPLES = 40;
  private static final int ROUNDS = 20;

  @TempDir Path home;

  @Test
  void aKilledEvaluationIsDoneOrNotDoneAtAll() throws SQLException {
    List<Sample> before;
    try (DatasetStore store = open()) {
      StoredDataset dataset =
          store.create(
              DatasetInfo.create("street", MediaType.IMAGE)
                  .withField("truth", FieldSpec.embedded("truth", "Detections"))
                  .withField("predictions", FieldSpec.embedded("predictions", "Detections")));
      dataset.write(
          writer -> {
            for (int i = 0; i < SAMPLES; i++) {
              writer.insert(
                  Sample.of("/data/" + i + ".png").with("truth", box()).with("predictions", box()));
            }
            return null;
          });
      before = samples(dataset);
    }
    int committed = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      // A line for each pair, and two after the commit: the last round dies behind it.
      int lines = round == ROUNDS ? SAMPLES + 1 : round * SAMPLES / ROUNDS;
      KilledProcess.run(EvaluatingProcess.class, lines, home.toString());
      checkIntegrity();
      try (DatasetStore store = open()) {
        StoredDataset dataset = store.open("street");
        Evaluations evaluations = new Evaluations(dataset);
        if (evaluations.list().contains("eval")) {
          committed++;
          assertThat(samples(dataset))
              .allSatisfy(s -> assertThat(s.fields()).containsEntry("eval_tp", 1));
          evaluations.delete("eval");
        }
        assertThat(samples(dataset)).as("round %s", round).isEqualTo(before);
      }
    }
    assertThat(committed).isBetween(1, ROUNDS - 1);
  }

  private DatasetStore open() {
    return new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
  }

  private static Detections box() {
    return new Detections(
        List.of(Detection.of("cat", new BoundingBox(0.1, 0.1, 0.2, 0.2)).withConfidence(0.9)));
  }

  private static List<Sample> samples(StoredDataset dataset) {
    return dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
  }

  private void checkIntegrity() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("postil.db"));
        ResultSet result = connection.createStatement().executeQuery("PRAGMA integrity_check")) {
      assertThat(result.getString(1)).isEqualTo("ok");
    }
  }
}
