package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Job;
import io.postil.testkit.cvat.State.Task;
import io.postil.testkit.cvat.State.User;
import java.util.List;
import java.util.Set;

/** Jobs: the parts of tasks that people are assigned. */
final class Jobs {
  private static final Set<String> STAGES = Set.of("annotation", "validation", "acceptance");
  private static final Set<String> STATES = Set.of("new", "in progress", "completed", "rejected");
  private static final Lists.Rules RULES =
      new Lists.Rules(
          Set.of("task_id", "project_id", "assignee", "stage", "state", "type", "dimension"),
          Set.of("assignee", "stage", "state"),
          Set.of(
              "id", "task_id", "project_id", "assignee", "stage", "state", "type", "updated_date"));

  private final State state;

  Jobs(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    router.on("GET", "/jobs", (call, args) -> list(call));
    router.on("POST", "/jobs", (call, args) -> create(call));
    router.on(
        "GET",
        "/jobs/#",
        (call, args) -> Answer.ok(toEntity(call, find(state, call, Router.id(args)))));
    router.on("PATCH", "/jobs/#", (call, args) -> update(call, Router.id(args)));
    router.on("DELETE", "/jobs/#", (call, args) -> delete(call, Router.id(args)));
  }

  /** The old name of stage and state in one. */
  static String status(Job job) {
    return switch (job.stage) {
      case "acceptance" -> job.state.equals("completed") ? "completed" : "validation";
      case "validation" -> "validation";
      default -> "annotation";
    };
  }

  private static boolean mayRead(User user, Job job) {
    return job.assignee == user || job.task.assignee == user || State.mayUse(user, job.task);
  }

  private Answer list(Call call) {
    if (call.query.get("task_id") instanceof String id && id.matches("\\d+")) {
      Task task = state.tasks.get(Integer.parseInt(id));
      if (task != null) {
        TaskMedia.poll(task);
      }
    }
    List<Entity> all =
        state.jobs.values().stream()
            .filter(j -> mayRead(call.user(), j))
            .filter(j -> call.organization() == null || j.task.organization == call.organization())
            .filter(j -> !call.isPersonal() || j.task.organization == null)
            .map(j -> toEntity(call, j))
            .toList();
    return Answer.ok(Lists.select(call, all, RULES));
  }

  /** A job that the caller may work on. */
  static Job find(State state, Call call, int id) {
    Job job = state.jobs.get(id);
    if (job == null) {
      throw ApiError.notFound();
    }
    if (!mayRead(call.user(), job)) {
      throw ApiError.forbidden();
    }
    return job;
  }

  private Answer create(Call call) {
    Document body = call.object();
    Task task = Tasks.find(state, call, (int) body.getLong("task_id", 0));
    if (!body.getString("type", "").equals("ground_truth")) {
      throw ApiError.invalid("Unexpected job type " + body.getString("type"));
    }
    Job job =
        new Job(state.nextId("job"), task, 0, task.data.size - 1, "ground_truth", state.now());
    job.included =
        body.getList("frames").stream().map(f -> f instanceof Number n ? n.intValue() : 0).toList();
    task.jobs.add(job);
    state.jobs.put(job.id, job);
    call.set("Location", call.url("/jobs/" + job.id));
    return Answer.created(toEntity(call, job));
  }

  private Answer update(Call call, int id) {
    Job job = find(state, call, id);
    Document body = call.object();
    boolean manages = State.mayUse(call.user(), job.task);
    if (body.contains("stage")) {
      String stage = body.getString("stage", "");
      if (!manages) {
        throw ApiError.forbidden();
      }
      choose("stage", stage, STAGES);
      if (!stage.equals(job.stage)) {
        job.stage = stage;
        job.state = "new";
      }
    }
    if (body.contains("state")) {
      choose("state", body.getString("state", ""), STATES);
      job.state = body.getString("state", "");
    }
    if (body.contains("assignee")) {
      if (!manages) {
        throw ApiError.forbidden();
      }
      job.assignee =
          body.get("assignee") instanceof Number n
              ? Tasks.assignable(state, call, n.intValue())
              : null;
    }
    job.updated = state.now();
    return Answer.ok(toEntity(call, job));
  }

  private static void choose(String field, String value, Set<String> known) {
    if (!known.contains(value)) {
      throw ApiError.field(field, "\"" + value + "\" is not a valid choice.");
    }
  }

  private Answer delete(Call call, int id) {
    Job job = find(state, call, id);
    if (!job.type.equals("ground_truth")) {
      throw ApiError.invalid("Only ground truth jobs can be removed");
    }
    job.task.jobs.remove(job);
    state.jobs.remove(id);
    return Answer.empty(204);
  }

  private Entity toEntity(Call call, Job job) {
    Task task = job.task;
    List<Integer> included = job.included;
    return Entity.of(
        "url",
        call.url("/jobs/" + job.id),
        "id",
        job.id,
        "task_id",
        task.id,
        "project_id",
        task.project == null ? null : task.project.id,
        "assignee",
        job.assignee == null ? null : Auth.brief(call, job.assignee),
        "guide_id",
        null,
        "dimension",
        "2d",
        "bug_tracker",
        task.project == null ? null : task.project.bugTracker,
        "status",
        status(job),
        "stage",
        job.stage,
        "state",
        job.state,
        "mode",
        task.data.video ? "interpolation" : "annotation",
        "frame_count",
        included == null ? job.stop - job.start + 1 : included.size(),
        "start_frame",
        job.start,
        "stop_frame",
        job.stop,
        "data_chunk_size",
        task.data.chunkSize,
        "data_compressed_chunk_type",
        "imageset",
        "created_date",
        job.created.toString(),
        "updated_date",
        job.updated.toString(),
        "issues",
        Entity.of("url", call.url("/issues?job_id=" + job.id), "count", Issues.count(state, job)),
        "labels",
        Entity.of("url", call.url("/labels?job_id=" + job.id)),
        "type",
        job.type,
        "organization",
        task.organization == null ? null : task.organization.id,
        "target_storage",
        null,
        "source_storage",
        null);
  }
}
