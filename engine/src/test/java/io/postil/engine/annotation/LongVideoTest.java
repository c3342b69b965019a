package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A video's labels need not fit the heap. */
class LongVideoTest {
  @TempDir Path home;

  @Test
  void aVideoIsSentLoadedAndUndoneInAHeapItsLabelsDoNotFit() throws IOException {
    // 192,000 labels take about 60 MB as objects.
    assertThat(JavaProcess.run(LongVideoProcess.class, "40m", home.toString(), "8000", "24"))
        .containsExactly(
            "sent 192000", "streamed 192000", "edited 9600", "unchanged 182400", "again 192000");
  }
}
