package io.postil.backends.http;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A server and how to speak to it. Paths of calls are appended to its address, so that a server
 * under a path prefix works. Thread-safe; close it to drop its connections.
 *
 * <p>Redirects are followed within the server, and from http to https, by which all later requests
 * are sent then; the credentials go nowhere else. A request that changes something is not turned
 * into a GET by a redirect: then the error says where the server has moved.
 */
public final class HttpApi implements AutoCloseable {
  /** The most an answer held in memory may have, unless a call says otherwise. */
  static final long DEFAULT_LIMIT = 64L << 20;

  private final String title;
  private final URI base;
  private final Credentials credentials;
  private final Map<String, String> headers;
  private final Duration timeout;
  private final RetryPolicy retries;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private final DoubleSupplier chance;
  private final Redaction redaction;
  private final Connections connections;
  private final Proxies proxies;
  private volatile boolean secured;

  private HttpApi(Builder builder) {
    this.title = builder.title;
    this.base = builder.base;
    this.credentials = builder.credentials;
    this.headers = Map.copyOf(builder.headers);
    this.timeout = builder.timeout;
    this.retries = builder.retries;
    this.clock = builder.clock;
    this.sleeper = builder.sleeper;
    this.chance = builder.chance;
    this.redaction = builder.redaction;
    this.connections = new Connections(builder.connectTimeout);
    this.proxies = new Proxies(builder.environment);
  }

  /**
   * Starts to describe a server.
   *
   * @param title what people call it, such as {@code Label Studio}
   * @param url its address, with a path prefix if it has one
   * @throws PostilException with {@code INVALID_REQUEST} if the address is none
   */
  public static Builder at(String title, String url) {
    return new Builder(title, address(title, url));
  }

  private static URI address(String title, String url) {
    String remedy = "Give an address such as https://example.com, without user or query.";
    try {
      URI uri = new URI(url.strip());
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")
          || uri.getHost() == null
          || uri.getRawUserInfo() != null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "'" + new Redaction().clean(url) + "' is no address of " + title,
            remedy);
      }
      String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
      return new URI(scheme + "://" + uri.getRawAuthority() + path);
    } catch (URISyntaxException e) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "'" + new Redaction().clean(url) + "' is no address of " + title,
          remedy);
    }
  }

  /** The server's address, without a slash at the end. */
  public URI base() {
    return base;
  }

  /** A call that reads. */
  public HttpCall get(String path) {
    return call("GET", path);
  }

  /** A call that makes something; not repeated unless it is marked idempotent. */
  public HttpCall post(String path) {
    return call("POST", path);
  }

  /** A call that replaces something. */
  public HttpCall put(String path) {
    return call("PUT", path);
  }

  /** A call that changes something; not repeated unless it is marked idempotent. */
  public HttpCall patch(String path) {
    return call("PATCH", path);
  }

  /** A call that removes something. */
  public HttpCall delete(String path) {
    return call("DELETE", path);
  }

  /**
   * A call of any method.
   *
   * @param path what follows the server's address, in URL notation, with a slash in front; or a
   *     whole address on the same server, as servers give for the next page
   */
  public HttpCall call(String method, String path) {
    return new HttpCall(this, method, path);
  }

  String title() {
    return title;
  }

  Credentials credentials() {
    return credentials;
  }

  Map<String, String> headers() {
    return headers;
  }

  Duration timeout() {
    return timeout;
  }

  RetryPolicy retries() {
    return retries;
  }

  InstantSource clock() {
    return clock;
  }

  Sleeper sleeper() {
    return sleeper;
  }

  DoubleSupplier chance() {
    return chance;
  }

  Redaction redaction() {
    return redaction;
  }

  Connections connections() {
    return connections;
  }

  Proxies proxies() {
    return proxies;
  }

  /** Whether the server asked to be spoken to by https, though its address has http. */
  boolean isSecured() {
    return secured;
  }

  /** Sends all further requests by https. */
  void secure() {
    secured = true;
  }

  @Override
  public void close() {
    connections.close();
  }

  /** Describes a server. Not thread-safe. */
  public static final class Builder {
    private final String title;
    private final URI base;
    private final Redaction redaction = new Redaction();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private Credentials credentials = Credentials.fixed(null);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration timeout = Duration.ofMinutes(2);
    private RetryPolicy retries = RetryPolicy.DEFAULT;
    private Map<String, String> environment = System.getenv();
    private InstantSource clock = InstantSource.system();
    private Sleeper sleeper = Sleeper.REAL;
    private DoubleSupplier chance = () -> ThreadLocalRandom.current().nextDouble();

    private Builder(String title, URI base) {
      this.title = title;
      this.base = base;
      headers.put("User-Agent", "Postil");
    }

    /** What is shown with every request. */
    public Builder credentials(Credentials credentials) {
      this.credentials = credentials;
      return this;
    }

    /** A header of every request. */
    public Builder header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    /** A value that must never be shown; what {@link Credentials} give is one anyway. */
    public Builder secret(@Nullable String secret) {
      if (secret != null) {
        redaction.add(secret);
      }
      return this;
    }

    /**
     * How long to wait for a connection, and how long for the start of an answer or for more of it.
     * Sending a large body gets time on top.
     */
    public Builder timeouts(Duration connect, Duration answer) {
      this.connectTimeout = connect;
      this.timeout = answer;
      return this;
    }

    /** How often a request is tried. */
    public Builder retries(RetryPolicy retries) {
      this.retries = retries;
      return this;
    }

    /** The environment variables that name proxies; those of the process if this is not called. */
    public Builder environment(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
      return this;
    }

    /** The time, waiting, and chance (a number from 0 to 1), for tests. */
    public Builder time(InstantSource clock, Sleeper sleeper, DoubleSupplier chance) {
      this.clock = clock;
      this.sleeper = sleeper;
      this.chance = chance;
      return this;
    }

    /** The server; connects to nothing yet. */
    public HttpApi build() {
      return new HttpApi(this);
    }
  }
}
