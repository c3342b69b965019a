package io.postil.backends.http;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** What people read of an answer or of a failure: one short line. Stateless. */
final class Excerpt {
  private static final int LENGTH = 400;
  private static final List<String> MESSAGES = List.of("detail", "message", "error", "msg");
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*>([^<]*)</title>", Pattern.CASE_INSENSITIVE);

  private Excerpt() {}

  /** The message in an answer's text: of a page its title, of JSON what the server says. */
  static String of(String text) {
    String stripped = text.strip();
    if (stripped.startsWith("<")) {
      Matcher title = TITLE.matcher(stripped);
      return shortened(title.find() ? title.group(1) : "");
    }
    if (stripped.startsWith("{")) {
      try {
        Document document = Json.readDocument(stripped);
        String message = message(document);
        Document details = document.getDocument("validation_errors");
        if (message != null) {
          return shortened(message + (details.isEmpty() ? "" : " " + Json.write(details)));
        }
      } catch (PostilException e) {
        return shortened(stripped);
      }
    }
    return shortened(stripped);
  }

  private static @Nullable String message(Document document) {
    for (String name : MESSAGES) {
      if (document.getString(name) instanceof String message && !message.isBlank()) {
        return message;
      }
    }
    return null;
  }

  private static String shortened(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= LENGTH ? line : line.substring(0, LENGTH) + " …";
  }

  /** Whether an answer is a page for browsers. */
  static boolean isPage(String contentType, String text) {
    String start = text.stripLeading();
    return contentType.toLowerCase(Locale.ROOT).contains("html")
        || start.regionMatches(true, 0, "<!doctype html", 0, 14)
        || start.regionMatches(true, 0, "<html", 0, 5);
  }

  /** Why there was no answer. */
  static String reason(IOException e) {
    if (unresolved(e)) {
      return "there is no host of that name";
    }
    if (e instanceof HttpTimeoutException) {
      return "no answer in time" + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
    }
    if (e instanceof ConnectException) {
      return "nothing listens there";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : shortened(message);
  }

  /** What to do if there was no answer. */
  static String remedy(IOException e, String title) {
    if (e instanceof SSLException && !(e instanceof SSLHandshakeException)) {
      return "Does " + title + " speak https there? Try the url with http.";
    }
    if (e instanceof SSLException) {
      return "The server's certificate is not trusted: add its authority to Java's trust store"
          + " (-Djavax.net.ssl.trustStore).";
    }
    if (e instanceof HttpTimeoutException) {
      return "Is " + title + " overloaded, or the network or proxy slow? Try it again.";
    }
    return "Is the url right, and does " + title + " run?";
  }

  /** Whether the host's name is unknown. */
  static boolean unresolved(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }
}
