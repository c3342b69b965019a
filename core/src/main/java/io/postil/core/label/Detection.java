package io.postil.core.label;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object in a box, optionally with a mask. A rotation, where a backend has one, is the attribute
 * {@code rotation}.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param label the class, or null
 * @param boundingBox the box, or null for a three-dimensional detection, whose position is among
 *     the attributes
 * @param mask the object's pixels: it covers just the box, whatever its resolution; or null
 * @param maskPath path of an image file with the mask, or null
 * @param confidence the score of the model that made it, or null
 * @param index the track number in a video, or another number; or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Detection(
    ObjectId id,
    List<String> tags,
    @Nullable String label,
    @Nullable BoundingBox boundingBox,
    @Nullable NdArray mask,
    @Nullable String maskPath,
    @Nullable Double confidence,
    @Nullable Integer index,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public Detection {
    tags = List.copyOf(tags);
  }

  // Written out, as the one of a record is linked at each start and slow without the second
  // compiler, and a load compares every label.
  @Override
  public boolean equals(@Nullable Object o) {
    return o == this
        || o instanceof Detection d
            && id.equals(d.id)
            && Objects.equals(label, d.label)
            && Objects.equals(boundingBox, d.boundingBox)
            && Objects.equals(confidence, d.confidence)
            && Objects.equals(index, d.index)
            && Objects.equals(maskPath, d.maskPath)
            && Objects.equals(mask, d.mask)
            && tags.equals(d.tags)
            && attributes.equals(d.attributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** A new detection with an id of its own. */
  public static Detection of(String label, BoundingBox boundingBox) {
    return new Detection(
        ObjectId.create(), List.of(), label, boundingBox, null, null, null, null, Document.empty());
  }

  @Override
  public Detection withId(ObjectId id) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  @Override
  public Detection withTags(List<String> tags) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  @Override
  public Detection withAttributes(Document attributes) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** This label with another value of {@link #label()}. */
  public Detection withLabel(@Nullable String label) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** This label with another value of {@link #boundingBox()}. */
  public Detection withBoundingBox(@Nullable BoundingBox boundingBox) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** This label with another value of {@link #mask()}. */
  public Detection withMask(@Nullable NdArray mask) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** This label with another value of {@link #maskPath()}. */
  public Detection withMaskPath(@Nullable String maskPath) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** This label with another value of {@link #confidence()}. */
  public Detection withConfidence(@Nullable Double confidence) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  /** This label with another value of {@link #index()}. */
  public Detection withIndex(@Nullable Integer index) {
    return new Detection(
        id, tags, label, boundingBox, mask, maskPath, confidence, index, attributes);
  }

  @Override
  public String className() {
    return "Detection";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "label" -> label;
      case "bounding_box" -> boundingBox == null ? null : boundingBox.toList();
      case "mask" -> mask == null ? null : Binary.wrap(mask.packed());
      case "mask_path" -> maskPath;
      case "confidence" -> confidence;
      case "index" -> index;
      default -> attributes.get(name);
    };
  }
}
