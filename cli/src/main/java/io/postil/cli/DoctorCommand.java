package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetStoreProvider;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
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
    URI uri = main.database();
    List<String> schemes = new ArrayList<>();
    for (DatasetStoreProvider provider : ServiceLoader.load(DatasetStoreProvider.class)) {
      if (provider.scheme().equals(uri.getScheme())) {
        try (DatasetStore store = provider.open(uri, main.home())) {
          return store.describe();
        }
      }
      schemes.add(provider.scheme());
    }
    throw new PostilException(
        ErrorCode.INVALID_REQUEST,
        "no store for a database of scheme " + uri.getScheme(),
        "Known schemes: " + String.join(", ", schemes));
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
