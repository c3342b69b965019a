package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key frame of a track of the editor. One that is enabled goes on to the next one, straight and
 * evenly, the last one to the end of the video; one that is not enabled is the last frame before a
 * gap.
 *
 * @param frame the number, from 1
 * @param enabled whether the object is seen after it
 * @param box {@code x}, {@code y}, {@code width}, {@code height} in percent, {@code rotation} in
 *     degrees
 */
record KeyFrame(int frame, boolean enabled, Document box) {
  static final List<String> ENTRIES = List.of("x", "y", "width", "height", "rotation");

  /** What is seen between this and another one. */
  Document between(KeyFrame other, int at) {
    double part = (at - frame) / (double) (other.frame - frame);
    Document.Builder between = Document.builder();
    for (String name : ENTRIES) {
      double from = Percent.number(box, name);
      between.append(name, from + (Percent.number(other.box, name) - from) * part);
    }
    return between.build();
  }

  /** Whether two boxes are the same. */
  static boolean same(@Nullable Document a, @Nullable Document b) {
    if (a == null || b == null) {
      return false;
    }
    for (String name : ENTRIES) {
      if (!Percent.same(Percent.number(a, name), Percent.number(b, name))) {
        return false;
      }
    }
    return true;
  }
}
