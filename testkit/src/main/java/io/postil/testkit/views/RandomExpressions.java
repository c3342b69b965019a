package io.postil.testkit.views;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Random expressions in MongoDB's form, by the type of what they give, over the paths of a scope.
 * Most have a value for every sample; some must fail. Stateless.
 */
final class RandomExpressions {
  /**
   * Paths that can be meant, by what they lead to where they lead to something.
   *
   * @param others paths to values of other and of several types, and to nothing
   */
  record Scope(
      List<String> numbers,
      List<String> texts,
      List<String> dates,
      List<String> lists,
      List<String> others) {
    /** The paths of a label, and some of its sample. */
    static Scope ofLabel(String prefix, Scope sample) {
      return new Scope(
          List.of(prefix + ".confidence", prefix + ".index", sample.numbers.get(0)),
          List.of(prefix + ".label"),
          sample.dates,
          List.of(prefix + ".tags", prefix + ".bounding_box"),
          List.of(
              prefix + ".area",
              prefix + ".marks",
              prefix + ".occluded",
              prefix + ".nope",
              prefix + ".instance._id"));
    }
  }

  private final Scope scope;

  RandomExpressions(Scope scope) {
    this.scope = scope;
  }

  private static Object op(String operator, @Nullable Object... arguments) {
    return Document.of(operator, Values.listOf(arguments));
  }

  private static Object one(String operator, Object argument) {
    return Document.of(operator, argument);
  }

  private static Object orEmpty(Object list) {
    return op("$ifNull", list, List.of());
  }

  private static Arbitrary<Object> of(List<?> values) {
    return Arbitraries.of(values).map(v -> (Object) v);
  }

