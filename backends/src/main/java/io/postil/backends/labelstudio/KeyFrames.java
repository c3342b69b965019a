package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key frames of a track of the editor, and what it shows between them. A key frame that is
 * enabled goes on to the next one, straight and evenly, the last one to the end of the video; one
 * that is not enabled is the last frame before a gap. Immutable.
 *
 * @param frames key frames by number, from 1: {@code x}, {@code y}, {@code width}, {@code height}
 *     in percent, {@code rotation} in degrees, {@code enabled}
 * @param length number of frames of the video; 0 if it is not known
 */
record KeyFrames(NavigableMap<Integer, Document> frames, int length) {
  private static final List<String> ENTRIES = List.of("x", "y", "width", "height", "rotation");

  /** More frames than this are not filled in, whatever an answer claims. */
  private static final int MOST = 1_000_000;

  /** Reads the value of a row. */
  static KeyFrames read(Document value, int length) {
    int known = length > 0 ? length : (int) value.getLong("framesCount", 0);
    int last = known > 0 ? Math.min(known, MOST) : MOST;
    NavigableMap<Integer, Document> frames = new TreeMap<>();
    for (Object entry : value.getList("sequence")) {
      if (entry instanceof Document d
          && d.getLong("frame", 0) > 0
          && d.getLong("frame", 0) <= last) {
        frames.put((int) d.getLong("frame", 0), d);
      }
    }
    return new KeyFrames(frames, Math.min(known, MOST));
  }

  /** The box of every frame in which the object is seen. */
  NavigableMap<Integer, Document> all() {
    NavigableMap<Integer, Document> all = new TreeMap<>();
    for (Map.Entry<Integer, Document> entry : frames.entrySet()) {
      int from = entry.getKey();
      all.put(from, entry.getValue());
      if (!entry.getValue().getBoolean("enabled", true)) {
        continue;
      }
      Map.Entry<Integer, Document> next = frames.higherEntry(from);
      int to = next == null ? length + 1 : next.getKey();
      for (int frame = from + 1; frame < to; frame++) {
        all.put(
            frame,
            between(
                entry.getValue(),
                next == null ? null : next.getValue(),
                (frame - from) / (double) (to - from)));
      }
    }
    return all;
  }

  private static Document between(Document a, @Nullable Document b, double part) {
    if (b == null) {
      return a;
    }
    Document.Builder box = Document.builder();
    for (String name : ENTRIES) {
      double from = Percent.number(a, name);
      box.append(name, from + (Percent.number(b, name) - from) * part);
    }
    return box.build();
  }

  /** Whether two boxes are the same. */
  static boolean same(@Nullable Document a, @Nullable Document b) {
    return a != null
        && b != null
        && ENTRIES.stream()
            .allMatch(name -> Percent.same(Percent.number(a, name), Percent.number(b, name)));
  }
}
