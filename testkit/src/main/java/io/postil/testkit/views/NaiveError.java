package io.postil.testkit.views;

/** A view or expression that must fail. */
final class NaiveError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NaiveError(String message) {
    super(message);
  }
}
