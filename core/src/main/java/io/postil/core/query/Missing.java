package io.postil.core.query;

/** The value of a path that leads nowhere; not the same as null. */
enum Missing {
  MISSING;

  @Override
  public String toString() {
    return "missing";
  }
}
