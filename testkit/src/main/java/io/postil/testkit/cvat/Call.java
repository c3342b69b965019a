package io.postil.testkit.cvat;

import com.sun.net.httpserver.HttpExchange;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.testkit.cvat.State.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Used by one thread. */
final class Call {
  private static final int GZIP_FROM = 200;

  final String method;
  final String path;
  final Map<String, String> query;
  private final HttpExchange exchange;
  private @Nullable User user;
  private State.@Nullable Organization organization;
  private boolean personal;
  private byte @Nullable [] read;
  private @Nullable Multipart multipart;

  Call(HttpExchange exchange) {
    this.exchange = exchange;
    this.method = exchange.getRequestMethod();
    this.path = exchange.getRequestURI().getRawPath();
    this.query = parse(exchange.getRequestURI().getRawQuery());
  }

  private static Map<String, String> parse(@Nullable String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null && !raw.isEmpty()) {
      for (String pair : raw.split("&")) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.put(decode(name), decode(value));
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  // --- the request ----------------------------------------------------------------------------

  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  String contentType() {
    String type = header("Content-Type");
    return type == null ? "" : type;
  }

  InputStream stream() {
    return exchange.getRequestBody();
  }

  byte[] bytes() {
    if (read == null) {
      try {
        read = stream().readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return read;
  }

  /** Reads a body of several parts; called before the server's lock is taken. */
  void readParts(Path directory) throws IOException {
    multipart = Multipart.read(stream(), contentType(), directory);
  }

  /** The body as parts, or null if it is something else. */
  @Nullable Multipart multipart() {
    return multipart;
  }

  /** The body as JSON; other media types are refused. */
  @Nullable Object json() {
    byte[] body = bytes();
    String type = contentType().toLowerCase(Locale.ROOT);
    if (body.length == 0) {
      return Document.empty();
    }
    if (!type.startsWith("application/json") && !type.startsWith("application/vnd.cvat+json")) {
      throw ApiError.detail(
          415, "Unsupported media type \"" + contentType().split(";", 2)[0] + "\" in request.");
    }
    try {
      return Json.read(new String(body, StandardCharsets.UTF_8));
    } catch (PostilException e) {
      throw ApiError.detail(400, "JSON parse error - " + e.getMessage());
    }
  }

  /** The body as a JSON object. */
  Document object() {
    if (json() instanceof Document document) {
      return document;
    }
    throw ApiError.serverError();
  }

  /** The address the client used for this server, such as {@code http://127.0.0.1:8080}. */
  String root() {
    String host = header("X-Forwarded-Host");
    if (host == null) {
      host = header("Host");
    }
    return "http://" + host;
  }

  String url(String path) {
    return root() + "/api" + path;
  }

  // --- who asks -------------------------------------------------------------------------------

  void signIn(User user) {
    this.user = user;
  }

  boolean isAnonymous() {
    return user == null;
  }

  User user() {
    if (user == null) {
      throw ApiError.detail(401, "Authentication credentials were not provided.");
    }
    return user;
  }

  void inOrganization(State.Organization organization) {
    this.organization = organization;
  }

  void inPersonalWorkspace() {
    personal = true;
  }

  State.@Nullable Organization organization() {
    return organization;
  }

  boolean isPersonal() {
    return personal;
  }

  // --- the answer -----------------------------------------------------------------------------

  void set(String header, String value) {
    exchange.getResponseHeaders().set(header, value);
  }

  void addCookie(String cookie) {
    exchange.getResponseHeaders().add("Set-Cookie", cookie);
  }

  void close() {
    exchange.close();
  }

  /** The bytes of an answer, packed if the client takes that. */
  byte[] encode(@Nullable Object body, boolean html) throws IOException {
    if (body == null) {
      return new byte[0];
    }
    byte[] bytes =
        html
            ? String.valueOf(body).getBytes(StandardCharsets.UTF_8)
            : Json.write(body).getBytes(StandardCharsets.UTF_8);
    set("Content-Type", html ? "text/html; charset=utf-8" : "application/vnd.cvat+json");
    return pack(bytes);
  }

  private byte[] pack(byte[] bytes) throws IOException {
    String accepted = header("Accept-Encoding");
    if (bytes.length < GZIP_FROM || accepted == null || !accepted.contains("gzip")) {
      return bytes;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    set("Content-Encoding", "gzip");
    return packed.toByteArray();
  }

  void send(int status, byte[] bytes) throws IOException {
    boolean none = bytes.length == 0 || method.equals("HEAD");
    exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
    if (!none) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
    exchange.close();
  }

  /** Promises all the bytes and sends only the first ones. */
  void sendCut(int status, byte[] bytes, int sent) throws IOException {
    exchange.sendResponseHeaders(status, bytes.length);
    OutputStream out = exchange.getResponseBody();
    out.write(bytes, 0, Math.min(sent, bytes.length - 1));
    out.flush();
    exchange.close();
  }
}
