package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns expressions into {@link Evaluator}s: names of variables become positions, constants are
 * folded, unknown operators are refused here, before any sample is read. One compiler serves one
 * {@link Scope} layout; not thread-safe.
 */
final class ExpressionCompiler {
  private final Map<String, Integer> visible = new HashMap<>();
  private final Set<String> rootFields = new LinkedHashSet<>();
  private boolean wholeRoot;
  private int slots;

  /** Declares a variable such as {@code this} and returns its position in the scope. */
  int declare(String name) {
    int slot = slots++;
    visible.put(name, slot);
    return slot;
  }

  /** A scope with room for all variables declared so far; make it after compiling. */
  Scope newScope() {
    return new Scope(slots);
  }

  /**
   * The fields of the root that were compiled into expressions; a frame field has the prefix {@code
   * frames.}, and {@code frames} alone means all of them.
   */
  Set<String> rootFields() {
    return rootFields;
  }

  /** Notes that a path from the root is read. */
  void uses(String path) {
    String[] names = path.split("\\.", -1);
    boolean frame = names[0].equals("frames") && names.length > 1;
    rootFields.add(frame ? "frames." + names[1] : names[0]);
  }

  /** Whether the whole root was asked for. */
  boolean usesWholeRoot() {
    return wholeRoot;
  }

  /** Compiles an expression in MongoDB's form. */
  Evaluator compileValue(@Nullable Object value) {
    return compile(Expression.parse(value));
  }

  Evaluator compile(Expression expression) {
    return switch (expression) {
      case Expression.Literal literal -> {
        Object value = literal.value();
        yield scope -> value;
      }
      case Expression.Field field -> compile(field.in(null));
      case Expression.Path path -> compilePath(path.text());
      case Expression.Array array -> {
        List<Evaluator> elements = array.elements().stream().map(this::compile).toList();
        yield scope -> {
          @Nullable Object[] values = new @Nullable Object[elements.size()];
          for (int i = 0; i < values.length; i++) {
            Object value = elements.get(i).eval(scope);
            values[i] = value == Missing.MISSING ? null : value;
          }
          return Values.listOf(values);
        };
      }
      case Expression.Entries entries -> {
        List<String> names = entries.entries().stream().map(Expression.Entry::name).toList();
        List<Evaluator> values = entries.entries().stream().map(e -> compile(e.value())).toList();
        yield scope -> {
          Document.Builder out = Document.builder();
          for (int i = 0; i < names.size(); i++) {
            Object value = values.get(i).eval(scope);
            if (value != Missing.MISSING) {
              out.put(names.get(i), value);
            }
          }
          return out.build();
        };
      }
      case Expression.Operation operation -> compileOperation(operation);
    };
  }

