package io.postil.backends.cvat;

import io.postil.backends.http.HttpAnswer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.RunContext;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tasks of a run, one after the other: creates each, sends its media, waits for the
 * server, sends the labels, assigns the jobs. After an interruption it goes on where it stood;
 * where it cannot know what the server took, it makes the task anew.
 */
final class TaskSender {
  private static final int RESTARTS = 2;
  private static final String CREATING = "creating";
  private static final String UPLOADING = "uploading";
  private static final String WAITING = "waiting";
  private static final String LABELLING = "labelling";
  private static final String ASSIGNING = "assigning";

  private final CvatServer server;
  private final CvatOptions options;
  private final CvatLimits limits;
  private final RunContext run;
  private final SendState state;
  private final Catalogue catalogue;
  private final People people;
  private final int tasks;
  private int jobsAssigned;

  TaskSender(
      CvatServer server,
      CvatOptions options,
      CvatLimits limits,
      RunContext run,
      SendState state,
      int tasks) {
    this.server = server;
    this.options = options;
    this.limits = limits;
    this.run = run;
    this.state = state;
    this.catalogue = Catalogue.of(run.schema(), options);
    this.people = new People(server);
    this.tasks = tasks;
  }

  /** Makes one task, or goes on with it. */
  void send(int number, List<SentItem.Place> places) {
    for (int restarts = 0; ; restarts++) {
      try {
        steps(number, places);
        return;
      } catch (MediaSender.Uncertain e) {
        discard();
        if (restarts == RESTARTS) {
          throw (PostilException) java.util.Objects.requireNonNull(e.getCause());
        }
      } catch (PostilException e) {
        boolean lost = e.code() == ErrorCode.BACKEND_UNREACHABLE && state.phase().equals(CREATING);
        if (!lost || restarts == RESTARTS) {
          throw e;
        }
        // The server may be making it yet; then it is found by its name.
        server.sleep(CvatServer.AFTER_LOSS);
      }
    }
  }

  private void steps(int number, List<SentItem.Place> places) {
    if (!state.hasOpen() || state.phase().equals(CREATING)) {
      create(number);
    }
    Media media = new Media(places);
    if (state.phase().equals(UPLOADING)) {
      media.send(number);
    }
    if (state.phase().equals(WAITING)) {
      await(media.list());
      media.check();
      state.open("phase", LABELLING);
    }
    if (state.phase().equals(LABELLING)) {
      new TaskLabels(server, options, limits, run, state, catalogue).send(places);
      state.open("phase", ASSIGNING);
    }
    assign();
    state.openIsDone();
  }

  /** Removes the task that is being made. */
  private void discard() {
    int id = state.taskId();
    if (id != 0) {
      server.delete("/tasks/" + id).accept(404).send();
    }
    state.dropOpen();
  }

  // --- creating -------------------------------------------------------------------------------

  static String baseName(CvatOptions options, RunContext run) {
    String name = options.text("task_name");
    return name == null ? "Postil_" + run.dataset().replace(' ', '_') + "_" + run.key() : name;
  }

  private void create(int number) {
    String base = baseName(options, run);
    String suffix = tasks > 1 ? "_" + (number + 1) : "";
    String name =
        base.substring(0, Math.min(base.length(), CvatOptions.LONGEST_NAME - suffix.length()))
            + suffix;
    Integer orphan = state.hasOpen() ? emptyTask(name) : null;
    if (orphan != null) {
      state.open("phase", UPLOADING, "id", orphan);
      return;
    }
    state.open("phase", CREATING);
    Document.Builder spec = Document.builder().put("name", name);
    Integer project = state.project();
    if (project == null) {
      spec.put("labels", Values.list(catalogue.toJson()));
    } else {
      spec.put("project_id", project);
    }
    Integer segment = options.number("segment_size");
    if (segment != null && run.mediaType() != MediaType.VIDEO) {
      // Jobs would cut the tracks of a video, and the server loses parts of them where it cuts.
      spec.put("segment_size", segment).put("overlap", 0);
    }
    List<String> trackers = options.list("issue_tracker");
    if (!trackers.isEmpty()) {
      spec.put("bug_tracker", trackers.get(number % trackers.size()));
    }
    List<String> assignees = options.list("task_assignee");
    if (!assignees.isEmpty()) {
      spec.put("assignee_id", people.id(assignees.get(number % assignees.size())));
    }
    Document made =
        server
            .post("/tasks")
            .json(spec.build())
            .failure(ErrorCode.BACKEND_UPLOAD_FAILED, "Change what CVAT complains about.")
            .send()
            .document();
    state.open("phase", UPLOADING, "id", (int) made.getLong("id", 0));
  }

