package io.postil.testkit.cvat;

import io.postil.core.PostilException;
import io.postil.core.value.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client without a mind of its own. */
final class Client implements AutoCloseable {
  private final CvatEmulator emulator;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> cookies = new HashMap<>();
  private final Map<String, String> tokens = new HashMap<>();

  Client(CvatEmulator emulator) {
    this.emulator = emulator;
  }

  /** A request. */
  static final class Request {
    private final String method;
    private final String path;
    private final String user;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private byte[] body = new byte[0];
    private boolean cookies;

    Request(String method, String path, String user) {
      this.method = method;
      this.path = path;
      this.user = user;
    }

    String user() {
      return user;
    }

    String header(String name) {
      return headers.getOrDefault(name, "0");
    }

    void header(String name, String value) {
      headers.put(name, value);
    }

    void withCookies() {
      cookies = true;
    }

    void bytes(byte[] bytes) {
      body = bytes;
    }

    void form(Form form) {
      header("Content-Type", "multipart/form-data; boundary=" + Form.BOUNDARY);
      body = form.end();
    }
  }

  /** A form with files. */
  static final class Form {
    static final String BOUNDARY = "b0undary";
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private void write(String text) {
      out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    Form text(String name, String value) {
      write("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n");
      write(value + "\r\n");
      return this;
    }

    Form file(String name, String fileName, byte[] content) {
      write("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; ");
      write("filename=\"" + fileName + "\"\r\n\r\n");
      out.writeBytes(content);
      write("\r\n");
      return this;
    }

    byte[] end() {
      write("--" + BOUNDARY + "--\r\n");
      return out.toByteArray();
    }
  }

  /** An answer. */
  record Reply(int status, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    @Nullable String header(String name) {
      return headers.get(name);
    }

    @Nullable Object json() {
      if (body.length == 0) {
        return null;
      }
      try {
        return Json.read(text());
      } catch (PostilException e) {
        return text();
      }
    }
  }

  /** The token of a user; the same for all calls. */
  String token(String user) {
    return tokens.computeIfAbsent(user, emulator::token);
  }

  String cookie(String name) {
    return Objects.requireNonNull(cookies.get(name));
  }

  Reply send(Request request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(emulator.url() + request.path))
            .method(
                request.method,
                request.body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(request.body));
    request.headers.forEach(builder::header);
    if (request.cookies) {
      builder.header(
          "Cookie", "csrftoken=" + cookie("csrftoken") + "; sessionid=" + cookie("sessionid"));
    }
    try {
      HttpResponse<byte[]> answer =
          http.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
      Map<String, String> headers = new HashMap<>();
      answer.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
      for (String cookie : answer.headers().allValues("Set-Cookie")) {
        String[] pair = cookie.split(";", 2)[0].split("=", 2);
        cookies.put(pair[0], pair[1]);
      }
      return new Reply(answer.statusCode(), headers, answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
