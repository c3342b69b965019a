package io.postil.backends.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** Sends one request over one connection and hands over its answer. For one request. */
final class Exchange {
  /** How long to look for an answer that came before all was sent. */
  private static final Duration EARLY = Duration.ofSeconds(1);

  private final Connections connections;
  private final Route route;
  private final ClassicHttpRequest request;
  private final @Nullable HttpBody body;
  private final Duration untilAnswer;
  private final Duration withoutData;

  /**
   * A request.
   *
   * @param untilAnswer how long to wait for the start of the answer
   * @param withoutData how long to wait for more of the answer
   */
  Exchange(
      Connections connections,
      Proxies proxies,
      String method,
      URI uri,
      Map<String, String> headers,
      @Nullable HttpBody body,
      Duration untilAnswer,
      Duration withoutData) {
    this.connections = connections;
    this.route = Route.of(uri, proxies);
    this.body = body;
    this.untilAnswer = untilAnswer;
    this.withoutData = withoutData;
    this.request = request(method, uri, headers);
  }

  private ClassicHttpRequest request(String method, URI uri, Map<String, String> headers) {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    boolean usual = route.port() == (route.secure() ? 443 : 80);
    BasicClassicHttpRequest made =
        new BasicClassicHttpRequest(
            method,
            "http",
            new URIAuthority(route.host(), usual ? -1 : route.port()),
            path + query);
    made.setAbsoluteRequestUri(route.asksProxy());
    made.setHeader("Host", usual ? uri.getHost() : route.authority());
    headers.forEach(made::setHeader);
    HttpBody content = body;
    if (content != null && content.length() > 0) {
      made.setHeader("Content-Length", content.length());
      made.setEntity(new EntityTemplate(content.length(), null, null, out -> write(content, out)));
    } else if (!method.equals("GET") && !method.equals("HEAD") && !method.equals("DELETE")) {
      made.setHeader("Content-Length", 0);
    }
    return made;
  }

  /**
   * Writes a body.
   *
   * @throws UncheckedIOException if it cannot be read, so that this is no fault of the network
   */
  private static void write(HttpBody body, OutputStream out) throws IOException {
    byte[] buffer = new byte[16 << 10];
    long written = 0;
    try (InputStream in = open(body)) {
      for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
        out.write(buffer, 0, n);
        written += n;
      }
    }
    if (written != body.length()) {
      throw new UncheckedIOException(
          new IOException("there are " + written + " bytes to send instead of " + body.length()));
    }
  }

  private static InputStream open(HttpBody body) {
    try {
      return body.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer, 0, buffer.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer whose body is not read yet; close the body. */
  record Answer(int status, HttpHeaders headers, InputStream body) {}

  /**
   * Sends the request and waits for the start of the answer.
   *
   * @throws java.net.http.HttpTimeoutException if it takes too long
   */
  Answer send() throws IOException {
    Connection connection = connections.take(route);
    try {
      connection.patience(untilAnswer);
      ClassicHttpResponse response =
          request.getEntity() == null ? ask(connection) : tell(connection);
      connection.patience(withoutData);
      return new Answer(response.getCode(), headers(response), content(connection, response));
    } catch (HttpException e) {
      connections.drop(connection);
      throw new IOException("the answer is no HTTP: " + e.getMessage(), e);
    } catch (SocketTimeoutException e) {
      connections.drop(connection);
      throw timeout(untilAnswer, e);
    } catch (UncheckedIOException e) {
      connections.drop(connection);
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      connections.drop(connection);
      throw e;
    }
  }

  private ClassicHttpResponse ask(Connection connection) throws IOException, HttpException {
    connection.http().sendRequestHeader(request);
    connection.http().flush();
    return connection.head();
  }

  /** Sends a body. A server that reads no more would keep it waiting for ever. */
  private ClassicHttpResponse tell(Connection connection) throws IOException, HttpException {
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> alarm =
        connections.alarm(
            () -> {
              late.set(true);
              connection.abort();
            },
            untilAnswer);
    try {
      connection.http().sendRequestHeader(request);
      try {
        connection.http().sendRequestEntity(request);
        connection.http().flush();
      } catch (IOException e) {
        return early(connection, e);
      }
      return connection.head();
    } catch (IOException e) {
      throw late.get() ? timeout(untilAnswer, e) : e;
    } finally {
      alarm.cancel(false);
    }
  }

  /** A server that refuses a request may say so and hang up before it has read all of it. */
  private static ClassicHttpResponse early(Connection connection, IOException failure)
      throws IOException {
    try {
      connection.patience(EARLY);
      ClassicHttpResponse response = connection.head();
      response.setHeader("Connection", "close");
      return response;
    } catch (IOException | HttpException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }

  private static HttpTimeoutException timeout(Duration longest, IOException cause) {
    HttpTimeoutException timeout =
        new HttpTimeoutException("nothing came for " + longest.toMillis() + " ms");
    timeout.initCause(cause);
    return timeout;
  }

  private static HttpHeaders headers(ClassicHttpResponse response) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : response.getHeaders()) {
      String value = header.getValue() == null ? "" : header.getValue();
      headers.computeIfAbsent(header.getName(), n -> new ArrayList<>()).add(value);
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  // --- the answer's body ----------------------------------------------------------------------

  private InputStream content(Connection connection, ClassicHttpResponse response)
      throws IOException, HttpException {
    boolean reusable = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, null);
    if (hasBody(response.getCode())) {
      connection.http().receiveResponseEntity(response);
    }
    HttpEntity entity = response.getEntity();
    InputStream in = entity == null ? InputStream.nullInputStream() : entity.getContent();
    AnswerStream stream = new AnswerStream(in, connection, reusable);
    if (entity == null) {
      stream.end();
    }
    return stream;
  }

  private boolean hasBody(int status) {
    return !request.getMethod().equals("HEAD") && status >= 200 && status != 204 && status != 304;
  }

  /** Gives the connection back when all is read. */
  private final class AnswerStream extends InputStream {
    /** What may be left when a reader has seen all it wants, such as the end of the JSON. */
    private static final int REST = 4 << 10;

    private final InputStream in;
    private final Connection connection;
    private final boolean reusable;
    private boolean ended;

    AnswerStream(InputStream in, Connection connection, boolean reusable) {
      this.in = in;
      this.connection = connection;
      this.reusable = reusable;
    }

    void end() {
      if (!ended) {
        ended = true;
        if (reusable) {
          connections.giveBack(connection);
        } else {
          connections.drop(connection);
        }
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (ended || length == 0) {
        return ended ? -1 : 0;
      }
      try {
        int n = in.read(bytes, offset, length);
        if (n < 0) {
          end();
        }
        return n;
      } catch (SocketTimeoutException e) {
        throw timeout(withoutData, e);
      }
    }

    @Override
    public int available() throws IOException {
      return ended ? 0 : in.available();
    }

    @Override
    public void close() {
      if (ended) {
        return;
      }
      try {
        connection.patience(Duration.ofMillis(100));
        if (reusable && in.readNBytes(REST).length < REST) {
          end();
        }
      } catch (IOException e) {
        // More is to come, or nothing any more; nobody wants it.
        connections.drop(connection);
        ended = true;
      }
      if (!ended) {
        ended = true;
        connections.drop(connection);
      }
    }
  }
}
