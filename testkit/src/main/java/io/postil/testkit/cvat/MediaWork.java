package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.FrameInfo;
import io.postil.testkit.cvat.State.Job;
import io.postil.testkit.cvat.State.Task;
import io.postil.testkit.cvat.State.TaskData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the server does with media once it has them: look at them, cut the task into jobs. */
final class MediaWork {
  private static final int CHUNK = 72;
  private static final int VIDEO_OVERLAP = 5;

  private final State state;
  private final @Nullable Path share;

  MediaWork(State state, @Nullable Path share) {
    this.state = state;
    this.share = share;
  }

  /** A failure the client is told as the end of a stack trace. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
      super(message);
    }
  }

  void run(Task task) {
    TaskData data = task.data;
    try {
      int ordered = data.parameters.getList("upload_file_order").size();
      if (ordered > 0 && ordered != data.files.size()) {
        throw new Failure("ValidationError: upload_file_order lists other files than were sent");
      }
      Map<String, Path> files = new LinkedHashMap<>();
      for (String name : TaskMedia.ordered(data.files, data.parameters)) {
        Path file = data.stored.get(name);
        if (file == null) {
          throw new Failure("FileNotFoundError: " + name);
        }
        files.put(name, file);
      }
      addServerFiles(data, files);
      addRemoteFiles(task, files);
      look(data, files);
      makeJobs(state, task);
      data.state = "Finished";
      data.message = "";
      data.finished = state.now();
      task.updated = state.now();
    } catch (Failure | IOException e) {
      data.state = "Failed";
      data.message = "Traceback ... " + e.getMessage();
      data.frames.clear();
      data.size = 0;
    }
  }

  private void addServerFiles(TaskData data, Map<String, Path> files) throws Failure, IOException {
    if (data.serverFiles.isEmpty()) {
      return;
    }
    Path root =
        data.parameters.get("cloud_storage_id") instanceof Number id
            ? state.cloudStorages.get(id.intValue())
            : share;
    data.ofShare |= !data.parameters.getBoolean("copy_data", false);
    if (root == null) {
      throw new Failure("FileNotFoundError: there is no share");
    }
    List<String> names = new ArrayList<>();
    for (String name : data.serverFiles) {
      Path file = root.resolve(name).normalize();
      if (!file.startsWith(root) || !Files.exists(file)) {
        throw new Failure("FileNotFoundError: [Errno 2] No such file or directory: '" + name + "'");
      }
      if (Files.isDirectory(file)) {
        try (Stream<Path> inside = Files.list(file)) {
          inside.sorted().map(f -> root.relativize(f).toString()).forEach(names::add);
        }
      } else {
        names.add(name);
      }
    }
    for (String name : TaskMedia.ordered(names, data.parameters)) {
      files.put(name, root.resolve(name));
    }
  }

  private void addRemoteFiles(Task task, Map<String, Path> files) throws Failure, IOException {
    List<String> urls = new ArrayList<>();
    task.data.parameters.getList("remote_files").forEach(u -> urls.add(String.valueOf(u)));
    if (urls.isEmpty()) {
      return;
    }
    Path directory = Files.createDirectories(state.directory.resolve("task" + task.id));
    HttpClient client = HttpClient.newHttpClient();
    for (String url : TaskMedia.ordered(urls, task.data.parameters)) {
      URI address = URI.create(url);
      String path = String.valueOf(address.getPath());
      String name = path.substring(path.lastIndexOf('/') + 1);
      Path file = directory.resolve(name);
      int status;
      try {
        status =
            client
                .send(
                    HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofFile(file))
                .statusCode();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("interrupted");
      } catch (IOException e) {
        throw new Failure("Exception: Failed to download " + url + "; " + e.getMessage());
      }
      if (status != 200) {
        throw new Failure("Exception: Failed to download " + url + "; HTTP error " + status);
      }
      files.put(name, file);
    }
  }

  /** Finds out the sizes of the frames. */
  private static void look(TaskData data, Map<String, Path> files) throws Failure, IOException {
    data.frames.clear();
    data.stored.putAll(files);
    int available = 0;
    List<FrameInfo> found = new ArrayList<>();
    for (Map.Entry<String, Path> entry : files.entrySet()) {
      boolean video = MediaFile.isVideo(entry.getValue());
      MediaFile media = MediaFile.read(entry.getValue(), video);
      if (media == null) {
        throw new Failure(
            "PIL.UnidentifiedImageError: cannot identify image file '" + entry.getKey() + "'");
      }
      data.video |= video;
      available += media.frames();
      found.add(new FrameInfo(entry.getKey(), media.width(), media.height()));
    }
    Document sent = data.parameters;
    int step = Integer.parseInt(sent.getString("frame_filter", "step=1").replaceAll("\\D", ""));
    int first = (int) sent.getLong("start_frame", 0);
    int stop = (int) sent.getLong("stop_frame", 0);
    int last = stop == 0 ? available - 1 : Math.min(stop, available - 1);
    data.startFrame = first;
    data.size = first > last ? 0 : (last - first) / step + 1;
    data.stopFrame = first + (data.size - 1) * step;
    for (int i = 0; i < found.size(); i++) {
      if (data.video || i >= first && i <= last && (i - first) % step == 0) {
        data.frames.add(found.get(i));
      }
    }
    data.chunkSize = (int) sent.getLong("chunk_size", CHUNK);
  }

