package io.postil.backends.http;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * JSON of any size for the body of a request: written to a temporary file, value by value, and sent
 * from there, so that its length is known and it can be sent again. Close it to delete the file.
 * Not thread-safe.
 */
public final class SpooledJson implements HttpBody, AutoCloseable {
  private final Path file;
  private final JsonGenerator generator;
  private boolean finished;

  /** What writes JSON. */
  @FunctionalInterface
  public interface Writer {
    /** Writes some JSON. */
    void write(JsonGenerator out) throws IOException;
  }

  /** An empty document in the default directory for temporary files. */
  public SpooledJson() {
    try {
      this.file = Files.createTempFile("postil-request", ".json");
      this.generator =
          Json.factory().createGenerator(Files.newOutputStream(file), JsonEncoding.UTF8);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Writes on, where the last call ended. */
  public void write(Writer writer) {
    try {
      writer.write(generator);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Number of bytes so far. */
  public long written() {
    try {
      generator.flush();
      return Files.size(file);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void finish() {
    if (!finished) {
      finished = true;
      try {
        generator.close();
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }

  private static PostilException unwritable(IOException e) {
    return new PostilException(
        ErrorCode.UNWRITABLE_FILE,
        "cannot write a temporary file: " + e.getMessage(),
        "Free some space in " + System.getProperty("java.io.tmpdir") + ".",
        e);
  }

  @Override
  public String type() {
    return "application/json";
  }

  @Override
  public long length() {
    finish();
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public InputStream open() throws IOException {
    finish();
    return Files.newInputStream(file);
  }

  @Override
  public void close() {
    try {
      if (!finished) {
        finished = true;
        generator.close();
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
