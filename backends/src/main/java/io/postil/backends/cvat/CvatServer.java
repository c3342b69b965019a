package io.postil.backends.cvat;

import io.postil.backends.http.Credentials;
import io.postil.backends.http.HttpAnswer;
import io.postil.backends.http.HttpApi;
import io.postil.backends.http.HttpCall;
import io.postil.backends.http.Sleeper;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server: finds out its version, signs in once, and reads lists. Connects on
 * first use. Not thread-safe.
 */
final class CvatServer implements AutoCloseable {
  private static final int OLDEST_MINOR = 4;
  private static final int PAGE = 500;

  /** Of a server that has answered before: with the pauses between them about a minute. */
  private static final int ATTEMPTS = 8;

  /** What a server that lost a request may need to be through with it. */
  static final Duration AFTER_LOSS = Duration.ofSeconds(2);

  private final CvatOptions options;
  private final HttpApi api;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private @Nullable String authorization;
  private boolean connected;
  private String version = "";

  CvatServer(CvatOptions options) {
    this(options, InstantSource.system(), Sleeper.REAL);
  }

  CvatServer(CvatOptions options, InstantSource clock, Sleeper sleeper) {
    this.options = options;
    this.clock = clock;
    this.sleeper = sleeper;
    HttpApi.Builder builder =
        HttpApi.at("CVAT", options.url())
            .timeouts(Duration.ofSeconds(10), Duration.ofMinutes(5))
            // The server has a media type of its own, and refuses plain JSON.
            .header("Accept", "application/vnd.cvat+json, */*;q=0.5")
            .secret(options.text("password"))
            .secret(options.text("token"))
            .time(clock, sleeper, Math::random)
            .credentials(signedIn());
    options
        .headers()
        .forEach(
            (name, value) -> {
              builder.header(name, value);
              builder.secret(value);
            });
    String organization = options.text("organization");
    if (organization != null) {
      builder.header("X-Organization", organization);
    }
    this.api = builder.build();
  }

  private Credentials signedIn() {
    return new Credentials() {
      @Override
      public @Nullable String authorization() {
        return authorization;
      }

      @Override
      public boolean renew() {
        return signInAgain();
      }
    };
  }

  /** Whoever signs out, also in a browser, ends the token that all programs of the account have. */
  private boolean signInAgain() {
    if (!connected || options.text("token") != null || options.text("password") == null) {
      return false;
    }
    authorization = null;
    login();
    return true;
  }

  /** The server's address, without a slash at the end. */
  String url() {
    return api.base().toString();
  }

  /** The server's address without a path. */
  String origin() {
    return api.base().getScheme() + "://" + api.base().getRawAuthority();
  }

  /** The organization in which the run is, or null. */
  @Nullable String organization() {
    return options.text("organization");
  }

  InstantSource clock() {
    return clock;
  }

  void sleep(Duration duration) {
    try {
      sleeper.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostilException(ErrorCode.INTERRUPTED, "waiting for CVAT was interrupted");
    }
  }

  // --- connecting -----------------------------------------------------------------------------

  /**
   * Makes sure that the server is a CVAT of a version that is supported and that the account may
   * sign in.
   */
  void connect() {
    if (connected) {
      return;
    }
    checkVersion();
    signIn();
    connected = true;
  }

  private void checkVersion() {
    HttpAnswer answer =
        api.get("/api/server/about").header("X-Organization", "").accept(401, 403, 404).send();
    if (answer.status() == 404 || !(answer.document().get("version") instanceof String found)) {
      if (answer.status() == 401 || answer.status() == 403) {
        return;
      }
      throw new PostilException(
          ErrorCode.BACKEND_UNREACHABLE,
          "no CVAT answers at " + url() + ": /api/server/about gave no version",
          "Check the url. CVAT 1 is not supported.");
    }
    version = found;
    String[] parts = found.split("\\.");
    int major = number(parts[0]);
    int minor = parts.length > 1 ? number(parts[1]) : 0;
    if (major < 2 || major == 2 && minor < OLDEST_MINOR) {
      throw new PostilException(
          ErrorCode.BACKEND_UNREACHABLE,
          "CVAT " + found + " at " + url() + " is too old",
          "Version 2.4 or newer is needed.");
    }
  }

