package io.postil.backends.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/**
 * A form with files ({@code multipart/form-data}, RFC 7578). Files are read from disk while they
 * are sent, one at a time. Not thread-safe.
 */
public final class Multipart implements HttpBody {
  private final String boundary = "postil-" + UUID.randomUUID();
  private final List<HttpBody> pieces = new ArrayList<>();

  /** A form without parts. */
  public Multipart() {}

  /** Adds a text field. */
  public Multipart text(String name, String value) {
    return add(
        "form-data; name=" + quoted(name),
        HttpBody.of("text/plain; charset=utf-8", value.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Adds a file from disk.
   *
   * @param fileName the name the server is told
   * @throws io.postil.core.PostilException with {@code UNREADABLE_FILE}
   */
  public Multipart file(String name, String fileName, String type, Path file) {
    return file(name, fileName, HttpBody.file(type, file));
  }

  /** Adds a file with any content. */
  public Multipart file(String name, String fileName, HttpBody content) {
    return add("form-data; name=" + quoted(name) + "; filename=" + quoted(fileName), content);
  }

  private Multipart add(String disposition, HttpBody content) {
    String head =
        "--"
            + boundary
            + "\r\nContent-Disposition: "
            + disposition
            + "\r\nContent-Type: "
            + content.type()
            + "\r\n\r\n";
    pieces.add(bytes(head));
    pieces.add(content);
    pieces.add(bytes("\r\n"));
    return this;
  }

  /** As browsers write it: UTF-8, with what would end the text in percent notation. */
  private static String quoted(String text) {
    return '"' + text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A") + '"';
  }

  private static HttpBody bytes(String text) {
    return HttpBody.of("", text.getBytes(StandardCharsets.UTF_8));
  }

  private HttpBody end() {
    return bytes("--" + boundary + "--\r\n");
  }

  @Override
  public String type() {
    return "multipart/form-data; boundary=" + boundary;
  }

  @Override
  public long length() {
    return pieces.stream().mapToLong(HttpBody::length).sum() + end().length();
  }

  @Override
  public InputStream open() {
    List<HttpBody> all = new ArrayList<>(pieces);
    all.add(end());
    Iterator<HttpBody> rest = all.iterator();
    return new SequenceInputStream(
        new Enumeration<InputStream>() {
          @Override
          public boolean hasMoreElements() {
            return rest.hasNext();
          }

          @Override
          public InputStream nextElement() {
            try {
              return rest.next().open();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }
}
