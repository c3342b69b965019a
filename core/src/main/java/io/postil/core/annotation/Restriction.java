package io.postil.core.annotation;

import org.jspecify.annotations.Nullable;

/** What annotators may be forbidden to do with the labels of an existing field. */
public enum Restriction {
  ADDITIONS("allow_additions"),
  DELETIONS("allow_deletions"),
  LABEL_EDITS("allow_label_edits"),
  INDEX_EDITS("allow_index_edits"),
  SPATIAL_EDITS("allow_spatial_edits");

  private final String id;

  Restriction(String id) {
    this.id = id;
  }

  /** The name of its flag, such as {@code allow_additions}; false forbids. */
  public String id() {
    return id;
  }

  /** The restriction of a flag, or null. */
  public static @Nullable Restriction ofId(String id) {
    for (Restriction restriction : values()) {
      if (restriction.id.equals(id)) {
        return restriction;
      }
    }
    return null;
  }
}
