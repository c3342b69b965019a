package io.postil.core.viewtext;

import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a stage, function or aggregation is given, by position or by name, and as what type its
 * maker wants it. What does not fit is an error that points at the argument. Not thread-safe.
 */
final class Call {
  private record Argument(Token start, Expression value) {}

  private final ExpressionParser in;
  private final Token name;
  private final Signature signature;
  private final Map<String, List<Argument>> arguments = new LinkedHashMap<>();

  private Call(ExpressionParser in, Token name, Signature signature) {
    this.in = in;
    this.name = name;
    this.signature = signature;
  }

  /** Reads the arguments behind an opening bracket, and the closing one. */
  static Call read(ExpressionParser in, Token name, Signature signature) {
    Call call = new Call(in, name, signature);
    for (int position = 0; !in.takeIf(")"); position++) {
      call.argument(position);
      if (!in.peek().is(")")) {
        in.expect(",", "Separate arguments by commas, and close them with a bracket.");
      }
    }
    for (Signature.Parameter parameter : signature.parameters()) {
      if (!parameter.optional() && !call.arguments.containsKey(parameter.name())) {
        throw in.error(name, name.text() + " needs its " + parameter.name(), call.usage());
      }
    }
    return call;
  }

  private void argument(int position) {
    Token start = in.peek();
    boolean named = start.kind() == Token.Kind.NAME && in.peek(1).is("=");
    Signature.Parameter parameter = named ? signature.find(start.text()) : signature.at(position);
    if (parameter == null) {
      throw named ? unknown(start) : in.error(start, "this argument is one too many", usage());
    }
    if (named) {
      in.take();
      in.take();
    }
    List<Argument> given = arguments.computeIfAbsent(parameter.name(), n -> new ArrayList<>());
    if (!given.isEmpty() && (named || !parameter.rest())) {
      throw in.error(start, parameter.name() + " is given twice", usage());
    }
    given.add(new Argument(in.peek(), in.expression()));
  }

  private PostilException unknown(Token start) {
    List<String> known = signature.parameters().stream().map(Signature.Parameter::name).toList();
    String nearest = Nearest.to(start.text(), known);
    String hint = usage() + (known.contains("condition") ? " Compare with ==." : "");
    return in.error(
        start,
        name.text() + " has no parameter '" + start.text() + "'",
        nearest == null ? hint : Nearest.hint(start.text(), known));
  }

  private String usage() {
    return "Write " + signature + ".";
  }

  /** The error of an argument that was given but is not what it must be. */
  private PostilException wrong(String parameter, String wanted) {
    return in.error(
        start(parameter), parameter + " of " + name.text() + " must be " + wanted, usage());
  }

  private <T> T required(String parameter, @Nullable T value, String wanted) {
    if (value == null) {
      throw wrong(parameter, wanted);
    }
    return value;
  }

  /** Where an argument that was given begins. */
  private Token start(String parameter) {
    return Objects.requireNonNull(given(parameter)).start();
  }

  private @Nullable Argument given(String parameter) {
    List<Argument> given = arguments.get(parameter);
    return given == null || given.isEmpty() ? null : given.get(0);
  }

  private @Nullable Object absent(String parameter) {
    return Objects.requireNonNull(signature.find(parameter)).absent();
  }

  /** Whether an argument was given. */
  boolean has(String parameter) {
    return given(parameter) != null;
  }

  /** An expression; null if it was left out. */
  @Nullable Expression optional(String parameter) {
    Argument argument = given(parameter);
    return argument == null || isNull(argument) ? null : argument.value();
  }

  private static boolean isNull(Argument argument) {
    return argument.value() instanceof Expression.Literal literal && literal.value() == null;
  }

  /** An expression. */
  Expression expression(String parameter) {
    Argument argument = given(parameter);
    return argument == null ? Expression.of(absent(parameter)) : argument.value();
  }

  /** The first argument, which most functions are about. */
  Expression x() {
    return expression(signature.parameters().get(0).name());
  }

  /** The expressions of a parameter that takes any number of them. */
  List<Expression> expressions(String parameter) {
    return arguments.getOrDefault(parameter, List.of()).stream().map(Argument::value).toList();
  }

  /** A constant: number, text, truth, null, list or document; a bare name is a text. */
  @Nullable Object constant(String parameter) {
    Argument argument = given(parameter);
    return argument == null ? absent(parameter) : constant(argument.start(), argument.value());
  }

  private @Nullable Object constant(Token start, Expression expression) {
    return switch (expression) {
      case Expression.Literal literal -> literal.value();
      case Expression.Array array -> {
        List<@Nullable Object> values = new ArrayList<>();
        array.elements().forEach(element -> values.add(constant(start, element)));
        yield Values.list(values);
      }
      case Expression.Entries entries -> {
        Document.Builder out = Document.builder();
        entries.entries().forEach(e -> out.put(e.name(), constant(start, e.value())));
        yield out.build();
      }
      case Expression.Field field -> field.name();
      case Expression.Path path -> path.text();
      case Expression.Operation operation -> {
        if (operation.operator().equals("$literal")
            && operation.argument() instanceof Expression.Literal literal) {
          yield literal.value();
        }
        throw in.error(start, "a constant is needed here, not a formula", usage());
      }
    };
  }

