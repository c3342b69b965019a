package io.postil.formats;

/** What an import does with an entry that cannot be understood. */
public enum OnError {
  /** Reports all such entries and imports nothing. */
  FAIL,
  /** Leaves the entry out, counts and reports it. */
  SKIP
}
