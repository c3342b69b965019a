package io.postil.testkit.cvat;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tags, shapes and tracks of one job by their ids, in the form in which the server answers a
 * PUT.
 */
final class JobAnnotations {
  final Map<Integer, Entity> tags = new LinkedHashMap<>();
  final Map<Integer, Entity> shapes = new LinkedHashMap<>();
  final Map<Integer, Entity> tracks = new LinkedHashMap<>();

  void clear() {
    tags.clear();
    shapes.clear();
    tracks.clear();
  }

  boolean isEmpty() {
    return tags.isEmpty() && shapes.isEmpty() && tracks.isEmpty();
  }
}
