package io.postil.backends.cvat;

import io.postil.backends.http.HttpAnswer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends runs to a CVAT server. {@link #upload} only notes what goes where; {@link #finish} makes
 * the tasks, one after the other, so that nothing is on the server before everything is known.
 */
final class CvatBackend implements AnnotationBackend {
  private static final int BATCH = 500;

  private final CvatOptions options;
  private final CvatLimits limits;
  private final CvatServer server;

  CvatBackend(CvatOptions options) {
    this(options, CvatLimits.DEFAULT, new CvatServer(options));
  }

  CvatBackend(CvatOptions options, CvatLimits limits, CvatServer server) {
    this.options = options;
    this.limits = limits;
    this.server = server;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        Set.of(MediaType.IMAGE, MediaType.VIDEO),
        EnumSet.allOf(LabelType.class),
        Set.of(FieldType.INT, FieldType.FLOAT, FieldType.STRING, FieldType.BOOLEAN),
        Set.of(
            "text",
            "select",
            "radio",
            "checkbox",
            "number",
            Catalogue.OCCLUDED,
            Catalogue.GROUP_ID,
            Boxes.ROTATION),
        Set.of("select", "radio"),
        true,
        true,
        false,
        !options.namesProject(),
        BATCH);
  }

  @Override
  public Document recommendAttribute(String name, @Nullable Object value) {
    String type = "text";
    if (value instanceof Boolean) {
      type = name.equals(Catalogue.OCCLUDED) ? Catalogue.OCCLUDED : "checkbox";
    } else if (value instanceof Integer || value instanceof Long) {
      type = name.equals(Catalogue.GROUP_ID) ? Catalogue.GROUP_ID : "text";
    }
    if (value instanceof Number && name.equals(Boxes.ROTATION)) {
      type = Boxes.ROTATION;
    }
    Document spec = Document.of("type", type);
    return type.equals("checkbox")
        ? spec.with("values", io.postil.core.value.Values.listOf(true, false))
        : type.equals("text") ? spec.with("values", io.postil.core.value.Values.listOf()) : spec;
  }

  @Override
  public List<Problem> problems(MediaType mediaType, LabelSchema schema) {
    List<Problem> problems = new ArrayList<>(Catalogue.of(schema, options).problems());
    for (FieldSchema field : schema.fields()) {
      if (mediaType == MediaType.VIDEO && field.type() == LabelType.SEGMENTATION) {
        problems.add(
            new Problem(
                ErrorCode.UNSUPPORTED_LABEL_TYPE,
                "the field '"
                    + field.field()
                    + "' has segmentations of a video, which CVAT does"
                    + " not take",
                "Annotate the frames as images: use a to_frames view."));
      }
    }
    return problems;
  }

  @Override
  public void checkReady() {
    server.connect();
  }

  // --- sending --------------------------------------------------------------------------------

  @Override
  public Document prepare(RunContext run, Document state) {
    server.connect();
    Set<String> names = new LinkedHashSet<>(options.list("task_assignee"));
    names.addAll(options.list("job_assignees"));
    new People(server).check(names);
    SendState now = new SendState(run, state.with("version", 1));
    new Projects(server, options, run, now).prepare();
    return now.document();
  }

  @Override
  public Document upload(RunContext run, List<UploadItem> items, Document state) {
    check(run, items);
    int size = (int) state.getLong("size", 0);
    int task = (int) state.getLong("task", 0);
    boolean video = run.mediaType() == MediaType.VIDEO;
    Integer most = video ? Integer.valueOf(1) : options.number("task_size");
    for (UploadItem item : items) {
      if (most != null && size >= most) {
        task++;
        size = 0;
      }
      run.memory()
          .put(
              item.id(),
              SentItem.waiting(task, size++, item.media(), item.firstFrame(), item.lastFrame())
                  .document());
    }
    return state.with("task", task).with("size", size);
  }

  /** Looks for what cannot be sent before anything is. */
  private void check(RunContext run, List<UploadItem> items) {
    List<Problem> problems = new ArrayList<>();
    for (UploadItem item : items) {
      boolean file = MediaList.source(item.media(), options) == MediaList.Source.FILES;
      if (file && !Files.isReadable(Path.of(item.media()))) {
        problems.add(
            new Problem(
                ErrorCode.UNREADABLE_FILE,
                "there is no file " + item.media() + " that can be read (sample " + item.id() + ")",
                "Mend the path, or leave the sample out."));
      } else if (run.mediaType() == MediaType.VIDEO && options.hasStep() && hasTracks(item)) {
        problems.add(
            new Problem(
                ErrorCode.INVALID_REQUEST,
                "frame_step would tear the tracks of " + item.media(),
                "Leave frame_step out, or send a field without tracks."));
      }
    }
    if (!problems.isEmpty()) {
      throw PostilException.of(problems.subList(0, Math.min(20, problems.size())));
    }
  }

  private static boolean hasTracks(UploadItem item) {
    for (UploadItem.Content content : item.content()) {
      if (content.labels().stream().anyMatch(l -> l.index() != null)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Document finish(RunContext run, Document state) {
    List<List<SentItem.Place>> tasks = RunLoader.byTask(SentItem.places(run.memory()));
    SendState now = new SendState(run, state.without("size").without("task"));
    TaskSender sender = new TaskSender(server, options, limits, run, now, tasks.size());
    for (int i = now.done(); i < tasks.size(); i++) {
      sender.send(i, tasks.get(i));
    }
    return now.document();
  }

  // --- loading --------------------------------------------------------------------------------

  @Override
  public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
    return new RunLoader(server, options, limits, run, state, only, answer).load();
  }

  // --- status and life cycle ------------------------------------------------------------------

  @Override
  public RunProgress progress(RunContext run, Document state) {
    return new WorkStatus(server, run).progress();
  }

  @Override
  public Cursor<WorkUnit> units(RunContext run, Document state) {
    return Cursor.of(new WorkStatus(server, run).units());
  }

  @Override
  public @Nullable RunEvent webhook(
      RunContext run, Document state, Map<String, String> headers, byte[] body) {
    return Webhooks.read(run, options, server.clock().instant(), headers, body);
  }

  @Override
  public @Nullable String address(RunContext run, Document state) {
    List<Integer> tasks = WorkStatus.tasks(run);
    if (tasks.isEmpty()) {
      return null;
    }
    Object project = state.get("project");
    return tasks.size() > 1 && project != null
        ? server.url() + "/projects/" + project
        : server.url() + "/tasks/" + tasks.get(0);
  }

  @Override
  public void cleanup(RunContext run, Document state) {
    Set<Integer> tasks = new LinkedHashSet<>(WorkStatus.tasks(run));
    int open = new SendState(run, state).taskId();
    if (open > 0) {
      tasks.add(open);
    }
    for (int task : tasks) {
      server.delete("/tasks/" + task).accept(404).send();
    }
    if (state.getBoolean("project_made", false) && state.get("project") instanceof Number id) {
      removeProject(id.intValue());
    }
  }

  /** Removes the project that the run made, unless somebody put other tasks into it. */
  private void removeProject(int id) {
    HttpAnswer answer = server.get("/projects/" + id).accept(403, 404).send();
    if (answer.status() == 200
        && server.all("/tasks", "project_id", String.valueOf(id)).stream()
            .noneMatch(t -> t.getLong("project_id", 0) == id)) {
      server.delete("/projects/" + id).accept(404).send();
    }
  }

  @Override
  public void rename(RunContext run, String newKey, Document state) {
    if (options.text("task_name") != null) {
      return;
    }
    String before = TaskSender.baseName(options, run);
    String after = before.substring(0, before.length() - run.key().length()) + newKey;
    for (int task : WorkStatus.tasks(run)) {
      HttpAnswer answer = server.get("/tasks/" + task).accept(404).send();
      String name = answer.document().getString("name", "");
      if (answer.status() == 200 && name.startsWith(before)) {
        server
            .patch("/tasks/" + task)
            .json(Document.of("name", after + name.substring(before.length())))
            .idempotent()
            .send();
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