  /** Constants: those of a parameter that takes any number, or of one list in their place. */
  List<?> constants(String parameter) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Argument argument : arguments.getOrDefault(parameter, List.of())) {
      values.add(constant(argument.start(), argument.value()));
    }
    return values.size() == 1 && values.get(0) instanceof List<?> list ? list : Values.list(values);
  }

  /** A list of constants, or one in its place; null if it was left out. */
  @Nullable List<?> optionalList(String parameter) {
    return has(parameter) && constant(parameter) != null ? constants(parameter) : null;
  }

  /** Texts: those of a parameter that takes any number, or of one list in their place. */
  List<String> texts(String parameter) {
    return constants(parameter).stream().map(String::valueOf).toList();
  }

  /** Ids: those of a parameter that takes any number, or of one list in their place. */
  List<ObjectId> ids(String parameter) {
    List<ObjectId> ids = new ArrayList<>();
    for (String text : texts(parameter)) {
      if (!ObjectId.isValid(text)) {
        throw in.error(
            start(parameter),
            "'" + text + "' is no id",
            "Ids have 24 hexadecimal digits; put them into quotes.");
      }
      ids.add(ObjectId.of(text));
    }
    return ids;
  }

  /** A text in quotes, or a bare name; null if it was left out. */
  @Nullable String optionalText(String parameter) {
    Object value = constant(parameter);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw wrong(parameter, "a text");
  }

  /** A text in quotes, or a bare name. */
  String text(String parameter) {
    return required(parameter, optionalText(parameter), "a text");
  }

  /** A text in quotes: a bare name would be a field, which is not possible here. */
  String quoted(String parameter) {
    requireQuotes(parameter);
    return text(parameter);
  }

  /** Texts in quotes, as a list or one in its place. */
  List<String> quotedTexts(String parameter) {
    requireQuotes(parameter);
    return texts(parameter);
  }

  private void requireQuotes(String parameter) {
    Argument argument = given(parameter);
    if (argument != null
        && (argument.value() instanceof Expression.Field
            || argument.value() instanceof Expression.Path)) {
      throw wrong(parameter, "a text in quotes; it cannot be a field");
    }
  }

  boolean flag(String parameter) {
    Object value = constant(parameter);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(parameter, "true or false");
  }

  /** A whole number; null if it was left out. */
  @Nullable Long optionalWhole(String parameter) {
    Object value = constant(parameter);
    if (value == null) {
      return null;
    }
    if (value instanceof Number n && n.doubleValue() == n.longValue()) {
      return n.longValue();
    }
    throw wrong(parameter, "a whole number");
  }

  long whole(String parameter) {
    return required(parameter, optionalWhole(parameter), "a whole number");
  }

  /** A whole number such as a position in a list; null if it was left out. */
  @Nullable Integer optionalPosition(String parameter) {
    Long value = optionalWhole(parameter);
    if (value != null && value != value.intValue()) {
      throw wrong(parameter, "a smaller number");
    }
    return value == null ? null : value.intValue();
  }

  int position(String parameter) {
    return required(parameter, optionalPosition(parameter), "a whole number");
  }

  /** A map such as {@code {cat: "feline", dog: null}}; its values may be expressions. */
  Map<@Nullable Object, Object> map(String parameter) {
    Argument argument = Objects.requireNonNull(given(parameter));
    Map<@Nullable Object, Object> map = new LinkedHashMap<>();
    if (argument.value() instanceof Expression.Entries entries) {
      entries.entries().forEach(e -> map.put(e.name(), e.value()));
    } else if (argument.value() instanceof Expression.Array pairs) {
      for (Expression pair : pairs.elements()) {
        if (!(pair instanceof Expression.Array two) || two.elements().size() != 2) {
          throw wrong(parameter, MAP);
        }
        map.put(constant(argument.start(), two.elements().get(0)), two.elements().get(1));
      }
    } else {
      throw wrong(parameter, MAP);
    }
    return map;
  }

  private static final String MAP =
      "a map such as {\"old\": \"new\"}, or pairs such as [[1, \"one\"], [null, \"none\"]]";

  /** A map whose values are constants; see {@link #map}. */
  Map<@Nullable Object, @Nullable Object> constantMap(String parameter) {
    Token start = start(parameter);
    Map<@Nullable Object, @Nullable Object> constants = new LinkedHashMap<>();
    map(parameter).forEach((key, value) -> constants.put(key, constant(start, (Expression) value)));
    return constants;
  }

  /** Whether an argument is the order of the key before it. */
  static boolean isOrder(Expression argument) {
    return argument instanceof Expression.Field f
        && (f.name().equals("asc") || f.name().equals("desc"));
  }

  /** Fails if a formula on samples reads a field that nothing of a view can have. */
  void requireKnown(String parameter, ViewSchema view) {
    for (Argument argument : arguments.getOrDefault(parameter, List.of())) {
      String unknown =
          argument.value() instanceof Expression.Entries || isOrder(argument.value())
              ? null
              : view.unknownIn(argument.value());
      if (unknown != null) {
        PostilException error = view.unknownField(unknown);
        String remedy = error.remedy();
        throw in.error(
            in.find(argument.start(), unknown),
            Objects.requireNonNull(error.getMessage()),
            remedy == null ? usage() : remedy);
      }
    }
  }

  /** The error of the call as a whole. */
  PostilException error(String message) {
    return in.error(name, message, usage());
  }
}
