package io.postil.testkit.cvat;

import io.postil.testkit.cvat.State.FrameInfo;
import io.postil.testkit.cvat.State.Task;
import io.postil.testkit.cvat.State.TaskData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What a task says of its frames, and the frames themselves; those of videos are not decoded. */
final class TaskFrames {
  private final State state;

  TaskFrames(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    router.on(
        "GET",
        "/tasks/#/data/meta",
        (call, args) -> meta(Tasks.find(state, call, Router.id(args))));
    router.on(
        "GET",
        "/jobs/#/data/meta",
        (call, args) -> meta(Jobs.find(state, call, Router.id(args)).task));
    for (String path : List.of("/tasks/#/data", "/tasks/#/data/")) {
      router.on("GET", path, (call, args) -> frame(call, Tasks.find(state, call, Router.id(args))));
    }
    router.on(
        "GET",
        "/tasks/#/preview",
        (call, args) -> file(Tasks.find(state, call, Router.id(args)), 0));
  }

  Answer delete(Call call, Task task) {
    task.data.deletedFrames.clear();
    for (Object frame : call.object().getList("deleted_frames")) {
      task.data.deletedFrames.add(frame instanceof Number n ? n.intValue() : 0);
    }
    return meta(task);
  }

  private Answer meta(Task task) {
    TaskData data = task.data;
    TaskMedia.poll(task);
    if (data.broken) {
      throw ApiError.serverError();
    }
    List<Entity> frames =
        data.frames.stream()
            .map(
                f ->
                    Entity.of(
                        "width",
                        f.width(),
                        "height",
                        f.height(),
                        "name",
                        f.name(),
                        "related_files",
                        0,
                        "has_related_context",
                        false))
            .toList();
    Entity meta =
        Entity.of(
            "chunk_size",
            data.chunkSize == 0 ? null : data.chunkSize,
            "size",
            data.size,
            "image_quality",
            data.parameters.getLong("image_quality", 0),
            "start_frame",
            data.startFrame,
            "stop_frame",
            data.stopFrame,
            "frame_filter",
            data.parameters.getString("frame_filter", ""),
            "frames",
            frames,
            "deleted_frames",
            List.copyOf(data.deletedFrames),
            "included_frames",
            null);
    if (state.modern) {
      meta.and("chunks_updated_date", data.finished.toString());
    }
    return Answer.ok(meta);
  }

  private Answer frame(Call call, Task task) {
    int number = Integer.parseInt(call.query.getOrDefault("number", "0"));
    if ("chunk".equals(call.query.get("type"))) {
      return chunk(task, number);
    }
    TaskData data = task.data;
    int step = MediaWork.step(data.parameters);
    if (number < data.startFrame
        || number > data.stopFrame
        || (number - data.startFrame) % step != 0) {
      throw ApiError.of(
          400,
          "The frame number should be in the ["
              + data.startFrame
              + ", "
              + data.stopFrame
              + "] range");
    }
    return file(task, number);
  }

  private static Answer file(Task task, int number) {
    TaskData data = task.data;
    if (data.video || number >= data.frames.size()) {
      throw ApiError.of(400, "Incorrect requested frame number: " + number);
    }
    String name = data.frames.get(number).name();
    return Answer.file(
        bytes(data, data.frames.get(number)), name.endsWith(".png") ? "image/png" : "image/jpeg");
  }

  private static byte[] bytes(TaskData data, FrameInfo frame) {
    Path file = data.stored.get(frame.name());
    if (file == null) {
      throw ApiError.notFound();
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer chunk(Task task, int number) {
    TaskData data = task.data;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      int from = number * data.chunkSize;
      for (int i = from; i < Math.min(data.frames.size(), from + data.chunkSize); i++) {
        zip.putNextEntry(new ZipEntry(String.format("%06d.jpeg", i)));
        zip.write(bytes(data, data.frames.get(i)));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Answer.file(bytes.toByteArray(), "application/zip");
  }
}