  /** A task without media of a name: one whose creation was not heard of any more. */
  private @Nullable Integer emptyTask(String name) {
    for (Document task : server.all("/tasks", "name", name)) {
      if (name.equals(task.getString("name")) && task.getLong("size", 0) == 0) {
        return (int) task.getLong("id", 0);
      }
    }
    return null;
  }

  // --- media ----------------------------------------------------------------------------------

  /** The media of the task. */
  private final class Media {
    private final List<SentItem.Place> places;
    private @Nullable MediaList list;

    Media(List<SentItem.Place> places) {
      this.places = places;
    }

    MediaList list() {
      MediaList known = list;
      if (known == null) {
        known = MediaList.of(run.memory(), places, options);
        list = known;
      }
      return known;
    }

    void send(int number) {
      int task = state.taskId();
      if (state.openFlag("sending") && isTaken(task)) {
        state.open("phase", WAITING, "sending", null);
        return;
      }
      Document video =
          run.mediaType() == MediaType.VIDEO ? videoParameters(number) : Document.empty();
      String request =
          new MediaSender(server, options, limits, state, run.progress()).send(task, list(), video);
      state.open("phase", WAITING, "rq", request, "sending", null);
    }

    /** Whether the server has begun to work on the media. */
    private boolean isTaken(int task) {
      HttpAnswer answer = server.get("/tasks/" + task).accept(404).send();
      if (answer.status() != 200) {
        return false;
      }
      String now =
          server
              .get("/tasks/" + task + "/status")
              .accept(404)
              .send()
              .document()
              .getString("state", "");
      return answer.document().getLong("size", 0) > 0
          || now.equals("Started")
          || now.equals("Queued");
    }

    private Document videoParameters(int number) {
      SentItem item =
          java.util.Objects.requireNonNull(
              SentItem.of(run.memory(), places).get(places.get(0).item()));
      String path = item.media();
      Integer start = options.frames("frame_start", number, path);
      Integer stop = options.frames("frame_stop", number, path);
      Integer step = options.frames("frame_step", number, path);
      if (item.firstFrame() > 0) {
        start = Math.max(start == null ? 0 : start, item.firstFrame() - 1);
        stop = Math.min(stop == null ? Integer.MAX_VALUE : stop, item.lastFrame() - 1);
      }
      Document.Builder out = Document.builder();
      out.putIfPresent("start_frame", start);
      out.putIfPresent("stop_frame", stop);
      out.putIfPresent("frame_filter", step == null ? null : "step=" + step);
      return out.build();
    }

