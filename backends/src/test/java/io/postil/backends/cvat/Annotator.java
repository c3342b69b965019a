package io.postil.backends.cvat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.testkit.cvat.CvatEmulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody does in CVAT while a run is there, by the API and without our client. */
final class Annotator implements AutoCloseable {
  private final CvatEmulator server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String token;

  Annotator(CvatEmulator server) {
    this.server = server;
    this.token = server.token(CvatEmulator.USER);
  }

  Document call(String method, String path, @Nullable Object body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + "/api" + path))
            .header("Authorization", "Token " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(Json.write(body)));
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 400) {
        throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
      }
      return answer.body().isEmpty() ? Document.empty() : Json.readDocument(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  List<Document> list(String path) {
    List<Document> found = new ArrayList<>();
    call("GET", path, null).getList("results").forEach(r -> found.add((Document) r));
    return found;
  }

  /** The ids of all tasks, oldest first. */
  List<Long> tasks() {
    return list("/tasks?page_size=all&sort=id").stream().map(t -> t.getLong("id", 0)).toList();
  }

  long onlyTask() {
    List<Long> tasks = tasks();
    if (tasks.size() != 1) {
      throw new IllegalStateException("there are tasks " + tasks);
    }
    return tasks.get(0);
  }

  List<Document> jobs(long task) {
    return list("/jobs?task_id=" + task + "&sort=id&page_size=all");
  }

  /**
   * What is in a list of the task's annotations: {@code tags}, {@code shapes} or {@code tracks}.
   */
  List<Document> get(long task, String kind) {
    List<Document> found = new ArrayList<>();
    call("GET", "/tasks/" + task + "/annotations", null)
        .getList(kind)
        .forEach(s -> found.add((Document) s));
    return found;
  }

  void change(long task, String action, String kind, Document... annotations) {
    Map<String, Object> body = new java.util.LinkedHashMap<>();
    body.put("version", 0);
    for (String each : List.of("tags", "shapes", "tracks")) {
      body.put(each, each.equals(kind) ? List.of(annotations) : List.of());
    }
    call("PATCH", "/tasks/" + task + "/annotations?action=" + action, body);
  }

  void update(long task, Document shape) {
    change(task, "update", "shapes", shape);
  }

  void create(long task, Document shape) {
    change(task, "create", "shapes", shape.without("id"));
  }

  void delete(long task, Document shape) {
    change(task, "delete", "shapes", shape);
  }

  long label(long task, String name) {
    return list("/labels?task_id=" + task + "&page_size=all").stream()
        .filter(l -> name.equals(l.getString("name")))
        .findFirst()
        .orElseThrow()
        .getLong("id", 0);
  }

  /** The id of an attribute of a label. */
  long attribute(long task, String label, String name) {
    for (Document found : list("/labels?task_id=" + task + "&page_size=all")) {
      for (Object attribute : found.getList("attributes")) {
        if (label.equals(found.getString("name"))
            && name.equals(((Document) attribute).getString("name"))) {
          return ((Document) attribute).getLong("id", 0);
        }
      }
    }
    throw new IllegalStateException("no attribute " + name);
  }

  static Document shape(long label, String type, int frame, double... points) {
    List<Object> numbers = new ArrayList<>();
    for (double point : points) {
      numbers.add(point);
    }
    return Document.builder()
        .put("type", type)
        .put("frame", frame)
        .put("label_id", label)
        .put("points", Values.list(numbers))
        .build();
  }

  static Document withPoints(Document shape, double... points) {
    return shape.with("points", shape(0, "", 0, points).get("points"));
  }

  static Document withAttribute(Document shape, long id, String value) {
    List<Object> attributes = new ArrayList<>();
    for (Object entry : shape.getList("attributes")) {
      Document attribute = (Document) entry;
      attributes.add(
          attribute.getLong("spec_id", 0) == id ? attribute.with("value", value) : attribute);
    }
    return shape.with("attributes", Values.list(attributes));
  }

  @Override
  public void close() {
    http.close();
  }
}
