package io.postil.cli;

import io.postil.core.ProgressListener;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import org.jspecify.annotations.Nullable;

/** What every command that prints has: where to print, and {@code --json}. */
final class Common extends SharedOptions {
  private boolean json;

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax.flag("--json", "Print one JSON document.", v -> json = v);
  }

  boolean json() {
    return json;
  }

  /** Shows progress if somebody watches. */
  ProgressListener progress() {
    return main().isInteractive() ? new ProgressLine(err()) : ProgressListener.NONE;
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
