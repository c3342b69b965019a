package io.postil.backends.http;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a request carries. Its length is known before it is sent, and it can be read again. */
public interface HttpBody {
  /** The media type, such as {@code application/json}. */
  String type();

  /** Number of bytes. */
  long length();

  /** Opens the bytes from the start. */
  InputStream open() throws IOException;

  /** Bytes in memory. */
  static HttpBody of(String type, byte[] bytes) {
    return new HttpBody() {
      @Override
      public String type() {
        return type;
      }

      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }
    };
  }

  /** A value as JSON, held in memory. For long lists see {@link SpooledJson}. */
  static HttpBody json(@Nullable Object value) {
    return of("application/json", Json.write(value).getBytes(StandardCharsets.UTF_8));
  }

  /** Fields of a form, held in memory. */
  static HttpBody form(Map<String, String> fields) {
    String text =
        fields.entrySet().stream()
            .map(
                e ->
                    URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8)
                        + "="
                        + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return of("application/x-www-form-urlencoded", text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A file, read from disk while it is sent.
   *
   * @throws PostilException with {@code UNREADABLE_FILE}
   */
  static HttpBody file(String type, Path file) {
    long length;
    try {
      if (!Files.isRegularFile(file)) {
        throw new PostilException(
            ErrorCode.UNREADABLE_FILE, "there is no file " + file, "Is its path right?");
      }
      length = Files.size(file);
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE, "cannot read " + file + ": " + e.getMessage(), null, e);
    }
    return part(type, file, 0, length);
  }

  /** A part of a file, from a byte on; for uploads in pieces. */
  static HttpBody part(String type, Path file, long from, long length) {
    return new HttpBody() {
      @Override
      public String type() {
        return type;
      }

      @Override
      public long length() {
        return length;
      }

      @Override
      public InputStream open() throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
          in.skipNBytes(from);
        } catch (IOException e) {
          in.close();
          throw e;
        }
        return new LimitedStream(in, length);
      }
    };
  }
}
