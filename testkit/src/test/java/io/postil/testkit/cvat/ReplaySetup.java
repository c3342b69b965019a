package io.postil.testkit.cvat;

import com.sun.net.httpserver.HttpServer;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.testkit.SharedFiles;
import io.postil.testkit.TestMedia;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes what was on the server before the recording began. */
final class ReplaySetup implements AutoCloseable {
  private static final int TUS_BYTES = 542196;

  /** A task of the recording: its labels, media and the first ids. */
  private record TaskSpec(
      String labels, int images, String extra, int firstLabel, int firstSpec, List<Integer> jobs) {
    static TaskSpec empty() {
      return new TaskSpec("one", 0, "", 0, 0, List.of());
    }
  }

  private static final Map<Integer, TaskSpec> TASKS =
      Map.ofEntries(
          Map.entry(165, new TaskSpec("one", 0, "\"segment_size\": 2", 0, 0, List.of())),
          Map.entry(140, new TaskSpec("all", 5, "", 2286, 541, List.of(83))),
          Map.entry(141, new TaskSpec("all", 0, "\"segment_size\": 40", 2294, 548, List.of())),
          Map.entry(142, new TaskSpec("car", 0, "", 2302, 555, List.of())),
          Map.entry(143, new TaskSpec("car", 0, "", 2303, 561, List.of())),
          Map.entry(
              144,
              new TaskSpec(
                  "one",
                  5,
                  "\"segment_size\": 2, \"overlap\": 1",
                  2305,
                  0,
                  List.of(88, 89, 90, 91))),
          Map.entry(146, new TaskSpec("one", 2, "", 0, 0, List.of())),
          Map.entry(149, new TaskSpec("all", -60, "", 2330, 600, List.of())),
          Map.entry(150, new TaskSpec("all", -60, "\"segment_size\": 40", 2338, 607, List.of())),
          Map.entry(151, new TaskSpec("one", 4, "\"segment_size\": 2", 2347, 0, List.of(98, 99))),
          Map.entry(164, new TaskSpec("one", 2, "", 0, 0, List.of())));

  private final String recording;
  private final Client client;
  private final Ids ids;
  private @Nullable HttpServer pictures;

  ReplaySetup(String recording, Client client, Ids ids) {
    this.recording = recording;
    this.client = client;
    this.ids = ids;
    for (int i = 1; i <= 3; i++) {
      ids.put("user", i, i);
    }
    if (recording.equals("16-lists")) {
      for (int i = 0; i < 12; i++) {
        post(
            "/api/tasks",
            "{\"name\": \"" + (i < 2 ? "shapes" : "other") + "\", \"labels\": [{\"name\": \"a\"}]}",
            "");
      }
    }
    if (recording.equals("20-errors")) {
      post("/api/tasks", "{\"name\": \"first\", \"labels\": [{\"name\": \"a\"}]}", "");
    }
  }

  private Document post(String path, String body, String organization) {
    return send("POST", path, body, organization);
  }

