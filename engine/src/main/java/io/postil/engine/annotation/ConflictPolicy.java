package io.postil.engine.annotation;

import org.jspecify.annotations.Nullable;

/** Whose version stands where both the annotator and somebody else changed the same thing. */
public enum ConflictPolicy {
  /** The annotator's. */
  THEIRS,
  /** The dataset's. */
  OURS,
  /** Nobody's: the load fails and changes nothing. */
  FAIL;

  /** The policy of a name in lower case, or null. */
  public static @Nullable ConflictPolicy ofId(String id) {
    for (ConflictPolicy policy : values()) {
      if (policy.id().equals(id)) {
        return policy;
      }
    }
    return null;
  }

  /** The name in lower case. */
  public String id() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
