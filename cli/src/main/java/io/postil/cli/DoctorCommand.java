package io.postil.cli;

import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.engine.Workspace;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code postil doctor}. A backend that cannot be used is told and is no failure of this command.
 */
@Command(
    name = "doctor",
    description = "Check Java, the database and the backends that are configured.",
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
            .put("backends", backends(main.backends()))
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

  /** Whether the backends that somebody configured can be used. */
  private static Document backends(Backends backends) {
    AnnotationConfig config = backends.config();
    Document.Builder out = Document.builder();
    for (String name : config.backends()) {
      Document parameters = config.parameters(name);
      boolean configured =
          parameters != null
              && parameters.names().stream()
                  .anyMatch(p -> config.origin(name + "." + p) != AnnotationConfig.Origin.DEFAULT);
      if (configured && backends.provider(name) != null) {
        out.put(name, ready(backends, name));
      }
    }
    return out.build();
  }

  private static String ready(Backends backends, String name) {
    try (AnnotationBackend backend = backends.open(name, Document.empty())) {
      backend.checkReady();
      return "ready";
    } catch (PostilException e) {
      return e.getMessage() + (e.remedy() == null ? "" : " " + e.remedy());
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