    /** Makes sure that the server has every frame, and remembers the sizes. */
    void check() {
      int task = state.taskId();
      Document meta = server.get("/tasks/" + task + "/data/meta").limit(1L << 30).send().document();
      List<@Nullable Object> frames = meta.getList("frames");
      int size = (int) meta.getLong("size", 0);
      boolean video = run.mediaType() == MediaType.VIDEO;
      if (size == 0 || frames.isEmpty() || !video && size != places.size()) {
        throw refused(
            "the task has " + size + " frames, but " + places.size() + " images were sent", task);
      }
      List<String> names = list().names();
      for (int from = 0; from < places.size(); from += 500) {
        List<SentItem.Place> some = places.subList(from, Math.min(places.size(), from + 500));
        Map<ObjectId, SentItem> items = SentItem.of(run.memory(), some);
        for (int i = 0; i < some.size(); i++) {
          Document frame =
              frames.get(video ? 0 : from + i) instanceof Document d ? d : Document.empty();
          String name = frame.getString("name", "");
          if (!video && !name.equals(names.get(from + i))) {
            throw refused(
                "frame "
                    + (from + i)
                    + " is '"
                    + name
                    + "' rather than '"
                    + names.get(from + i)
                    + "'",
                task);
          }
          PixelSize pixels =
              new PixelSize((int) frame.getLong("width", 1), (int) frame.getLong("height", 1));
          SentItem item =
              java.util.Objects.requireNonNull(items.get(some.get(i).item()))
                  .onServer(task, pixels);
          if (video) {
            String filter = meta.getString("frame_filter", "").replaceAll("\\D", "");
            item =
                item.withFrames(
                    new FrameNumbers(
                        (int) meta.getLong("start_frame", 0),
                        filter.isEmpty() ? 1 : Integer.parseInt(filter),
                        size));
          }
          run.memory().put(some.get(i).item(), item.document());
        }
        state.store();
      }
    }

    private PostilException refused(String what, int task) {
      return new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "CVAT did not take all media of task " + task + ": " + what,
          "Nothing was labelled yet. Clean the run up and annotate again.");
    }
  }

  // --- waiting --------------------------------------------------------------------------------

  private void await(MediaList media) {
    int task = state.taskId();
    String request = state.openText("rq");
    Instant deadline = server.clock().instant().plus(Duration.ofMinutes(options.waitMinutes()));
    Duration pause = Duration.ofMillis(100);
    while (true) {
      Document answer =
          request == null
              ? server.get("/tasks/" + task + "/status").send().document()
              : server.get("/requests/" + encode(request)).send().document();
      String now =
          (request == null ? answer.getString("state", "") : answer.getString("status", ""))
              .toLowerCase(java.util.Locale.ROOT);
      if (now.equals("finished")) {
        return;
      }
      if (now.equals("failed")) {
        String message = lastLine(answer.getString("message", ""));
        discard();
        throw new PostilException(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "CVAT could not read the media of task "
                + task
                + ": "
                + message
                + which(message, media),
            "Mend or leave out what it names, then resume the run. The task was removed.");
      }
      if (server.clock().instant().isAfter(deadline)) {
        throw new PostilException(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "CVAT has not finished the media of task "
                + task
                + " after "
                + options.waitMinutes()
                + " minutes: "
                + now
                + " "
                + answer.getString("message", ""),
            "Look at the task in CVAT; resume the run to wait on, or set wait_minutes.");
      }
      run.progress().progress("waiting for CVAT: " + now, 0, 0);
      server.sleep(pause);
      // Durations are multiplied by way of large decimals, whose set-up takes longer than a
      // request.
      pause = Duration.ofMillis(Math.min(5_000, pause.toMillis() * 3 / 2));
    }
  }

  private static String encode(String id) {
    return java.net.URLEncoder.encode(id, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  /** What a stack trace says in the end. */
  private static String lastLine(String message) {
    String[] lines = message.strip().split("\n");
    return lines[lines.length - 1].replaceFirst("^Traceback \\.\\.\\. ", "").strip();
  }

  /** The path here of the file that a message of the server ends with. */
  private static String which(String message, MediaList media) {
    for (int i = 0; i < media.names().size(); i++) {
      String path = media.paths().get(i);
      String name = media.names().get(i) + "'";
      if (!message.contains(path)
          && (message.contains("'" + name) || message.contains("/" + name))) {
        return " (" + path + ")";
      }
    }
    return "";
  }

  // --- assigning ------------------------------------------------------------------------------

  private void assign() {
    List<String> names = options.list("job_assignees");
    if (names.isEmpty()) {
      return;
    }
    boolean video = run.mediaType() == MediaType.VIDEO;
    for (Document job : server.jobs(List.of(state.taskId()))) {
      String name = names.get((video ? state.done() : jobsAssigned++) % names.size());
      server
          .patch("/jobs/" + job.getLong("id", 0))
          .json(Document.of("assignee", people.id(name)))
          .idempotent()
          .send();
    }
  }
}
