package io.postil.server.internal;

import com.sun.net.httpserver.HttpExchange;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes answers; compresses large ones for clients that take it. Stateless. */
final class Answer {
  private static final int COMPRESS_FROM = 32 * 1024;

  private Answer() {}

  static void json(HttpExchange exchange, int status, @Nullable Object value) throws IOException {
    byte[] body = Json.write(value).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    bytes(exchange, status, "application/json", body);
  }

  static void bytes(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean text = type.startsWith("text/") || type.contains("json") || type.contains("script");
    String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
    byte[] sent = body;
    if (text && body.length >= COMPRESS_FROM && accepted != null && accepted.contains("gzip")) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      sent = gzip(body);
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, sent.length == 0 ? -1 : sent.length);
    if (sent.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(sent);
      }
    }
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4);
    try (GZIPOutputStream gzip =
        new GZIPOutputStream(out) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        }) {
      gzip.write(body);
    }
    return out.toByteArray();
  }

  /** The error as the App shows it. */
  static void error(HttpExchange exchange, PostilException e) throws IOException {
    Document body =
        Document.builder()
            .append("code", e.code().name())
            .append("message", e.getMessage())
            .putIfPresent("remedy", e.remedy())
            .put("problems", Values.list(e.problems().stream().map(RunWire::problem).toList()))
            .build();
    json(exchange, status(e.code()), body);
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case UNKNOWN_DATASET,
          UNKNOWN_SAMPLE,
          UNKNOWN_VIEW,
          UNKNOWN_ANNO_KEY,
          UNKNOWN_EVAL_KEY,
          UNREADABLE_FILE ->
          404;
      case DATASET_EXISTS, KEY_EXISTS, FIELD_EXISTS -> 409;
      case STORE_LOCKED, STORE_UNAVAILABLE -> 503;
      default ->
          switch (code.category()) {
            case USAGE -> 400;
            case DECISION -> 409;
            case BACKEND -> 502;
            case FAILURE -> 500;
          };
    };
  }
}
