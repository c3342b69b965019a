package io.postil.cli;

import io.postil.core.store.DatasetStore;
import io.postil.engine.Workspace;
import io.postil.engine.config.Backends;
import io.postil.server.EngineAnnotationService;
import io.postil.server.PostilServer;
import io.postil.server.ServerOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** What the commands that serve the App have in common: their options, and serving until Ctrl-C. */
final class AppServer extends SharedOptions {
  /** The port unless the user says otherwise; the one that FiftyOne's users know. */
  static final int PORT = 5151;

  private int port = PORT;
  private boolean noBrowser;

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax
        .option(
            int.class,
            "--port",
            "N",
            "The port to listen on; 0 takes any free one (default: ${DEFAULT-VALUE}).",
            v -> port = v)
        .defaultValue(Integer.toString(PORT));
    syntax.flag("--no-browser", "Do not open a browser.", v -> noBrowser = v);
  }

  /**
   * Serves until the process is told to end.
   *
   * @param dataset the dataset to show first, or null for the list of datasets
   */
  int serve(Workspace workspace, @Nullable String dataset) {
    Backends backends = workspace.backends();
    warn(backends.config().warnings());
    DatasetStore store = workspace.store();
    Path home = workspace.home();
    try (PostilServer server =
        PostilServer.start(
            store,
            new EngineAnnotationService(store, backends, home),
            home,
            ServerOptions.DEFAULT.withPort(port))) {
      String address = server.url(page(dataset));
      out().println("Open " + address);
      out().println("Press Ctrl-C to stop.");
      if (!noBrowser && !Browser.open(address)) {
        err().println("postil: no browser could be opened; open the address by hand");
      }
      waitForTheEnd(server);
      return 0;
    }
  }

  private static String page(@Nullable String dataset) {
    return dataset == null
        ? "/"
        : "/datasets/" + URLEncoder.encode(dataset, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void waitForTheEnd(PostilServer server) {
    Thread closing = new Thread(server::close, "close the server");
    Runtime.getRuntime().addShutdownHook(closing);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(closing);
      Thread.currentThread().interrupt();
    }
  }
}
