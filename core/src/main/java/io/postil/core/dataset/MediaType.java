package io.postil.core.dataset;

import java.util.Locale;

/** What the samples of a dataset are. */
public enum MediaType {
  IMAGE,
  VIDEO,
  /** Several slices (for instance cameras) make one group; each slice has a media type. */
  GROUP,
  /** Anything else; carried, not annotated. */
  UNKNOWN;

  /** FiftyOne's name, such as {@code image}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of FiftyOne's name; {@link #UNKNOWN} for any other. */
  public static MediaType of(String id) {
    for (MediaType type : values()) {
      if (type.id().equals(id)) {
        return type;
      }
    }
    return UNKNOWN;
  }
}
