package io.postil.core.dataset;

import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image or video with its fields. The frames of a video are read apart, see {@code
 * SampleCursor}.
 *
 * @param id its id
 * @param filepath absolute path or URL of the media
 * @param tags its tags
 * @param metadata what is known of the media, with FiftyOne's names ({@code width}, {@code height},
 *     {@code num_channels}, {@code size_bytes}, {@code mime_type}; for videos {@code frame_width},
 *     {@code frame_height}, {@code frame_rate}, {@code total_frame_count}, {@code duration}); or
 *     null
 * @param fields values by field: a {@link Label} or a value of {@code io.postil.core.value}; a
 *     field without a value is absent
 * @param system what the stores keep beside: {@code created_at}, {@code last_modified_at}, {@code
 *     _media_type}, {@code _rand}, and whatever undeclared data was found
 */
public record Sample(
    ObjectId id,
    String filepath,
    List<String> tags,
    @Nullable Document metadata,
    Map<String, Object> fields,
    Document system) {
  /** Copies the collections, keeping the order of the fields. */
  public Sample {
    tags = List.copyOf(tags);
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** A new sample with an id of its own and no fields. */
  public static Sample of(String filepath) {
    return new Sample(ObjectId.create(), filepath, List.of(), null, Map.of(), Document.empty());
  }

  /** The label of a field, or null if the field has no value or no label. */
  public @Nullable Label label(String field) {
    return fields.get(field) instanceof Label label ? label : null;
  }

  /** The value of a property by the name it is stored under; null if there is none. */
  public @Nullable Object property(String name) {
    Object value = fields.get(name);
    if (value != null) {
      return value;
    }
    return switch (name) {
      case "_id" -> id;
      case "filepath" -> filepath;
      case "tags" -> Values.list(tags);
      case "metadata" -> metadata;
      default -> system.get(name);
    };
  }

  /** This sample with a field set; null removes it. */
  public Sample with(String field, @Nullable Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(fields);
    if (value == null) {
      changed.remove(field);
    } else {
      changed.put(field, value);
    }
    return withFields(changed);
  }

  /** This sample with other fields. */
  public Sample withFields(Map<String, Object> fields) {
    return new Sample(id, filepath, tags, metadata, fields, system);
  }

  /** This sample with other tags. */
  public Sample withTags(List<String> tags) {
    return new Sample(id, filepath, tags, metadata, fields, system);
  }

  /** This sample with other metadata. */
  public Sample withMetadata(@Nullable Document metadata) {
    return new Sample(id, filepath, tags, metadata, fields, system);
  }

  /** This sample with another id. */
  public Sample withId(ObjectId id) {
    return new Sample(id, filepath, tags, metadata, fields, system);
  }

  /** This sample with other system data. */
  public Sample withSystem(Document system) {
    return new Sample(id, filepath, tags, metadata, fields, system);
  }
}
