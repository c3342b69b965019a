package io.postil.server;

import com.sun.net.httpserver.HttpServer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.server.internal.AccessGuard;
import io.postil.server.internal.RootHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The running server. Thread-safe. */
public final class PostilServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService executor;
  private final AccessGuard guard;
  private final String host;

  private PostilServer(
      HttpServer server, ExecutorService executor, AccessGuard guard, String host) {
    this.server = server;
    this.executor = executor;
    this.guard = guard;
    this.host = host;
  }

  /**
   * Starts to serve. The store stays the caller's: close it after the server.
   *
   * @param store the datasets
   * @param annotation the work on annotation runs
   * @param home the directory of Postil's own files, for thumbnails
   * @param options address, token
   * @throws PostilException with {@code PORT_IN_USE} if somebody listens there already
   */
  public static PostilServer start(
      DatasetStore store, AnnotationService annotation, Path home, ServerOptions options) {
    // Small answers must not wait for the acknowledgement of the one before.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server = bind(options);
    int port = server.getAddress().getPort();
    AccessGuard guard = new AccessGuard(options.token(), options.host(), port);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(executor);
    server.createContext("/", new RootHandler(store, annotation, home, options.ui(), guard));
    server.start();
    return new PostilServer(server, executor, guard, options.host());
  }

  private static HttpServer bind(ServerOptions options) {
    try {
      InetAddress address = InetAddress.getByName(options.host());
      return HttpServer.create(new InetSocketAddress(address, options.port()), 0);
    } catch (BindException e) {
      throw new PostilException(
          ErrorCode.PORT_IN_USE,
          "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(),
          "choose another port with --port, or 0 for any free one",
          e);
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "cannot listen on " + options.host() + ": " + e.getMessage(),
          "give an address of this machine with --host",
          e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** The secret that requests must show. */
  public String token() {
    return guard.token();
  }

  /**
   * The address that opens a page of the App, with the token.
   *
   * @param page for instance {@code /datasets/quickstart}
   */
  public String url(String page) {
    String name = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    String shown = name.contains(":") ? "[" + name + "]" : name;
    String path = page.startsWith("/") ? page : "/" + page;
    return "http://" + shown + ":" + port() + path + "?token=" + guard.token();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
