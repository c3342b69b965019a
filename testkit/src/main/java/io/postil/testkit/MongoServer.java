package io.postil.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real MongoDB for tests. {@link #shared} is started once, by {@code ./check} or by the first
 * test that asks, as a replica set of one node; others are started for a test that kills them. Each
 * test takes a database of its own. Thread-safe.
 */
public final class MongoServer implements AutoCloseable {
  private static final String SCRIPT = "testkit/servers/mongod-up";
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable MongoServer shared;

  private final String address;
  private final List<Long> processes;
  private final @Nullable Path directory;
  private final int port;
  private final int members;
  private final String pem;

  private MongoServer(
      String address,
      List<Long> processes,
      @Nullable Path directory,
      int port,
      int members,
      String pem) {
    this.pem = pem;
    this.address = address;
    this.processes = processes;
    this.directory = directory;
    this.port = port;
    this.members = members;
  }

  /** The server that all tests share. */
  public static synchronized MongoServer shared() {
    MongoServer known = shared;
    if (known == null) {
      String given = System.getenv("POSTIL_TEST_MONGO");
      known =
          given != null && !given.isEmpty()
              ? new MongoServer(given, List.of(), null, 0, 1, "")
              : start(1);
      if (given == null || given.isEmpty()) {
        Runtime.getRuntime().addShutdownHook(new Thread(known::close));
      }
      shared = known;
    }
    return known;
  }

  /**
   * Starts a server of one's own.
   *
   * @param members nodes of the replica set; 0 for a single server without transactions
   */
  public static MongoServer start(int members) {
    return start(members, "");
  }

  /**
   * Starts a single server of one's own that speaks TLS only.
   *
   * @param pem a certificate for 127.0.0.1, its own authority, with its key; clients must have it
   */
  public static MongoServer startWithTls(Path pem) {
    return start(0, pem.toAbsolutePath().toString());
  }

  private static MongoServer start(int members, String pem) {
    try {
      // In memory where that can be: the tests wait for the disk else.
      Path memory = Path.of("/dev/shm");
      Path directory =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "postil-mongod")
              : Files.createTempDirectory("postil-mongod");
      return start(directory, freePort(), members, pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MongoServer start(Path directory, int port, int members, String pem) {
    List<String> command = new ArrayList<>(List.of(script(SCRIPT), directory.toString()));
    command.addAll(List.of(String.valueOf(port), String.valueOf(members)));
    if (!pem.isEmpty()) {
      command.add(pem);
    }
    Map<String, String> answer = run(command.toArray(new String[0]));
    List<Long> processes = new ArrayList<>();
    for (String pid : answer.getOrDefault("MONGO_PIDS", "").split(" ", -1)) {
      processes.add(Long.valueOf(pid));
    }
    return new MongoServer(
        answer.getOrDefault("MONGO_URI", ""), processes, directory, port, members, pem);
  }

  /** A file of the repository, which is the working directory or above it. */
  static String script(String name) {
    for (@Nullable Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      if (Files.isExecutable(up.resolve(name))) {
        return up.resolve(name).toString();
      }
    }
    throw new IllegalStateException("no " + name + " above the working directory");
  }

  private static int freePort() throws IOException {
    // A replica set takes the ports that follow; below those that systems hand out by themselves.
    for (int port = 21_000 + (int) (ProcessHandle.current().pid() % 5_000) * 2; ; port += 7) {
      boolean free = true;
      for (int next = port; next < port + 3; next++) {
        try (ServerSocket probe = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
          free &= probe.isBound();
        } catch (IOException e) {
          free = false;
        }
      }
      if (free) {
        return port;
      }
    }
  }

  /** Runs a script of {@code testkit/servers}; gives the shell assignments it prints. */
  static synchronized Map<String, String> run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed");
      }
      Map<String, String> assignments = new TreeMap<>();
      for (String line : out.split("\n", -1)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          assignments.put(line.substring(0, equals), line.substring(equals + 1).replace("'", ""));
        }
      }
      return assignments;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The address without a database. */
  public String address() {
    return address;
  }

  /** The address of a database. */
  public String address(String database) {
    int slash = address.indexOf('/', "mongodb://".length());
    return address.substring(0, slash + 1) + database + address.substring(slash + 1);
  }

  /** A name for a database that no other test uses. */
  public static String newDatabase() {
    return "postil_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
  }

  /** The port of a node. */
  public int port(int node) {
    return port + node;
  }

  /** Kills a node without warning. */
  public void kill(int node) {
    ProcessHandle.of(processes.get(node))
        .ifPresent(
            p -> {
              p.destroyForcibly();
              p.onExit().join();
            });
  }

  /** Starts the nodes that do not run, on the same data. */
  public void restart() {
    if (directory == null) {
      throw new IllegalStateException("the shared server is not this test's to restart");
    }
    MongoServer again = start(directory, port, members, pem);
    processes.clear();
    processes.addAll(again.processes);
  }

  @Override
  public void close() {
    for (int node = 0; node < processes.size(); node++) {
      kill(node);
    }
    if (directory != null) {
      try (var files = Files.walk(directory)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
