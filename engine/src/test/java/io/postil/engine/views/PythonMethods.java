package io.postil.engine.views;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.LabelCriteria;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.engine.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls the method of the library that has the name of one of FiftyOne's. Stateless. */
final class PythonMethods {
  private PythonMethods() {}

  /** The arguments of a call. */
  record Arguments(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
    boolean has(int position, String name) {
      return position < positional.size() || named.containsKey(name);
    }

    @Nullable Object get(int position, String name) {
      return position < positional.size() ? positional.get(position) : named.get(name);
    }

    String text(int position, String name) {
      return (String) Objects.requireNonNull(get(position, name));
    }

    @Nullable String textOrNull(int position, String name) {
      return (String) get(position, name);
    }

    boolean flag(int position, String name, boolean otherwise) {
      return get(position, name) instanceof Boolean b ? b : otherwise;
    }

    int integer(int position, String name) {
      return ((Number) Objects.requireNonNull(get(position, name))).intValue();
    }

    Expression expression(int position, String name) {
      return Expression.of(get(position, name));
    }

    @Nullable Expression expressionOrNull(int position, String name) {
      return has(position, name) ? expression(position, name) : null;
    }

    Object[] all() {
      return positional.toArray();
    }

    List<?> list(int position, String name) {
      Object value = get(position, name);
      return value instanceof List<?> l ? l : value == null ? List.of() : List.of(value);
    }

    List<String> texts(int position, String name) {
      return list(position, name).stream().map(String.class::cast).toList();
    }

    @Nullable List<?> listOrNull(int position, String name) {
      return get(position, name) == null ? null : list(position, name);
    }

    List<ObjectId> ids(int position, String name) {
      return texts(position, name).stream().map(ObjectId::of).toList();
    }

    Map<?, ?> map(int position, String name) {
      return (Map<?, ?>) Objects.requireNonNull(get(position, name));
    }
  }

  static Object slice(@Nullable Object value, @Nullable Integer start, @Nullable Integer stop) {
    if (value instanceof View view) {
      View rest = start == null ? view : view.skip(start);
      return stop == null ? rest : rest.limit(stop - (start == null ? 0 : start));
    }
    return Expression.of(value).slice(start, stop);
  }

  static @Nullable Object call(@Nullable Object on, String name, @Nullable Arguments arguments) {
    Arguments a = Objects.requireNonNull(arguments, name);
    if (on instanceof View view) {
      return view(view, name, a);
    }
    if (on instanceof Expression x) {
      return expression(x, name, a);
    }
    return switch (on + "." + name) {
      case "E.any" -> Expression.any(a.list(0, "exprs").stream().map(Expression::of).toList());
      case "E.all" -> Expression.all(a.list(0, "exprs").stream().map(Expression::of).toList());
      case "E.literal" -> Expression.literal(a.get(0, "value"));
      case "E.range" ->
          a.has(1, "stop")
              ? Expression.range(a.get(0, "start"), a.get(1, "stop"))
              : Expression.range(a.get(0, "start"));
      case "E.enumerate" ->
          Expression.enumerate(
              a.expression(0, "array"), a.has(1, "start") ? a.integer(1, "start") : 0);
      case "E.zip" -> zip(a);
      case "fos.Limit" -> Stages.limit(a.integer(0, "limit"));
      case "fos.Skip" -> Stages.skip(a.integer(0, "skip"));
      case "fos.Match" -> Stages.match(a.expression(0, "filter"));
      case "fos.SortBy" -> {
        boolean reverse = a.flag(1, "reverse", false);
        yield a.get(0, "field_or_expr") instanceof Expression x
            ? Stages.sortBy(x, reverse)
            : Stages.sortBy(a.text(0, "field_or_expr"), reverse);
      }
      case "fos.Exists" -> Stages.exists(a.text(0, "field"), a.flag(1, "bool", true));
      default -> aggregation(name, a);
    };
  }

  private static Expression zip(Arguments a) {
    List<Expression> lists = a.positional().stream().map(Expression::of).toList();
    if (a.named().containsKey("defaults")) {
      return Expression.zip(lists, a.list(9, "defaults"));
    }
    return a.flag(9, "use_longest", false) ? Expression.zipLongest(lists) : Expression.zip(lists);
  }

