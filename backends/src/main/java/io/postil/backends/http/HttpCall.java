package io.postil.backends.http;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One request to a server: describe it, then {@link #send} or {@link #stream} it. What is safe to
 * repeat is tried again after time-outs, broken connections and the statuses 429, 502, 503 and 504:
 * GET, HEAD, PUT, DELETE, and what is marked {@link #idempotent}. Anything may be tried again that
 * certainly was not carried out. Not thread-safe.
 */
public final class HttpCall {
  private final HttpApi api;
  private final String method;
  private final String path;
  private final StringBuilder query = new StringBuilder();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Set<Integer> accepted = new TreeSet<>();
  private @Nullable HttpBody body;
  private boolean idempotent;
  private int attempts;
  private @Nullable Duration timeout;
  private long limit = HttpApi.DEFAULT_LIMIT;
  private ErrorCode failure;
  private String remedy = "";

  HttpCall(HttpApi api, String method, String path) {
    this.api = api;
    this.method = method;
    this.path = path;
    boolean reads = method.equals("GET") || method.equals("HEAD");
    this.failure = reads ? ErrorCode.BACKEND_DOWNLOAD_FAILED : ErrorCode.BACKEND_UPLOAD_FAILED;
    this.idempotent = reads || method.equals("PUT") || method.equals("DELETE");
    this.attempts = api.retries().attempts();
  }

  /** Adds a parameter to the address; null is left out. */
  public HttpCall query(String name, @Nullable Object value) {
    if (value != null) {
      query
          .append(query.isEmpty() ? "" : "&")
          .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
    }
    return this;
  }

  /** Sets a header. */
  public HttpCall header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** What to send. */
  public HttpCall body(HttpBody body) {
    this.body = body;
    return this;
  }

  /** A value to send as JSON. */
  public HttpCall json(@Nullable Object value) {
    return body(HttpBody.json(value));
  }

  /** Says that carrying it out twice is as good as once. */
  public HttpCall idempotent() {
    this.idempotent = true;
    return this;
  }

  /** Says that one attempt is enough. */
  public HttpCall once() {
    return attempts(1);
  }

  /**
   * How often it is tried in all, at least once; as the server's policy says if this is not called.
   */
  public HttpCall attempts(int number) {
    this.attempts = number;
    return this;
  }

  /** Statuses besides 2xx that are an answer rather than an error. */
  public HttpCall accept(int... statuses) {
    for (int status : statuses) {
      accepted.add(status);
    }
    return this;
  }

  /** How long to wait for the start of the answer, and for more of it. */
  public HttpCall timeout(Duration timeout) {
    this.timeout = timeout;
    return this;
  }

  /** The most bytes an answer held in memory may have. */
  public HttpCall limit(long bytes) {
    this.limit = bytes;
    return this;
  }

  /**
   * The code and remedy of errors that are neither of the network nor of the credentials; else
   * {@code BACKEND_DOWNLOAD_FAILED} for reading and {@code BACKEND_UPLOAD_FAILED} for the rest.
   */
  public HttpCall failure(ErrorCode code, String whatToDo) {
    this.failure = code;
    this.remedy = whatToDo;
    return this;
  }

  /**
   * Sends it and reads the answer into memory.
   *
   * @throws PostilException with {@code BACKEND_UNREACHABLE}, {@code BACKEND_REFUSED_CREDENTIALS}
   *     or the call's own code
   */
  public HttpAnswer send() {
    return new Attempts(api, this).send();
  }

  /**
   * Sends it and hands over the answer while it arrives; close it.
   *
   * @throws PostilException as {@link #send}, before the answer begins
   */
  public HttpStream stream() {
    return new Attempts(api, this).stream();
  }

  // --- for Attempts ---------------------------------------------------------------------------

  String method() {
    return method;
  }

  URI address() {
    String base = api.base().toString();
    String full = path.startsWith("http://") || path.startsWith("https://") ? path : base + path;
    if (!query.isEmpty()) {
      full += (full.contains("?") ? "&" : "?") + query;
    }
    URI uri = URI.create(full);
    if (!Attempts.sameServer(api.base(), uri)) {
      throw new PostilException(
          failure,
          api.title() + " points to another server: " + api.redaction().clean(uri),
          "Is its own address set rightly on the server?");
    }
    return api.isSecured() ? Attempts.secured(uri) : uri;
  }

  Map<String, String> headers() {
    return headers;
  }

  @Nullable HttpBody body() {
    return body;
  }

  boolean isIdempotent() {
    return idempotent;
  }

  int attempts() {
    return attempts;
  }

  boolean accepts(int status) {
    return status >= 200 && status < 300 || accepted.contains(status);
  }

  /** Sending gets a second on top for each 100 kB. */
  Duration timeUntilAnswer() {
    long bytes = body == null ? 0 : body.length();
    return timeWithoutData().plusSeconds(bytes / 100_000);
  }

  Duration timeWithoutData() {
    return timeout == null ? api.timeout() : timeout;
  }

  long limit() {
    return limit;
  }

  // --- errors ---------------------------------------------------------------------------------

  private String where() {
    return method + " " + api.redaction().clean(address());
  }

  private @Nullable String remedyOr(String otherwise) {
    String text = remedy.isEmpty() ? otherwise : remedy;
    return text.isEmpty() ? null : text;
  }

  /** No answer at all. */
  PostilException unreachable(IOException e) {
    String reason = Excerpt.reason(e);
    return new PostilException(
        ErrorCode.BACKEND_UNREACHABLE,
        api.title() + " cannot be reached: " + where() + ": " + api.redaction().clean(reason),
        Excerpt.remedy(e, api.title()),
        e);
  }

  /** An answer that breaks off or is not what it should be. */
  PostilException unreadable(IOException e) {
    String reason = Excerpt.reason(e);
    return new PostilException(
        failure,
        "the answer of "
            + api.title()
            + " cannot be read: "
            + where()
            + ": "
            + api.redaction().clean(reason),
        remedyOr("Try it again; nothing was changed here."),
        e);
  }

  /** An answer that is no JSON. */
  PostilException notJson(int status, HttpHeaders answerHeaders, String text, PostilException e) {
    if (Excerpt.isPage(answerHeaders.firstValue("Content-Type").orElse(""), text)) {
      return page(status, text);
    }
    return unexpected(status, String.valueOf(e.getMessage()), text);
  }

  /** A page for browsers where an API should be. */
  PostilException page(int status, String text) {
    return new PostilException(
        ErrorCode.BACKEND_UNREACHABLE,
        "no "
            + api.title()
            + " answers at "
            + api.redaction().clean(api.base())
            + ": "
            + where()
            + " gave status "
            + status
            + " and a web page"
            + quote(text),
        "Check the url: it is the address of the server itself, with its path prefix if it has one.");
  }

  /** An answer that is JSON, but not the JSON it should be. */
  PostilException unexpected(int status, String what, String text) {
    return new PostilException(
        failure,
        where() + " answered " + status + ", but " + what + quote(text),
        remedyOr("Is this version of " + api.title() + " supported?"));
  }

  /** A status that means failure. */
  PostilException refused(int status, HttpHeaders answerHeaders, String text) {
    String type = answerHeaders.firstValue("Content-Type").orElse("");
    String message = where() + " answered " + status + quote(text);
    if (status == 401) {
      return new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS,
          api.title() + " refused the credentials: " + message,
          "Check them: they may be mistyped, revoked, or of another server.");
    }
    if (status == 403) {
      return new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS,
          api.title() + " does not allow it: " + message,
          remedyOr("Use credentials of a user who may do this."));
    }
    if (status == 404 && Excerpt.isPage(type, text)) {
      return page(status, text);
    }
    if (status == 413) {
      return new PostilException(
          failure,
          api.title() + " or a proxy before it takes no request of this size: " + message,
          remedyOr("Raise the limit there; nginx calls it client_max_body_size."));
    }
    if (status == 429 || status >= 500 && RetryPolicy.isTransient(status)) {
      return new PostilException(
          ErrorCode.BACKEND_UNREACHABLE,
          api.title() + " is overloaded or down: " + message,
          "Try it again later.");
    }
    return new PostilException(failure, api.title() + " refused it: " + message, remedyOr(""));
  }

  /** A redirect that must not be followed. */
  PostilException moved(int status, String to) {
    return new PostilException(
        ErrorCode.BACKEND_UNREACHABLE,
        where() + " answered " + status + " and points to " + api.redaction().clean(to),
        "If that is the server, set its url to that address; the credentials were not sent there.");
  }

  /** An answer longer than the limit. */
  PostilException tooLarge() {
    return new PostilException(
        failure, where() + " answered with more than " + limit + " bytes", remedyOr(""));
  }

  /** Somebody asked to stop. */
  PostilException interrupted(Exception e) {
    Thread.currentThread().interrupt();
    return new PostilException(ErrorCode.INTERRUPTED, where() + " was interrupted", null, e);
  }

  private String quote(String text) {
    String excerpt = api.redaction().clean(Excerpt.of(text));
    return excerpt.isEmpty() ? "" : ": " + excerpt;
  }

  @Override
  public String toString() {
    return method.toUpperCase(Locale.ROOT) + " " + path;
  }

  /** Reads all of a stream, up to the limit. */
  byte[] readAll(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, limit + 1));
    if (bytes.length > limit) {
      throw tooLarge();
    }
    return bytes;
  }
}
