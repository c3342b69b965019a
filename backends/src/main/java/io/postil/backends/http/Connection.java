package io.postil.backends.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.SocketChannel;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;

/**
 * A connection to a server, by which one request after the other is sent. Not thread-safe, but
 * {@link #abort} may come from any thread.
 */
final class Connection implements Closeable {
  // A server that never ends its headers would fill the memory.
  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setBufferSize(16 << 10)
          .setMaxLineLength(64 << 10)
          .setMaxHeaderCount(1_000)
          .build();

  private final Route route;
  private final SocketChannel channel;
  private final DefaultBHttpClientConnection http;
  private long idleSince;

  private Connection(Route route, SocketChannel channel, DefaultBHttpClientConnection http) {
    this.route = route;
    this.channel = channel;
    this.http = http;
  }

  /**
   * Connects.
   *
   * @throws ConnectException if nothing answers
   * @throws HttpConnectTimeoutException if it takes too long
   * @throws IOException if the host is unknown, the proxy refuses, or TLS cannot be agreed upon
   */
  static Connection open(Route route, Duration longest) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      Socket socket = channel.socket();
      connect(socket, route, longest);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(millis(longest));
      if (route.secure() && route.proxy() != null) {
        askForTunnel(socket, route);
      }
      DefaultBHttpClientConnection http = new DefaultBHttpClientConnection(LIMITS);
      http.bind(route.secure() ? secured(socket, route) : socket);
      return new Connection(route, channel, http);
    } catch (SocketTimeoutException e) {
      channel.close();
      HttpConnectTimeoutException timeout =
          new HttpConnectTimeoutException("no connection after " + longest.toMillis() + " ms");
      timeout.initCause(e);
      throw timeout;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void connect(Socket socket, Route route, Duration longest) throws IOException {
    try {
      socket.connect(route.first(), millis(longest));
    } catch (ConnectException e) {
      throw e;
    } catch (SocketException e) {
      // No route, no network: nothing was sent either.
      ConnectException failed = new ConnectException(e.getMessage());
      failed.initCause(e);
      throw failed;
    }
  }

  private static void askForTunnel(Socket socket, Route route) throws IOException {
    DefaultBHttpClientConnection proxy = new DefaultBHttpClientConnection(LIMITS);
    proxy.bind(socket);
    BasicClassicHttpRequest request = new BasicClassicHttpRequest("CONNECT", null, null, null);
    request.setPath(route.authority());
    request.setHeader("Host", route.authority());
    int status;
    try {
      proxy.sendRequestHeader(request);
      proxy.flush();
      status = proxy.receiveResponseHeader().getCode();
    } catch (HttpException e) {
      throw new IOException("the proxy does not speak HTTP: " + e.getMessage(), e);
    }
    if (status != HttpStatus.SC_OK) {
      throw new IOException("the proxy " + route.proxy() + " answered " + status);
    }
  }

  /** Java's default TLS, with the name in the certificate checked. */
  private static Socket secured(Socket socket, Route route) throws IOException {
    SSLContext context;
    try {
      context = SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java's TLS cannot be set up: " + e.getMessage(), e);
    }
    SSLSocket secured =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, route.host(), route.port(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private static int millis(Duration duration) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
  }

  Route route() {
    return route;
  }

  DefaultBHttpClientConnection http() {
    return http;
  }

  /** How long reading waits. */
  void patience(Duration longest) {
    http.setSocketTimeout(Timeout.ofMilliseconds(millis(longest)));
  }

  void markIdle(long now) {
    idleSince = now;
  }

  long idleSince() {
    return idleSince;
  }

  /** Whether the server is still there, as far as can be seen. */
  boolean isUsable() {
    try {
      return http.isOpen() && !http.isStale();
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads the head of the next answer that is final. */
  ClassicHttpResponse head() throws IOException, HttpException {
    while (true) {
      ClassicHttpResponse response = http.receiveResponseHeader();
      if (isFinal(response)) {
        return response;
      }
    }
  }

  private static boolean isFinal(HttpResponse response) {
    return response.getCode() >= HttpStatus.SC_SUCCESS
        || response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS;
  }

  /** Ends it at once, whatever it is doing. */
  void abort() {
    try {
      channel.close();
    } catch (IOException e) {
      // It was to be given up.
      idleSince = 0;
    }
  }

  /** Says goodbye. */
  @Override
  public void close() throws IOException {
    http.close();
    channel.close();
  }
}
