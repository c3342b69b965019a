package io.postil.backends.http;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer held in memory. Immutable. */
public final class HttpAnswer {
  private final HttpCall call;
  private final int status;
  private final HttpHeaders headers;
  private final byte[] body;

  HttpAnswer(HttpCall call, int status, HttpHeaders headers, byte[] body) {
    this.call = call;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** The status. */
  public int status() {
    return status;
  }

  /** The headers. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    return headers.firstValue(name).orElse(null);
  }

  /** The body, not a copy: don't change it. */
  public byte[] bytes() {
    return body;
  }

  /** The body as text in UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /**
   * The body as JSON; null if it is empty.
   *
   * @throws PostilException with the call's error code if it is something else; a page for browsers
   *     is said to be one
   */
  public @Nullable Object json() {
    if (body.length == 0) {
      return null;
    }
    try {
      return Json.read(text());
    } catch (PostilException e) {
      throw call.notJson(status, headers, text(), e);
    }
  }

  /** The body as a JSON object; an empty one if the body is empty. */
  public Document document() {
    Object json = json();
    if (json == null) {
      return Document.empty();
    }
    if (json instanceof Document document) {
      return document;
    }
    throw call.unexpected(status, "a JSON object was expected", text());
  }

  /** The body as a JSON list. */
  public List<?> list() {
    if (json() instanceof List<?> list) {
      return list;
    }
    throw call.unexpected(status, "a JSON list was expected", text());
  }
}
