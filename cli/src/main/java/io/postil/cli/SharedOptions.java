package io.postil.cli;

import io.postil.engine.Workspace;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Options that several commands share, and what goes with them: where to print, what to open. */
abstract class SharedOptions {
  private @Nullable CommandSpec spec;

  /** Adds the options to those of a command. */
  void syntax(Syntax syntax) {
    spec = syntax.spec();
  }

  final CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return spec;
  }

  final Main main() {
    return (Main) spec().root().userObject();
  }

  /** Opens the workspace the options name; the command closes it. */
  final Workspace open() {
    return main().workspace();
  }

  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  /** Prints warnings where they do not disturb a script. */
  final void warn(Iterable<String> warnings) {
    warnings.forEach(warning -> err().println("postil: warning: " + warning));
  }
}
