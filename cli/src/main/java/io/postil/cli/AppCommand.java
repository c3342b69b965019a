package io.postil.cli;

import io.postil.engine.Workspace;
import org.jspecify.annotations.Nullable;

/** {@code postil app}. */
final class AppCommand extends Group {
  AppCommand() {
    super(command("launch", Launch::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("The App: look at datasets and edit labels in the browser.")
        .footer("Example: postil app launch quickstart");
  }

  /** {@code postil app launch}. */
  static final class Launch extends Command {
    private final AppServer server = new AppServer();
    private @Nullable String dataset;

    @Override
    void syntax(Syntax syntax) {
      syntax
          .description("Serve the App on this machine and open it in the browser.")
          .footer("Example: postil app launch quickstart --port 5151");
      server.syntax(syntax);
      syntax
          .parameter(
              "DATASET",
              "The dataset to show first (default: the list of datasets).",
              v -> dataset = v)
          .arity("0..1");
    }

    @Override
    public Integer call() {
      try (Workspace workspace = server.open()) {
        if (dataset != null) {
          workspace.dataset(dataset); // A name that is wrong is said here, not in the browser.
        }
        return server.serve(workspace, dataset);
      }
    }
  }
}
