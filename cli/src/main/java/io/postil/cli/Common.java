package io.postil.cli;

import io.postil.core.ProgressListener;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.engine.Workspace;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What every command that prints has: where to print, and {@code --json}. */
final class Common {
  private @Nullable CommandSpec spec;
  private boolean json;

  void syntax(Syntax syntax) {
    spec = syntax.spec();
    syntax.flag("--json", "Print one JSON document.", v -> json = v);
  }

  boolean json() {
    return json;
  }

  CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return spec;
  }

  Main main() {
    return (Main) spec().root().userObject();
  }

  /** Opens the workspace the options name; the command closes it. */
  Workspace open() {
    return main().workspace();
  }

  PrintWriter out() {
    return spec().commandLine().getOut();
  }

  PrintWriter err() {
    return spec().commandLine().getErr();
  }

  /** Shows progress if somebody watches. */
  ProgressListener progress() {
    return main().isInteractive() ? new ProgressLine(err()) : ProgressListener.NONE;
  }

  /** Prints a warning where it does not disturb a script. */
  void warn(Iterable<String> warnings) {
    warnings.forEach(warning -> err().println("postil: warning: " + warning));
  }

  /** Prints facts: as JSON if asked, else indented. */
  void print(Document facts) {
    if (json) {
      out().println(Json.write(facts));
    } else {
      print("", facts);
    }
  }

  private void print(String indent, Document facts) {
    facts.forEach(
        (name, value) -> {
          if (value instanceof Document nested && !nested.isEmpty()) {
            out().println(indent + name + ":");
            print(indent + "  ", nested);
          } else {
            out().println(indent + name + ": " + text(value));
          }
        });
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return "-";
    }
    return value instanceof String || value instanceof Number || value instanceof Boolean
        ? value.toString()
        : Json.write(value);
  }
}