  /** The names of a path; as the very objects that property switches name, which compares fast. */
  private static String[] names(String path) {
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length; i++) {
      names[i] = names[i].intern();
    }
    return names;
  }

  private Evaluator compilePath(String text) {
    if (!text.startsWith("$$")) {
      String[] names = names(text.substring(1));
      uses(text.substring(1));
      if (names.length == 1) {
        return scope -> Fields.get(scope.root, names[0]);
      }
      return scope -> Fields.path(scope.root, names, 0);
    }
    String[] names = names(text.substring(2));
    switch (names[0]) {
      case "ROOT", "CURRENT" -> {
        if (names.length == 1) {
          wholeRoot = true;
          return scope -> {
            Document document = BsonOrder.asDocument(scope.root);
            return document == null ? scope.root : document;
          };
        }
        uses(text.substring(text.indexOf('.') + 1));
        return scope -> Fields.path(scope.root, names, 1);
      }
      case "REMOVE" -> {
        return scope -> Missing.MISSING;
      }
      case "NOW" -> {
        java.time.Instant now = java.time.Instant.ofEpochMilli(System.currentTimeMillis());
        return scope -> now;
      }
      default -> {
        Integer slot = visible.get(names[0]);
        if (slot == null) {
          throw EvaluationError.of(17276, "Use of undefined variable: " + names[0]);
        }
        if (names.length == 1) {
          return scope -> scope.variables[slot];
        }
        if (names.length == 2) {
          String name = names[1];
          return scope -> {
            Object variable = scope.variables[slot];
            // Labels first: that an object is no list takes longer to find out.
            return variable instanceof Label || !(variable instanceof List<?>)
                ? Fields.get(variable, name)
                : Fields.path(variable, names, 1);
          };
        }
        return scope -> Fields.path(scope.variables[slot], names, 1);
      }
    }
  }

  private Evaluator compileOperation(Expression.Operation operation) {
    String op = operation.operator();
    Expression argument = operation.argument();
    switch (op) {
      case "$literal" -> {
        Object value = ((Expression.Literal) argument).value();
        return scope -> value;
      }
      case "$expr" -> {
        return compile(argument);
      }
      case "$filter" -> {
        return filter(entries(op, argument));
      }
      case "$map" -> {
        return map(entries(op, argument));
      }
      case "$reduce" -> {
        return reduce(entries(op, argument));
      }
      case "$let" -> {
        return let(entries(op, argument));
      }
      case "$switch" -> {
        return switchOf(entries(op, argument));
      }
      case "$cond" -> {
        return cond(argument);
      }
      case "$and" -> {
        List<Evaluator> parts = compileAll(argument);
        return scope -> {
          for (Evaluator part : parts) {
            if (!part.test(scope)) {
              return false;
            }
          }
          return true;
        };
      }
      case "$or" -> {
        List<Evaluator> parts = compileAll(argument);
        return scope -> {
          for (Evaluator part : parts) {
            if (part.test(scope)) {
              return true;
            }
          }
          return false;
        };
      }
      case "$ifNull" -> {
        List<Evaluator> parts = compileAll(argument);
        return scope -> {
          Object value = null;
          for (Evaluator part : parts) {
            value = part.eval(scope);
            if (value != null && value != Missing.MISSING) {
              return value;
            }
          }
          return value;
        };
      }
      case "$convert" -> {
        return ConvertOperator.compile(this, entries(op, argument));
      }
      case "$getField" -> {
        return GetFieldOperator.compile(this, argument);
      }
      case "$function" -> {
        return JavaScriptSort.compile(this, entries(op, argument));
      }
      default -> {
        if (Operators.isNamed(op)) {
          Expression.Entries named = entries(op, argument);
          Map<String, Evaluator> arguments = new HashMap<>();
          named.entries().forEach(e -> arguments.put(e.name(), compile(e.value())));
          return Operators.named(op, arguments);
        }
        if (!Operators.isKnown(op)) {
          throw unknownOperator(op);
        }
        if (argument instanceof Expression.Array) {
          return Operators.of(op, compileAll(argument));
        }
        return Operators.ofSingle(op, compile(argument));
      }
    }
  }

  private static PostilException unknownOperator(String op) {
    return new PostilException(
        ErrorCode.EVALUATION_FAILED,
        "the operator " + op + " cannot be evaluated here (MongoDB error 168)",
        "Use one of the operators of docs/guide/views.md.");
  }

  List<Evaluator> compileAll(Expression argument) {
    return argument instanceof Expression.Array array
        ? array.elements().stream().map(this::compile).toList()
        : List.of(compile(argument));
  }

  private static Expression.Entries entries(String op, Expression argument) {
    if (argument instanceof Expression.Entries entries) {
      return entries;
    }
    throw EvaluationError.of(28646, op + " only supports an object as its argument");
  }

  static Expression required(Expression.Entries entries, String op, String name) {
    Expression value = entries.get(name);
    if (value == null) {
      throw EvaluationError.of(28648, "Missing '" + name + "' parameter to " + op);
    }
    return value;
  }

  private static String text(@Nullable Expression expression, String defaultValue) {
    return expression instanceof Expression.Literal literal && literal.value() instanceof String s
        ? s
        : defaultValue;
  }

  /** Compiles with a variable in sight that hides an outer one of the same name. */
  private Evaluator within(String name, int slot, Expression body) {
    Integer hidden = visible.put(name, slot);
    try {
      return compile(body);
    } finally {
      if (hidden == null) {
        visible.remove(name);
      } else {
        visible.put(name, hidden);
      }
    }
  }

  private Evaluator filter(Expression.Entries entries) {
    Evaluator input = compile(required(entries, "$filter", "input"));
    int slot = slots++;
    Evaluator condition =
        within(text(entries.get("as"), "this"), slot, required(entries, "$filter", "cond"));
    return scope -> {
      Object list = input.eval(scope);
      if (list == null || list == Missing.MISSING) {
        return null;
      }
      if (!(list instanceof List<?> elements)) {
        throw EvaluationError.of(
            28651, "input to $filter must be an array not " + BsonOrder.typeName(list));
      }
      List<@Nullable Object> kept = new ArrayList<>();
      for (Object element : elements) {
        scope.variables[slot] = element;
        if (condition.test(scope)) {
          kept.add(element);
        }
      }
      return kept.size() == elements.size() ? elements : Values.list(kept);
    };
  }

  private Evaluator map(Expression.Entries entries) {
    Evaluator input = compile(required(entries, "$map", "input"));
    int slot = slots++;
    Evaluator body = within(text(entries.get("as"), "this"), slot, required(entries, "$map", "in"));
    return scope -> {
      Object list = input.eval(scope);
      if (list == null || list == Missing.MISSING) {
        return null;
      }
      if (!(list instanceof List<?> elements)) {
        throw EvaluationError.of(
            16883, "input to $map must be an array not " + BsonOrder.typeName(list));
      }
      @Nullable Object[] values = new @Nullable Object[elements.size()];
      for (int i = 0; i < values.length; i++) {
        scope.variables[slot] = elements.get(i);
        Object value = body.eval(scope);
        values[i] = value == Missing.MISSING ? null : value;
      }
      return Values.listOf(values);
    };
  }

  private Evaluator reduce(Expression.Entries entries) {
    Evaluator input = compile(required(entries, "$reduce", "input"));
    Evaluator initial = compile(required(entries, "$reduce", "initialValue"));
    int element = slots++;
    int accumulator = slots++;
    Integer hiddenThis = visible.put("this", element);
    Integer hiddenValue = visible.put("value", accumulator);
    Evaluator body = compile(required(entries, "$reduce", "in"));
    restore("this", hiddenThis);
    restore("value", hiddenValue);
    return scope -> {
      Object list = input.eval(scope);
      if (list == null || list == Missing.MISSING) {
        return null;
      }
      if (!(list instanceof List<?> elements)) {
        throw EvaluationError.of(
            40080, "$reduce requires that 'input' be an array, found: " + BsonOrder.typeName(list));
      }
      Object value = initial.eval(scope);
      for (Object e : elements) {
        scope.variables[element] = e;
        scope.variables[accumulator] = value;
        value = body.eval(scope);
      }
      return value;
    };
  }

  private void restore(String name, @Nullable Integer hidden) {
    if (hidden == null) {
      visible.remove(name);
    } else {
      visible.put(name, hidden);
    }
  }

  private Evaluator let(Expression.Entries entries) {
    Expression vars = required(entries, "$let", "vars");
    List<Integer> targets = new ArrayList<>();
    List<Evaluator> values = new ArrayList<>();
    Map<String, @Nullable Integer> hidden = new HashMap<>();
    if (vars instanceof Expression.Entries named) {
      for (Expression.Entry entry : named.entries()) {
        values.add(compile(entry.value()));
      }
      for (Expression.Entry entry : named.entries()) {
        int slot = slots++;
        targets.add(slot);
        hidden.put(entry.name(), visible.put(entry.name(), slot));
      }
    }
    Evaluator body = compile(required(entries, "$let", "in"));
    hidden.forEach(this::restore);
    return scope -> {
      @Nullable Object[] computed = new @Nullable Object[values.size()];
      for (int i = 0; i < computed.length; i++) {
        computed[i] = values.get(i).eval(scope);
      }
      for (int i = 0; i < computed.length; i++) {
        scope.variables[targets.get(i)] = computed[i];
      }
      return body.eval(scope);
    };
  }

  private Evaluator cond(Expression argument) {
    Evaluator condition;
    Evaluator then;
    Evaluator otherwise;
    if (argument instanceof Expression.Entries entries) {
      condition = compile(required(entries, "$cond", "if"));
      then = compile(required(entries, "$cond", "then"));
      otherwise = compile(required(entries, "$cond", "else"));
    } else {
      List<Evaluator> parts = compileAll(argument);
      if (parts.size() != 3) {
        throw EvaluationError.of(
            16020,
            "Expression $cond takes exactly 3 arguments. " + parts.size() + " were passed in.");
      }
      condition = parts.get(0);
      then = parts.get(1);
      otherwise = parts.get(2);
    }
    return scope -> condition.test(scope) ? then.eval(scope) : otherwise.eval(scope);
  }

  private Evaluator switchOf(Expression.Entries entries) {
    List<Evaluator> cases = new ArrayList<>();
    List<Evaluator> values = new ArrayList<>();
    if (entries.get("branches") instanceof Expression.Array branches) {
      for (Expression branch : branches.elements()) {
        Expression.Entries parts = entries("$switch", branch);
        cases.add(compile(required(parts, "$switch", "case")));
        values.add(compile(required(parts, "$switch", "then")));
      }
    }
    Expression otherwise = entries.get("default");
    Evaluator defaultValue = otherwise == null ? null : compile(otherwise);
    return scope -> {
      for (int i = 0; i < cases.size(); i++) {
        if (cases.get(i).test(scope)) {
          return values.get(i).eval(scope);
        }
      }
      if (defaultValue == null) {
        throw EvaluationError.of(
            40066,
            "$switch could not find a matching branch for an input, and no default was specified.");
      }
      return defaultValue.eval(scope);
    };
  }
}
