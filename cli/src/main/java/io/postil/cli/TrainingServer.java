package io.postil.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the part of a CVAT and of a Label Studio for {@link Training}: it says yes to all that a
 * run of one image asks of them, and gives back what it was sent, as finished work that nobody
 * changed. Threads of its own serve it until it is closed.
 */
final class TrainingServer implements AutoCloseable {
  private static final String DATE = "2026-01-01T00:00:00Z";
  private static final Pattern FILE_NAME = Pattern.compile("filename=\"([^\"]+)\"");

  private final HttpServer server;
  private final String image;
  private String file = "";
  private Document labels = Document.empty();
  private String shapes = "{}";
  private List<@Nullable Object> tasks = List.of();

  /**
   * Starts it on a free port of this machine.
   *
   * @param image the name of the image that is sent, of 100 x 100 pixels
   */
  TrainingServer(String image) throws IOException {
    this.image = image;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Where it is. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body =
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
      byte[] answer =
          packed(answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** As servers send what is not short. */
  private static byte[] packed(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private String answer(String method, String path, String body) {
    boolean makes = !method.equals("GET");
    return switch (path) {
      case "/api/server/about" -> "{\"version\": \"2.15.0\"}";
      case "/api/tasks" -> makes ? made(body) : "{\"results\": []}";
      case "/api/tasks/1/status" -> "{\"state\": \"Finished\"}";
      case "/api/tasks/1/data/meta" ->
          "{\"size\": 1, \"frames\": [{\"name\": \"%s\", \"width\": 100, \"height\": 100}]}"
              .formatted(image);
      case "/api/labels" -> Json.write(labels);
      case "/api/tasks/1/annotations" -> makes ? annotated(body) : shapes;
      case "/api/jobs" ->
          """
          {"results": [{"id": 1, "task_id": 1, "start_frame": 0, "stop_frame": 0, "state": "completed",
            "stage": "annotation", "type": "annotation", "frame_count": 1, "updated_date": "%s"}]}"""
              .formatted(DATE);
      case "/api/version" -> "{\"release\": \"1.23.2\"}";
      case "/api/projects/" -> makes ? project() : "{\"results\": []}";
      case "/api/projects/1/" -> project();
      case "/api/projects/1/import" -> imported(body);
      case "/api/projects/1/file-uploads" ->
          "[{\"id\": 1, \"file\": \"upload/1/0-%s\"}]".formatted(file);
      case "/api/projects/1/export" -> Json.write(exported());
      default -> "{\"id\": 1, \"username\": \"trainer\", \"rq_id\": null}";
    };
  }

  // --- CVAT -------------------------------------------------------------------------------------

  /** Makes a task; its labels and their attributes get numbers. */
  private String made(String body) {
    List<@Nullable Object> numbered = new ArrayList<>();
    int next = 1;
    for (Object label : Json.readDocument(body).getList("labels")) {
      List<@Nullable Object> attributes = new ArrayList<>();
      for (Object attribute : ((Document) label).getList("attributes")) {
        attributes.add(((Document) attribute).with("id", next++));
      }
      numbered.add(
          ((Document) label).with("id", next++).with("attributes", Values.list(attributes)));
    }
    labels = Document.of("results", Values.list(numbered));
    return "{\"id\": 1}";
  }

  private String annotated(String body) {
    shapes = body.replace("{\"frame\"", "{\"id\": 7, \"frame\"");
    return shapes;
  }

  // --- Label Studio -----------------------------------------------------------------------------

  private String project() {
    return "{\"id\": 1, \"created_at\": \"%s\", \"task_number\": %d}".formatted(DATE, tasks.size());
  }

  private String imported(String body) {
    Matcher name = FILE_NAME.matcher(body);
    if (name.find()) {
      file = name.group(1);
      return "{\"file_upload_ids\": [1]}";
    }
    if (Json.read(body) instanceof List<?> sent) {
      tasks = Values.list(sent);
    }
    return "{\"task_count\": %1$d, \"prediction_count\": %1$d, \"task_ids\": [1]}"
        .formatted(tasks.size());
  }

  private Object exported() {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object task : tasks) {
      Document prediction = (Document) ((Document) task).getList("predictions").get(0);
      Document annotation =
          prediction.with("id", 1).with("parent_prediction", 1).with("created_at", DATE);
      all.add(((Document) task).with("id", 1).with("annotations", Values.listOf(annotation)));
    }
    return Values.list(all);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
