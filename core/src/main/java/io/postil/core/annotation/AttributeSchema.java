package io.postil.core.annotation;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about an attribute of labels.
 *
 * @param name its name
 * @param spec how FiftyOne writes it: {@code type} ({@code text}, {@code select}, {@code radio},
 *     {@code checkbox} or a backend's own), {@code values}, {@code default}, {@code mutable},
 *     {@code read_only}, and whatever else the user gave
 */
public record AttributeSchema(String name, Document spec) {
  /** The kind of control, such as {@code select}. */
  public String type() {
    return spec.getString("type", "text");
  }

  /** What can be chosen; empty where anything can be typed. */
  public List<@Nullable Object> values() {
    return spec.getList("values");
  }

  /** What a new label starts with, or null. */
  public @Nullable Object defaultValue() {
    return spec.get("default");
  }

  /** Whether annotators see it without being able to change it. */
  public boolean isReadOnly() {
    return spec.getBoolean("read_only", false);
  }

  /** A later description of it, writable if this one is. */
  AttributeSchema orWritable(AttributeSchema later) {
    return later.isReadOnly() && !isReadOnly()
        ? new AttributeSchema(name, later.spec().without("read_only"))
        : later;
  }

  /** Whether it may differ between the frames of a track. */
  public boolean isMutable() {
    return spec.getBoolean("mutable", true);
  }
}
