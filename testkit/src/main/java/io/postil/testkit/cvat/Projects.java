package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Project;
import io.postil.testkit.cvat.State.Task;
import java.util.List;
import java.util.Set;

/** Projects. */
final class Projects {
  private static final Lists.Rules RULES =
      new Lists.Rules(
          Set.of("name", "owner", "assignee", "status"),
          Set.of("name", "owner", "assignee"),
          Set.of("id", "name", "owner", "assignee", "status", "updated_date"));

  private final State state;
  private final Labels labels;
  private final Webhooks webhooks;

  Projects(State state, Labels labels, Webhooks webhooks) {
    this.state = state;
    this.labels = labels;
    this.webhooks = webhooks;
  }

  void addTo(Router router) {
    router.on("POST", "/projects", (call, args) -> create(call));
    router.on("GET", "/projects", (call, args) -> list(call));
    router.on(
        "GET",
        "/projects/#",
        (call, args) -> Answer.ok(toEntity(call, find(call, Router.id(args)))));
    router.on("PATCH", "/projects/#", (call, args) -> update(call, Router.id(args)));
    router.on("DELETE", "/projects/#", (call, args) -> delete(call, Router.id(args)));
  }

  private Answer create(Call call) {
    Document body = call.object();
    Tasks.checkName(body);
    Project project =
        new Project(state.nextId("project"), call.user(), call.organization(), state.now());
    project.name = body.getString("name", "");
    project.bugTracker = body.getString("bug_tracker", "");
    labels.create(project, body.getList("labels"));
    state.projects.put(project.id, project);
    call.set("Location", call.url("/projects/" + project.id));
    return Answer.created(toEntity(call, project));
  }

  private Answer list(Call call) {
    List<Entity> all =
        state.projects.values().stream()
            .filter(p -> State.mayUse(call.user(), p))
            .filter(p -> call.organization() == null || p.organization == call.organization())
            .filter(p -> !call.isPersonal() || p.organization == null)
            .map(p -> toEntity(call, p))
            .toList();
    return Answer.ok(Lists.select(call, all, RULES));
  }

  private Project find(Call call, int id) {
    Project project = state.projects.get(id);
    if (project == null) {
      throw ApiError.notFound();
    }
    if (!State.mayUse(call.user(), project)) {
      throw ApiError.forbidden();
    }
    return project;
  }

  private Answer update(Call call, int id) {
    Project project = find(call, id);
    Document body = call.object();
    project.name = body.getString("name", project.name);
    project.bugTracker = body.getString("bug_tracker", project.bugTracker);
    labels.update(project, body.getList("labels"));
    project.updated = state.now();
    Entity entity = toEntity(call, project);
    webhooks.tell("update:project", project.id, "project", entity, call);
    return Answer.ok(entity);
  }

  private Answer delete(Call call, int id) {
    Project project = find(call, id);
    for (Task task : List.copyOf(state.tasks.values())) {
      if (task.project == project) {
        task.jobs.forEach(j -> state.jobs.remove(j.id));
        state.tasks.remove(task.id);
      }
    }
    state.projects.remove(id);
    return Answer.empty(204);
  }

  private Entity toEntity(Call call, Project project) {
    List<Task> tasks = state.tasks.values().stream().filter(t -> t.project == project).toList();
    return Entity.of(
        "url",
        call.url("/projects/" + project.id),
        "id",
        project.id,
        "name",
        project.name,
        "owner",
        Auth.brief(call, project.owner),
        "assignee",
        project.assignee == null ? null : Auth.brief(call, project.assignee),
        "guide_id",
        null,
        "bug_tracker",
        project.bugTracker,
        "created_date",
        project.created.toString(),
        "updated_date",
        project.updated.toString(),
        "status",
        "annotation",
        "dimension",
        tasks.isEmpty() ? null : "2d",
        "organization",
        project.organization == null ? null : project.organization.id,
        "target_storage",
        null,
        "source_storage",
        null,
        "tasks",
        Entity.of("count", tasks.size(), "url", call.url("/tasks?project_id=" + project.id)),
        "labels",
        Entity.of("url", call.url("/labels?project_id=" + project.id)),
        "task_subsets",
        tasks.stream().map(t -> t.subset).filter(s -> !s.isEmpty()).distinct().toList());
  }
}
