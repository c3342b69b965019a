package io.postil.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Range;

/**
 * What a command takes and what its help says, in the order of the help. Picocli could read the
 * same from annotations, which Java hands out through classes that it makes anew at each start: a
 * third of the time of {@code postil --help} (decision 030).
 *
 * <p>An argument that is given is handed to a function, which mostly sets a field. What else an
 * option or parameter has, such as a default value, is said to picocli's builder, which each method
 * gives back.
 */
final class Syntax {
  private final CommandSpec spec;
  private final List<Supplier<ArgSpec>> arguments = new ArrayList<>();
  private int parameters;

  private Syntax(Command command) {
    spec = CommandSpec.wrapWithoutInspection(command);
    spec.usageMessage().synopsisSubcommandLabel("COMMAND");
  }

  /** The command as picocli knows it. */
  static CommandSpec of(Command command) {
    Syntax syntax = new Syntax(command);
    command.syntax(syntax);
    syntax.arguments.forEach(argument -> syntax.spec.add(argument.get()));
    return syntax.spec;
  }

  /** The command that is described: where to print, and which command stands above. */
  CommandSpec spec() {
    return spec;
  }

  /** What the command is for: in the list of commands, and above its own help. */
  Syntax description(String... lines) {
    spec.usageMessage().description(lines);
    return this;
  }

  /** What stands below the help, after an empty line: mostly examples. */
  Syntax footer(String... lines) {
    String[] footer = new String[lines.length + 1];
    footer[0] = "";
    System.arraycopy(lines, 0, footer, 1, lines.length);
    spec.usageMessage().footer(footer);
    return this;
  }

  /** The help lists options in the order they are added, not by name. */
  Syntax keepOrder() {
    spec.usageMessage().sortOptions(false);
    return this;
  }

  /** An option without a value. */
  OptionSpec.Builder flag(String name, String description, Consumer<Boolean> to) {
    return added(OptionSpec.builder(name).type(boolean.class), description, to);
  }

  /** An option with a text. */
  OptionSpec.Builder option(String name, String label, String description, Consumer<String> to) {
    return option(String.class, name, label, description, to);
  }

  /** An option with a value of a type that picocli can read. */
  <T> OptionSpec.Builder option(
      Class<T> type, String name, String label, String description, Consumer<T> to) {
    return added(OptionSpec.builder(name).paramLabel(label).type(type), description, to);
  }

  /** An option that can be given several times. */
  OptionSpec.Builder options(
      String name, String label, String description, Consumer<List<String>> to) {
    OptionSpec.Builder option = OptionSpec.builder(name).paramLabel(label);
    return added(option.type(List.class).auxiliaryTypes(String.class), description, to);
  }

  /** An option {@code NAME=VALUE} that can be given several times. */
  OptionSpec.Builder pairs(
      String name, String label, String description, Consumer<Map<String, String>> to) {
    OptionSpec.Builder option = OptionSpec.builder(name).paramLabel(label);
    return added(
        option.type(Map.class).auxiliaryTypes(String.class, String.class), description, to);
  }

  /** The next argument that is no option: a text. */
  PositionalParamSpec.Builder parameter(String label, String description, Consumer<String> to) {
    return parameter(String.class, label, description, to);
  }

  /** The next argument that is no option: a value of a type that picocli can read. */
  <T> PositionalParamSpec.Builder parameter(
      Class<T> type, String label, String description, Consumer<T> to) {
    PositionalParamSpec.Builder parameter = PositionalParamSpec.builder().paramLabel(label);
    return added(parameter.type(type).index(Integer.toString(parameters++)), description, to);
  }

  /** All further arguments that are no options. */
  PositionalParamSpec.Builder parameters(
      String label, String description, Consumer<List<String>> to) {
    PositionalParamSpec.Builder parameter = rest(label);
    return added(parameter.type(List.class).auxiliaryTypes(String.class), description, to);
  }

  /** All further arguments that are no options, each {@code NAME=VALUE}. */
  PositionalParamSpec.Builder pairs(
      String label, String description, Consumer<Map<String, String>> to) {
    PositionalParamSpec.Builder parameter = rest(label);
    return added(
        parameter.type(Map.class).auxiliaryTypes(String.class, String.class), description, to);
  }

  private PositionalParamSpec.Builder rest(String label) {
    return PositionalParamSpec.builder().paramLabel(label).index(parameters + "..*");
  }

  private <V> OptionSpec.Builder added(
      OptionSpec.Builder option, String description, Consumer<V> to) {
    Value<V> value = new Value<>(to);
    arguments.add(option::build);
    // What the command holds before stays unless the option is given.
    return option.description(description).hasInitialValue(false).getter(value).setter(value);
  }

  private <V> PositionalParamSpec.Builder added(
      PositionalParamSpec.Builder parameter, String description, Consumer<V> to) {
    Value<V> value = new Value<>(to);
    // Picocli says so by itself of annotated parameters only.
    arguments.add(() -> parameter.required(isNeeded(parameter.arity())).build());
    return parameter.description(description).hasInitialValue(false).getter(value).setter(value);
  }

  private static boolean isNeeded(@Nullable Range arity) {
    return arity == null || arity.min() > 0;
  }

  /** What was given so far: picocli adds to it what is given again. */
  private static final class Value<V> implements IGetter, ISetter {
    private final Consumer<V> to;
    private @Nullable Object given;

    private Value(Consumer<V> to) {
      this.to = to;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    public <T> T get() {
      return (T) given;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T set(T value) {
      given = value;
      // The type is that of the argument's specification.
      to.accept((V) value);
      return value;
    }
  }
}
