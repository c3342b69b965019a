package io.postil.server.internal;

import com.sun.net.httpserver.HttpExchange;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what a request says. Stateless. */
final class Requests {
  private static final int MAX_BODY = 64 * 1024 * 1024;

  private Requests() {}

  /** The JSON object of the body; empty without a body. */
  static Document body(HttpExchange exchange) throws IOException {
    byte[] bytes = bytes(exchange, MAX_BODY);
    if (bytes.length == 0) {
      return Document.empty();
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "the body is JSON: send Content-Type: application/json");
    }
    return Json.readDocument(new String(bytes, StandardCharsets.UTF_8));
  }

  /** The body as it came, if it is not larger than a number of bytes. */
  static byte[] bytes(HttpExchange exchange, int most) throws IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(most + 1);
    if (bytes.length > most) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "the request is larger than " + most + " bytes");
    }
    return bytes;
  }

  /** A text of the address; empty if it is not there. */
  static String text(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        if (pair.startsWith(name + "=")) {
          return pair.substring(name.length() + 1);
        }
      }
    }
    return "";
  }

  /** A text of the address; null if it is not there. */
  static @Nullable String optionalText(HttpExchange exchange, String name) {
    String text = text(exchange, name);
    return text.isEmpty() ? null : text;
  }

  /** An integer of the body within bounds. */
  static int integer(Document body, String name, int least, int most) {
    Object value = body.get(name);
    if (value instanceof Number n && n.doubleValue() >= least && n.doubleValue() <= most) {
      return n.intValue();
    }
    throw new PostilException(
        ErrorCode.INVALID_REQUEST,
        name + " is " + value + "; it must be a number from " + least + " to " + most);
  }

  /** An integer of the address, or the default if it is not there. */
  static int parameter(HttpExchange exchange, String name, int defaultValue) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        if (pair.startsWith(name + "=")) {
          return parse(name, pair.substring(name.length() + 1));
        }
      }
    }
    return defaultValue;
  }

  private static int parse(String name, String text) {
    try {
      return Math.max(0, Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, name + " must be a number, not " + text, null, e);
    }
  }
}
