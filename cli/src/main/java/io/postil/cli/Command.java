package io.postil.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** A command: what it takes, and what it does when it is called. */
abstract class Command implements Callable<Integer> {
  private @Nullable CommandSpec spec;

  /** Describes the command's options and parameters, in the order of its help. */
  abstract void syntax(Syntax syntax);

  /** What picocli runs; commands below this one are added to it. */
  final CommandLine line() {
    spec = Syntax.of(this);
    return new CommandLine(spec);
  }

  final CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return spec;
  }
}
