package io.postil.cli;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A command that only has commands below it: by itself it prints its help and fails. */
abstract class Group extends Command {
  private final List<Entry> commands;

  /** A command below this one. */
  record Entry(String name, Supplier<Command> create) {}

  /** A group of commands, in the order of the help. */
  Group(Entry... commands) {
    this.commands = List.of(commands);
  }

  static Entry command(String name, Supplier<Command> create) {
    return new Entry(name, create);
  }

  /**
   * Puts the one command below this one that is called, or all if none of them is: to describe a
   * command takes a moment.
   *
   * @param called the argument that should be a command's name
   */
  final void addCommands(CommandLine line, @Nullable String called) {
    List<Entry> wanted = commands.stream().filter(c -> c.name().equals(called)).toList();
    for (Entry entry : wanted.isEmpty() ? commands : wanted) {
      line.addSubcommand(entry.name(), entry.create().get().line());
    }
  }

  @Override
  public final Integer call() {
    spec().commandLine().usage(spec().commandLine().getErr());
    return 2;
  }
}
