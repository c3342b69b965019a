package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Task;
import io.postil.testkit.cvat.State.TaskData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How media come to a task: in one request, in groups, in chunks (TUS), or by name. */
final class TaskMedia {
  private static final long MAX_FILE = 26843545600L;

  /** An upload in chunks. */
  private record Upload(Task task, String name, long length, Path file) {}

  private final State state;
  private final boolean behindProxy;
  private final int polls;
  private final MediaWork work;
  private final Map<String, Upload> uploads = new HashMap<>();

  TaskMedia(State state, @Nullable Path share, boolean behindProxy, int polls) {
    this.state = state;
    this.behindProxy = behindProxy;
    this.polls = polls;
    this.work = new MediaWork(state, share);
  }

  void addTo(Router router) {
    router.on("POST", "/tasks/#/data", (call, args) -> post(call, task(call, args)));
    router.on(
        "POST",
        "/tasks/#/data/",
        (call, args) ->
            call.header("Upload-Length") == null
                ? post(call, task(call, args))
                : createUpload(call, task(call, args)));
    router.on("OPTIONS", "/tasks/#/data/", (call, args) -> options(call));
    router.on("HEAD", "/tasks/#/data/*", (call, args) -> offset(call, args.get(1)));
    router.on("PATCH", "/tasks/#/data/*", (call, args) -> chunk(call, args));
    router.on("GET", "/tasks/#/status", (call, args) -> status(task(call, args)));
    if (state.modern) {
      router.on("GET", "/requests", (call, args) -> Answer.ok(Lists.page(call, List.of())));
      router.on("GET", "/requests/*", (call, args) -> request(call, args.get(0)));
    }
    new TaskFrames(state).addTo(router);
  }

  private Task task(Call call, List<String> args) {
    return Tasks.find(state, call, Router.id(args));
  }

  // --- POST data ------------------------------------------------------------------------------

  private Answer post(Call call, Task task) {
    TaskData data = task.data;
    if (data.size != 0) {
      throw ApiError.of(400, "Adding more data is not supported");
    }
    if (call.header("Upload-Start") != null) {
      return Answer.empty(202);
    }
    Multipart parts = call.multipart();
    if (parts != null) {
      String twice = keep(task, parts);
      if (call.header("Upload-Multiple") != null) {
        return Answer.empty(200);
      }
      Document.Builder parameters = Document.builder();
      parts.fields.forEach((name, value) -> parameters.put(name, plain(value)));
      return submit(call, task, parameters.build(), twice != null);
    }
    return submit(call, task, call.object(), false);
  }

  private static Object plain(String value) {
    if (value.matches("\\d{1,9}")) {
      return Integer.valueOf(value);
    }
    return value.equals("true") ? true : value.equals("false") ? false : value;
  }

  /** Takes files over; gives the name of one that came twice, or null. */
  private @Nullable String keep(Task task, Multipart parts) {
    String twice = null;
    HashSet<String> names = new HashSet<>();
    for (Multipart.FilePart part : parts.files) {
      if (!names.add(part.name())) {
        twice = part.name();
      }
      keep(task, part.name(), part.file());
    }
    return twice;
  }

