package io.postil.core.dataset;

import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a video that has content.
 *
 * @param id its id
 * @param sampleId the video
 * @param number its number in the video, from 1
 * @param fields values by field, as {@link Sample#fields()}
 * @param system what the stores keep beside: {@code created_at}, {@code last_modified_at} and
 *     whatever undeclared data was found
 */
public record Frame(
    ObjectId id, ObjectId sampleId, int number, Map<String, Object> fields, Document system) {
  /** Copies the map, keeping its order. */
  public Frame {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
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
      case "_sample_id" -> sampleId;
      case "frame_number" -> number;
      default -> system.get(name);
    };
  }

  /** This frame with other fields. */
  public Frame withFields(Map<String, Object> fields) {
    return new Frame(id, sampleId, number, fields, system);
  }

  /** This frame with a field set; null removes it. */
  public Frame with(String field, @Nullable Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(fields);
    if (value == null) {
      changed.remove(field);
    } else {
      changed.put(field, value);
    }
    return withFields(changed);
  }
}
