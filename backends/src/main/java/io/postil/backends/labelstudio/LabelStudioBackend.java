package io.postil.backends.labelstudio;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.Capabilities;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run is a project, an item a task. The state is the {@link Project}; of each item the number of
 * its task is remembered.
 */
final class LabelStudioBackend implements AnnotationBackend {
  private static final int BATCH = 1000;
  private static final int LONGEST_TITLE = 50;

  /** The oldest release whose editor was seen to draw open lines. */
  private static final String VECTORS = "1.23";

  private static final Capabilities CAPABILITIES =
      new Capabilities(
          Set.of(MediaType.IMAGE, MediaType.VIDEO),
          EnumSet.allOf(LabelType.class),
          Set.of(FieldType.INT, FieldType.FLOAT, FieldType.STRING, FieldType.BOOLEAN),
          Set.of("text", "select", "radio", "checkbox", "number"),
          Set.of("select", "radio"),
          false,
          true,
          true,
          true,
          BATCH);

  private final Settings settings;
  private @Nullable LabelStudioServer server;

  LabelStudioBackend(Settings settings) {
    this.settings = settings;
  }

  private LabelStudioServer server() {
    LabelStudioServer open = server;
    if (open == null) {
      open = new LabelStudioServer(settings);
      server = open;
    }
    return open;
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public Document recommendAttribute(String name, @Nullable Object value) {
    return Document.of(
        "type",
        value instanceof Boolean ? "checkbox" : value instanceof Number ? "number" : "text");
  }

  @Override
  public List<Problem> problems(MediaType mediaType, LabelSchema schema) {
    List<Problem> problems = new ArrayList<>(settings.problems());
    problems.addAll(Controls.problems(schema, mediaType));
    return problems;
  }

  @Override
  public void checkReady() {
    server().version();
    server().whoAmI();
  }

  private Controls controls(RunContext run, Names names) {
    return new Controls(run.schema(), mediaType(run), run.scalarTypes(), names);
  }

  private static MediaType mediaType(RunContext run) {
    return run.mediaType() == MediaType.VIDEO ? MediaType.VIDEO : MediaType.IMAGE;
  }

  // --- sending --------------------------------------------------------------------------------

  @Override
  public Document prepare(RunContext run, Document state) {
    if (Project.ofState(state) != null) {
      return state;
    }
    String release = server().version();
    if (LabelStudioServer.isOlder(release, VECTORS) && controls(run, Names.own("")).needVectors()) {
      throw new PostilException(
          ErrorCode.UNSUPPORTED_LABEL_TYPE,
          "polylines need Label Studio " + VECTORS + "; " + settings.url() + " is " + release,
          "Update it, or annotate them as polygons.");
    }
    Long given = settings.projectId();
    Project project =
        given == null
            ? project(make(run), true, Names.own(mediaType(run).id()))
            : existing(run, given);
    run.checkpoint(project.toState());
    return project.toState();
  }

  private Project existing(RunContext run, long id) {
    Document found = server().project(id);
    if (found == null) {
      throw new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "there is no project " + id + " on " + settings.url(),
          "Correct project_id, or leave it out to make a project.");
    }
    return project(
        found,
        false,
        new ExistingProject(found, mediaType(run)).names(run.schema(), run.scalarTypes()));
  }

  private Document make(RunContext run) {
    String description = "Made by Postil for run " + run.id();
    String title = title(run);
    // An attempt that broke off may have made it without being able to say so.
    Document there = server().findProject(title, description);
    return there != null
        ? there
        : server()
            .createProject(
                title,
                description,
                controls(run, Names.own(mediaType(run).id())).config(),
                settings.annotationsPerTask());
  }

  private String title(RunContext run) {
    if (settings.projectName() != null) {
      return settings.projectName();
    }
    String title = run.dataset() + " " + run.key();
    return title.length() <= LONGEST_TITLE
        ? title
        : title.substring(0, LONGEST_TITLE - 1).strip() + "…";
  }

  private static Project project(Document found, boolean own, Names names) {
    return new Project(
        found.getLong("id", 0),
        found.getString("created_at", ""),
        own,
        names,
        0,
        0,
        List.of(),
        List.of(),
        0);
  }

  @Override
  public Document upload(RunContext run, List<UploadItem> items, Document state) {
    Project project = require(state);
    verify(project);
    return new TaskSender(
            server(), controls(run, project.names()), new MediaAddresses(settings), run, project)
        .send(items)
        .toState();
  }

