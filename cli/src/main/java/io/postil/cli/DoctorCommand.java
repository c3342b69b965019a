package io.postil.cli;

import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.engine.Workspace;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;

/**
 * {@code postil doctor}. A backend that cannot be used is told and is no failure of this command.
 */
final class DoctorCommand extends Command {
  private final Common common = new Common();

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Check Java, the database and the backends that are configured.")
        .footer("Example: postil doctor --json");
    common.syntax(syntax);
  }

  @Override
  public Integer call() {
    Main main = common.main();
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
    common.print(facts);
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
}
