package io.postil.testkit.cvat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the server does to tracks: cuts them at the borders of jobs, and puts the parts together
 * again for the whole task. It loses a leading outside shape, doubles a last one, and adds key
 * frames at borders, as a real server does. Between key frames points move straight where their
 * number stays, else they stay.
 */
final class Tracks {
  private Tracks() {}

  private static int frame(Entity shape) {
    return AnnotationRules.number(shape.get("frame"));
  }

  private static boolean outside(Entity shape) {
    return Boolean.TRUE.equals(shape.get("outside"));
  }

  private static List<Entity> shapes(Entity track) {
    return AnnotationRules.entities(track, "shapes");
  }

  /** Sorts the shapes and lets attributes hold on until they change. */
  static void normalize(Entity track) {
    List<Entity> shapes = new ArrayList<>(shapes(track));
    shapes.sort(Comparator.comparingInt(Tracks::frame));
    track.put("shapes", shapes);
    if (!shapes.isEmpty()) {
      track.put("frame", frame(shapes.get(0)));
    }
    AnnotationRules.entities(track, "elements").forEach(Tracks::normalize);
  }

  /** The part of a track within frames, or null if nothing of it is there. */
  static @Nullable Entity slice(Entity track, int start, int stop) {
    List<Entity> all = shapes(track);
    if (!isInside(all, start, stop)) {
      return null;
    }
    List<Entity> kept = new ArrayList<>(within(all, start, stop));
    if (kept.size() < all.size()) {
      kept = new ArrayList<>(within(carried(all), start, stop));
      List<Entity> every = within(interpolate(all, stop), start, stop);
      if (!every.isEmpty()) {
        Entity first = every.get(0);
        Entity last = every.get(every.size() - 1);
        int lastKey = frame(all.get(all.size() - 1));
        if (!isKey(first)) {
          kept.add(0, first);
        }
        boolean moved =
            kept.isEmpty() || !same(last.get("points"), kept.get(kept.size() - 1).get("points"));
        if (lastKey >= stop && moved || isKey(last)) {
          kept.add(last);
        }
      }
    }
    if (kept.isEmpty()) {
      return null;
    }
    Entity part = Entity.copyOf(track);
    List<Entity> copies = new ArrayList<>();
    for (Entity shape : kept) {
      Entity copy = Entity.copyOf(shape);
      copy.remove("key");
      copies.add(copy);
    }
    part.put("shapes", copies);
    part.put("frame", frame(copies.get(0)));
    List<Entity> elements = new ArrayList<>();
    for (Entity element : AnnotationRules.entities(track, "elements")) {
      Entity sliced = slice(element, start, stop);
      if (sliced != null) {
        elements.add(sliced);
      }
    }
    if (track.containsKey("elements")) {
      part.put("elements", elements);
    }
    return part;
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    return String.valueOf(a).equals(String.valueOf(b));
  }

  private static boolean isKey(Entity shape) {
    return !Boolean.FALSE.equals(shape.get("key"));
  }

  private static boolean isInside(List<Entity> all, int start, int stop) {
    for (int i = 0; i + 1 < all.size(); i++) {
      int from = Math.max(frame(all.get(i)), start);
      int to = Math.min(frame(all.get(i + 1)), stop);
      if (!outside(all.get(i)) && from <= to) {
        return true;
      }
    }
    Entity last = all.get(all.size() - 1);
    return !outside(last) && frame(last) <= stop;
  }

  /** The shapes within frames, without the outside ones before the first visible one. */
  private static List<Entity> within(List<Entity> all, int start, int stop) {
    List<Entity> found = all.stream().filter(s -> frame(s) >= start && frame(s) <= stop).toList();
    int dropped = 0;
    while (dropped < found.size() && outside(found.get(dropped))) {
      dropped++;
    }
    if (dropped == found.size() && dropped > 0) {
      dropped--;
    }
    return found.subList(dropped, found.size());
  }

