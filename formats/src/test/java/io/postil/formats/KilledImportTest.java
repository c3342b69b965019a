package io.postil.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.testkit.KilledProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An import that is killed leaves no dataset, or a whole one. */
class KilledImportTest {
  private static final int IMAGES = 9_500;
  private static final int ROUNDS = 20;

  @TempDir Path home;

  @Test
  void aKilledImportIsDoneOrNotDoneAtAll() throws IOException, SQLException {
    Path labels = home.resolve("labels.json");
    Files.writeString(labels, coco());
    int lines = lines(labels);
    int committed = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      // The last round dies behind the commit.
      int at = round == ROUNDS ? lines + 1 : Math.max(1, round * lines / ROUNDS);
      KilledProcess.run(ImportingProcess.class, at, home.toString(), labels.toString());
      checkIntegrity();
      try (DatasetStore store = Stores.open(home)) {
        List<String> names = store.list().stream().map(d -> d.name()).toList();
        if (names.isEmpty()) {
          continue;
        }
        committed++;
        assertThat(names).containsExactly("street");
        assertThat(Stores.all(store, "street"))
            .hasSize(IMAGES)
            .allSatisfy(
                s ->
                    assertThat(s.fields().get("ground_truth"))
                        .isInstanceOfSatisfying(
                            Detections.class, d -> assertThat(d.labels()).hasSize(1)));
        store.delete("street");
      }
    }
    assertThat(committed).isBetween(1, ROUNDS - 1);
  }

  /** How many lines an import prints before its commit. */
  private int lines(Path labels) {
    int[] count = new int[1];
    try (DatasetStore store = Stores.open(home.resolve("other"))) {
      Imports.run(
          store,
          ImportRequest.of("street", "coco", labels).withCheckMedia(false),
          (phase, done, total) -> count[0]++);
    }
    return count[0];
  }

  private static String coco() {
    StringBuilder images = new StringBuilder();
    StringBuilder annotations = new StringBuilder();
    for (int i = 1; i <= IMAGES; i++) {
      String comma = i == 1 ? "" : ",";
      images.append(
          comma
              + "{\"id\":%d,\"file_name\":\"%d.png\",\"width\":64,\"height\":48}".formatted(i, i));
      annotations.append(
          comma
              + "{\"id\":%d,\"image_id\":%d,\"category_id\":1,\"bbox\":[1,2,30,20],\"iscrowd\":0}"
                  .formatted(i, i));
    }
    return "{\"images\":[%s],\"annotations\":[%s],\"categories\":[{\"id\":1,\"name\":\"cat\"}]}"
        .formatted(images, annotations);
  }

  private void checkIntegrity() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("postil.db"));
        ResultSet result = connection.createStatement().executeQuery("PRAGMA integrity_check")) {
      assertThat(result.getString(1)).isEqualTo("ok");
    }
  }
}
