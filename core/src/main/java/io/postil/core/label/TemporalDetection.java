package io.postil.core.label;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event in a range of frames. Carried, not annotated.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param label the class, or null
 * @param support the first and last frame, from 1, or null
 * @param confidence the score of the model that made it, or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record TemporalDetection(
    ObjectId id,
    List<String> tags,
    @Nullable String label,
    @Nullable FrameRange support,
    @Nullable Double confidence,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public TemporalDetection {
    tags = List.copyOf(tags);
  }

  @Override
  public TemporalDetection withId(ObjectId id) {
    return new TemporalDetection(id, tags, label, support, confidence, attributes);
  }

  @Override
  public TemporalDetection withTags(List<String> tags) {
    return new TemporalDetection(id, tags, label, support, confidence, attributes);
  }

  @Override
  public TemporalDetection withAttributes(Document attributes) {
    return new TemporalDetection(id, tags, label, support, confidence, attributes);
  }

  /** This label with another value of {@link #label()}. */
  public TemporalDetection withLabel(@Nullable String label) {
    return new TemporalDetection(id, tags, label, support, confidence, attributes);
  }

  /** This label with another value of {@link #support()}. */
  public TemporalDetection withSupport(@Nullable FrameRange support) {
    return new TemporalDetection(id, tags, label, support, confidence, attributes);
  }

  /** This label with another value of {@link #confidence()}. */
  public TemporalDetection withConfidence(@Nullable Double confidence) {
    return new TemporalDetection(id, tags, label, support, confidence, attributes);
  }

  @Override
  public String className() {
    return "TemporalDetection";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "label" -> label;
      case "support" -> support == null ? null : support.toList();
      case "confidence" -> confidence;
      default -> attributes.get(name);
    };
  }
}