  /** Takes a file over; what comes a second time under a name is put behind the first. */
  private void keep(Task task, String name, Path file) {
    try {
      Path directory = state.directory.resolve("task" + task.id);
      Files.createDirectories(directory);
      Path target = directory.resolve(name.replaceAll("[\\\\/\0]", "_"));
      if (task.data.stored.put(name, target) == null) {
        Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.write(target, Files.readAllBytes(file), StandardOpenOption.APPEND);
      }
      task.data.files.add(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer submit(Call call, Task task, Document parameters, boolean sameNameTwice) {
    if (!(parameters.get("image_quality") instanceof Number)) {
      throw ApiError.field("image_quality", "This field is required.");
    }
    if (parameters.get("cloud_storage_id") instanceof Number id
        && !state.cloudStorages.containsKey(id.intValue())) {
      throw ApiError.invalid("CloudStorage matching query does not exist.");
    }
    TaskData data = task.data;
    data.posted = true;
    data.parameters = parameters;
    for (Object file : parameters.getList("server_files")) {
      data.serverFiles.add(String.valueOf(file));
    }
    if (sameNameTwice) {
      data.broken = true;
      throw ApiError.serverError();
    }
    if (data.files.isEmpty()
        && data.serverFiles.isEmpty()
        && parameters.getList("remote_files").isEmpty()) {
      data.state = "Failed";
      data.message = "Traceback ... ValueError: No media data found";
    } else {
      data.state = "Started";
      data.pollsLeft = polls;
      data.work = () -> work.run(task);
    }
    task.updated = state.now();
    if (state.modern) {
      data.requestId = "action=create&target=task&id=" + task.id;
      return Answer.of(202, Entity.of("rq_id", data.requestId));
    }
    return Answer.of(202, echo(data));
  }

  private static Entity echo(TaskData data) {
    Document sent = data.parameters;
    return Entity.of(
        "chunk_size",
        sent.get("chunk_size"),
        "image_quality",
        sent.get("image_quality"),
        "start_frame",
        sent.getLong("start_frame", 0),
        "stop_frame",
        sent.getLong("stop_frame", 0),
        "frame_filter",
        sent.getString("frame_filter", ""),
        "client_files",
        List.copyOf(data.files),
        "server_files",
        List.copyOf(data.serverFiles),
        "remote_files",
        sent.getList("remote_files"),
        "use_zip_chunks",
        false,
        "server_files_exclude",
        List.of(),
        "use_cache",
        false,
        "copy_data",
        false,
        "storage_method",
        "file_system",
        "storage",
        data.ofShare ? "share" : "local",
        "sorting_method",
        sent.getString("sorting_method", "lexicographical"),
        "filename_pattern",
        null);
  }

  // --- chunks ---------------------------------------------------------------------------------

  private static void tusHeaders(Call call) {
    call.set("Tus-Resumable", "1.0.0");
    call.set("Tus-Version", "1.0.0");
    call.set("Tus-Max-Size", String.valueOf(MAX_FILE));
    call.set("Cache-Control", "no-store");
  }

  private void checkProxy(Call call) {
    if (!behindProxy && call.header("X-Forwarded-Host") == null && call.header("Origin") == null) {
      throw ApiError.serverError();
    }
  }

  private Answer options(Call call) {
    checkProxy(call);
    tusHeaders(call);
    return Answer.empty(204);
  }

  private Answer createUpload(Call call, Task task) {
    checkProxy(call);
    tusHeaders(call);
    long length = Long.parseLong(String.valueOf(call.header("Upload-Length")));
    if (length > MAX_FILE) {
      throw ApiError.of(413, "File size exceeds max limit of " + MAX_FILE + " bytes");
    }
    String name = "file";
    for (String entry : String.valueOf(call.header("Upload-Metadata")).split(",")) {
      String[] pair = entry.strip().split(" ", 2);
      if (pair.length == 2 && pair[0].equals("filename")) {
        name = new String(Base64.getDecoder().decode(pair[1]), StandardCharsets.UTF_8);
      }
    }
    String id = UUID.randomUUID().toString();
    try {
      Path file = Files.createFile(state.directory.resolve(id));
      uploads.put(id, new Upload(task, name, length, file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    call.set("Location", call.url("/tasks/" + task.id + "/data/" + id));
    call.set("Upload-Filename", name);
    return Answer.empty(201);
  }

  private Upload upload(String id) {
    Upload upload = uploads.get(id);
    if (upload == null) {
      throw ApiError.notFound();
    }
    return upload;
  }

  private Answer offset(Call call, String id) {
    tusHeaders(call);
    Upload upload = upload(id);
    call.set("Upload-Offset", String.valueOf(upload.file().toFile().length()));
    call.set("Upload-Length", String.valueOf(upload.length()));
    return Answer.empty(200);
  }

  private Answer chunk(Call call, List<String> args) {
    if (args.get(1).equals("meta")) {
      return new TaskFrames(state).delete(call, task(call, args));
    }
    tusHeaders(call);
    Upload upload = upload(args.get(1));
    long at = upload.file().toFile().length();
    if (!String.valueOf(at).equals(call.header("Upload-Offset"))) {
      throw ApiError.of(409, null);
    }
    try {
      Files.write(upload.file(), call.bytes(), StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long now = at + call.bytes().length;
    call.set("Upload-Offset", String.valueOf(now));
    call.set("Upload-Filename", upload.name());
    if (now >= upload.length()) {
      uploads.remove(args.get(1));
      keep(upload.task(), upload.name(), upload.file());
    }
    return Answer.empty(204);
  }

  // --- waiting --------------------------------------------------------------------------------

  /** Works on the media once it was asked often enough. */
  static void poll(Task task) {
    TaskData data = task.data;
    Runnable work = data.work;
    if (work != null && --data.pollsLeft < 0) {
      data.work = null;
      work.run();
    }
  }

  private Answer status(Task task) {
    poll(task);
    return Answer.ok(
        Entity.of("state", task.data.state, "message", task.data.message, "progress", 0.0));
  }

  private Answer request(Call call, String id) {
    for (Task task : state.tasks.values()) {
      if (id.equals(task.data.requestId)) {
        Tasks.find(state, call, task.id);
        poll(task);
        String status =
            switch (task.data.state) {
              case "Started" -> "started";
              case "Failed" -> "failed";
              default -> "finished";
            };
        return Answer.ok(
            requestEntity(call, id, status, task.data.message, "create:task", task, null));
      }
    }
    Answer export = Exports.request(state, call, id);
    if (export != null) {
      return export;
    }
    throw ApiError.notFound();
  }

  static Entity requestEntity(
      Call call,
      String id,
      String status,
      String message,
      String type,
      Task task,
      @Nullable String resultUrl) {
    return Entity.of(
        "id",
        id,
        "status",
        status,
        "message",
        message,
        "progress",
        null,
        "created_date",
        task.created.toString(),
        "started_date",
        task.created.toString(),
        "finished_date",
        task.updated.toString(),
        "expiry_date",
        null,
        "owner",
        Entity.of("id", call.user().id, "username", call.user().name),
        "operation",
        Entity.of(
            "type",
            type,
            "target",
            "task",
            "project_id",
            task.project == null ? null : task.project.id,
            "task_id",
            task.id,
            "job_id",
            null,
            "format",
            null,
            "function_id",
            null),
        "result_url",
        resultUrl,
        "result_id",
        null);
  }

  /** Files in the order a client asked for. */
  static List<String> ordered(List<String> files, Document parameters) {
    List<String> order = new ArrayList<>(files);
    switch (parameters.getString("sorting_method", "lexicographical")) {
      case "lexicographical" -> order.sort(null);
      case "natural" -> order.sort(TaskMedia::natural);
      default -> {
        List<String> wanted =
            parameters.getList("upload_file_order").stream().map(String::valueOf).toList();
        if (!wanted.isEmpty()) {
          order.clear();
          order.addAll(wanted);
        }
      }
    }
    return order;
  }

  private static int natural(String a, String b) {
    return a.replaceAll("\\d+", "").equals(b.replaceAll("\\d+", ""))
        ? Long.compare(digits(a), digits(b))
        : a.compareTo(b);
  }

  private static long digits(String text) {
    String digits = text.replaceAll("\\D", "");
    return digits.isEmpty()
        ? 0
        : Long.parseLong(digits.substring(0, Math.min(18, digits.length())));
  }
}
