package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Parts of dates, in UTC. Stateless. */
final class DateOperators {
  private DateOperators() {}

  static void register() {
    part("$year", ZonedDateTime::getYear);
    part("$month", ZonedDateTime::getMonthValue);
    part("$dayOfMonth", ZonedDateTime::getDayOfMonth);
    part("$dayOfWeek", d -> d.getDayOfWeek().getValue() % 7 + 1);
    part("$isoDayOfWeek", d -> d.getDayOfWeek().getValue());
    part("$dayOfYear", ZonedDateTime::getDayOfYear);
    part("$week", d -> (d.getDayOfYear() - 1 + 7 - d.getDayOfWeek().getValue() % 7) / 7);
    part("$isoWeek", d -> d.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    part("$hour", ZonedDateTime::getHour);
    part("$minute", ZonedDateTime::getMinute);
    part("$second", ZonedDateTime::getSecond);
    part("$millisecond", d -> d.getNano() / 1_000_000);
  }

  private static void part(String op, ToIntFunction<ZonedDateTime> part) {
    Operators.unary(
        op,
        value -> {
          Object date = value instanceof Document d && d.contains("date") ? d.get("date") : value;
          return Operators.isNothing(date)
              ? null
              : (Object) part.applyAsInt(instant(date).atZone(ZoneOffset.UTC));
        });
  }

  private static io.postil.core.PostilException unsupported(@Nullable Object value) {
    return EvaluationError.of(
        16006, "can't convert from " + BsonOrder.typeName(value) + " to Date");
  }

  private static Instant instant(@Nullable Object value) {
    return switch (value) {
      case Instant i -> i;
      case ObjectId id -> NumberOperators.dateOf(id);
      case null -> throw unsupported(value);
      default -> throw unsupported(value);
    };
  }
}
