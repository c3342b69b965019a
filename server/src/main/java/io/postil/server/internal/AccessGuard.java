package io.postil.server.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may talk to the server. The address that opens the App carries a token; the server
 * turns it into a cookie that scripts cannot read and other sites cannot send. A foreign {@code
 * Host} (DNS rebinding) or {@code Origin} (another page in the same browser) is refused. Immutable.
 */
public final class AccessGuard {
  private final String token;
  private final String cookieName;
  private final @Nullable Set<String> hosts;

  /**
   * A guard.
   *
   * @param token the secret, or null for a random one
   * @param host the address the server listens on
   * @param port its port
   */
  public AccessGuard(@Nullable String token, String host, int port) {
    this.token = token == null ? random() : token;
    this.cookieName = "postil_" + port;
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    this.hosts =
        any
            ? null
            : Stream.of(host, "localhost", "127.0.0.1", "[::1]")
                .map(name -> name + ":" + port)
                .collect(Collectors.toUnmodifiableSet());
  }

  private static String random() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The secret. */
  public String token() {
    return token;
  }

  /** Whether the request was meant for this server and not lured here by another site. */
  boolean isAddressed(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String host = headers.getFirst("Host");
    if (host == null || hosts != null && !hosts.contains(host)) {
      return false;
    }
    String origin = headers.getFirst("Origin");
    return origin == null || origin.equals("http://" + host) || origin.equals("https://" + host);
  }

  /** Whether the request shows the secret. */
  boolean isAuthorized(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String bearer = headers.getFirst("Authorization");
    if (bearer != null && bearer.startsWith("Bearer ")) {
      return isToken(bearer.substring(7));
    }
    for (String line : headers.getOrDefault("Cookie", List.of())) {
      for (String cookie : line.split(";", -1)) {
        String[] parts = cookie.strip().split("=", 2);
        if (parts.length == 2 && parts[0].equals(cookieName) && isToken(parts[1])) {
          return true;
        }
      }
    }
    return false;
  }

  /** If the address carries the token, sets the cookie. */
  void admit(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null) {
      return;
    }
    for (String parameter : query.split("&", -1)) {
      if (parameter.startsWith("token=") && isToken(parameter.substring(6))) {
        exchange
            .getResponseHeaders()
            .add("Set-Cookie", cookieName + "=" + token + "; Path=/; HttpOnly; SameSite=Strict");
      }
    }
  }

  private boolean isToken(String given) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }
}
