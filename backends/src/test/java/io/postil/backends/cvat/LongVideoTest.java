package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.testkit.JavaProcess;
import io.postil.testkit.TestMedia;
import io.postil.testkit.cvat.CvatEmulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels of a video need not fit the heap. */
@Tag("cvat")
class LongVideoTest {
  private static final int FRAMES = 6_000;
  private static final int BOXES = 16;

  @TempDir Path home;

  @Test
  void aVideoIsSentAndLoadedInAHeapItsLabelsDoNotFit() throws IOException {
    Path video = TestMedia.write(home.resolve("long.mp4"), TestMedia.mp4(64, 48, FRAMES));
    try (CvatEmulator server = CvatEmulator.start(CvatEmulator.Options.of(CvatEmulator.OLD));
        Annotator annotator = new Annotator(server)) {
      // 96,000 labels; what was held of them at once took more than 100 MB.
      assertThat(run(server, "send", video)).containsExactly("sent 96000");
      long task = annotator.onlyTask();
      List<Document> tracks = annotator.get(task, "tracks");
      List<Document> boxes = annotator.get(task, "shapes");
      assertThat(tracks).hasSize(BOXES / 2);
      assertThat(boxes).hasSize(FRAMES * BOXES / 2);

      assertThat(run(server, "load", video)).containsExactly("unchanged 96000");

      moveLast(annotator, task, tracks.get(3));
      annotator.change(task, "delete", "tracks", tracks.get(5));
      annotator.update(task, Annotator.withPoints(boxes.get(0), 1, 2, 30, 40));
      annotator.delete(task, boxes.get(boxes.size() - 1));
      // Pasted into another frame, with the id of the label it was copied from.
      annotator.create(task, boxes.get(100).with("frame", FRAMES - 1));

      assertThat(run(server, "load", video))
          .containsExactlyInAnyOrder(
              "edited 2",
              "deleted " + (FRAMES + 1),
              "added 1",
              "unchanged " + (96000 - FRAMES - 3));
      assertThat(run(server, "load", video)).containsExactly("unchanged 96001");
    }
  }

  /** Moves what a track shows on its last frame. */
  private static void moveLast(Annotator annotator, long task, Document track) {
    List<Object> shapes = new ArrayList<>(track.getList("shapes"));
    int last = shapes.size() - 1;
    shapes.set(last, Annotator.withPoints((Document) shapes.get(last), 3, 4, 20, 30));
    annotator.change(task, "update", "tracks", track.with("shapes", Values.list(shapes)));
  }

  private List<String> run(CvatEmulator server, String what, Path video) throws IOException {
    return JavaProcess.run(
        LongVideoProcess.class,
        "40m",
        home.toString(),
        what,
        server.url(),
        server.token(CvatEmulator.USER),
        video.toString(),
        String.valueOf(FRAMES),
        String.valueOf(BOXES));
  }
}