  @Override
  public Document finish(RunContext run, Document state) {
    Project project = require(state);
    String url = settings.webhookUrl();
    String secret = settings.webhookSecret();
    if (url != null && secret != null && project.webhook() == 0) {
      long webhook = server().createWebhook(project.id(), url, Webhooks.HEADER, secret);
      project = project.withWebhook(webhook);
    }
    return project.toState();
  }

  // --- the project ----------------------------------------------------------------------------

  private static Project require(Document state) {
    Project project = Project.ofState(state);
    if (project == null) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS, "the run has no project yet", "Resume it first.");
    }
    return project;
  }

  /** The project as it is now, or null if it is gone; its number alone does not say so. */
  private @Nullable Document find(Project project) {
    Document now = server().project(project.id());
    return now != null && project.createdAt().equals(now.getString("created_at", "")) ? now : null;
  }

  private Document verify(Project project) {
    Document now = find(project);
    if (now == null) {
      throw new PostilException(
          ErrorCode.BACKEND_DOWNLOAD_FAILED,
          "the project " + project.id() + " of the run was deleted on " + settings.url(),
          "Its work is lost there; the dataset is as it was. Delete the run and annotate again.");
    }
    return now;
  }

  @Override
  public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
    Project project = require(state);
    Document now = verify(project);
    new Answers(server(), controls(run, project.names()), run, only, settings, answer)
        .download(project, now.getLong("task_number", 0));
    return state;
  }

  @Override
  public RunProgress progress(RunContext run, Document state) {
    Project project = Project.ofState(state);
    if (project == null) {
      return new RunProgress(0, 0, 0);
    }
    Document now = verify(project);
    if (project.own()) {
      long done = now.getLong("num_tasks_with_annotations", 0);
      long skipped = now.getLong("skipped_annotations_number", 0);
      long tasks = now.getLong("task_number", 0);
      boolean several = now.getLong("maximum_annotations", 1) > 1;
      long completed = several ? now.getLong("finished_task_number", 0) : done;
      return new RunProgress(tasks, Math.min(tasks, done + skipped), completed);
    }
    long items = 0;
    long started = 0;
    long completed = 0;
    try (Cursor<WorkUnit> units = units(run, state)) {
      while (units.hasNext()) {
        String unitState = units.next().state();
        items++;
        started += unitState.equals(TaskState.NEW.id()) ? 0 : 1;
        completed += unitState.equals(TaskState.COMPLETED.id()) ? 1 : 0;
      }
    }
    return new RunProgress(items, started, completed);
  }

  @Override
  public Cursor<WorkUnit> units(RunContext run, Document state) {
    Project project = Project.ofState(state);
    if (project == null) {
      return Cursor.of(List.of());
    }
    verify(project);
    return new TaskUnits(server(), project, run.id());
  }

  @Override
  public @Nullable RunEvent webhook(
      RunContext run, Document state, Map<String, String> headers, byte[] body) {
    Project project = Project.ofState(state);
    return project == null
        ? null
        : Webhooks.read(project, settings.webhookSecret(), run.id(), headers, body);
  }

  @Override
  public @Nullable String address(RunContext run, Document state) {
    Project project = Project.ofState(state);
    return project == null ? null : server().page("/projects/" + project.id() + "/data");
  }

  @Override
  public void cleanup(RunContext run, Document state) {
    Project project = Project.ofState(state);
    if (project == null) {
      // A crash between making a project and noting it leaves one that only its text tells.
      Document orphan =
          settings.projectId() == null
              ? server().findProject(title(run), "Made by Postil for run " + run.id())
              : null;
      if (orphan != null) {
        server().deleteProject(orphan.getLong("id", 0));
      }
      return;
    }
    if (find(project) == null) {
      return;
    }
    if (project.own()) {
      server().deleteProject(project.id());
      return;
    }
    deleteTasks(run, project);
    project.storages().forEach(server()::disconnectLocalFiles);
    if (project.webhook() != 0) {
      server().deleteWebhook(project.webhook());
    }
  }

  private void deleteTasks(RunContext run, Project project) {
    while (true) {
      List<Long> ids = new ArrayList<>();
      for (Object task :
          server().tasks(project.id(), run.id().toString(), 1, BATCH).getList("tasks")) {
        if (task instanceof Document d) {
          ids.add(d.getLong("id", 0));
        }
      }
      if (ids.isEmpty()) {
        return;
      }
      server().deleteTasks(project.id(), ids);
    }
  }

  @Override
  public void close() {
    LabelStudioServer open = server;
    if (open != null) {
      open.close();
    }
  }
}
