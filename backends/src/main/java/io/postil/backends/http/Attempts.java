package io.postil.backends.http;

import io.postil.core.PostilException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Carries out one call: attempts, pauses, redirects, renewed credentials. For one call. */
final class Attempts {
  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_ERROR_BYTES = 64 << 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpApi api;
  private final HttpCall call;
  private int attempt = 1;
  private boolean renewed;

  Attempts(HttpApi api, HttpCall call) {
    this.api = api;
    this.call = call;
  }

  HttpAnswer send() {
    while (true) {
      Exchange.Answer response = begin();
      try (InputStream in = open(response)) {
        return new HttpAnswer(call, response.status(), response.headers(), call.readAll(in));
      } catch (IOException e) {
        if (!call.isIdempotent() || attempt >= call.attempts()) {
          throw call.unreadable(e);
        }
        pause(null);
      }
    }
  }

  HttpStream stream() {
    Exchange.Answer response = begin();
    try {
      return new HttpStream(call, response.status(), response.headers(), open(response));
    } catch (IOException e) {
      throw call.unreadable(e);
    }
  }

  /** Attempts until there is an answer that is no failure; its body is not read yet. */
  private Exchange.Answer begin() {
    while (true) {
      Exchange.Answer response;
      try {
        response = followed();
      } catch (IOException e) {
        if (attempt >= call.attempts() || !mayRepeat(e)) {
          throw call.unreachable(e);
        }
        pause(null);
        continue;
      }
      int status = response.status();
      if (call.accepts(status)) {
        return response;
      }
      String text = errorText(response);
      if (status == 401 && !renewed) {
        renewed = true;
        if (api.credentials().renew()) {
          continue;
        }
      }
      boolean repeat = RetryPolicy.isTransient(status) && (call.isIdempotent() || status == 429);
      if (!repeat || attempt >= call.attempts()) {
        throw call.refused(status, response.headers(), text);
      }
      pause(response.headers().firstValue("Retry-After").orElse(null));
    }
  }

  private boolean mayRepeat(IOException e) {
    if (Excerpt.unresolved(e) || e instanceof SSLHandshakeException) {
      return false;
    }
    boolean neverArrived =
        e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
    return neverArrived || call.isIdempotent();
  }

  private void pause(@Nullable String retryAfter) {
    try {
      api.sleeper()
          .sleep(
              api.retries()
                  .pause(attempt, retryAfter, api.clock().instant(), api.chance().getAsDouble()));
    } catch (InterruptedException e) {
      throw call.interrupted(e);
    }
    attempt++;
  }

  // --- one attempt ----------------------------------------------------------------------------

  private Exchange.Answer followed() throws IOException {
    URI uri = call.address();
    for (int redirects = 0; ; redirects++) {
      Exchange.Answer response = exchange(uri);
      int status = response.status();
      String location = response.headers().firstValue("Location").orElse(null);
      if (!REDIRECTS.contains(status) || location == null || call.accepts(status)) {
        return response;
      }
      response.body().close();
      URI next;
      try {
        next = uri.resolve(location);
      } catch (IllegalArgumentException e) {
        throw call.moved(status, location);
      }
      boolean reads = call.method().equals("GET") || call.method().equals("HEAD");
      boolean keepsMethod = reads || status == 307 || status == 308;
      if (!keepsMethod || !sameServer(uri, next) || redirects >= MAX_REDIRECTS) {
        throw call.moved(status, next.toString());
      }
      if (!uri.getScheme().equalsIgnoreCase(next.getScheme())) {
        api.secure();
      }
      uri = next;
    }
  }

  /** Whether two addresses are of one server, or the second is its secured form. */
  static boolean sameServer(URI a, URI b) {
    if (a.getHost() == null || b.getHost() == null || b.getScheme() == null) {
      return false;
    }
    boolean upgrade =
        a.getScheme().equalsIgnoreCase("http")
            && b.getScheme().equalsIgnoreCase("https")
            && port(a) == 80
            && port(b) == 443;
    boolean same = a.getScheme().equalsIgnoreCase(b.getScheme()) && port(a) == port(b);
    return a.getHost().equalsIgnoreCase(b.getHost()) && (same || upgrade);
  }

  /** The same address by https. */
  static URI secured(URI uri) {
    if (uri.getScheme().equalsIgnoreCase("https")) {
      return uri;
    }
    // Only what has the usual port is upgraded.
    String rest = uri.getRawSchemeSpecificPart().substring(2 + uri.getRawAuthority().length());
    return URI.create("https://" + uri.getHost() + rest);
  }

  private static int port(URI uri) {
    return uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  private Exchange.Answer exchange(URI uri) throws IOException {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Accept", "application/json");
    headers.put("Accept-Encoding", "gzip");
    headers.putAll(api.headers());
    HttpBody body = call.body();
    if (body != null) {
      headers.put("Content-Type", body.type());
    }
    String authorization = api.credentials().authorization();
    if (authorization != null) {
      api.redaction().add(authorization);
      headers.put("Authorization", authorization);
    }
    headers.putAll(call.headers());
    try {
      return new Exchange(
              api.connections(),
              api.proxies(),
              call.method(),
              uri,
              headers,
              body,
              call.timeUntilAnswer(),
              call.timeWithoutData())
          .send();
    } catch (IOException e) {
      // An interrupt closes the connection; what is above it may call that a fault of its own.
      if (Thread.currentThread().isInterrupted()) {
        throw call.interrupted(e);
      }
      throw e;
    }
  }

  // --- the answer's body ----------------------------------------------------------------------

  private InputStream open(Exchange.Answer response) throws IOException {
    InputStream in = response.body();
    String encoding =
        response.headers().firstValue("Content-Encoding").orElse("").toLowerCase(Locale.ROOT);
    if (!encoding.equals("gzip") && !encoding.equals("x-gzip")) {
      return in;
    }
    HttpHeaders headers = response.headers();
    if (headers.firstValue("Content-Length").orElse("").equals("0")) {
      return new ByteArrayInputStream(new byte[0]);
    }
    return new GZIPInputStream(in, 1 << 16);
  }

  private String errorText(Exchange.Answer response) {
    try (InputStream in = open(response)) {
      return new String(in.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    } catch (PostilException e) {
      return "";
    }
  }
}