  /** A shape for every frame on which the track is visible, and the outside key frames. */
  private static List<Entity> interpolate(List<Entity> keys, int stop) {
    List<Entity> every = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Entity key = i == 0 ? keys.get(i) : carried(keys.get(i), every.get(every.size() - 1));
      every.add(key);
      Entity next = i + 1 < keys.size() ? keys.get(i + 1) : null;
      int until = next == null ? stop + 1 : frame(next);
      for (int frame = frame(key) + 1; frame < until && !outside(key); frame++) {
        Entity between = Entity.copyOf(key);
        between.put("frame", frame);
        between.put("key", false);
        if (next != null) {
          between.put("points", between(key, next, frame));
        }
        every.add(between);
      }
    }
    return every;
  }

  /** A shape with the attributes of the one before that it does not set itself. */
  private static Entity carried(Entity shape, Entity before) {
    if (outside(before)) {
      return shape;
    }
    List<Entity> values = new ArrayList<>(AnnotationRules.entities(shape, "attributes"));
    for (Entity value : AnnotationRules.entities(before, "attributes")) {
      Object id = value.get("spec_id");
      if (values.stream().noneMatch(v -> same(v.get("spec_id"), id))) {
        values.add(value);
      }
    }
    return Entity.copyOf(shape).and("attributes", values);
  }

  private static List<Entity> carried(List<Entity> shapes) {
    List<Entity> all = new ArrayList<>();
    for (Entity shape : shapes) {
      all.add(all.isEmpty() ? shape : carried(shape, all.get(all.size() - 1)));
    }
    return all;
  }

  private static Object between(Entity a, Entity b, int frame) {
    List<?> from = (List<?>) java.util.Objects.requireNonNull(a.get("points"));
    List<?> to = (List<?>) java.util.Objects.requireNonNull(b.get("points"));
    if (from.size() != to.size() || outside(b) && from.equals(to)) {
      return from;
    }
    double share = (double) (frame - frame(a)) / (frame(b) - frame(a));
    List<Double> points = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      double x = ((Number) from.get(i)).doubleValue();
      double y = ((Number) to.get(i)).doubleValue();
      points.add(x + (y - x) * share);
    }
    return points;
  }

  /** A copy whose lists can be changed. */
  static Entity copy(Entity track) {
    Entity copy = Entity.copyOf(track);
    if (track.containsKey("elements")) {
      List<Entity> elements = new ArrayList<>();
      AnnotationRules.entities(track, "elements").forEach(e -> elements.add(copy(e)));
      copy.put("elements", elements);
    }
    return copy;
  }

  /**
   * Puts the tracks of a later job to those of the jobs before: a part that goes on where one left
   * off becomes the same track, one that does not ends at the border.
   *
   * @param end the frame behind the last one of the jobs before
   * @param start the first frame of the later job
   */
  static void merge(List<Entity> before, List<Entity> later, int start, int end) {
    List<Entity> open = new ArrayList<>(before);
    for (Entity part : later) {
      Entity whole = null;
      for (Entity candidate : open) {
        if (goesOn(candidate, part, start)) {
          whole = candidate;
          break;
        }
      }
      if (whole == null) {
        before.add(part);
        continue;
      }
      open.remove(whole);
      TreeMap<Integer, Entity> byFrame = new TreeMap<>();
      carried(shapes(whole)).forEach(s -> byFrame.put(frame(s), s));
      shapes(part).forEach(s -> byFrame.putIfAbsent(frame(s), s));
      whole.put("shapes", new ArrayList<>(byFrame.values()));
    }
    for (Entity ended : open) {
      close(ended, end);
    }
  }

  private static boolean goesOn(Entity a, Entity b, int frame) {
    if (!same(a.get("label_id"), b.get("label_id"))
        || !same(a.get("group"), b.get("group"))
        || !AnnotationRules.entities(a, "elements").isEmpty()
        || same(shapes(a).get(0).get("type"), "mask")) {
      return false;
    }
    Entity x = at(a, frame);
    Entity y = at(b, frame);
    return x != null && y != null && near(x, y);
  }

  private static boolean near(Entity a, Entity b) {
    List<?> from = (List<?>) java.util.Objects.requireNonNull(a.get("points"));
    List<?> to = (List<?>) java.util.Objects.requireNonNull(b.get("points"));
    if (from.size() != to.size()) {
      return false;
    }
    for (int i = 0; i < from.size(); i++) {
      double distance = ((Number) from.get(i)).doubleValue() - ((Number) to.get(i)).doubleValue();
      if (Math.abs(distance) > 1) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Entity at(Entity track, int frame) {
    for (Entity shape : interpolate(shapes(track), frame)) {
      if (frame(shape) == frame && !outside(shape)) {
        return shape;
      }
    }
    return null;
  }

  private static void close(Entity track, int end) {
    List<Entity> shapes = new ArrayList<>(shapes(track));
    Entity last = shapes.get(shapes.size() - 1);
    if (!outside(last) && frame(last) < end) {
      shapes.add(Entity.copyOf(last).and("frame", end).and("outside", true));
      track.put("shapes", shapes);
    }
    AnnotationRules.entities(track, "elements").forEach(e -> close(e, end));
  }
}
