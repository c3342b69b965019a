package io.postil.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that only has commands below it: by itself it prints its help and fails. */
abstract class Group implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private final List<Class<?>> commands;

  /** A group of annotated classes, in the order of the help. */
  Group(Class<?>... commands) {
    this.commands = List.of(commands);
  }

  /**
   * Puts the one command below this one that is called, or all if none of them is: to read the
   * annotations of a command takes some milliseconds.
   *
   * @param called the argument that should be a command's name
   */
  final void addCommands(CommandLine line, @Nullable String called) {
    List<Class<?>> wanted = commands.stream().filter(c -> name(c).equals(called)).toList();
    for (Class<?> command : wanted.isEmpty() ? commands : wanted) {
      line.addSubcommand(name(command), command);
    }
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  @Override
  public final Integer call() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getErr());
    }
    return 2;
  }
}