  // --- stages -----------------------------------------------------------------------------------

  private static View view(View view, String name, Arguments a) {
    boolean onlyMatches = a.flag(2, "only_matches", true);
    boolean omitEmpty = a.flag(6, "omit_empty", true);
    return switch (name) {
      case "view" -> view;
      case "select" -> view.select(a.ids(0, "sample_ids"), a.flag(1, "ordered", false));
      case "exclude" -> view.exclude(a.ids(0, "sample_ids").toArray(ObjectId[]::new));
      case "select_by" ->
          view.selectBy(a.text(0, "field"), a.list(1, "values"), a.flag(2, "ordered", false));
      case "exclude_by" -> view.excludeBy(a.text(0, "field"), a.list(1, "values").toArray());
      case "limit" -> view.limit(a.integer(0, "limit"));
      case "skip" -> view.skip(a.integer(0, "skip"));
      case "take" -> view.take(a.integer(0, "size"), a.integer(1, "seed"));
      case "shuffle" -> view.shuffle(a.integer(0, "seed"));
      case "sort_by" -> sortBy(view, a);
      case "match" -> {
        Object filter = a.get(0, "filter");
        if (filter == null || filter instanceof String || filter instanceof Number) {
          throw new IllegalArgumentException("match takes conditions, not " + filter);
        }
        yield filter instanceof Map<?, ?> query
            ? view.match(document(query))
            : view.match(Expression.of(filter));
      }
      case "match_tags" ->
          view.matchTags(a.texts(0, "tags"), a.flag(1, "bool", true), a.flag(2, "all", false));
      case "match_labels" -> view.matchLabels(criteria(a), a.flag(6, "bool", true));
      case "exists" -> view.exists(a.text(0, "field"), a.flag(1, "bool", true));
      case "filter_labels" ->
          view.filterLabels(
              a.text(0, "field"),
              a.expression(1, "filter"),
              onlyMatches,
              a.flag(3, "trajectories", false));
      case "filter_field" ->
          view.filterField(a.text(0, "field"), a.expression(1, "filter"), onlyMatches);
      case "filter_keypoints" ->
          view.filterKeypoints(
              a.text(0, "field"),
              a.expressionOrNull(1, "filter"),
              a.get(2, "labels") == null ? null : a.texts(2, "labels"),
              a.flag(3, "only_matches", true));
      case "select_labels" -> view.selectLabels(criteria(a), omitEmpty);
      case "exclude_labels" -> view.excludeLabels(criteria(a), omitEmpty);
      case "limit_labels" -> view.limitLabels(a.text(0, "field"), a.integer(1, "limit"));
      case "map_labels" -> view.mapLabels(a.text(0, "field"), texts(a.map(1, "map")));
      case "map_values" -> view.mapValues(a.text(0, "field"), a.map(1, "map"));
      case "select_fields" -> view.selectFields(a.texts(0, "fields").toArray(String[]::new));
      case "exclude_fields" -> view.excludeFields(a.texts(0, "fields").toArray(String[]::new));
      case "set_field" -> view.setField(a.text(0, "field"), a.get(1, "expr"));
      case "match_frames" ->
          view.matchFrames(a.expression(0, "filter"), a.flag(1, "omit_empty", true));
      case "select_frames" ->
          view.selectFrames(a.ids(0, "frame_ids"), a.flag(1, "omit_empty", true));
      case "exclude_frames" ->
          view.excludeFrames(a.ids(0, "frame_ids"), a.flag(1, "omit_empty", true));
      case "select_group_slices" ->
          view.selectGroupSlices(a.texts(0, "slices"), a.flag(2, "flat", true));
      case "exclude_group_slices" ->
          view.excludeGroupSlices(a.texts(0, "slices").toArray(String[]::new));
      case "group_by" -> groupBy(view, a);
      case "flatten" ->
          view.flatten(a.list(0, "stages").stream().map(Stage.class::cast).toArray(Stage[]::new));
      case "mongo" ->
          view.mongo(
              a.list(0, "pipeline").stream().map(step -> document((Map<?, ?>) step)).toList());
      case "to_patches" ->
          view.toPatches(
              a.text(0, "field"), a.texts(1, "other_fields"), a.flag(2, "keep_label_lists", false));
      case "to_frames" -> view.toFrames();
      case "to_clips" ->
          view.toClips(
              Objects.requireNonNull(a.get(0, "field_or_expr")),
              a.texts(1, "other_fields"),
              a.has(2, "tol") ? a.integer(2, "tol") : 0,
              a.has(3, "min_len") ? a.integer(3, "min_len") : 0);
      default -> throw new IllegalArgumentException("no stage " + name);
    };
  }

