package io.postil.core.label;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place on earth as GeoJSON geometries, which are among its attributes ({@code point}, {@code
 * line}, {@code polygon}, or {@code points} and so on of {@code GeoLocations}). Carried, not
 * annotated.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param className {@code GeoLocation} or {@code GeoLocations}
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record GeoLocation(ObjectId id, List<String> tags, String className, Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public GeoLocation {
    tags = List.copyOf(tags);
  }

  @Override
  public GeoLocation withId(ObjectId id) {
    return new GeoLocation(id, tags, className, attributes);
  }

  @Override
  public GeoLocation withTags(List<String> tags) {
    return new GeoLocation(id, tags, className, attributes);
  }

  @Override
  public GeoLocation withAttributes(Document attributes) {
    return new GeoLocation(id, tags, className, attributes);
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      default -> attributes.get(name);
    };
  }
}