  Arbitrary<Object> path() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, of(scope.numbers)),
        Tuple.of(2, of(scope.texts)),
        Tuple.of(1, of(scope.dates.isEmpty() ? scope.texts : scope.dates)),
        Tuple.of(1, of(scope.lists)),
        Tuple.of(2, of(scope.others)));
  }

  private static Arbitrary<@Nullable Object> constant() {
    return Arbitraries.of(
        Values.listOf(
            0,
            1,
            3,
            0.5,
            "cat",
            "a",
            "",
            true,
            null,
            Double.NaN,
            10L,
            List.of(),
            List.of(1, 2),
            Instant.parse("2024-01-01T00:00:00Z")));
  }

  /** Whether something holds. */
  Arbitrary<Object> condition(int depth) {
    Arbitrary<Object> compared =
        Combinators.combine(
                Arbitraries.of("$eq", "$ne", "$lt", "$lte", "$gt", "$gte"),
                Arbitraries.oneOf(path(), number(Math.min(depth, 1))),
                Arbitraries.frequencyOf(
                    Tuple.of(3, Arbitraries.of(0, 1, 3, 0.5, 0.9).map(v -> (Object) v)),
                    Tuple.of(2, path())))
            .as((op, a, b) -> op(op, a, b));
    Arbitrary<Object> withConstant =
        Combinators.combine(
                Arbitraries.of("$eq", "$ne", "$lt", "$lte", "$gt", "$gte"), path(), constant())
            .as((op, a, b) -> op(op, a, b));
    Arbitrary<Object> textual =
        Combinators.combine(of(scope.texts), Arbitraries.of("^c", "a", "[Dd]og", "$", "^$"))
            .as(
                (path, regex) ->
                    one(
                        "$regexMatch",
                        Document.builder()
                            .put("input", path)
                            .put("regex", one("$literal", regex))
                            .put("options", null)
                            .build()));
    Arbitrary<Object> among =
        Combinators.combine(
                path(),
                constant().list().ofMinSize(1).ofMaxSize(3).map(l -> (Object) Values.list(l)))
            .as((a, b) -> op("$in", a, b));
    Arbitrary<Object> has =
        Combinators.combine(constant(), of(scope.lists)).as((a, b) -> op("$in", a, orEmpty(b)));
    Arbitrary<Object> simple =
        Arbitraries.frequencyOf(
            Tuple.of(5, compared),
            Tuple.of(3, withConstant),
            Tuple.of(1, textual),
            Tuple.of(1, among),
            Tuple.of(1, has),
            Tuple.of(1, path()),
            Tuple.of(1, path().map(p -> op("$gt", p, null))),
            Tuple.of(1, path().map(p -> one("$not", op("$gt", p, null)))),
            Tuple.of(1, path().map(p -> one("$isArray", Values.listOf(p)))),
            Tuple.of(1, path().map(p -> one("$isNumber", p))),
            Tuple.of(
                1,
                Combinators.combine(path(), Arbitraries.of("missing", "int", "double", "array"))
                    .as((p, t) -> op("$eq", one("$type", p), t))));
    if (depth == 0) {
      return simple;
    }
    Arbitrary<Object> inner = condition(depth - 1);
    return Arbitraries.frequencyOf(
        Tuple.of(6, simple),
        Tuple.of(1, Combinators.combine(inner, inner).as((a, b) -> op("$and", a, b))),
        Tuple.of(1, Combinators.combine(inner, inner).as((a, b) -> op("$or", a, b))),
        Tuple.of(1, inner.map(a -> one("$not", a))));
  }

  Arbitrary<Object> number(int depth) {
    Arbitrary<Object> simple =
        Arbitraries.frequencyOf(
            Tuple.of(8, of(scope.numbers)),
            Tuple.of(1, of(scope.others)),
            Tuple.of(2, of(scope.lists).map(l -> one("$size", orEmpty(l)))));
    if (depth == 0) {
      return simple;
    }
    Arbitrary<Object> inner = number(depth - 1);
    Arbitrary<Object> paired =
        Combinators.combine(Arbitraries.of("$add", "$subtract", "$multiply"), inner, inner)
            .as((op, a, b) -> op(op, a, b));
    Arbitrary<Object> divided =
        Combinators.combine(Arbitraries.of("$divide", "$mod"), inner, Arbitraries.of(2, 3, 0.5, -2))
            .as((op, a, b) -> op(op, a, b));
    Arbitrary<Object> changed =
        Combinators.combine(Arbitraries.of("$abs", "$floor", "$ceil"), inner)
            .as((op, a) -> one(op, a));
    Arbitrary<Object> rounded =
        Combinators.combine(Arbitraries.of("$round", "$trunc"), inner, Arbitraries.of(0, 1, -1))
            .as((op, a, places) -> op(op, a, places));
    Arbitrary<Object> summed =
        Combinators.combine(
                Arbitraries.of("$sum", "$avg", "$min", "$max", "$stdDevPop"), list(depth - 1))
            .as((op, l) -> one(op, l));
    Arbitrary<Object> chosen =
        Combinators.combine(condition(0), inner, inner).as((c, a, b) -> op("$cond", c, a, b));
    Arbitrary<Object> least =
        Combinators.combine(Arbitraries.of("$max", "$min"), inner, inner)
            .as((op, a, b) -> op(op, a, b));
    Arbitrary<Object> dated =
        scope.dates.isEmpty()
            ? simple
            : Combinators.combine(
                    Arbitraries.of("$year", "$week", "$dayOfWeek", "$millisecond", "$dayOfYear"),
                    of(scope.dates))
                .as((op, d) -> one(op, d));
    Arbitrary<Object> length = of(scope.texts).map(t -> one("$strLenBytes", op("$ifNull", t, "")));
    return Arbitraries.frequencyOf(
        Tuple.of(6, simple),
        Tuple.of(2, paired),
        Tuple.of(1, divided),
        Tuple.of(1, changed),
        Tuple.of(1, rounded),
        Tuple.of(2, summed),
        Tuple.of(1, chosen),
        Tuple.of(1, least),
        Tuple.of(1, dated),
        Tuple.of(1, length),
        Tuple.of(1, converted()),
        Tuple.of(1, property()),
        Tuple.of(1, inner.map(a -> op("$ifNull", a, 0))));
  }

  /** A value in another type, or what comes in place of it. */
  private Arbitrary<Object> converted() {
    return Combinators.combine(
            path(),
            Arbitraries.of("int", "double", "bool"),
            Arbitraries.of(Values.listOf(-1, null)))
        .as(
            (input, type, instead) ->
                one(
                    "$convert",
                    Document.builder()
                        .put("input", input)
                        .put("to", type)
                        .put("onError", -1)
                        .put("onNull", instead)
                        .build()));
  }

  /** The value of a path, whose last property is got by its name. */
  private Arbitrary<Object> property() {
    return path()
        .map(
            p -> {
              String path = String.valueOf(p);
              int dot = path.lastIndexOf('.');
              return dot < 0
                  ? one("$getField", path.substring(1))
                  : one(
                      "$getField",
                      Document.of(
                          "field", path.substring(dot + 1), "input", path.substring(0, dot)));
            });
  }

  Arbitrary<Object> list(int depth) {
    Arbitrary<Object> simple = of(scope.lists);
    if (depth == 0) {
      return simple;
    }
    RandomExpressions ofElement =
        new RandomExpressions(
            new Scope(
                List.of("$$this", "$$this.confidence"),
                List.of("$$this.label"),
                List.of(),
                List.of("$$this.tags"),
                List.of("$$this.area", "$$this.nope", "$$this")));
    Arbitrary<Object> filtered =
        Combinators.combine(simple, ofElement.comparison())
            .as(
                (l, c) ->
                    one(
                        "$filter",
                        Document.builder()
                            .put("input", l)
                            .put("as", "this")
                            .put("cond", c)
                            .build()));
    Arbitrary<Object> mapped =
        Combinators.combine(simple, ofElement.path())
            .as(
                (l, v) ->
                    one(
                        "$map",
                        Document.builder().put("input", l).put("as", "this").put("in", v).build()));
    Arbitrary<Object> sets =
        Combinators.combine(
                Arbitraries.of("$setUnion", "$setIntersection", "$setDifference", "$concatArrays"),
                simple,
                simple)
            .as((op, a, b) -> op(op, a, b));
    return Arbitraries.frequencyOf(
        Tuple.of(4, simple),
        Tuple.of(2, filtered),
        Tuple.of(2, mapped),
        Tuple.of(1, sets),
        Tuple.of(1, simple.map(l -> one("$reverseArray", l))),
        Tuple.of(
            1,
            Combinators.combine(simple, Arbitraries.of(1, 2, -1, -2, 0))
                .as((l, n) -> op("$slice", l, n))));
  }

  private Arbitrary<Object> comparison() {
    return Combinators.combine(
            Arbitraries.of("$eq", "$ne", "$lt", "$lte", "$gt", "$gte"), path(), constant())
        .as((op, a, b) -> op(op, a, b));
  }

  Arbitrary<Object> text() {
    Arbitrary<Object> simple = of(scope.texts);
    return Arbitraries.frequencyOf(
        Tuple.of(2, simple),
        Tuple.of(1, simple.map(t -> one("$toUpper", t))),
        Tuple.of(1, simple.map(t -> one("$toLower", t))),
        Tuple.of(1, simple.map(t -> op("$concat", t, "-", t))),
        Tuple.of(1, simple.map(t -> one("$trim", Document.of("input", t)))),
        Tuple.of(1, of(scope.numbers).map(n -> one("$toString", n))),
        Tuple.of(
            1,
            Combinators.combine(simple, Arbitraries.of(0, 1, 2))
                .as((t, n) -> op("$substrBytes", op("$ifNull", t, ""), n, 2))));
  }

  /** A value of any type. */
  Arbitrary<Object> value() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, number(2)),
        Tuple.of(2, text()),
        Tuple.of(2, list(1)),
        Tuple.of(1, condition(1)),
        Tuple.of(1, path()));
  }
}
