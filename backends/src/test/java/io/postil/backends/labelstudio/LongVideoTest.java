package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.backends.http.Credentials;
import io.postil.backends.http.HttpApi;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels of a video need not fit the heap. */
@Tag("labelstudio")
class LongVideoTest {
  private static final int FRAMES = 8_000;
  private static final int TRACKS = 12;

  @TempDir Path home;

  private final HttpApi api =
      HttpApi.at("Label Studio", LabelStudioFixture.URL)
          .environment(Map.of())
          .credentials(Credentials.fixed("Token " + LabelStudioFixture.TOKEN))
          .build();

  @Test
  void aVideoIsSentAndLoadedInAHeapItsLabelsDoNotFit() throws IOException {
    // 96,000 labels; what was held of them at once took more than 100 MB.
    List<String> sent = run("send");
    assertThat(sent).hasSize(2).first().isEqualTo("sent 96000");
    String project = sent.get(1).substring("project ".length());
    try {
      Document task =
          (Document)
              api.get("/api/tasks?fields=all&project=" + project)
                  .send()
                  .document()
                  .getList("tasks")
                  .get(0);
      Document prediction = (Document) task.getList("predictions").get(0);
      List<Object> rows = new ArrayList<>(prediction.getList("result"));
      assertThat(rows).hasSize(TRACKS);
      rows.set(3, withFirstBoxMoved((Document) rows.get(3)));
      rows.remove(5);
      api.post("/api/tasks/" + task.getLong("id", 0) + "/annotations/")
          .json(Document.of("result", Values.list(rows), "parent_prediction", prediction.get("id")))
          .send();

      assertThat(run("load"))
          .containsExactlyInAnyOrder(
              "edited 1", "deleted " + FRAMES, "unchanged " + (96000 - FRAMES - 1));
      assertThat(run("load")).containsExactly("unchanged 96000");
    } finally {
      api.delete("/api/projects/" + project + "/").accept(404).send();
      api.close();
    }
  }

  private static Document withFirstBoxMoved(Document row) {
    Document value = row.getDocument("value");
    List<Object> sequence = new ArrayList<>(value.getList("sequence"));
    sequence.set(0, ((Document) sequence.get(0)).with("x", 55.5));
    return row.with("value", value.with("sequence", Values.list(sequence)));
  }

  private List<String> run(String what) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx40m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LongVideoProcess.class.getName(),
            home.toString(),
            what,
            String.valueOf(FRAMES),
            String.valueOf(TRACKS));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      return out.lines().toList();
    }
  }
}
