package io.postil.server.internal;

import com.sun.net.httpserver.HttpExchange;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends media files, whole or the range asked for (videos are sought this way). Stateless. */
final class Media {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("png", "image/png"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("bmp", "image/bmp"),
          Map.entry("avif", "image/avif"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("m4v", "video/mp4"),
          Map.entry("webm", "video/webm"),
          Map.entry("mov", "video/quicktime"));

  private Media() {}

  /** The content type of a file by its name. SVG is none of ours: it may hold scripts. */
  static String type(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(
        name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
  }

  static void send(HttpExchange exchange, Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          "the media file " + file + " is gone",
          "put it back, or import the dataset again");
    }
    String tag =
        '"'
            + Long.toHexString(Files.getLastModifiedTime(file).toMillis())
            + "-"
            + Files.size(file)
            + '"';
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type(file));
    headers.set("Cache-Control", "private, max-age=3600");
    headers.set("ETag", tag);
    headers.set("Accept-Ranges", "bytes");
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      sendRange(exchange, channel, exchange.getRequestHeaders().getFirst("Range"));
    }
  }

  private static void sendRange(HttpExchange exchange, FileChannel file, @Nullable String range)
      throws IOException {
    long size = file.size();
    long first = 0;
    long last = size - 1;
    Matcher matcher = range == null ? null : RANGE.matcher(range);
    boolean partial = matcher != null && matcher.matches();
    if (matcher != null && partial) {
      String from = matcher.group(1);
      String to = matcher.group(2);
      first = from.isEmpty() ? Math.max(0, size - number(to, size)) : number(from, size);
      last = from.isEmpty() || to.isEmpty() ? size - 1 : Math.min(size - 1, number(to, size));
      if (first > last) {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + first + "-" + last + "/" + size);
    }
    long length = last - first + 1;
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(partial ? 206 : 200, head || length == 0 ? -1 : length);
    if (!head && length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        copy(file, first, length, out);
      }
    }
  }

  private static long number(String digits, long max) {
    return digits.isEmpty() || digits.length() > 18 ? max : Long.parseLong(digits);
  }

  private static void copy(FileChannel file, long first, long length, OutputStream out)
      throws IOException {
    var target = Channels.newChannel(out);
    long done = 0;
    while (done < length) {
      long n = file.transferTo(first + done, length - done, target);
      if (n <= 0) {
        return;
      }
      done += n;
    }
  }
}
