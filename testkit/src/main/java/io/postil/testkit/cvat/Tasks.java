package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Job;
import io.postil.testkit.cvat.State.Project;
import io.postil.testkit.cvat.State.Task;
import io.postil.testkit.cvat.State.TaskData;
import io.postil.testkit.cvat.State.User;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tasks, without their media and annotations. */
final class Tasks {
  private static final int MAX_NAME = 256;
  private static final Lists.Rules RULES =
      new Lists.Rules(
          Set.of(
              "name", "owner", "assignee", "status", "subset", "mode", "dimension", "project_id"),
          Set.of("name", "owner", "assignee", "subset"),
          Set.of(
              "id", "name", "owner", "assignee", "status", "subset", "project_id", "updated_date"));

  private final State state;
  private final Labels labels;
  private final Webhooks webhooks;

  Tasks(State state, Labels labels, Webhooks webhooks) {
    this.state = state;
    this.labels = labels;
    this.webhooks = webhooks;
  }

  void addTo(Router router) {
    router.on("POST", "/tasks", (call, args) -> create(call));
    router.on("GET", "/tasks", (call, args) -> list(call));
    router.on(
        "GET",
        "/tasks/#",
        (call, args) -> Answer.ok(toEntity(call, find(state, call, Router.id(args)))));
    router.on("PATCH", "/tasks/#", (call, args) -> update(call, Router.id(args)));
    router.on("DELETE", "/tasks/#", (call, args) -> delete(call, Router.id(args)));
  }

  static void checkName(Document body) {
    String name = body.getString("name", "");
    if (name.isEmpty()) {
      throw ApiError.field("name", "This field is required.");
    }
    if (name.length() > MAX_NAME) {
      throw ApiError.field("name", "Ensure this field has no more than 256 characters.");
    }
  }

  private Answer create(Call call) {
    Document body = call.object();
    checkName(body);
    Project project = null;
    if (body.get("project_id") instanceof Number id) {
      project = state.projects.get(id.intValue());
      if (project == null || !State.mayUse(call.user(), project)) {
        throw ApiError.forbidden();
      }
      if (!body.getList("labels").isEmpty()) {
        throw ApiError.invalid("Project must have only one of Label set or project_id");
      }
    } else if (body.getList("labels").isEmpty()) {
      throw ApiError.invalid("Label set or project_id must be present");
    }
    User assignee = assignee(call, body.get("assignee_id"));
    Task task =
        new Task(
            state.nextId("task"),
            call.user(),
            project == null ? call.organization() : project.organization,
            project,
            state.now());
    task.name = body.getString("name", "");
    task.assignee = assignee;
    task.bugTracker = body.getString("bug_tracker", "");
    task.subset = body.getString("subset", "");
    task.segmentSize = (int) body.getLong("segment_size", 0);
    task.overlap = body.get("overlap") instanceof Number n ? n.intValue() : null;
    labels.create(task, body.getList("labels"));
    state.tasks.put(task.id, task);
    if (project != null) {
      project.updated = state.now();
    }
    call.set("Location", call.url("/tasks/" + task.id));
    Entity entity = toEntity(call, task);
    if (project != null) {
      webhooks.tell("create:task", project.id, "task", entity, call);
    }
    return Answer.created(entity);
  }

  /** Who is to be assigned; somebody out of sight is refused without saying why. */
  private @Nullable User assignee(Call call, @Nullable Object id) {
    return id instanceof Number n ? assignable(state, call, n.intValue()) : null;
  }

  static User assignable(State state, Call call, int id) {
    User wanted = state.users.get(id);
    User self = call.user();
    State.Organization organization = call.organization();
    boolean visible =
        wanted != null
            && (wanted == self
                || self.admin
                || organization != null && organization.roles.containsKey(wanted.id));
    if (wanted == null || !visible) {
      throw ApiError.forbidden();
    }
    return wanted;
  }

