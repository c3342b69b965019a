package io.postil.formats.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the index of real files to when ffmpeg shows their frames, see {@code videos/make}. */
class VideoIndexTest {
  private static final Document TRUTH = truth();

  @TempDir Path directory;

  private static Path video(String name) {
    try {
      return Path.of(VideoIndexTest.class.getResource("/videos/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Document truth() {
    try {
      return Json.readDocument(Files.readString(video("frames.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> names() {
    return TRUTH.names().stream();
  }

  private static double[] shown(String name) {
    return TRUTH.getDocument(name).getList("times").stream()
        .mapToDouble(t -> ((Number) t).doubleValue())
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("names")
  void framesAreShownWhenAPlayerShowsThem(String name) {
    double[] starts = VideoIndex.read(video(name)).starts();

    double[] expected = shown(name);
    assertThat(starts).hasSameSizeAs(expected);
    for (int i = 0; i < starts.length; i++) {
      assertThat(starts[i]).as("frame " + (i + 1)).isCloseTo(expected[i], within(0.00001));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double seconds) {
    return org.assertj.core.data.Offset.offset(seconds);
  }

  @ParameterizedTest
  @MethodSource("names")
  void theMetadataCountTheFramesThatAreShown(String name) {
    assertThat(MediaProbe.metadata(video(name)).get("total_frame_count"))
        .isEqualTo(shown(name).length);
  }

  @ParameterizedTest
  @CsvSource({
    "b-frames.mp4, avc1, true",
    "milliseconds.webm, V_VP8, true",
    "late.mp4, avc1, true",
    "part2.mp4, mp4v, true",
    "varying.mp4, avc1, false",
    "varying.webm, V_VP8, false"
  })
  void tellsTheCodecAndWhetherTheRateIsConstant(String name, String codec, boolean even) {
    VideoIndex index = VideoIndex.read(video(name));

    assertThat(index.codec()).isEqualTo(codec);
    assertThat(index.isEven()).isEqualTo(even);
  }

  @Test
  void aShortLookTellsTheSameOfTheFirstFrames() {
    VideoIndex whole = VideoIndex.read(video("b-frames.mp4"));
    VideoIndex some = VideoIndex.read(video("b-frames.mp4"), 34);

    assertThat(some.starts()).containsExactly(Arrays.copyOf(whole.starts(), some.frameCount()));
  }

  @Test
  void aRecordingThatStoppedHasTheFramesThatAreThere() throws IOException {
    byte[] whole = Files.readAllBytes(video("milliseconds.webm"));
    Path stopped =
        Files.write(directory.resolve("a.webm"), Arrays.copyOf(whole, whole.length * 2 / 3));

    VideoIndex index = VideoIndex.read(stopped);

    assertThat(index.frameCount()).isBetween(10, 35);
    assertThat(index.start(10)).isCloseTo(0.3, within(0.001));
  }

  @Test
  void refusesWhatIsNoVideoAndWhatIsDamaged() throws IOException {
    Path picture = Files.write(directory.resolve("a.mp4"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    byte[] damaged = Files.readAllBytes(video("b-frames.mp4"));
    Path cut = Files.write(directory.resolve("cut.mp4"), Arrays.copyOf(damaged, 600));

    assertThatThrownBy(() -> VideoIndex.read(picture))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("no video whose index Postil reads");
    assertThatThrownBy(() -> VideoIndex.read(cut)).isInstanceOf(PostilException.class);
  }

  private static List<VideoCheck.Kind> kinds(String name, Integer counted) {
    Path file = video(name);
    return VideoCheck.of(file, VideoIndex.read(file), counted).stream()
        .map(VideoCheck.Finding::kind)
        .toList();
  }

  @Test
  void findsWhatBrowsersHaveTroubleWith() {
    assertThat(kinds("b-frames.mp4", 36)).isEmpty();
    assertThat(kinds("cut.mov", 26)).isEmpty();
    assertThat(kinds("part2.mp4", 6)).containsExactly(VideoCheck.Kind.VIDEO_CODEC);
    assertThat(kinds("varying.webm", 36)).containsExactly(VideoCheck.Kind.VARIABLE_FRAME_RATE);
    assertThat(kinds("no-edit-list.mp4", 36)).containsExactly(VideoCheck.Kind.FRAMES_MISSED);
    assertThat(kinds("b-frames.mkv", 60)).containsExactly(VideoCheck.Kind.FRAME_COUNT);
  }

  @Test
  void aFindingNamesTheFileAndWhatToDo() {
    Path file = video("part2.mp4");

    VideoCheck.Finding finding = VideoCheck.of(file, VideoIndex.read(file), null).get(0);

    assertThat(finding.message())
        .isEqualTo("part2.mp4 is coded as MPEG-4 Part 2 (mp4v), which browsers do not play");
    assertThat(finding.remedy()).contains("ffmpeg -i \"part2.mp4\"", "\"part2.h264.mp4\"");
  }
}
