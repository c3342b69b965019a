package io.postil.core.viewtext;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Views as short text: stages with {@code |} between them, such as
 *
 * <pre>filterLabels(predictions, confidence &gt; 0.8 &amp;&amp; eval == "fp")
 *   | sortBy(length(predictions.detections), desc) | limit(10)</pre>
 *
 * In a filter of labels names are properties of the label, and {@code $name} is a field of the
 * sample. Text that begins with {@code [} is read as the serialised stages. Stateless.
 */
public final class ViewText {
  private static final String STAGES =
      "The stages are: select, exclude, match, matchTags, matchLabels, exists, filterLabels, filterField,"
          + " selectLabels, excludeLabels, selectFields, excludeFields, limitLabels, mapLabels, setField,"
          + " matchFrames, sortBy, shuffle, take, limit, skip, groupBy, flatten, selectGroupSlices, toPatches,"
          + " toFrames, toClips.";

  private final DatasetInfo info;
  private final ExpressionParser in;
  private ViewDefinition view = ViewDefinition.ALL;

  private ViewText(String text, DatasetInfo info) {
    this.info = info;
    this.in = new ExpressionParser(text);
  }

  /**
   * Reads a view of a dataset.
   *
   * @throws PostilException with {@code INVALID_VIEW}, naming the character, or with what else is
   *     wrong with the view for this dataset
   */
  public static ViewDefinition parse(String text, DatasetInfo info) {
    if (text.isBlank()) {
      return ViewDefinition.ALL;
    }
    if (text.strip().startsWith("[")) {
      return StageDocuments.view(Json.read(text));
    }
    ViewText parser = new ViewText(text, info);
    do {
      parser.view = parser.view.then(parser.stage());
    } while (parser.in.takeIf("|"));
    Token rest = parser.in.peek();
    if (rest.kind() != Token.Kind.END) {
      throw parser.in.error(
          rest, parser.in.describe(rest) + " after the end of a stage", "Put | between stages.");
    }
    ViewSchema.of(info, parser.view);
    return parser.view;
  }

  /** Reads a condition on samples, such as {@code score > 0.5}, as a view with one stage. */
  public static ViewDefinition parseMatch(String text) {
    return new ViewDefinition(
        List.of(match(parseExpression(text, "the condition", "Join conditions by && or ||."))));
  }

  /**
   * Reads a value or formula, such as {@code score / 2}.
   *
   * @throws PostilException with {@code INVALID_VIEW}, naming the character
   */
  public static Expression parseExpression(String text) {
    return parseExpression(text, "the value", "Give one value or formula.");
  }

  private static Expression parseExpression(String text, String what, String remedy) {
    ExpressionParser parser = new ExpressionParser(text);
    Expression expression = parser.expression();
    Token rest = parser.peek();
    if (rest.kind() != Token.Kind.END) {
      throw parser.error(rest, parser.describe(rest) + " after the end of " + what, remedy);
    }
    return expression;
  }

  /** The serialised stages of a view as one line, which {@link #parse} reads. */
  public static String format(ViewDefinition view) {
    return Json.write(StageDocuments.toList(view));
  }

  private static Stage match(Expression condition) {
    return new Stage.Match(Document.of("$expr", condition.toValue(null)));
  }

  // --- stages ---------------------------------------------------------------------------------

  private Stage stage() {
    Token name = in.take();
    if (name.kind() != Token.Kind.NAME) {
      throw in.error(name, in.describe(name) + " where a stage was expected", STAGES);
    }
    in.expect("(", "Write " + name.text() + "(...).");
    Stage stage = stage(name);
    in.expect(")", "Close the stage with a bracket, and put | between stages.");
    return stage;
  }

  private Stage stage(Token name) {
    return switch (name.text()) {
      case "select" -> selection(false);
      case "exclude" -> new Stage.Exclude(ids(constants()));
      case "match" -> match(in.expression());
      case "matchTags" -> {
        Arguments a = arguments();
        yield new Stage.MatchTags(a.texts(), a.flag("bool", true), a.flag("all", false));
      }
      case "matchLabels" -> matchLabels();
      case "exists" -> {
        Arguments a = arguments();
        yield new Stage.Exists(a.only(name), a.flag("bool", true));
      }
      case "filterLabels" -> {
        String field = field();
        in.expect(",", "Write filterLabels(field, condition).");
        Object filter = in.expression().toValue(prefix(field));
        yield new Stage.FilterLabels(field, filter, onlyMatches(), false);
      }
      case "filterField" -> {
        String field = field();
        in.expect(",", "Write filterField(field, condition on it).");
        boolean frame = field.startsWith(DatasetInfo.FRAMES);
        String prefix = frame ? "$$frame." + field.substring(7) : "$" + field;
        yield new Stage.FilterField(field, in.expression().toValue(prefix), onlyMatches());
      }
      case "selectLabels" -> {
        Arguments a = arguments();
        yield new Stage.SelectLabels(
            null,
            a.list("ids"),
            a.list("instanceIds"),
            a.list("tags"),
            a.list("fields"),
            a.flag("omitEmpty", true));
      }
      case "excludeLabels" -> {
        Arguments a = arguments();
        yield new Stage.ExcludeLabels(
            null,
            a.list("ids"),
            a.list("instanceIds"),
            a.list("tags"),
            a.list("fields"),
            a.flag("omitEmpty", true));
      }
      case "selectFields" -> new Stage.SelectFields(constants(), null, false);
      case "excludeFields" -> new Stage.ExcludeFields(constants(), null, false);
      case "limitLabels" -> {
        String field = field();
        in.expect(",", "Write limitLabels(field, number).");
        yield new Stage.LimitLabels(field, number());
      }
      case "mapLabels" -> {
        String field = field();
        in.expect(",", "Write mapLabels(field, {\"old\": \"new\"}).");
        yield new Stage.MapLabels(field, map());
      }
      case "setField" -> setField();
      case "matchFrames" -> new Stage.MatchFrames(in.expression().toValue("$$this"), true);
      case "sortBy" -> sortBy();
      case "shuffle" -> {
        yield Stages.shuffle(in.peek().is(")") ? 51 : number());
      }
      case "take" -> {
        long size = number();
        yield Stages.take(size, in.takeIf(",") ? number() : 51);
      }
      case "limit" -> new Stage.Limit(number());
      case "skip" -> new Stage.Skip(number());
      case "groupBy" -> {
        Object by = path(in.expression());
        yield new Stage.GroupBy(by, null, false, false, null, null, false, null);
      }
      case "flatten" -> new Stage.Flatten(null);
      case "selectGroupSlices" -> {
        List<?> slices = constants();
        yield new Stage.SelectGroupSlices(
            slices.isEmpty() ? null : slices, null, true, false, false);
      }
      case "toPatches" -> new Stage.ToPatches(field(), null, null);
      case "toFrames" -> new Stage.ToFrames(Document.of("sample_frames", false), null);
      case "toClips" -> new Stage.ToClips(path(in.expression()), null, null);
      default -> throw in.error(name, "there is no stage '" + name.text() + "'", STAGES);
    };
  }

  private Stage selection(boolean ordered) {
    Arguments a = arguments();
    return new Stage.Select(ids(a.positional), a.flag("ordered", ordered));
  }

  private Stage matchLabels() {
    Token start = in.peek();
    Object filter = null;
    boolean named = start.kind() == Token.Kind.NAME && in.peek(1).is("=");
    if (!start.is(")") && !named) {
      filter = in.expression().toValue("$$FIELD");
      in.takeIf(",");
    }
    Arguments a = arguments();
    return new Stage.MatchLabels(
        null,
        a.list("ids"),
        a.list("instanceIds"),
        a.list("tags"),
        filter,
        a.list("fields"),
        a.flag("bool", true));
  }

  private Stage setField() {
    String field = field();
    in.expect(",", "Write setField(field, value).");
    Expression value = in.expression();
    int dot = field.lastIndexOf('.');
    ViewSchema schema = ViewSchema.of(info, view);
    return new Stage.SetField(
        field, value.toValue(schema.parentPrefix(dot < 0 ? "" : field.substring(0, dot))), false);
  }

  private Stage sortBy() {
    List<Object> keys = new ArrayList<>();
    List<Integer> orders = new ArrayList<>();
    do {
      Token token = in.peek();
      boolean order =
          token.kind() == Token.Kind.NAME
              && (token.text().equals("desc") || token.text().equals("asc"));
      if (order && !keys.isEmpty()) {
        in.take();
        orders.set(orders.size() - 1, token.text().equals("desc") ? -1 : 1);
      } else {
        keys.add(path(in.expression()));
        orders.add(1);
      }
    } while (in.takeIf(","));
    if (keys.size() == 1) {
      return new Stage.SortBy(keys.get(0), orders.get(0) < 0, false);
    }
    List<Object> pairs = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      pairs.add(Values.listOf(keys.get(i), orders.get(i)));
    }
    return new Stage.SortBy(Values.list(pairs), false, false);
  }

  /** A plain field as its name, anything else as an expression. */
  private static Object path(Expression expression) {
    if (expression instanceof Expression.Field f && !f.name().startsWith("$")) {
      return f.name();
    }
    return Objects.requireNonNullElse(expression.toValue(null), "");
  }

  /** What names in a filter of labels are relative to, by the field's type. */
  private String prefix(String field) {
    return ViewSchema.of(info, view).labelPrefix(field);
  }

  private String field() {
    Token token = in.take();
    if (token.kind() != Token.Kind.NAME && token.kind() != Token.Kind.TEXT) {
      throw in.error(
          token, in.describe(token) + " where a field was expected", "Name a field first.");
    }
    return token.text();
  }

  private boolean onlyMatches() {
    if (!in.takeIf(",")) {
      return true;
    }
    Arguments a = arguments();
    return a.flag("onlyMatches", true);
  }

  private long number() {
    Token token = in.peek();
    if (in.constant() instanceof Number n && n.doubleValue() == n.longValue()) {
      return n.longValue();
    }
    throw in.error(token, "a whole number was expected", "Write a number such as 10.");
  }

  private Document map() {
    in.expect("{", "Write {\"old\": \"new\"}.");
    Document.Builder out = Document.builder();
    while (!in.takeIf("}")) {
      Token key = in.take();
      if (key.kind() != Token.Kind.TEXT && key.kind() != Token.Kind.NAME) {
        throw in.error(key, "a map has texts as keys", "Write {\"old\": \"new\"}.");
      }
      in.expect(":", "Write {\"old\": \"new\"}.");
      out.put(key.text(), in.constant());
      if (!in.peek().is("}")) {
        in.expect(",", "Separate entries by commas.");
      }
    }
    return out.build();
  }

  private List<?> constants() {
    return arguments().positional;
  }

  private List<ObjectId> ids(List<?> values) {
    List<ObjectId> ids = new ArrayList<>();
    for (Object value : values) {
      String text = String.valueOf(value);
      if (!ObjectId.isValid(text)) {
        throw in.error(
            in.peek(),
            "'" + text + "' is no id",
            "Ids have 24 hexadecimal digits; put them into quotes.");
      }
      ids.add(ObjectId.of(text));
    }
    return ids;
  }

  /** Reads arguments up to the closing bracket, which stays. */
  private Arguments arguments() {
    Arguments arguments = new Arguments();
    while (!in.peek().is(")")) {
      Token token = in.peek();
      if (token.kind() == Token.Kind.NAME && in.peek(1).is("=")) {
        in.take();
        in.take();
        arguments.named.put(token.text(), in.constant());
      } else {
        arguments.positional.add(in.constant());
      }
      if (!in.peek().is(")")) {
        in.expect(",", "Separate arguments by commas.");
      }
    }
    return arguments;
  }

  private final class Arguments {
    private final List<@Nullable Object> positional = new ArrayList<>();
    private final Map<String, @Nullable Object> named = new LinkedHashMap<>();

    boolean flag(String name, boolean defaultValue) {
      return named.get(name) instanceof Boolean b ? b : defaultValue;
    }

    @Nullable List<?> list(String name) {
      Object value = named.get(name);
      return value == null ? null : value instanceof List<?> l ? l : List.of(value);
    }

    List<?> texts() {
      return positional.stream().map(String::valueOf).toList();
    }

    String only(Token stage) {
      if (positional.size() != 1) {
        throw in.error(
            stage, stage.text() + " takes one field", "Write " + stage.text() + "(field).");
      }
      return String.valueOf(positional.get(0));
    }
  }
}