  private static View sortBy(View view, Arguments a) {
    Object key = a.get(0, "field_or_expr");
    View.Order order = a.flag(1, "reverse", false) ? View.Order.DESCENDING : View.Order.ASCENDING;
    if (key instanceof Expression x) {
      return view.sortBy(x, order);
    }
    if (!(key instanceof List<?> keys)) {
      return view.sortBy((String) Objects.requireNonNull(key), order);
    }
    Map<Object, View.Order> orders = new LinkedHashMap<>();
    for (Object pair : keys) {
      Object sign = ((List<?>) pair).get(1);
      if (!String.valueOf(sign).matches("-?1|[ad].*")) {
        throw new IllegalArgumentException("the order " + sign);
      }
      boolean descending = sign.equals(-1) || sign instanceof String s && s.startsWith("d");
      boolean reversed = descending != (order == View.Order.DESCENDING);
      orders.put(((List<?>) pair).get(0), reversed ? View.Order.DESCENDING : View.Order.ASCENDING);
    }
    return view.sortBy(orders);
  }

  private static View groupBy(View view, Arguments a) {
    Object by = Objects.requireNonNull(a.get(0, "field_or_expr"));
    boolean reverse = a.flag(2, "reverse", false);
    return a.flag(3, "flat", false)
        ? view.groupByFlat(
            by, a.expressionOrNull(4, "match_expr"), a.expressionOrNull(5, "sort_expr"), reverse)
        : view.groupBy(by, a.textOrNull(1, "order_by"), reverse);
  }

  private static LabelCriteria criteria(Arguments a) {
    List<?> labels = a.listOrNull(0, "labels");
    return LabelCriteria.ANY
        .withLabels(
            labels == null ? null : labels.stream().map(l -> document((Map<?, ?>) l)).toList())
        .withIds(a.listOrNull(1, "ids"))
        .withInstanceIds(a.listOrNull(2, "instance_ids"))
        .withTags(a.listOrNull(3, "tags"))
        .withFilter(a.expressionOrNull(9, "filter"))
        .withFields(a.listOrNull(4, "fields"));
  }

  private static Document document(Map<?, ?> map) {
    Document.Builder out = Document.builder();
    map.forEach((key, value) -> out.put((String) key, stored(value)));
    return out.build();
  }

