package io.postil.testkit.views;

/** Something the naive evaluator does not know, so that it has no opinion. */
public final class NotCovered extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotCovered(String what) {
    super(what);
  }
}