  /** Every how many frames one is taken. */
  static int step(Document parameters) {
    String digits = parameters.getString("frame_filter", "").replaceAll("\\D", "");
    return digits.isEmpty() ? 1 : Integer.parseInt(digits);
  }

  /** Makes the jobs of a task anew and deals its annotations to them. */
  static void cut(State state, Task task, int segmentSize, int overlap) {
    List<Job> before = List.copyOf(task.jobs);
    before.forEach(j -> state.jobs.remove(j.id));
    task.jobs.clear();
    task.segmentSize = segmentSize;
    task.overlap = overlap;
    makeJobs(state, task);
    for (Job old : before) {
      for (Job job : task.jobs) {
        deal(state, old.annotations.tags, job, job.annotations.tags, "tags");
        deal(state, old.annotations.shapes, job, job.annotations.shapes, "shapes");
      }
      task.jobs.get(0).annotations.tracks.putAll(old.annotations.tracks);
    }
  }

  private static void deal(
      State state, Map<Integer, Entity> from, Job job, Map<Integer, Entity> to, String kind) {
    for (Entity entity : from.values()) {
      if (job.covers(AnnotationRules.number(entity.get("frame")))) {
        boolean first = job == job.task.jobs.get(0);
        boolean before =
            job.task.jobs.stream()
                .anyMatch(
                    j ->
                        j.start < job.start
                            && j.covers(AnnotationRules.number(entity.get("frame"))));
        int id = first || !before ? AnnotationRules.number(entity.get("id")) : state.nextId(kind);
        to.put(id, Entity.copyOf(entity).and("id", id));
      }
    }
  }

  private static void makeJobs(State state, Task task) {
    int size = task.data.size;
    int segment = task.segmentSize > 0 ? Math.min(task.segmentSize, size) : size;
    Integer wanted = task.overlap;
    int overlap = wanted != null ? wanted : task.data.video ? VIDEO_OVERLAP : 0;
    overlap = Math.min(overlap, segment / 2);
    task.overlap = overlap;
    task.segmentSize = segment;
    for (int start = 0; start < Math.max(1, size - overlap); start += segment - overlap) {
      Job job =
          new Job(
              state.nextId("job"),
              task,
              start,
              Math.min(start + segment, size) - 1,
              "annotation",
              state.now());
      task.jobs.add(job);
      state.jobs.put(job.id, job);
    }
  }
}
