package io.postil.backends.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often and after which pauses a request that failed is tried again. Pauses double from attempt
 * to attempt, and up to half of each is left to chance, so that clients do not come back together.
 *
 * @param attempts how often a request is tried in all, at least 1
 * @param firstPause the pause after the first attempt
 * @param longestPause the longest pause, also if the server asks for a longer one
 */
public record RetryPolicy(int attempts, Duration firstPause, Duration longestPause) {
  /** Five attempts, with pauses of half a second up to half a minute. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(30));

  /** No second attempt. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

  private static final Set<Integer> TRANSIENT = Set.of(429, 502, 503, 504);

  /** Whether an answer with this status may be another one soon. */
  static boolean isTransient(int status) {
    return TRANSIENT.contains(status);
  }

  /**
   * The pause before the next attempt.
   *
   * @param attempt how many were made, from 1
   * @param retryAfter the header {@code Retry-After}: seconds or an HTTP date; or null
   * @param now the time, for dates
   * @param chance a number from 0 to 1
   */
  Duration pause(int attempt, @Nullable String retryAfter, Instant now, double chance) {
    Duration doubled = firstPause.multipliedBy(1L << Math.min(attempt - 1, 20));
    Duration capped = min(doubled, longestPause);
    Duration pause = Duration.ofNanos((long) (capped.toNanos() * (1 - chance / 2)));
    Duration asked = retryAfter == null ? null : parse(retryAfter.strip(), now);
    return asked == null || asked.compareTo(pause) < 0 ? pause : min(asked, longestPause);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static @Nullable Duration parse(String retryAfter, Instant now) {
    if (!retryAfter.isEmpty() && retryAfter.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ofSeconds(
          retryAfter.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(retryAfter));
    }
    try {
      Instant at =
          ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Duration.between(now, at);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
