package io.postil.core.label;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number for each pixel. Carried, not annotated.
 *
 * @param id the id, unique in the dataset
 * @param tags the tags, in the order they were added
 * @param map the numbers, or null if they are in a file
 * @param mapPath path of a file with the numbers, or null
 * @param range the least and greatest possible number, or null
 * @param attributes everything else, see {@link SingleLabel#attributes()}
 */
public record Heatmap(
    ObjectId id,
    List<String> tags,
    @Nullable NdArray map,
    @Nullable String mapPath,
    @Nullable Doubles range,
    Document attributes)
    implements SingleLabel {
  /** Copies the tags. */
  public Heatmap {
    tags = List.copyOf(tags);
  }

  @Override
  public Heatmap withId(ObjectId id) {
    return new Heatmap(id, tags, map, mapPath, range, attributes);
  }

  @Override
  public Heatmap withTags(List<String> tags) {
    return new Heatmap(id, tags, map, mapPath, range, attributes);
  }

  @Override
  public Heatmap withAttributes(Document attributes) {
    return new Heatmap(id, tags, map, mapPath, range, attributes);
  }

  /** This label with another value of {@link #map()}. */
  public Heatmap withMap(@Nullable NdArray map) {
    return new Heatmap(id, tags, map, mapPath, range, attributes);
  }

  /** This label with another value of {@link #mapPath()}. */
  public Heatmap withMapPath(@Nullable String mapPath) {
    return new Heatmap(id, tags, map, mapPath, range, attributes);
  }

  /** This label with another value of {@link #range()}. */
  public Heatmap withRange(@Nullable Doubles range) {
    return new Heatmap(id, tags, map, mapPath, range, attributes);
  }

  @Override
  public String className() {
    return "Heatmap";
  }

  @Override
  public @Nullable Object property(String name) {
    return switch (name) {
      case "_id" -> id;
      case "_cls" -> className();
      case "tags" -> Values.list(tags);
      case "map" -> map == null ? null : Binary.wrap(map.packed());
      case "map_path" -> mapPath;
      case "range" -> range == null ? null : range.toList();
      default -> attributes.get(name);
    };
  }
}
