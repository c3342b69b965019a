package io.postil.backends.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels of a few hundred pictures need not fit the heap, however many each has. */
class DensePicturesTest {
  @TempDir Path home;

  @Test
  void picturesWithThousandsOfLabelsAreSentLoadedUndoneAndEditedInASmallHeap() throws IOException {
    // The labels of 200 pictures with 2,000 boxes each take about 150 MB as objects.
    assertThat(JavaProcess.run(DensePicturesProcess.class, "80m", home.toString(), "200", "2000"))
        .containsExactly("sent 400000", "edited 200", "undone", "tagged 400000");
  }
}
