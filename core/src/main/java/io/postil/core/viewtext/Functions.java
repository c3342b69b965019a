package io.postil.core.viewtext;

import io.postil.core.Nearest;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The functions of expressions: the operators of {@link Expression} under their own names, with
 * what they are applied to as the first argument. Stateless.
 */
final class Functions {
  private record Entry(Signature signature, Function<Call, Expression> make) {}

  private static final Map<String, Entry> ALL = new TreeMap<>();

  static {
    choices();
    numbers();
    lists();
    texts();
    dates();
  }

  private Functions() {}

  private static void choices() {
    add("exists(x, wanted=true)", a -> a.x().exists(a.flag("wanted")));
    of("isNull", Expression::isNull);
    of("isMissing", Expression::isMissing);
    of("isNumber", Expression::isNumber);
    of("isString", Expression::isString);
    of("isArray", Expression::isArray);
    of("type", Expression::type);
    add("ifNull(x, value)", a -> a.x().ifNull(a.expression("value")));
    add(
        "ifElse(condition, then, otherwise)",
        a -> a.x().ifElse(a.expression("then"), a.expression("otherwise")));
    add("cases(x, map, otherwise=null)", a -> a.x().cases(a.map("map"), a.optional("otherwise")));
    add("switchOn(x, pairs, otherwise=null)", Functions::switchOn);
    add("mapValues(x, map)", a -> a.x().mapValues(a.map("map")));
    add("apply(x, formula)", a -> a.x().apply(a.expression("formula")));
    add("setField(x, field, value)", a -> a.x().setField(a.text("field"), a.expression("value")));
    add("literal(value)", a -> Expression.literal(a.constant("value")));
    of("toBool", Expression::toBool);
    of("toInt", Expression::toInt);
    of("toDouble", Expression::toDouble);
    of("toText", Expression::toText);
    of("toDate", Expression::toDate);
  }

  private static Expression switchOn(Call call) {
    Map<Expression, Expression> branches = new LinkedHashMap<>();
    if (call.expression("pairs") instanceof Expression.Array pairs) {
      for (Expression pair : pairs.elements()) {
        if (pair instanceof Expression.Array two && two.elements().size() == 2) {
          branches.put(two.elements().get(0), two.elements().get(1));
        }
      }
      if (branches.size() == pairs.elements().size()) {
        return call.x().switchOn(branches, call.optional("otherwise"));
      }
    }
    throw call.error("switchOn takes pairs of a condition and a value: [[it > 1, \"many\"]]");
  }

  private static void numbers() {
    of("abs", Expression::abs);
    of("floor", Expression::floor);
    of("ceil", Expression::ceil);
    add("round(x, place=0)", a -> a.x().round(a.position("place")));
    add("trunc(x, place=0)", a -> a.x().trunc(a.position("place")));
    of("exp", Expression::exp);
    of("ln", Expression::ln);
    of("log10", Expression::log10);
    add("log(x, base)", a -> a.x().log(a.expression("base")));
    add("pow(x, exponent)", a -> a.x().pow(a.expression("exponent")));
    of("sqrt", Expression::sqrt);
    of("sin", Expression::sin);
    of("cos", Expression::cos);
    of("tan", Expression::tan);
    of("sinh", Expression::sinh);
    of("cosh", Expression::cosh);
    of("tanh", Expression::tanh);
    of("arcsin", Expression::arcsin);
    of("arccos", Expression::arccos);
    of("arctan", Expression::arctan);
    of("arcsinh", Expression::arcsinh);
    of("arccosh", Expression::arccosh);
    of("arctanh", Expression::arctanh);
    add("rand()", a -> Expression.rand());
    add("randint(low, high)", a -> Expression.randint(a.whole("low"), a.whole("high")));
  }

  private static void lists() {
    of("length", Expression::length);
    add("slice(x, start=null, stop=null)", Functions::slice);
    add("contains(x, value, all=false)", Functions::contains);
    add("filter(x, condition)", a -> a.x().filter(a.expression("condition")));
    add("map(x, formula)", a -> a.x().map(a.expression("formula")));
    add(
        "reduce(x, step, initial=0)",
        a -> a.x().reduce(a.expression("step"), a.expression("initial")));
    add("append(x, value)", a -> a.x().append(a.expression("value")));
    add("prepend(x, value)", a -> a.x().prepend(a.expression("value")));
    add("extend(x, lists...)", a -> a.x().extend(a.expressions("lists").toArray()));
    add(
        "insert(x, position, value)",
        a -> a.x().insert(a.position("position"), a.expression("value")));
    of("reverse", Expression::reverse);
    add(
        "sort(x, key=null, numeric=false, reverse=false)",
        a -> a.x().sort(a.optionalText("key"), a.flag("numeric"), a.flag("reverse")));
    of("sum", Expression::sum);
    of("mean", Expression::mean);
    add("std(x, sample=false)", a -> a.x().std(a.flag("sample")));
    add("min(x, other=null)", a -> a.x().min(a.optional("other")));
    add("max(x, other=null)", a -> a.x().max(a.optional("other")));
    of("unique", Expression::unique);
    add("union(x, lists...)", a -> a.x().union(a.expressions("lists").toArray()));
    add("intersection(x, lists...)", a -> a.x().intersection(a.expressions("lists").toArray()));
    add("difference(x, list)", a -> a.x().difference(a.expression("list")));
    add("setEquals(x, lists...)", a -> a.x().setEquals(a.expressions("lists").toArray()));
    add("isSubset(x, list)", a -> a.x().isSubset(a.expression("list")));
    add("join(x, delimiter)", a -> a.x().join(a.quoted("delimiter")));
    add(
        "range(start, stop=null)",
        a ->
            a.has("stop")
                ? Expression.range(a.expression("start"), a.expression("stop"))
                : Expression.range(a.expression("start")));
    add("enumerate(x, start=0)", a -> Expression.enumerate(a.x(), a.whole("start")));
    add("zip(lists...)", a -> Expression.zip(a.expressions("lists")));
    add("zipLongest(lists...)", a -> Expression.zipLongest(a.expressions("lists")));
  }

