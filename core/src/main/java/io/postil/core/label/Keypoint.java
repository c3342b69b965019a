package io.postil.core.label;

import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of points of one object, such as the joints of a body.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param label the class, or null
 * @param points the points in the order of the skeleton; a missing one is NaN
 * @param confidence a score for each point, or null
 * @param index the track number in a video, or another number; or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Keypoint(
    ObjectId id,
    List<String> tags,
    @Nullable String label,
    Points points,
    @Nullable Doubles confidence,
    @Nullable Integer index,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public Keypoint {
    tags = List.copyOf(tags);
  }

  /** A new keypoint label with an id of its own. */
  public static Keypoint of(String label, Points points) {
    return new Keypoint(ObjectId.create(), List.of(), label, points, null, null, Document.empty());
  }

  @Override
  public Keypoint withId(ObjectId id) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  @Override
  public Keypoint withTags(List<String> tags) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  @Override
  public Keypoint withAttributes(Document attributes) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  /** This label with another value of {@link #label()}. */
  public Keypoint withLabel(@Nullable String label) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  /** This label with another value of {@link #points()}. */
  public Keypoint withPoints(Points points) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  /** This label with another value of {@link #confidence()}. */
  public Keypoint withConfidence(@Nullable Doubles confidence) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  /** This label with another value of {@link #index()}. */
  public Keypoint withIndex(@Nullable Integer index) {
    return new Keypoint(id, tags, label, points, confidence, index, attributes);
  }

  @Override
  public String className() {
    return "Keypoint";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "label" -> label;
      case "points" -> points.toList();
      case "confidence" -> confidence == null ? null : confidence.toList();
      case "index" -> index;
      default -> attributes.get(name);
    };
  }
}
