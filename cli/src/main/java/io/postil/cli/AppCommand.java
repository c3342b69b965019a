package io.postil.cli;

import io.postil.engine.Workspace;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code postil app}. */
@Command(
    name = "app",
    description = "The App: look at datasets and edit labels in the browser.",
    footer = {"", "Example: postil app launch quickstart"})
final class AppCommand extends Group {
  AppCommand() {
    super(Launch.class);
  }

  /** {@code postil app launch}. */
  @Command(
      name = "launch",
      description = "Serve the App on this machine and open it in the browser.",
      footer = {"", "Example: postil app launch quickstart --port 5151"})
  static final class Launch implements Callable<Integer> {
    @Mixin private AppServer server = new AppServer();

    @Parameters(
        arity = "0..1",
        paramLabel = "DATASET",
        description = "The dataset to show first (default: the list of datasets).")
    private @Nullable String dataset;

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
