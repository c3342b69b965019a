package io.postil.testkit.cvat;

import io.postil.testkit.cvat.State.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Exports as files: asked for, waited for, fetched. The files hold no more than the number of
 * annotations; a client of this emulator is not expected to read them.
 */
final class Exports {
  static final List<String> FORMATS =
      List.of("COCO 1.0", "CVAT for video 1.1", "CVAT for images 1.1", "YOLO 1.1");

  /** An export that was asked for. */
  record Export(Task task, String format, boolean[] told) {}

  private final State state;

  Exports(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    if (state.modern) {
      router.on("POST", "/tasks/#/dataset/export", (call, args) -> start(call, Router.id(args)));
      router.on("GET", "/tasks/#/dataset/download", (call, args) -> fetch(call, Router.id(args)));
    }
  }

  private static String format(Call call) {
    String format = call.query.getOrDefault("format", "");
    if (!FORMATS.contains(format)) {
      throw ApiError.invalid("Unknown format specified for the request");
    }
    return format;
  }

  // --- as of 2.15: the same address until it is ready ------------------------------------------

  static Answer old(State state, Call call, Task task, String format) {
    format(call);
    String key = task.id + " " + format;
    if ("download".equals(call.query.get("action"))) {
      return file(task);
    }
    Export known = state.exports.putIfAbsent(key, new Export(task, format, new boolean[1]));
    return Answer.empty(known == null ? 202 : 201);
  }

  // --- as of 2.80: a request of its own --------------------------------------------------------

  private Answer start(Call call, int id) {
    Task task = Tasks.find(state, call, id);
    String format = format(call);
    String request = "action=export&target=task&id=" + id + "&subresource=dataset&format=" + format;
    String name = request.replace(' ', '_');
    state.exports.put(name, new Export(task, format, new boolean[1]));
    return Answer.of(202, Entity.of("rq_id", name));
  }

  static @Nullable Answer request(State state, Call call, String id) {
    Export export = state.exports.get(id);
    if (export == null) {
      return null;
    }
    boolean ready = export.told()[0];
    export.told()[0] = true;
    Task task = export.task();
    return Answer.ok(
        TaskMedia.requestEntity(
            call,
            id,
            ready ? "finished" : "started",
            "",
            "export:dataset",
            task,
            ready ? call.url("/tasks/" + task.id + "/dataset/download?rq_id=" + id) : null));
  }

  private Answer fetch(Call call, int id) {
    return file(Tasks.find(state, call, id));
  }

  private static Answer file(Task task) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("annotations.txt"));
      int shapes = task.jobs.stream().mapToInt(j -> j.annotations.shapes.size()).sum();
      zip.write((shapes + " shapes\n").getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answer.file(bytes.toByteArray(), "application/zip");
  }
}
