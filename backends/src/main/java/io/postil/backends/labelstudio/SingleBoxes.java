package io.postil.backends.labelstudio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Goes along the rows of an answer that are a box in one frame each, of one field, with those of a
 * few frames in memory. Not thread-safe.
 */
final class SingleBoxes {
  private final VideoControl control;
  private final ItemMedia media;
  private final VideoResults results;
  private final VideoResults.Result result;
  private int window = -1;

  /** Those of the window, by the frame and the id of their region. */
  private final Map<Integer, Map<String, BoxRow>> boxes = new HashMap<>();

  private final Map<String, List<Region>> regions = new HashMap<>();

  SingleBoxes(
      VideoControl control, ItemMedia media, VideoResults results, VideoResults.Result result) {
    this.control = control;
    this.media = media;
    this.results = results;
    this.result = result;
  }

  /** The last frame that has some. */
  int last() {
    return result.last();
  }

  /** Those of a frame, by the id of their region. */
  Map<String, BoxRow> in(int frame) {
    if (frame / VideoResults.WINDOW != window) {
      window = frame / VideoResults.WINDOW;
      read();
    }
    return boxes.getOrDefault(frame, Map.of());
  }

  private void read() {
    boxes.clear();
    regions.clear();
    Iterator<VideoResults.Row> rows = result.singles(window);
    while (rows.hasNext()) {
      VideoResults.Row row = rows.next();
      Region region = row.region();
      regions.computeIfAbsent(region.id(), i -> new ArrayList<>(1)).add(region);
      KeyFrame only = row.only();
      if (only != null && region.fromName().equals(control.boxes())) {
        boxes
            .computeIfAbsent(only.frame(), f -> new LinkedHashMap<>())
            .put(region.id(), new BoxRow(region, row, media, results, row.place()));
      }
    }
  }

  /** All rows of the region of one of the frame that was asked for last. */
  List<Region> regions(BoxRow row) {
    return regions.getOrDefault(row.region().id(), List.of());
  }
}
