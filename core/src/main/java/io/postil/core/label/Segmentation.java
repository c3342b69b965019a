package io.postil.core.label;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value for each pixel of the image.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param mask the pixel values, or null if they are in a file
 * @param maskPath path of an image file with the mask, or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Segmentation(
    ObjectId id,
    List<String> tags,
    @Nullable NdArray mask,
    @Nullable String maskPath,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public Segmentation {
    tags = List.copyOf(tags);
  }

  /** A new segmentation with an id of its own. */
  public static Segmentation of(NdArray mask) {
    return new Segmentation(ObjectId.create(), List.of(), mask, null, Document.empty());
  }

  @Override
  public Segmentation withId(ObjectId id) {
    return new Segmentation(id, tags, mask, maskPath, attributes);
  }

  @Override
  public Segmentation withTags(List<String> tags) {
    return new Segmentation(id, tags, mask, maskPath, attributes);
  }

  @Override
  public Segmentation withAttributes(Document attributes) {
    return new Segmentation(id, tags, mask, maskPath, attributes);
  }

  /** This label with another value of {@link #mask()}. */
  public Segmentation withMask(@Nullable NdArray mask) {
    return new Segmentation(id, tags, mask, maskPath, attributes);
  }

  /** This label with another value of {@link #maskPath()}. */
  public Segmentation withMaskPath(@Nullable String maskPath) {
    return new Segmentation(id, tags, mask, maskPath, attributes);
  }

  @Override
  public String className() {
    return "Segmentation";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "mask" -> mask == null ? null : Binary.wrap(mask.packed());
      case "mask_path" -> maskPath;
      default -> attributes.get(name);
    };
  }
}
