package io.postil.core.label;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number for the whole sample. Carried, not annotated.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param value the number, or null
 * @param confidence the score of the model that made it, or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Regression(
    ObjectId id,
    List<String> tags,
    @Nullable Double value,
    @Nullable Double confidence,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public Regression {
    tags = List.copyOf(tags);
  }

  @Override
  public Regression withId(ObjectId id) {
    return new Regression(id, tags, value, confidence, attributes);
  }

  @Override
  public Regression withTags(List<String> tags) {
    return new Regression(id, tags, value, confidence, attributes);
  }

  @Override
  public Regression withAttributes(Document attributes) {
    return new Regression(id, tags, value, confidence, attributes);
  }

  /** This label with another value of {@link #value()}. */
  public Regression withValue(@Nullable Double value) {
    return new Regression(id, tags, value, confidence, attributes);
  }

  /** This label with another value of {@link #confidence()}. */
  public Regression withConfidence(@Nullable Double confidence) {
    return new Regression(id, tags, value, confidence, attributes);
  }

  @Override
  public String className() {
    return "Regression";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "value" -> value;
      case "confidence" -> confidence;
      default -> attributes.get(name);
    };
  }
}
