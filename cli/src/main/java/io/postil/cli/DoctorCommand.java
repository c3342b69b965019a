package io.postil.cli;

import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.engine.Workspace;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code postil doctor}. */
@Command(
    name = "doctor",
    description = "Check Java, the database and what else Postil needs.",
    footer = {"", "Example: postil doctor --json"})
final class DoctorCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Override
  public Integer call() {
    if (main == null || spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    Document facts =
        Document.builder()
            .put(
                "java",
                Document.of(
                    "version",
                    Runtime.version().toString(),
                    "home",
                    System.getProperty("java.home")))
            .put("home", main.home().toString())
            .put("database", database(main))
            .build();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.write(facts));
    } else {
      print(out, "", facts);
    }
    return 0;
  }

  private static Document database(Main main) {
    try (DatasetStore store = Workspace.openStore(main.database(), main.home())) {
      return store.describe();
    }
  }

  private static void print(PrintWriter out, String indent, Document facts) {
    facts.forEach(
        (name, value) -> {
          if (value instanceof Document nested) {
            out.println(indent + name);
            print(out, indent + "  ", nested);
          } else {
            out.println(indent + name + ": " + value);
          }
        });
  }
}