  private Answer list(Call call) {
    List<Entity> all =
        state.tasks.values().stream()
            .filter(t -> State.mayUse(call.user(), t))
            .filter(t -> call.organization() == null || t.organization == call.organization())
            .filter(t -> !call.isPersonal() || t.organization == null)
            .map(t -> toEntity(call, t))
            .toList();
    return Answer.ok(Lists.select(call, all, RULES));
  }

  /** A task that the caller may use. */
  static Task find(State state, Call call, int id) {
    Task task = state.tasks.get(id);
    if (task == null) {
      throw ApiError.notFound();
    }
    if (!State.mayUse(call.user(), task)) {
      throw ApiError.forbidden();
    }
    return task;
  }

  private Answer update(Call call, int id) {
    Task task = find(state, call, id);
    Document body = call.object();
    String before = task.updated.toString();
    if (body.contains("assignee_id")) {
      task.assignee = assignee(call, body.get("assignee_id"));
    }
    task.name = body.getString("name", task.name);
    task.subset = body.getString("subset", task.subset);
    task.bugTracker = body.getString("bug_tracker", task.bugTracker);
    if (!body.getList("labels").isEmpty()) {
      if (task.project != null) {
        throw ApiError.invalid("Project must have only one of Label set or project_id");
      }
      labels.update(task, body.getList("labels"));
    }
    task.updated = state.now();
    Entity entity = toEntity(call, task);
    if (task.project != null) {
      webhooks.tell(
          "update:task", task.project.id, "task", entity, call, Entity.of("updated_date", before));
    }
    return Answer.ok(entity);
  }

  private Answer delete(Call call, int id) {
    Task task = find(state, call, id);
    task.jobs.forEach(j -> state.jobs.remove(j.id));
    state.tasks.remove(id);
    return Answer.empty(204);
  }

  /** The worst of the stages: what the jobs have in common. */
  private static String status(Task task) {
    if (!task.jobs.isEmpty()
        && task.jobs.stream().allMatch(j -> Jobs.status(j).equals("completed"))) {
      return "completed";
    }
    return task.jobs.stream().anyMatch(j -> Jobs.status(j).equals("annotation"))
            || task.jobs.isEmpty()
        ? "annotation"
        : "validation";
  }

  private static Entity toEntity(Call call, Task task) {
    TaskData data = task.data;
    Entity entity =
        Entity.of(
            "url",
            call.url("/tasks/" + task.id),
            "id",
            task.id,
            "name",
            task.name,
            "project_id",
            task.project == null ? null : task.project.id,
            "mode",
            !data.isReady() ? "" : data.video ? "interpolation" : "annotation",
            "owner",
            Auth.brief(call, task.owner),
            "assignee",
            task.assignee == null ? null : Auth.brief(call, task.assignee),
            "bug_tracker",
            task.bugTracker,
            "created_date",
            task.created.toString(),
            "updated_date",
            task.updated.toString(),
            "overlap",
            task.overlap,
            "segment_size",
            task.segmentSize,
            "status",
            status(task));
    if (data.isReady()) {
      entity.put("data_chunk_size", data.chunkSize);
      entity.put("data_compressed_chunk_type", "imageset");
      entity.put("guide_id", null);
      entity.put("data_original_chunk_type", data.video ? "video" : "imageset");
      entity.put("size", data.size);
      entity.put("image_quality", data.parameters.getLong("image_quality", 0));
      entity.put("data", task.id);
    } else {
      entity.put("guide_id", null);
    }
    List<Job> jobs = task.jobs;
    entity.put("dimension", "2d");
    entity.put("subset", task.subset);
    entity.put("organization", task.organization == null ? null : task.organization.id);
    entity.put("target_storage", null);
    entity.put("source_storage", null);
    entity.put(
        "jobs",
        Entity.of(
            "count",
            jobs.size(),
            "completed",
            jobs.stream()
                .filter(j -> j.stage.equals("acceptance") && j.state.equals("completed"))
                .count(),
            "validation",
            jobs.stream().filter(j -> j.stage.equals("validation")).count(),
            "url",
            call.url("/jobs?task_id=" + task.id)));
    entity.put("labels", Entity.of("url", call.url("/labels?task_id=" + task.id)));
    return entity;
  }
}
