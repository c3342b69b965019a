package io.postil.backends.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VideoWarningsTest {
  private static final Path VIDEOS =
      Path.of("../formats/src/test/resources/videos").toAbsolutePath();

  private static List<String> warnings(String... names) {
    return VideoWarnings.of(
        List.of(names).stream().map(name -> VIDEOS.resolve(name).toString()).toList());
  }

  @Test
  void ofVideosThatAreShownAsTheyAreThereIsNothingToSay() {
    assertThat(warnings("b-frames.mp4", "cut.mov", "late.mp4", "milliseconds.webm")).isEmpty();
  }

  @Test
  void aWarningNamesTheVideosAndWhatToDo() {
    List<String> warnings = warnings("part2.mp4", "varying.mp4", "part2-sound.mp4", "varying.webm");

    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0))
        .startsWith(
            "part2.mp4 is coded as MPEG-4 Part 2 (mp4v), which browsers do not play (likewise"
                + " part2-sound.mp4). ")
        .contains("ffmpeg -i \"part2.mp4\"");
    assertThat(warnings.get(1))
        .startsWith("varying.mp4 has a variable frame rate")
        .contains("(likewise varying.webm)");
  }

  @Test
  void ofManyVideosSomeAreNamed() {
    assertThat(
            warnings("part2.mp4", "part2.mp4", "part2.mp4", "part2.mp4", "part2.mp4", "part2.mp4"))
        .singleElement()
        .asString()
        .contains("(likewise part2.mp4, part2.mp4, part2.mp4 and 2 more)");
  }

  @Test
  void filesWithoutAnIndexAreLeftToTheEditor() {
    assertThat(warnings("gone.mp4", "frames.json")).isEmpty();
  }
}
