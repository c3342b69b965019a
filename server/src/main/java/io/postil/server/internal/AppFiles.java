package io.postil.server.internal;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The App's own files, from the jar or from a directory. Any other path is a page of the App. */
final class AppFiles {
  private static final String MISSING =
      "<!doctype html><html lang=en><meta charset=utf-8><title>Postil</title>"
          + "<h1>The App is not part of this build</h1>"
          + "<p>Build it with <code>npm ci &amp;&amp; npm run build</code> in <code>server/ui</code>,"
          + " then build the server again. The REST interface under <code>/api/v1</code> works.</p>";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "json", "application/json",
          "woff2", "font/woff2");

  private final @Nullable Path directory;

  AppFiles(@Nullable Path directory) {
    this.directory = directory;
  }

  void send(HttpExchange exchange, String path) throws IOException {
    boolean asset = path.startsWith("/assets/") || path.equals("/favicon.svg");
    String name = asset ? path.substring(1) : "index.html";
    byte[] body = name.contains("..") ? null : read(name);
    if (body == null) {
      byte[] text = (asset ? "not found" : MISSING).getBytes(StandardCharsets.UTF_8);
      Answer.bytes(exchange, asset ? 404 : 200, "text/html; charset=utf-8", text);
      return;
    }
    exchange
        .getResponseHeaders()
        .set(
            "Cache-Control",
            path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
    Answer.bytes(exchange, 200, type, body);
  }

  private byte @Nullable [] read(String name) throws IOException {
    if (directory != null) {
      Path file = directory.resolve(name).normalize();
      return file.startsWith(directory) && Files.isRegularFile(file)
          ? Files.readAllBytes(file)
          : null;
    }
    try (InputStream in = AppFiles.class.getResourceAsStream("/io/postil/server/ui/" + name)) {
      return in == null ? null : in.readAllBytes();
    }
  }
}
