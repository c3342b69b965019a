package io.postil.core.label;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A class of the whole sample.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param label the class, or null
 * @param confidence the score of the model that made it, or null
 * @param logits the model's raw scores, or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Classification(
    ObjectId id,
    List<String> tags,
    @Nullable String label,
    @Nullable Double confidence,
    @Nullable NdArray logits,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public Classification {
    tags = List.copyOf(tags);
  }

  /** A new classification with an id of its own. */
  public static Classification of(String label) {
    return new Classification(ObjectId.create(), List.of(), label, null, null, Document.empty());
  }

  @Override
  public Classification withId(ObjectId id) {
    return new Classification(id, tags, label, confidence, logits, attributes);
  }

  @Override
  public Classification withTags(List<String> tags) {
    return new Classification(id, tags, label, confidence, logits, attributes);
  }

  @Override
  public Classification withAttributes(Document attributes) {
    return new Classification(id, tags, label, confidence, logits, attributes);
  }

  /** This label with another value of {@link #label()}. */
  public Classification withLabel(@Nullable String label) {
    return new Classification(id, tags, label, confidence, logits, attributes);
  }

  /** This label with another value of {@link #confidence()}. */
  public Classification withConfidence(@Nullable Double confidence) {
    return new Classification(id, tags, label, confidence, logits, attributes);
  }

  /** This label with another value of {@link #logits()}. */
  public Classification withLogits(@Nullable NdArray logits) {
    return new Classification(id, tags, label, confidence, logits, attributes);
  }

  @Override
  public String className() {
    return "Classification";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "label" -> label;
      case "confidence" -> confidence;
      case "logits" -> logits == null ? null : Binary.wrap(logits.packed());
      default -> attributes.get(name);
    };
  }
}
