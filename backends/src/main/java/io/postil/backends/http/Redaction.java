package io.postil.backends.http;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps secrets out of what people read. Thread-safe. */
final class Redaction {
  private static final String DOTS = "••••";

  /** Shorter ones would blot out ordinary words. */
  private static final int SHORTEST = 4;

  private static final Pattern QUERY =
      Pattern.compile(
          "([?&][^=&\\s]*(?:token|key|secret|password|signature|credential|sig)[^=&\\s]*=)[^&\\s\"']*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern USER = Pattern.compile("(?<=://)[^/@\\s\"']+@");

  /**
   * A credential has a digit or a capital inside; words of a sentence, as in "token provided", not.
   */
  private static final Pattern AUTHORIZATION =
      Pattern.compile("\\b((?i:bearer|basic|token))\\s+(?=\\S+[0-9A-Z])[A-Za-z0-9._~+/=-]{8,}");

  private final Set<String> secrets = ConcurrentHashMap.newKeySet();

  /** Adds a value that must not be shown; an authorization's scheme, such as Bearer, may be. */
  void add(String secret) {
    String bare = secret;
    int space = secret.indexOf(' ');
    if (space > 0
        && Set.of("bearer", "token", "basic")
            .contains(secret.substring(0, space).toLowerCase(Locale.ROOT))) {
      bare = secret.substring(space + 1);
    }
    if (bare.length() >= SHORTEST) {
      secrets.add(bare);
    }
  }

  /** The text without secrets. */
  String clean(String text) {
    String clean = text;
    for (String secret : secrets) {
      clean = clean.replace(secret, DOTS);
    }
    clean = USER.matcher(clean).replaceAll("");
    clean = QUERY.matcher(clean).replaceAll(m -> Matcher.quoteReplacement(m.group(1) + DOTS));
    return AUTHORIZATION
        .matcher(clean)
        .replaceAll(m -> Matcher.quoteReplacement(m.group(1) + " " + DOTS));
  }

  /** An address without user and secret parameters. */
  String clean(URI uri) {
    return clean(uri.toString());
  }
}
