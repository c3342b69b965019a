package io.postil.backends.http;

import io.postil.core.PostilException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * An answer that is read while it arrives; close it. Reading fails if nothing arrives for the time
 * a call allows. Not thread-safe.
 */
public final class HttpStream implements AutoCloseable {
  private final HttpCall call;
  private final int status;
  private final HttpHeaders headers;
  private final InputStream body;

  HttpStream(HttpCall call, int status, HttpHeaders headers, InputStream body) {
    this.call = call;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** The status. */
  public int status() {
    return status;
  }

  /** The headers. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The body, already unpacked if it came packed. */
  public InputStream body() {
    return body;
  }

  /**
   * Copies the body into a file, replacing it.
   *
   * @return number of bytes
   * @throws PostilException with the call's error code if the answer breaks off
   */
  public long saveTo(Path file) {
    try (this) {
      return Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The error of an answer that breaks off or is not what was expected. */
  public PostilException unreadable(IOException e) {
    return call.unreadable(e);
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
