package io.postil.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the server runs.
 *
 * @param host the address to listen on; loopback unless the user says otherwise
 * @param port the port; 0 lets the system choose
 * @param token the secret that opens the App; null makes a random one
 * @param ui a directory with the built App, instead of the one in the jar; for working on the App
 */
public record ServerOptions(String host, int port, @Nullable String token, @Nullable Path ui) {
  /** Loopback, any free port, a random token, the App of the jar. */
  public static final ServerOptions DEFAULT = new ServerOptions("127.0.0.1", 0, null, null);

  /** These options with another port. */
  public ServerOptions withPort(int port) {
    return new ServerOptions(host, port, token, ui);
  }

  /** These options with another host. */
  public ServerOptions withHost(String host) {
    return new ServerOptions(host, port, token, ui);
  }

  /** These options with another directory of the App's files. */
  public ServerOptions withUi(@Nullable Path ui) {
    return new ServerOptions(host, port, token, ui);
  }
}
