package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrackTest {
  private static final ItemMedia MEDIA = new ItemMedia(100, 100, 50, 10);

  private static Detection box(double x, int index) {
    return Detection.of("car", new BoundingBox(x, 0.1, 0.2, 0.2)).withIndex(index);
  }

  private static Content frame(int number, Detection... labels) {
    return new Content(number, "objects", AnswerKind.DETECTIONS, List.of(labels), null);
  }

  private static Document key(int frame, double x, boolean enabled) {
    return Document.builder()
        .put("frame", frame)
        .put("enabled", enabled)
        .put("x", x)
        .put("y", 0)
        .put("width", 10)
        .put("height", 10)
        .put("rotation", 0)
        .build();
  }

  @Test
  void theLastFrameBeforeAGapIsSwitchedOff() {
    List<Content> content = new ArrayList<>();
    for (int frame : List.of(1, 2, 3, 10, 11)) {
      content.add(frame(frame, box(0.1, 4)));
    }
    Track track = Track.of(content, "objects").get(0);

    KeyFrames all = track.keyFrames(false, false, MEDIA);
    KeyFrames ends = track.keyFrames(true, false, MEDIA);

    assertThat(all.frames().keySet()).containsExactly(1, 2, 3, 10, 11);
    assertThat(all.frames().get(3).getBoolean("enabled", true)).isFalse();
    assertThat(all.frames().get(2).getBoolean("enabled", false)).isTrue();
    assertThat(ends.frames().keySet()).containsExactly(1, 3, 10, 11);
    assertThat(ends.all().keySet()).isEqualTo(all.all().keySet());
  }

  /** Such data is wrong, but neither label may be lost over it. */
  @Test
  void twoLabelsOfOneTrackInOneFrameAreBothSent() {
    Detection first = box(0.1, 4);
    Detection second = box(0.5, 4);
    List<Track> tracks =
        Track.of(List.of(frame(1, first, second), frame(2, box(0.2, 4))), "objects");
    assertThat(tracks).hasSize(2);
    assertThat(tracks.get(0).labels().keySet()).containsExactly(1, 2);
    assertThat(tracks.get(1).labels()).containsOnlyKeys(1).containsValue(second);
    assertThat(tracks.get(1).id()).isEqualTo(second.id().toString());
  }

  @Test
  void framesBetweenKeyFramesAreStraightAndTheLastGoesOnToTheEnd() {
    Document value =
        Document.of(
            "sequence",
            Values.listOf(key(1, 10, true), key(11, 20, false), key(20, 40, true)),
            "framesCount",
            22);
    KeyFrames keys = KeyFrames.read(value, 0);
    assertThat(keys.all()).hasSize(11 + 3);
    assertThat(Percent.number(keys.all().get(4), "x")).isCloseTo(13, within(1e-9));
    assertThat(Percent.number(keys.all().get(22), "x")).isEqualTo(40);
    assertThat(keys.all()).doesNotContainKeys(12, 19, 23);
  }

  @Test
  void framesBeyondTheEndAreLeftOut() {
    Document value =
        Document.of("sequence", Values.listOf(key(49, 1, true), key(2_000_000_000, 2, true)));
    assertThat(KeyFrames.read(value, 50).all().keySet()).containsExactly(49, 50);
  }
}
