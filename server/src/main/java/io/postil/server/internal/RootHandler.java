package io.postil.server.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.server.AnnotationService;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes every request: checks who asks, finds who answers, and turns exceptions into answers.
 * Thread-safe.
 */
public final class RootHandler implements HttpHandler {
  private static final System.Logger LOG = System.getLogger(RootHandler.class.getName());
  private static final String API = "/api/v1/";

  private static final String POLICY =
      "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;"
          + " style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none';"
          + " frame-ancestors 'none'; form-action 'none'";

  /** Where pictures and videos are. */
  private static final String MEDIA = "/media/";

  /** Where the pages about evaluations are, which the App shows in a frame. */
  private static final String REPORTS = "/reports/";

  private static final String REPORT_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
          + " frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

  /** Where backends call about a dataset's run. */
  private static final String HOOKS = API + "hooks/";

  /** Most bytes of a webhook call, which anybody can make. */
  private static final int MAX_CALL = 1 << 20;

  private final DatasetStore store;
  private final DatasetApi datasets;
  private final RunApi runs;
  private final EvaluationApi evaluations;
  private final TagsApi tags;
  private final Thumbnails thumbnails;
  private final ShownPictures pictures;
  private final AppFiles files;
  private final AccessGuard guard;

  /** Serves a store and its runs; {@code ui} is a directory of the App's files or null. */
  public RootHandler(
      DatasetStore store,
      AnnotationService service,
      Path home,
      @Nullable Path ui,
      AccessGuard guard) {
    this.store = store;
    this.datasets = new DatasetApi(store);
    this.runs = new RunApi(service);
    this.evaluations = new EvaluationApi(store);
    this.tags = new TagsApi(store);
    this.thumbnails = new Thumbnails(home);
    this.pictures = new ShownPictures(home);
    this.files = new AppFiles(ui);
    this.guard = guard;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      respond(exchange);
    } catch (PostilException e) {
      answerError(exchange, e);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the client went away", e);
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR, "request failed: " + exchange.getRequestURI().getPath(), e);
      answerError(
          exchange,
          new PostilException(ErrorCode.INTERNAL, "a fault of Postil: " + e, "see the log", e));
    } finally {
      exchange.close();
    }
  }

  private static void answerError(HttpExchange exchange, PostilException e) throws IOException {
    if (exchange.getResponseCode() == -1) {
      Answer.error(exchange, e);
    }
  }

  private void respond(HttpExchange exchange) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Content-Security-Policy", POLICY);
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    if (!guard.isAddressed(exchange)) {
      Answer.json(exchange, 403, refusal("REFUSED", "This address is not the server's."));
      return;
    }
    String path = exchange.getRequestURI().getRawPath();
    boolean api = path.startsWith(API);
    boolean report = path.startsWith(REPORTS);
    if (!api && !report && !path.startsWith(MEDIA)) {
      guard.admit(exchange);
      files.send(exchange, path);
      return;
    }
    if (api && path.startsWith(HOOKS)) {
      // Backends have no token of ours; the backend checks the signature of what it is told.
      Answer.json(exchange, 200, hook(exchange, path.substring(HOOKS.length())));
      return;
    }
    if (!guard.isAuthorized(exchange)) {
      Answer.json(exchange, 401, shutOut());
      return;
    }
    if (api) {
      Object answer = answer(exchange, decoded(path.substring(API.length())));
      Answer.json(exchange, 200, answer);
    } else if (report) {
      report(exchange, decoded(path.substring(REPORTS.length())));
    } else {
      media(exchange, decoded(path.substring(MEDIA.length())));
    }
  }

  private Document hook(HttpExchange exchange, String path) throws IOException {
    String[] parts = decoded(path);
    if (parts.length != 2 || !exchange.getRequestMethod().equals("POST")) {
      throw unknown(exchange);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    return runs.webhook(parts[0], parts[1], headers, Requests.bytes(exchange, MAX_CALL));
  }

  private static String[] decoded(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
        .toArray(String[]::new);
  }

  private static Document refusal(String code, String message) {
    return Document.builder()
        .append("code", code)
        .append("message", message)
        .append("problems", List.of())
        .build();
  }

  /** What a browser is told that has no token, or the one of an earlier start. */
  private static Document shutOut() {
    String message = "The server does not know this browser; it may have been started anew.";
    String remedy =
        "Open the address that it printed. Where you have work open, do that in another tab: the"
            + " work here is saved then.";
    return refusal("UNAUTHORIZED", message).with("remedy", remedy);
  }

  private void report(HttpExchange exchange, String[] parts) throws IOException {
    if (parts.length != 2 || !exchange.getRequestMethod().equals("GET")) {
      throw unknown(exchange);
    }
    byte[] page = evaluations.report(parts[0], parts[1]).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Security-Policy", REPORT_POLICY);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    Answer.bytes(exchange, 200, "text/html; charset=utf-8", page);
  }

  private void media(HttpExchange exchange, String[] parts) throws IOException {
    if (parts.length != 2) {
      throw unknown(exchange);
    }
    Path file = datasets.media(parts[0], parts[1]);
    boolean small = "thumbnail".equals(exchange.getRequestURI().getRawQuery());
    Media.send(exchange, small ? thumbnails.of(file) : pictures.of(file));
  }

  private @Nullable Object answer(HttpExchange exchange, String[] parts) throws IOException {
    String method = exchange.getRequestMethod();
    if (parts.length == 1 && parts[0].equals("app") && method.equals("GET")) {
      return Document.builder()
          .append("store", store.location())
          .append("datasets", datasets.list())
          .append("backends", runs.backends())
          .build();
    }
    if (parts.length < 2 || !parts[0].equals("datasets")) {
      throw unknown(exchange);
    }
    String[] rest = Arrays.copyOfRange(parts, 2, parts.length);
    if (rest.length > 0 && rest[0].equals("runs")) {
      return ofRuns(exchange, method, parts[1], Arrays.copyOfRange(rest, 1, rest.length));
    }
    if (rest.length > 0 && rest[0].equals("evaluations")) {
      return ofEvaluations(exchange, method, parts[1], Arrays.copyOfRange(rest, 1, rest.length));
    }
    return ofDataset(exchange, method, parts[1], rest);
  }

  private Object ofDataset(HttpExchange exchange, String method, String dataset, String[] rest)
      throws IOException {
    String[] what = pattern(pattern(rest, "samples"), "views");
    return switch (method + " " + String.join("/", what)) {
      case "GET " -> datasets.dataset(dataset);
      case "POST samples" -> datasets.page(dataset, Requests.body(exchange));
      case "GET samples/*" -> datasets.sample(dataset, rest[1]);
      case "GET samples/*/video" -> datasets.video(dataset, rest[1]);
      case "GET samples/*/frames" ->
          datasets.frames(
              dataset,
              rest[1],
              Requests.parameter(exchange, "first", 1),
              Requests.parameter(exchange, "last", 1));
      case "GET history" -> runs.history(dataset);
      case "POST view" -> datasets.readView(dataset, Requests.body(exchange));
      case "GET views" -> datasets.savedViews(dataset);
      case "GET views/*" -> datasets.savedView(dataset, rest[1]);
      case "PUT views/*" -> datasets.saveView(dataset, rest[1], Requests.body(exchange));
      case "DELETE views/*" -> datasets.deleteView(dataset, rest[1]);
      case "POST tags" -> tags.change(dataset, Requests.body(exchange));
      case "POST tags/counts" -> tags.counts(dataset, Requests.body(exchange));
      case "POST facets" -> datasets.facets(dataset, Requests.body(exchange));
      case "POST annotations/plan" -> runs.plan(dataset, Requests.body(exchange));
      default -> throw unknown(exchange);
    };
  }

  private Object ofEvaluations(HttpExchange exchange, String method, String dataset, String[] rest)
      throws IOException {
    if (rest.length == 0 && method.equals("GET")) {
      return evaluations.list(dataset);
    }
    String key = rest.length == 0 ? "" : rest[0];
    String what = rest.length < 2 ? "" : String.join("/", Arrays.copyOfRange(rest, 1, rest.length));
    return switch (method + " " + what) {
      case "GET " -> evaluations.evaluation(dataset, key);
      case "GET curves" -> evaluations.curves(dataset, key);
      case "POST rename" -> evaluations.rename(dataset, key, Requests.body(exchange));
      case "DELETE " -> evaluations.delete(dataset, key);
      default -> throw unknown(exchange);
    };
  }

  private Object ofRuns(HttpExchange exchange, String method, String dataset, String[] rest)
      throws IOException {
    if (rest.length == 0) {
      return switch (method) {
        case "GET" ->
            runs.runs(
                dataset,
                Requests.optionalText(exchange, "backend"),
                Requests.optionalText(exchange, "state"),
                Requests.optionalText(exchange, "field"));
        case "POST" -> runs.annotate(dataset, Requests.body(exchange));
        default -> throw unknown(exchange);
      };
    }
    String key = rest[0];
    String[] what = pattern(Arrays.copyOfRange(rest, 1, rest.length), "tasks");
    return switch (method + " " + String.join("/", what)) {
      case "GET " -> runs.run(dataset, key);
      case "DELETE " -> runs.delete(dataset, key);
      case "GET view" -> runs.view(dataset, key);
      case "GET units" ->
          runs.units(
              dataset,
              key,
              Requests.parameter(exchange, "offset", 0),
              Requests.parameter(exchange, "limit", 200));
      case "GET results" -> runs.results(dataset, key);
      case "GET diff" ->
          runs.diff(
              dataset, key, Requests.text(exchange, "first"), Requests.text(exchange, "second"));
      case "POST preview" -> runs.preview(dataset, key, Requests.body(exchange));
      case "POST load" -> runs.load(dataset, key, Requests.body(exchange));
      case "POST undo" -> runs.undo(dataset, key);
      case "POST cleanup" -> runs.cleanup(dataset, key);
      case "POST rename" -> runs.rename(dataset, key, Requests.body(exchange));
      case "GET tasks" ->
          runs.tasks(
              dataset,
              key,
              Requests.parameter(exchange, "offset", 0),
              Requests.parameter(exchange, "limit", 200));
      case "GET tasks/*" -> runs.task(dataset, key, rest[2]);
      case "GET tasks/*/frames" ->
          runs.frames(
              dataset,
              key,
              rest[2],
              Requests.parameter(exchange, "first", 1),
              Requests.parameter(exchange, "last", 1));
      case "PUT tasks/*" -> runs.save(dataset, key, rest[2], Requests.body(exchange));
      default -> throw unknown(exchange);
    };
  }

  /** The parts with the id behind a collection replaced by a star. */
  private static String[] pattern(String[] parts, String collection) {
    if (parts.length < 2 || !parts[0].equals(collection)) {
      return parts;
    }
    String[] out = parts.clone();
    out[1] = "*";
    return out;
  }

  private static PostilException unknown(HttpExchange exchange) {
    return new PostilException(
        ErrorCode.INVALID_REQUEST,
        "there is no " + exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
  }
}