  private Document send(String method, String path, String body, String organization) {
    Client.Request request = new Client.Request(method, path, CvatEmulator.USER);
    request.header("Authorization", "Token " + client.token(CvatEmulator.USER));
    if (!organization.isEmpty()) {
      request.header("X-Organization", organization);
    }
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
      request.bytes(body.getBytes(StandardCharsets.UTF_8));
    }
    return client.send(request).json() instanceof Document d ? d : Document.empty();
  }

  /** Makes a task or project of the recording if it was not made yet. */
  void ensure(String kind, int recorded, Document headers) {
    String single = kind.substring(0, kind.length() - 1);
    if (ids.knows(single, recorded) || recorded > 9_999_999) {
      return;
    }
    if (kind.equals("projects")) {
      Document project =
          post("/api/projects", "{\"name\": \"p\", \"labels\": [{\"name\": \"a\"}]}", "");
      ids.put("project", recorded, String.valueOf(project.get("id")));
    } else if (kind.equals("tasks") && !List.of("16-lists", "20-errors").contains(recording)) {
      task(recorded, headers.getString("X-Organization", ""));
    } else if (kind.equals("jobs")) {
      TASKS.forEach(
          (id, spec) -> {
            if (spec.jobs().contains(recorded)) {
              ensure("tasks", id, headers);
            }
          });
    }
  }

  private void task(int recorded, String organization) {
    TaskSpec spec = TASKS.getOrDefault(recorded, TaskSpec.empty());
    String body =
        "{\"name\": \""
            + (recorded == 165 ? "multipart" : recorded == 144 ? "jobs" : "t")
            + "\", \"labels\": "
            + labels(spec.labels())
            + (spec.extra().isEmpty() ? "" : ", " + spec.extra())
            + (recorded == 148 ? ", \"project_id\": " + ids.get("project", 6) : "")
            + "}";
    if (recorded == 148) {
      ensure("projects", 6, Document.empty());
      body = "{\"name\": \"t\", \"project_id\": " + ids.get("project", 6) + "}";
    }
    Document task = post("/api/tasks", body, organization);
    String id = String.valueOf(task.get("id"));
    ids.put("task", recorded, id);
    mapLabels(id, spec, organization);
    media(id, recorded, spec, organization);
    if (!spec.jobs().isEmpty()) {
      waitFor("/api/tasks/" + id + "/", organization);
      List<Integer> jobs = new ArrayList<>();
      send("GET", "/api/jobs?task_id=" + id + "&sort=id&page_size=all", "", organization)
          .getList("results")
          .forEach(j -> jobs.add((int) ((Document) j).getLong("id", 0)));
      for (int i = 0; i < jobs.size(); i++) {
        ids.put("job", spec.jobs().get(i), jobs.get(i));
      }
    }
    if (recorded == 151 || recorded == 164) {
      String label = ids.get("label", spec.firstLabel());
      String box = "{\"type\": \"rectangle\", \"label_id\": " + label(id, label) + ", \"frame\": ";
      send(
          "PUT",
          "/api/tasks/" + id + "/annotations",
          "{\"version\": 0, \"tags\": [], \"tracks\": [], \"shapes\": ["
              + box
              + "0, \"points\": [1, 1, 21, 25]}, "
              + box
              + "3, \"points\": [1, 1, 21, 25]}]}",
          organization);
    }
  }

  private String label(String task, String mapped) {
    if (!mapped.equals("0")) {
      return mapped;
    }
    Document first =
        (Document) send("GET", "/api/labels?task_id=" + task, "", "").getList("results").get(0);
    return String.valueOf(first.get("id"));
  }

  private static String labels(String which) {
    if (which.equals("one")) {
      return "[{\"name\": \"thing\", \"attributes\": []}]";
    }
    try {
      Document first =
          (Document)
              Json.readDocument(
                      Files.readString(SharedFiles.find("exchanges/cvat/05-project.json")))
                  .getList("exchanges")
                  .get(0);
      List<@Nullable Object> all =
          first.getDocument("request").getDocument("body").getList("labels");
      return Json.write(which.equals("all") ? all : all.subList(0, 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void mapLabels(String task, TaskSpec spec, String organization) {
    int label = spec.firstLabel();
    int attribute = spec.firstSpec();
    if (label == 0) {
      return;
    }
    for (Object entry :
        send("GET", "/api/labels?task_id=" + task + "&page_size=all", "", organization)
            .getList("results")) {
      Document found = (Document) entry;
      ids.put("label", label++, found.get("id"));
      for (Object a : found.getList("attributes")) {
        ids.put("spec", attribute++, ((Document) a).get("id"));
      }
      for (Object s : found.getList("sublabels")) {
        ids.put("label", label++, ((Document) s).get("id"));
      }
    }
  }

  private void media(String task, int recorded, TaskSpec spec, String organization) {
    Client.Form form = new Client.Form().text("image_quality", "75");
    boolean sorted = recorded == 128 || recorded == 129;
    if (sorted) {
      form.text("sorting_method", recorded == 128 ? "lexicographical" : "natural");
      int i = 0;
      for (String name : List.of("img10.jpg", "img9.jpg", "img1.jpg", "img2.jpg")) {
        form.file("client_files[" + i + "]", name, TestMedia.jpeg(640, 480, ++i));
      }
    } else if (recorded == 130) {
      form.file("client_files[0]", "b.jpg", TestMedia.jpeg(640, 480, 1));
      form.file("client_files[1]", "a.jpg", TestMedia.jpeg(640, 480, 2));
    } else if (spec.images() < 0) {
      form.file("client_files[0]", "v.mp4", TestMedia.mp4(320, 240, -spec.images()));
    } else if (spec.images() > 0) {
      for (int i = 0; i < spec.images(); i++) {
        form.file("client_files[" + i + "]", i + ".jpg", TestMedia.jpeg(640, 480, i));
      }
    } else {
      return;
    }
    Client.Request request =
        new Client.Request("POST", "/api/tasks/" + task + "/data", CvatEmulator.USER);
    request.header("Authorization", "Token " + client.token(CvatEmulator.USER));
    if (!organization.isEmpty()) {
      request.header("X-Organization", organization);
    }
    if (recorded == 130) {
      request.header("Upload-Multiple", "true");
    }
    request.form(form);
    client.send(request);
    waitFor("/api/tasks/" + task + "/", organization);
  }

  /** Waits until the media of a task are there. */
  void waitFor(String path) {
    waitFor(path, "");
  }

  private void waitFor(String path, String organization) {
    Matcher task = Pattern.compile("(?:/tasks/|task_id=)(\\d+)").matcher(path);
    if (!task.find()) {
      return;
    }
    for (int i = 0; i < 10; i++) {
      Document status = send("GET", "/api/tasks/" + task.group(1) + "/status", "", organization);
      if (!status.getString("state", "").equals("Started")) {
        return;
      }
    }
  }

  /** Does what was done before an exchange without being recorded. */
  void before(String what, String path) {
    if (what.equals("outside the share")) {
      waitFor(ids.path(path));
    }
    if (what.equals("too many anonymous requests")) {
      exhaust();
    } else if (what.equals("task status after all jobs")) {
      for (int job : List.of(88, 89, 90)) {
        send(
            "PATCH",
            "/api/jobs/" + ids.get("job", job),
            "{\"stage\": \"acceptance\", \"state\": \"completed\"}",
            "");
        send("PATCH", "/api/jobs/" + ids.get("job", job), "{\"state\": \"completed\"}", "");
      }
    } else if (what.equals("add an attribute to a label by PATCH")) {
      List<@Nullable Object> labels =
          send("GET", "/api/labels?project_id=1&page_size=all", "", "").getList("results");
      Document last = (Document) java.util.Objects.requireNonNull(labels.get(labels.size() - 1));
      ids.put("label", 1223, last.get("id"));
      ids.put("labels", 1223, last.get("id"));
    }
  }

  /** Sends anonymous requests until the server has enough of them. */
  private void exhaust() {
    for (int i = 0; i < 150; i++) {
      if (client.send(new Client.Request("GET", "/api/server/about", "")).status() == 429) {
        return;
      }
    }
  }

  /** A picture with exactly the size of the recorded one. */
  byte[] bigPicture() {
    return Arrays.copyOf(TestMedia.jpeg(2000, 1500, 1), TUS_BYTES);
  }

  String address(String path) {
    return path;
  }

  /** Fills in what a recording leaves out, and the address of pictures to fetch. */
  @Nullable Object complete(@Nullable Object body, String what) {
    if (!(body instanceof Document document)) {
      return body;
    }
    if (document.contains("remote_files")) {
      List<@Nullable Object> urls = new ArrayList<>();
      for (Object url : document.getList("remote_files")) {
        urls.add(String.valueOf(url).replaceFirst("http://[^/]+", pictureServer()));
      }
      return document.with("remote_files", Values.list(urls));
    }
    if (document.contains("target_url")) {
      return document.with("target_url", pictureServer() + "/hook");
    }
    if (what.equals("1000 labels") || what.startsWith("long list of values")) {
      return filled(document, what.equals("1000 labels"));
    }
    return document;
  }

  private static Document filled(Document document, boolean labels) {
    List<@Nullable Object> all = new ArrayList<>();
    for (int i = 0; i < (labels ? 1000 : 600); i++) {
      all.add(
          labels
              ? Document.of("name", String.format("class %04d", i), "attributes", Values.listOf())
              : String.format("value-%04d", i));
    }
    if (labels) {
      return document.with("labels", Values.list(all));
    }
    Document label = (Document) document.getList("labels").get(0);
    Document attribute =
        (Document) java.util.Objects.requireNonNull(label).getList("attributes").get(0);
    Document full = java.util.Objects.requireNonNull(attribute).with("values", Values.list(all));
    return document.with("labels", Values.listOf(label.with("attributes", Values.listOf(full))));
  }

  private String pictureServer() {
    try {
      if (pictures == null) {
        pictures = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pictures.createContext(
            "/",
            exchange -> {
              String name = exchange.getRequestURI().getPath();
              boolean there = name.startsWith("/r") || name.equals("/hook");
              byte[] bytes = there ? TestMedia.jpeg(640, 480, name.hashCode() & 15) : new byte[1];
              exchange.sendResponseHeaders(there ? 200 : 404, bytes.length);
              exchange.getResponseBody().write(bytes);
              exchange.close();
            });
        pictures.start();
      }
      return "http://127.0.0.1:" + pictures.getAddress().getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (pictures != null) {
      pictures.stop(0);
    }
  }
}
