package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.backends.http.Credentials;
import io.postil.backends.http.HttpApi;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels of a video need not fit the heap. */
@Tag("labelstudio")
class LongVideoTest {
  @TempDir Path home;

  private final HttpApi api =
      HttpApi.at("Label Studio", LabelStudioFixture.URL)
          .environment(Map.of())
          .credentials(Credentials.fixed("Token " + LabelStudioFixture.TOKEN))
          .build();

  @Test
  void aVideoIsSentAndLoadedInAHeapItsLabelsDoNotFit() throws IOException {
    // 96,000 labels; what was held of them at once took more than 100 MB.
    String[] video = {"8000", "12", "true"};
    String project = sent(video, 96_000);
    try {
      submit(
          project,
          rows -> {
            assertThat(rows).hasSize(12);
            rows.set(3, withFirstBoxMoved((Document) rows.get(3)));
            rows.remove(5);
          });
      assertThat(run("load", video))
          .containsExactlyInAnyOrder("edited 1", "deleted 8000", "unchanged 87999");
      assertThat(run("load", video)).containsExactly("unchanged 96000");
    } finally {
      api.delete("/api/projects/" + project + "/").accept(404).send();
      api.close();
    }
  }

  @Test
  void boxesOfNoTrackAreSentAndLoadedInAHeapTheyDoNotFit() throws IOException {
    // 48,000 boxes; what was held of them at once took about 100 MB.
    String[] video = {"4000", "12", "false"};
    String project = sent(video, 48_000);
    try {
      submit(
          project,
          rows -> {
            assertThat(rows).hasSize(48_000);
            rows.set(40_000, withFirstBoxMoved((Document) rows.get(40_000)));
            rows.remove(5);
          });
      assertThat(run("load", video))
          .containsExactlyInAnyOrder("edited 1", "deleted 1", "unchanged 47998");
      assertThat(run("load", video)).containsExactly("unchanged 48000");
    } finally {
      api.delete("/api/projects/" + project + "/").accept(404).send();
      api.close();
    }
  }

  /** Sends a video; the number of its project. */
  private String sent(String[] video, int labels) throws IOException {
    List<String> sent = run("send", video);
    assertThat(sent).hasSize(2).first().isEqualTo("sent " + labels);
    return sent.get(1).substring("project ".length());
  }

  /** Submits the only task of a project as somebody changed it. */
  private void submit(String project, Consumer<List<Object>> change) {
    Document tasks = api.get("/api/tasks?fields=all&project=" + project).send().document();
    Document task = (Document) tasks.getList("tasks").get(0);
    Document prediction = (Document) task.getList("predictions").get(0);
    List<Object> rows = new ArrayList<>(prediction.getList("result"));
    change.accept(rows);
    api.post("/api/tasks/" + task.getLong("id", 0) + "/annotations/")
        .json(Document.of("result", Values.list(rows), "parent_prediction", prediction.get("id")))
        .send();
  }

  private static Document withFirstBoxMoved(Document row) {
    Document value = row.getDocument("value");
    List<Object> sequence = new ArrayList<>(value.getList("sequence"));
    sequence.set(0, ((Document) sequence.get(0)).with("x", 55.5));
    return row.with("value", value.with("sequence", Values.list(sequence)));
  }

  private List<String> run(String what, String[] video) throws IOException {
    return JavaProcess.run(
        LongVideoProcess.class, "40m", home.toString(), what, video[0], video[1], video[2]);
  }
}
