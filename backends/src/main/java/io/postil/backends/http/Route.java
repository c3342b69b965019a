package io.postil.backends.http;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection leads: to a server, directly or through a proxy, secured or not.
 *
 * @param host the server's name, without brackets
 * @param port its port
 * @param secure whether the connection is secured by TLS
 * @param proxy host and port of the proxy, or null
 */
record Route(String host, int port, boolean secure, @Nullable InetSocketAddress proxy) {
  static Route of(URI uri, Proxies proxies) {
    boolean secure = uri.getScheme().equalsIgnoreCase("https");
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    Proxy proxy = proxies.select(uri).get(0);
    return new Route(
        bare(uri.getHost()),
        port,
        secure,
        proxy.address() instanceof InetSocketAddress address ? address : null);
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Whether a connection of the one serves the other as well. */
  boolean isSameAs(Route other) {
    return secure == other.secure
        && port == other.port
        && host.equals(other.host)
        && Objects.equals(proxy, other.proxy);
  }

  /** Where to connect to first. */
  InetSocketAddress first() {
    return proxy == null
        ? new InetSocketAddress(host, port)
        : new InetSocketAddress(proxy.getHostString(), proxy.getPort());
  }

  /** Whether whole addresses are asked for: a proxy passes on what is not secured by itself. */
  boolean asksProxy() {
    return proxy != null && !secure;
  }

  /** Name and port in the notation of addresses. */
  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
