package io.postil.backends.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names, as other programs read it: {@code HTTPS_PROXY}, {@code
 * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, in capitals or not. Addresses of this
 * machine are always reached directly. A user and password in a proxy's address are not used.
 * Immutable.
 */
final class Proxies extends ProxySelector {
  private final @Nullable Proxy http;
  private final @Nullable Proxy https;
  private final List<String> direct = new ArrayList<>();

  Proxies(Map<String, String> environment) {
    String all = value(environment, "ALL_PROXY");
    this.http = proxy(value(environment, "HTTP_PROXY"), all);
    this.https = proxy(value(environment, "HTTPS_PROXY"), all);
    String no = value(environment, "NO_PROXY");
    for (String host : (no == null ? "" : no).split("[,\\s]+")) {
      if (!host.isEmpty()) {
        direct.add(host.toLowerCase(Locale.ROOT));
      }
    }
  }

  private static @Nullable String value(Map<String, String> environment, String name) {
    String lower = environment.get(name.toLowerCase(Locale.ROOT));
    String value = lower == null ? environment.get(name) : lower;
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static @Nullable Proxy proxy(@Nullable String text, @Nullable String otherwise) {
    String address = text == null ? otherwise : text;
    if (address == null) {
      return null;
    }
    URI uri = URI.create(address.contains("://") ? address : "http://" + address);
    if (uri.getHost() == null || !uri.getScheme().startsWith("http")) {
      return null;
    }
    int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
  }

  @Override
  public List<Proxy> select(URI uri) {
    Proxy proxy = "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
    String host = uri.getHost();
    if (proxy == null || host == null || isDirect(host.toLowerCase(Locale.ROOT), uri.getPort())) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(proxy);
  }

  private boolean isDirect(String host, int port) {
    if (host.equals("localhost")
        || host.endsWith(".localhost")
        || host.startsWith("127.")
        || host.equals("[::1]")) {
      return true;
    }
    for (String entry : direct) {
      String name = entry.startsWith("*.") ? entry.substring(1) : entry;
      String bare = name.startsWith(".") ? name.substring(1) : name;
      if (entry.equals("*")
          || host.equals(bare)
          || host.endsWith("." + bare)
          || (host + ":" + port).equals(entry)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {}
}
