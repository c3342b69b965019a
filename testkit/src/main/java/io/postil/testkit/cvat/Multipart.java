package io.postil.testkit.cvat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A body of {@code multipart/form-data}, its files written to disk as they come. */
final class Multipart {
  private static final Pattern NAME = Pattern.compile("[ ;]name=\"([^\"]*)\"");
  private static final Pattern FILE = Pattern.compile("filename=\"((?:\\\\.|[^\"\\\\])*)\"");

  /** A file: the last part of the name it was sent with, and where it is. */
  record FilePart(String name, Path file) {}

  final Map<String, String> fields = new LinkedHashMap<>();
  final List<FilePart> files = new ArrayList<>();
  private final InputStream in;
  private final byte[] delimiter;

  private Multipart(InputStream in, String boundary) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
  }

  static Multipart read(InputStream in, String contentType, Path directory) throws IOException {
    int at = contentType.indexOf("boundary=");
    if (at < 0) {
      throw ApiError.detail(
          400, "Multipart form parse error - Invalid boundary in multipart: None");
    }
    String boundary = contentType.substring(at + 9).split(";", 2)[0].strip().replace("\"", "");
    Multipart multipart = new Multipart(in, boundary);
    multipart.readParts(directory);
    return multipart;
  }

  private void readParts(Path directory) throws IOException {
    if (in.skip(delimiter.length - 2) < delimiter.length - 2) {
      return;
    }
    while (in.read() == '\r' && in.read() == '\n') {
      String disposition = headers();
      String name = group(NAME, disposition);
      String fileName = group(FILE, disposition);
      if (fileName == null) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        copy(value);
        fields.put(String.valueOf(name), value.toString(StandardCharsets.UTF_8));
      } else {
        Path file = Files.createTempFile(directory, "part", "");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
          copy(out);
        }
        String plain = fileName.replace("\\\"", "\"");
        files.add(new FilePart(plain.substring(plain.lastIndexOf('/') + 1), file));
      }
    }
  }

  private static @Nullable String group(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }

  /** The line of a part's head that names it. */
  private String headers() throws IOException {
    String disposition = "";
    while (true) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int b = in.read();
      while (b >= 0 && b != '\r') {
        line.write(b);
        b = in.read();
      }
      in.read();
      String text = line.toString(StandardCharsets.UTF_8);
      if (text.isEmpty()) {
        return disposition;
      }
      if (text.regionMatches(true, 0, "Content-Disposition:", 0, 20)) {
        disposition = text;
      }
    }
  }

  /** Copies up to the next delimiter and passes over it. */
  private void copy(OutputStream out) throws IOException {
    int matched = 0;
    while (matched < delimiter.length) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the body ends within a part");
      }
      if (b == delimiter[matched]) {
        matched++;
        continue;
      }
      out.write(delimiter, 0, matched);
      // The delimiter starts with a carriage return and has no other.
      matched = b == delimiter[0] ? 1 : 0;
      if (matched == 0) {
        out.write(b);
      }
    }
  }
}
