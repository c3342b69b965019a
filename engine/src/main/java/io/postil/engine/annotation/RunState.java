package io.postil.engine.annotation;

import java.util.Locale;

/** Where a run stands, the same for every backend. */
public enum RunState {
  /** Written down; nothing was sent. */
  PLANNED,
  /** Some of it was sent. */
  UPLOADING,
  /** All of it was sent; people work on it. */
  WAITING,
  /** An answer is being merged. */
  LOADING,
  /** An answer was merged at least once. */
  LOADED,
  /** Sending failed; it can be resumed or cleaned up. */
  FAILED,
  /** The backend holds nothing of it any more. */
  CLEANED;

  /** The name in lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of a name in lower case. */
  public static RunState ofId(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }
}
