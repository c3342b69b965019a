package io.postil.core;

/**
 * Hears how far long work has come. Shared by library, command line and App; implementations must
 * be thread-safe and quick. A listener cancels by throwing, usually {@link PostilException} with
 * {@link ErrorCode#INTERRUPTED}.
 */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE = (phase, done, total) -> {};

  /**
   * Called now and then, not for each item.
   *
   * @param phase what is being done, in a few words ("drawing images")
   * @param done items finished
   * @param total items in all, or -1 if unknown
   */
  void progress(String phase, long done, long total);
}
