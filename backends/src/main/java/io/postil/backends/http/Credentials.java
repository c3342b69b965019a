package io.postil.backends.http;

import org.jspecify.annotations.Nullable;

/**
 * What a server is shown with every request. Asked again for each attempt, so that it can change.
 * Implementations are thread-safe.
 */
public interface Credentials {
  /** The value of the header {@code Authorization}, or null to send none. */
  @Nullable String authorization();

  /**
   * Called when the server refused the present value with status 401: gets a fresh one if that is
   * possible.
   *
   * @return whether the request should be tried once more
   */
  default boolean renew() {
    return false;
  }

  /** The same value for every request, such as {@code Token 0123}. */
  static Credentials fixed(@Nullable String authorization) {
    return () -> authorization;
  }
}
