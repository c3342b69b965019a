package io.postil.testkit.cvat;

import org.jspecify.annotations.Nullable;

/**
 * What a call is answered with.
 *
 * @param status the HTTP status
 * @param body JSON as maps, lists and values; or null for none
 * @param bytes a body that is no JSON, or null
 * @param contentType the type of {@code bytes}
 */
record Answer(
    int status, @Nullable Object body, byte @Nullable [] bytes, @Nullable String contentType) {
  static Answer ok(@Nullable Object body) {
    return new Answer(200, body, null, null);
  }

  static Answer created(@Nullable Object body) {
    return new Answer(201, body, null, null);
  }

  static Answer of(int status, @Nullable Object body) {
    return new Answer(status, body, null, null);
  }

  static Answer empty(int status) {
    return new Answer(status, null, null, null);
  }

  static Answer file(byte[] bytes, String contentType) {
    return new Answer(200, null, bytes, contentType);
  }
}
