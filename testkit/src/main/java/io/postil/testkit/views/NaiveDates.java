package io.postil.testkit.views;

import static io.postil.testkit.views.NaiveOperators.wrongType;
import static io.postil.testkit.views.PlainValues.isNothing;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parts of dates, in UTC. Weeks begin on Sunday. Stateless. */
final class NaiveDates {
  static final Set<String> NAMES =
      Set.of(
          "$year",
          "$month",
          "$dayOfMonth",
          "$dayOfYear",
          "$dayOfWeek",
          "$week",
          "$hour",
          "$minute",
          "$second",
          "$millisecond");

  private NaiveDates() {}

  static @Nullable Object apply(String operator, List<@Nullable Object> arguments) {
    Object value = arguments.get(0);
    if (isNothing(value)) {
      return null;
    }
    if (!(value instanceof Instant instant)) {
      throw wrongType(operator, value);
    }
    OffsetDateTime date = instant.atOffset(ZoneOffset.UTC);
    int dayOfWeek = date.getDayOfWeek().getValue() % 7;
    return switch (operator) {
      case "$year" -> date.getYear();
      case "$month" -> date.getMonthValue();
      case "$dayOfMonth" -> date.getDayOfMonth();
      case "$dayOfYear" -> date.getDayOfYear();
      case "$dayOfWeek" -> dayOfWeek + 1;
      case "$week" -> (date.getDayOfYear() + 6 - dayOfWeek) / 7;
      case "$hour" -> date.getHour();
      case "$minute" -> date.getMinute();
      case "$second" -> date.getSecond();
      default -> date.get(ChronoField.MILLI_OF_SECOND);
    };
  }

  static String text(Instant instant) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
        .format(instant.atOffset(ZoneOffset.UTC));
  }
}