  private static @Nullable Object stored(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> inner -> document(inner);
      case List<?> list -> Values.list(list.stream().map(PythonMethods::stored).toList());
      case null -> value;
      default -> value;
    };
  }

  private static Map<String, @Nullable Object> texts(Map<?, ?> map) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    map.forEach((key, value) -> out.put((String) key, value));
    return out;
  }

  // --- operators --------------------------------------------------------------------------------

  private static Expression expression(Expression x, String name, Arguments a) {
    Object first = a.get(0, "");
    return switch (name) {
      case "length" -> x.length();
      case "exists" -> x.exists(a.flag(0, "bool", true));
      case "is_null" -> x.isNull();
      case "is_missing" -> x.isMissing();
      case "is_number" -> x.isNumber();
      case "is_string" -> x.isString();
      case "is_array" -> x.isArray();
      case "is_in" -> x.isIn(a.list(0, "values"));
      case "type" -> x.type();
      case "contains" ->
          x.contains(Objects.requireNonNull(a.get(0, "values")), a.flag(1, "all", false));
      case "abs", "floor", "ceil", "exp", "ln", "log10", "sqrt", "trunc" -> rounded(x, name, a);
      case "log" -> x.log(first);
      case "sin", "cos", "tan", "sinh", "cosh", "tanh" -> trigonometric(x, name);
      case "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh" -> trigonometric(x, name);
      case "pow" -> x.pow(first);
      case "round" -> first == null ? x.round() : x.round(a.integer(0, "place"));
      case "filter" -> x.filter(a.expression(0, "expr"));
      case "map" -> x.map(a.expression(0, "expr"));
      case "reduce" ->
          a.named().containsKey("init_val")
              ? x.reduce(a.expression(0, "expr"), a.named().get("init_val"))
              : x.reduce(a.expression(0, "expr"));
      case "append" -> x.append(first);
      case "prepend" -> x.prepend(first);
      case "extend" -> x.extend(a.all());
      case "insert" -> x.insert(a.integer(0, "index"), a.get(1, "value"));
      case "reverse" -> x.reverse();
      case "sort" ->
          x.sort(a.textOrNull(0, "key"), a.flag(1, "numeric", false), a.flag(2, "reverse", false));
      case "sum" -> x.sum();
      case "mean" -> x.mean();
      case "std" -> x.std(a.flag(0, "sample", false));
      case "min" -> x.min(first);
      case "max" -> x.max(first);
      case "unique" -> x.unique();
      case "union" -> x.union(a.all());
      case "intersection" -> x.intersection(a.all());
      case "difference" -> x.difference(first);
      case "is_subset" -> x.isSubset(first);
      case "set_equals" -> x.setEquals(a.all());
      case "join" -> x.join(a.text(0, "delimiter"));
      case "strlen" -> x.strlen();
      case "lower" -> x.lower();
      case "upper" -> x.upper();
      case "concat" -> x.concat(a.all());
      case "strip" -> first == null ? x.strip() : x.strip(a.text(0, "chars"));
      case "lstrip" -> first == null ? x.lstrip() : x.lstrip(a.text(0, "chars"));
      case "rstrip" -> first == null ? x.rstrip() : x.rstrip(a.text(0, "chars"));
      case "replace" -> x.replace(a.text(0, "old"), a.text(1, "new"));
      case "substr" ->
          x.substr(
              (Integer) a.get(0, "start"), (Integer) a.get(1, "end"), (Integer) a.get(2, "count"));
      case "split" ->
          a.has(1, "maxsplit")
              ? x.split(a.text(0, "delimiter"), a.integer(1, "maxsplit"))
              : x.split(a.text(0, "delimiter"));
      case "rsplit" -> x.rsplit(a.text(0, "delimiter"), a.integer(1, "maxsplit"));
      case "re_match" -> x.reMatch(a.text(0, "regex"), a.textOrNull(1, "options"));
      case "starts_with", "ends_with", "contains_str", "matches_str" -> matching(x, name, a);
      case "if_else" -> x.ifElse(first, a.get(1, "false_expr"));
      case "if_null" -> x.ifNull(first);
      case "cases" -> x.cases(a.map(0, "mapping"), a.get(1, "default"));
      case "switch" -> x.switchOn(conditions(a.map(0, "mapping")), a.get(1, "default"));
      case "map_values" -> x.mapValues(a.map(0, "mapping"));
      case "apply" -> x.apply(a.expression(0, "expr"));
      case "let_in" -> x.letIn(a.expression(0, "expr"));
      case "set_field" -> x.setField(a.text(0, "field"), a.get(1, "value"));
      case "to_bool" -> x.toBool();
      case "to_int" -> x.toInt();
      case "to_double" -> x.toDouble();
      case "to_string" -> x.toText();
      case "to_date" -> x.toDate();
      case "year" -> x.year();
      case "month" -> x.month();
      case "week" -> x.week();
      case "day_of_month" -> x.dayOfMonth();
      case "day_of_week" -> x.dayOfWeek();
      case "day_of_year" -> x.dayOfYear();
      case "hour" -> x.hour();
      case "minute" -> x.minute();
      case "second" -> x.second();
      case "millisecond" -> x.millisecond();
      default -> throw new IllegalArgumentException("no operator " + name);
    };
  }

  private static Expression rounded(Expression x, String name, Arguments a) {
    return switch (name) {
      case "abs" -> x.abs();
      case "floor" -> x.floor();
      case "ceil" -> x.ceil();
      case "exp" -> x.exp();
      case "ln" -> x.ln();
      case "log10" -> x.log10();
      case "sqrt" -> x.sqrt();
      default -> a.has(0, "place") ? x.trunc(a.integer(0, "place")) : x.trunc();
    };
  }

  private static Expression trigonometric(Expression x, String name) {
    return switch (name) {
      case "sin" -> x.sin();
      case "cos" -> x.cos();
      case "tan" -> x.tan();
      case "sinh" -> x.sinh();
      case "cosh" -> x.cosh();
      case "tanh" -> x.tanh();
      case "arcsin" -> x.arcsin();
      case "arccos" -> x.arccos();
      case "arctan" -> x.arctan();
      case "arcsinh" -> x.arcsinh();
      case "arccosh" -> x.arccosh();
      default -> x.arctanh();
    };
  }

  private static Expression matching(Expression x, String name, Arguments a) {
    boolean caseSensitive = a.flag(1, "case_sensitive", true);
    List<String> texts = a.texts(0, "str_or_strs");
    boolean plain = caseSensitive && a.get(0, "str_or_strs") instanceof String;
    return switch (name) {
      case "starts_with" -> plain ? x.startsWith(texts.get(0)) : x.startsWith(texts, caseSensitive);
      case "ends_with" -> plain ? x.endsWith(texts.get(0)) : x.endsWith(texts, caseSensitive);
      case "contains_str" ->
          plain ? x.containsStr(texts.get(0)) : x.containsStr(texts, caseSensitive);
      default -> plain ? x.matchesStr(texts.get(0)) : x.matchesStr(texts, caseSensitive);
    };
  }

  private static Map<Expression, @Nullable Object> conditions(Map<?, ?> map) {
    Map<Expression, @Nullable Object> out = new LinkedHashMap<>();
    map.forEach((key, value) -> out.put((Expression) key, value));
    return out;
  }

  // --- aggregations -----------------------------------------------------------------------------

  private static Aggregation aggregation(String name, Arguments a) {
    Object of = a.get(0, "field_or_expr");
    Aggregation made =
        of instanceof Expression x
            ? ofExpression(name, x, a)
            : of == null ? Aggregation.count() : ofField(name, (String) of, a);
    if (a.named().containsKey("expr")) {
      made = made.of(a.expression(9, "expr"));
    }
    made = a.flag(9, "safe", false) ? made.safe() : made;
    for (String argument : List.of("missing_value", "unwind", "dynamic_only", "auto", "range")) {
      made = a.named().containsKey(argument) ? made.with(argument, a.named().get(argument)) : made;
    }
    return made;
  }

  private static Aggregation ofField(String name, String field, Arguments a) {
    return switch (name) {
      case "Count" -> Aggregation.count(field);
      case "CountValues" -> Aggregation.countValues(field);
      case "Distinct" -> Aggregation.distinct(field);
      case "Bounds" -> Aggregation.bounds(field);
      case "Min" -> Aggregation.min(field);
      case "Max" -> Aggregation.max(field);
      case "Sum" -> Aggregation.sum(field);
      case "Mean" -> Aggregation.mean(field);
      case "Std" -> Aggregation.std(field, a.flag(1, "sample", false));
      case "Quantiles" -> Aggregation.quantiles(field).with("quantiles", a.get(1, "quantiles"));
      case "HistogramValues" -> Aggregation.histogramValues(field, bins(a));
      case "Values" -> Aggregation.values(field);
      case "Schema" -> Aggregation.schema(field);
      case "ListSchema" -> Aggregation.listSchema(field);
      default -> throw new IllegalArgumentException("no aggregation " + name);
    };
  }

  private static Aggregation ofExpression(String name, Expression x, Arguments a) {
    return switch (name) {
      case "Count" -> Aggregation.count(x);
      case "CountValues" -> Aggregation.countValues(x);
      case "Distinct" -> Aggregation.distinct(x);
      case "Bounds" -> Aggregation.bounds(x);
      case "Min" -> Aggregation.min(x);
      case "Max" -> Aggregation.max(x);
      case "Sum" -> Aggregation.sum(x);
      case "Mean" -> Aggregation.mean(x);
      case "Std" -> Aggregation.std(x, a.flag(1, "sample", false));
      case "Quantiles" -> Aggregation.quantiles(x).with("quantiles", a.get(1, "quantiles"));
      case "HistogramValues" -> Aggregation.histogramValues(x, bins(a));
      case "Values" -> Aggregation.values(x);
      default -> throw new IllegalArgumentException("no aggregation " + name);
    };
  }

  private static int bins(Arguments a) {
    return a.has(1, "bins") ? a.integer(1, "bins") : 10;
  }
}