  private static Expression slice(Call call) {
    return call.x().slice(call.optionalPosition("start"), call.optionalPosition("stop"));
  }

  private static Expression contains(Call call) {
    Expression value = call.expression("value");
    Object wanted = value instanceof Expression.Array list ? list.elements() : value;
    return call.x().contains(wanted, call.flag("all"));
  }

  private static void texts() {
    of("strlen", Expression::strlen);
    of("lower", Expression::lower);
    of("upper", Expression::upper);
    add("concat(x, texts...)", a -> a.x().concat(a.expressions("texts").toArray()));
    add("strip(x, chars=null)", a -> a.has("chars") ? a.x().strip(chars(a)) : a.x().strip());
    add("lstrip(x, chars=null)", a -> a.has("chars") ? a.x().lstrip(chars(a)) : a.x().lstrip());
    add("rstrip(x, chars=null)", a -> a.has("chars") ? a.x().rstrip(chars(a)) : a.x().rstrip());
    add(
        "replace(x, old, replacement)",
        a -> a.x().replace(a.quoted("old"), a.quoted("replacement")));
    add(
        "substr(x, start=null, end=null, count=null)",
        a ->
            a.x()
                .substr(
                    a.optionalPosition("start"),
                    a.optionalPosition("end"),
                    a.optionalPosition("count")));
    add(
        "split(x, delimiter, maxSplit=null)",
        a ->
            a.has("maxSplit")
                ? a.x().split(a.quoted("delimiter"), a.position("maxSplit"))
                : a.x().split(a.quoted("delimiter")));
    add(
        "rsplit(x, delimiter, maxSplit)",
        a -> a.x().rsplit(a.quoted("delimiter"), a.position("maxSplit")));
    add(
        "reMatch(x, regex, options=null)",
        a -> a.x().reMatch(a.quoted("regex"), a.optionalText("options")));
    matching("startsWith", Expression::startsWith);
    matching("endsWith", Expression::endsWith);
    matching("containsStr", Expression::containsStr);
    matching("matchesStr", Expression::matchesStr);
  }

  private static String chars(Call call) {
    return call.quoted("chars");
  }

  private interface TextMatch {
    Expression of(Expression x, List<String> texts, boolean caseSensitive);
  }

  private static void matching(String name, TextMatch match) {
    add(
        name + "(x, texts, caseSensitive=true)",
        a -> match.of(a.x(), a.quotedTexts("texts"), a.flag("caseSensitive")));
  }

  private static void dates() {
    of("year", Expression::year);
    of("month", Expression::month);
    of("week", Expression::week);
    of("dayOfMonth", Expression::dayOfMonth);
    of("dayOfWeek", Expression::dayOfWeek);
    of("dayOfYear", Expression::dayOfYear);
    of("hour", Expression::hour);
    of("minute", Expression::minute);
    of("second", Expression::second);
    of("millisecond", Expression::millisecond);
  }

  private static void of(String name, UnaryOperator<Expression> make) {
    add(name + "(x)", a -> make.apply(a.x()));
  }

  private static void add(String signature, Function<Call, Expression> make) {
    Signature read = Signature.of(signature);
    ALL.put(read.name(), new Entry(read, make));
  }

  /** Their signatures, by name. */
  static List<String> signatures() {
    return ALL.values().stream().map(e -> e.signature().toString()).toList();
  }

  /** Reads the call of a function whose name and opening bracket are taken. */
  static Expression read(ExpressionParser in, Token name) {
    if (name.text().startsWith("$")) {
      List<Expression> arguments =
          Call.read(in, name, Signature.of(name.text() + "(arguments...)"))
              .expressions("arguments");
      return new Expression.Operation(
          name.text(), arguments.size() == 1 ? arguments.get(0) : new Expression.Array(arguments));
    }
    Entry entry = ALL.get(name.text());
    if (entry == null) {
      throw in.error(
          name,
          "there is no function '" + name.text() + "'",
          Nearest.hint(name.text(), new ArrayList<>(ALL.keySet())));
    }
    return entry.make().apply(Call.read(in, name, entry.signature()));
  }
}
