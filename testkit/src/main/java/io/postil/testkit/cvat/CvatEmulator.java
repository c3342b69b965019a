package io.postil.testkit.cvat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A CVAT server for tests, on a free port of 127.0.0.1. It keeps what it is told until it is
 * closed; media files go to a directory that is deleted then, or when the process ends. Three
 * accounts are there: {@link #ADMIN}, who sees everything, {@link #USER} and {@link #OTHER_USER},
 * all with the password {@link #PASSWORD}. Thread-safe.
 */
public final class CvatEmulator implements AutoCloseable {
  /** An account that may do everything. */
  public static final String ADMIN = "admin1";

  /** A plain account. */
  public static final String USER = "worker1";

  /** Another plain account. */
  public static final String OTHER_USER = "review1";

  /** The password of all accounts. */
  public static final String PASSWORD = "correct horse";

  /** A version that tells of finished work by {@code /tasks/N/status}. */
  public static final String OLD = "2.15.0";

  /** A version with the requests API and access tokens. */
  public static final String NEW = "2.80.0";

  /**
   * How it behaves.
   *
   * @param version the version it says it is and behaves like
   * @param port the port, or 0 for a free one
   * @param share the directory whose files count as the server's share, or null for none
   * @param behindProxy whether it stands behind a proxy that tells its own name, as CVAT's
   *     containers do; without one, uploads in chunks need a header {@code X-Forwarded-Host} or
   *     {@code Origin}
   * @param polls how often a client must ask until media are ready
   * @param throttleAnonymous whether requests without an account are limited, as on a real server
   * @param clock the time
   */
  public record Options(
      String version,
      int port,
      @Nullable Path share,
      boolean behindProxy,
      int polls,
      boolean throttleAnonymous,
      InstantSource clock) {
    /** A server of a version, behind a proxy, on a free port. */
    public static Options of(String version) {
      return new Options(version, 0, null, true, 1, true, InstantSource.system());
    }

    /** The same with a share. */
    public Options withShare(Path directory) {
      return new Options(version, port, directory, behindProxy, polls, throttleAnonymous, clock);
    }

    /** The same on a port. */
    public Options withPort(int number) {
      return new Options(version, number, share, behindProxy, polls, throttleAnonymous, clock);
    }

    /** The same without a proxy. */
    public Options withoutProxy() {
      return new Options(version, port, share, false, polls, throttleAnonymous, clock);
    }

    /** The same with another number of polls until media are ready. */
    public Options withPolls(int number) {
      return new Options(version, port, share, behindProxy, number, throttleAnonymous, clock);
    }
  }

  static {
    // Without it the JDK's server waits before it sends the body of an answer.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final WorkDirectory directory;
  private final State state;
  private final Auth auth;
  private final Router router = new Router();
  private final Faults faults = new Faults();
  private final List<String> requests = new ArrayList<>();

  private CvatEmulator(Options options) throws IOException {
    directory = WorkDirectory.create("cvat-emulator");
    state = new State(options.clock(), directory.path(), options.version());
    auth = new Auth(state, options.throttleAnonymous());
    addUser(1, ADMIN, true);
    addUser(2, USER, false);
    addUser(3, OTHER_USER, false);
    Labels labels = new Labels(state);
    Webhooks webhooks = new Webhooks(state);
    Jobs jobs = new Jobs(state);
    Tasks tasks = new Tasks(state, labels, webhooks);
    new Server(state, options.share()).addTo(router);
    auth.addTo(router);
    new Organizations(state).addTo(router);
    labels.addTo(router);
    new Projects(state, labels, webhooks).addTo(router);
    tasks.addTo(router);
    new TaskMedia(state, options.share(), options.behindProxy(), options.polls()).addTo(router);
    jobs.addTo(router);
    new Issues(state).addTo(router);
    new Annotations(state).addTo(router);
    webhooks.addTo(router);
    new Exports(state).addTo(router);
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 0);
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void addUser(int id, String name, boolean admin) {
    state.reserve("user", id);
    state.users.put(id, new State.User(id, name, PASSWORD, admin, state.now()));
  }

  /** Starts a server. */
  public static CvatEmulator start(Options options) {
    try {
      return new CvatEmulator(options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server of a version. */
  public static CvatEmulator start(String version) {
    return start(Options.of(version));
  }

  /** The address, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A token of an account, for the header {@code Authorization: Token ...}. */
  public String token(String user) {
    synchronized (state) {
      return auth.tokenOf(auth.byName(user));
    }
  }

  /** Makes the files of a directory a cloud storage. */
  public int addCloudStorage(Path directory) {
    synchronized (state) {
      int id = state.nextId("cloudstorage");
      state.cloudStorages.put(id, directory);
      return id;
    }
  }

  /**
   * Cuts a task into jobs anew, as if it had been made with these sizes; annotations stay, and are
   * in every job that has their frame. Tracks stay in the first.
   */
  public void cut(long task, int segmentSize, int overlap) {
    synchronized (state) {
      State.Task found = state.tasks.get((int) task);
      if (found == null) {
        throw new IllegalArgumentException("no task " + task);
      }
      MediaWork.cut(state, found, segmentSize, overlap);
    }
  }

  /** The faults that calls meet. */
  public Faults faults() {
    return faults;
  }

  /** The calls so far, such as {@code GET /api/tasks/1}, in the order they came. */
  public List<String> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** Forgets the calls so far. */
  public void clearRequests() {
    synchronized (requests) {
      requests.clear();
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    Call call = new Call(exchange);
    synchronized (requests) {
      requests.add(call.method + " " + call.path);
    }
    Faults.Fault fault = faults.next(call.method, call.path);
    try {
      fault.before().run();
      if (fault.status() == Faults.Fault.BROKEN) {
        call.close();
        return;
      }
      if (fault.status() != 0) {
        call.bytes();
        fault.headers().forEach(call::set);
        call.send(fault.status(), call.encode(fault.body(), fault.html()));
        return;
      }
      answer(call, fault);
    } catch (RuntimeException | IOException e) {
      // A fault of the emulator, or a client that went away.
      e.printStackTrace();
      call.close();
    }
  }

  private void answer(Call call, Faults.Fault fault) throws IOException {
    byte[] bytes;
    int status;
    try {
      if (call.contentType().startsWith("multipart/")) {
        call.readParts(state.directory);
      } else {
        call.bytes();
      }
      Answer answer;
      synchronized (state) {
        auth.identify(call);
        answer = router.dispatch(call);
      }
      status = answer.status();
      if (answer.bytes() != null) {
        bytes = answer.bytes();
        call.set("Content-Type", String.valueOf(answer.contentType()));
      } else {
        bytes = call.encode(answer.body(), false);
      }
    } catch (ApiError e) {
      status = e.status;
      if (status == 401) {
        call.set("WWW-Authenticate", "Token");
      }
      bytes = call.encode(e.body, e.html);
    }
    if (fault.dropsAnswer()) {
      call.close();
    } else if (fault.cutAt() >= 0) {
      call.sendCut(status, bytes, fault.cutAt());
    } else {
      call.send(status, bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    try {
      // A call that is under way may be writing a file.
      threads.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    directory.close();
  }

  /**
   * Runs a server until the process ends: {@code [--port N] [--version 2.15.0|2.80.0] [--share
   * DIR]}. Prints the address and the accounts.
   *
   * @throws InterruptedException never in practice
   */
  public static void main(String[] args) throws InterruptedException {
    Options options = Options.of(OLD);
    List<String> given = Arrays.asList(args);
    for (int i = 0; i + 1 < given.size(); i += 2) {
      String value = given.get(i + 1);
      options =
          switch (given.get(i)) {
            case "--port" -> options.withPort(Integer.parseInt(value));
            case "--share" -> options.withShare(Path.of(value));
            case "--version" ->
                new Options(
                    value,
                    options.port(),
                    options.share(),
                    options.behindProxy(),
                    options.polls(),
                    options.throttleAnonymous(),
                    options.clock());
            default -> throw new IllegalArgumentException("unknown option " + given.get(i));
          };
    }
    try (CvatEmulator emulator = start(options)) {
      System.out.println("CVAT " + options.version() + " emulator at " + emulator.url());
      for (String user : List.of(ADMIN, USER, OTHER_USER)) {
        System.out.println(
            "user " + user + ", password '" + PASSWORD + "', token " + emulator.token(user));
      }
      Thread.currentThread().join();
    }
  }
}