  private static int number(String text) {
    String digits = text.replaceAll("\\D.*", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** What the server says it is. */
  String version() {
    return version;
  }

  private void signIn() {
    String token = options.text("token");
    boolean ownHeader =
        options.headers().keySet().stream().anyMatch(h -> h.equalsIgnoreCase("Authorization"));
    if (token != null) {
      authorization = "Token " + token;
      if (self().status() == 401) {
        // Newer servers have access tokens besides.
        authorization = "Bearer " + token;
        require(self(), "The token may have expired: make a new one in CVAT.");
      }
    } else if (ownHeader) {
      require(self(), "Check the header Authorization among the headers.");
    } else {
      login();
      require(self(), "Sign in by the browser once to see whether the account is active.");
    }
  }

  private HttpAnswer self() {
    HttpAnswer answer = api.get("/api/users/self").accept(401, 403, 404).send();
    checkOrganization(answer.status());
    return answer;
  }

  private void require(HttpAnswer answer, String remedy) {
    if (answer.status() != 200) {
      throw new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS, "CVAT at " + url() + " refused the token", remedy);
    }
  }

  private void login() {
    String name = options.text("username");
    String mail = options.text("email");
    String password = options.text("password");
    if (password == null || name == null && mail == null) {
      throw new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS,
          "there are no credentials for CVAT at " + url(),
          "Set token, or username and password, in the configuration or as FIFTYONE_CVAT_TOKEN,"
              + " FIFTYONE_CVAT_USERNAME and FIFTYONE_CVAT_PASSWORD.");
    }
    Document account = name != null ? Document.of("username", name) : Document.of("email", mail);
    HttpAnswer answer =
        api.post("/api/auth/login")
            .json(account.with("password", password))
            .idempotent()
            .accept(400, 401)
            .send();
    if (!(answer.document().get("key") instanceof String key)) {
      throw new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS,
          "CVAT at " + url() + " refused the user name or password",
          "Check them. An account that signs in elsewhere needs a token instead.");
    }
    authorization = "Token " + key;
  }

  private void checkOrganization(int status) {
    String organization = options.text("organization");
    if (organization != null && (status == 403 || status == 404)) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          status == 404
              ? "CVAT at " + url() + " has no organization '" + organization + "'"
              : "the account is no member of the organization '" + organization + "'",
          "Give the short name of an organization the account belongs to.");
    }
  }

  // --- calls ----------------------------------------------------------------------------------

  HttpCall get(String path) {
    connect();
    return api.get("/api" + path).attempts(ATTEMPTS);
  }

  HttpCall post(String path) {
    connect();
    return api.post("/api" + path).attempts(ATTEMPTS);
  }

  HttpCall patch(String path) {
    connect();
    return api.patch("/api" + path).attempts(ATTEMPTS);
  }

  HttpCall delete(String path) {
    connect();
    return api.delete("/api" + path).attempts(ATTEMPTS);
  }

  /** A call to the path of an address that the server gave, from {@code /api} on. */
  HttpCall at(String method, String address) {
    connect();
    return api.call(method, address).attempts(ATTEMPTS);
  }

  /** All results of a list, page by page. */
  List<Document> all(String path, String... query) {
    List<Document> found = new ArrayList<>();
    HttpCall call = get(path).query("page_size", PAGE);
    for (int i = 0; i < query.length; i += 2) {
      call.query(query[i], query[i + 1]);
    }
    Document page = call.send().document();
    while (true) {
      for (Object result : page.getList("results")) {
        if (result instanceof Document document) {
          found.add(document);
        }
      }
      if (!(page.get("next") instanceof String next) || next.isEmpty()) {
        return found;
      }
      // Behind a proxy a server may not know its own name; path and query are what counts.
      int api = next.indexOf("/api/");
      page = get(api < 0 ? next : next.substring(api + 4)).send().document();
    }
  }

  /** The jobs of tasks, those for quality control left out. */
  List<Document> jobs(List<Integer> tasks) {
    List<Document> found = new ArrayList<>();
    for (int from = 0; from < tasks.size(); from += 50) {
      List<Integer> some = tasks.subList(from, Math.min(tasks.size(), from + 50));
      List<Document> page =
          some.size() == 1
              ? all("/jobs", "task_id", String.valueOf(some.get(0)))
              : all("/jobs", "filter", "{\"in\":[{\"var\":\"task_id\"}," + some + "]}");
      for (Document job : page) {
        String type = job.getString("type", "annotation");
        if (type.equals("annotation") && some.contains((int) job.getLong("task_id", 0))) {
          found.add(job);
        }
      }
    }
    found.sort(
        (a, b) -> {
          int byTask = Long.compare(a.getLong("task_id", 0), b.getLong("task_id", 0));
          return byTask != 0
              ? byTask
              : Long.compare(a.getLong("start_frame", 0), b.getLong("start_frame", 0));
        });
    return found;
  }

  @Override
  public void close() {
    api.close();
  }
}
