package io.postil.core.label;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One or more lines or polygons that form one object.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param label the class, or null
 * @param points the lines
 * @param closed whether the last point of each line is joined to its first
 * @param filled whether the lines are the outlines of an area
 * @param confidence the score of the model that made it, or null
 * @param index the track number in a video, or another number; or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Polyline(
    ObjectId id,
    List<String> tags,
    @Nullable String label,
    List<Points> points,
    boolean closed,
    boolean filled,
    @Nullable Double confidence,
    @Nullable Integer index,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags and the list of lines. */
  public Polyline {
    tags = List.copyOf(tags);
    points = List.copyOf(points);
  }

  /** A new polyline with an id of its own. */
  public static Polyline of(String label, List<Points> points, boolean closed, boolean filled) {
    return new Polyline(
        ObjectId.create(), List.of(), label, points, closed, filled, null, null, Document.empty());
  }

  @Override
  public Polyline withId(ObjectId id) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  @Override
  public Polyline withTags(List<String> tags) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  @Override
  public Polyline withAttributes(Document attributes) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  /** This label with another value of {@link #label()}. */
  public Polyline withLabel(@Nullable String label) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  /** This label with another value of {@link #points()}. */
  public Polyline withPoints(List<Points> points) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  /** This label with another value of {@link #closed()}. */
  public Polyline withClosed(boolean closed) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  /** This label with another value of {@link #filled()}. */
  public Polyline withFilled(boolean filled) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  /** This label with another value of {@link #confidence()}. */
  public Polyline withConfidence(@Nullable Double confidence) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  /** This label with another value of {@link #index()}. */
  public Polyline withIndex(@Nullable Integer index) {
    return new Polyline(id, tags, label, points, closed, filled, confidence, index, attributes);
  }

  @Override
  public String className() {
    return "Polyline";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "label" -> label;
      case "points" -> Values.list(points.stream().map(Points::toList).toList());
      case "closed" -> closed;
      case "filled" -> filled;
      case "confidence" -> confidence;
      case "index" -> index;
      default -> attributes.get(name);
    };
  }
}
