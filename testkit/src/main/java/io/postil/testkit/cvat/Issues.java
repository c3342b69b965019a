package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Job;
import io.postil.testkit.cvat.State.User;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What reviewers say of frames, and the comments below. */
final class Issues {
  /** An issue. */
  static final class Issue {
    final int id;
    final Job job;
    final int frame;
    final List<Double> position;
    final User owner;
    final Instant created;
    Instant updated;
    boolean resolved;
    final List<Comment> comments = new ArrayList<>();

    Issue(int id, Job job, int frame, List<Double> position, User owner, Instant created) {
      this.id = id;
      this.job = job;
      this.frame = frame;
      this.position = position;
      this.owner = owner;
      this.created = created;
      this.updated = created;
    }
  }

  private record Comment(int id, User owner, String message, Instant created) {}

  private final State state;

  Issues(State state) {
    this.state = state;
  }

  void addTo(Router router) {
    router.on("POST", "/issues", (call, args) -> create(call));
    router.on("GET", "/issues", (call, args) -> list(call));
    router.on("PATCH", "/issues/#", (call, args) -> resolve(call, Router.id(args)));
    router.on("DELETE", "/issues/#", (call, args) -> delete(Router.id(args)));
    router.on("POST", "/comments", (call, args) -> comment(call));
    router.on("GET", "/comments", (call, args) -> comments(call));
  }

  static long count(State state, Job job) {
    return state.issues.values().stream().filter(i -> i.job == job).count();
  }

  private Answer create(Call call) {
    Document body = call.object();
    Job job = Jobs.find(state, call, (int) body.getLong("job", 0));
    List<Double> position =
        body.getList("position").stream()
            .map(p -> p instanceof Number n ? n.doubleValue() : 0.0)
            .toList();
    Issue issue =
        new Issue(
            state.nextId("issue"),
            job,
            (int) body.getLong("frame", 0),
            position,
            call.user(),
            state.now());
    state.issues.put(issue.id, issue);
    String message = body.getString("message");
    if (message != null) {
      issue.comments.add(new Comment(state.nextId("comment"), call.user(), message, state.now()));
    }
    return Answer.created(toEntity(call, issue));
  }

  private Answer list(Call call) {
    String job = call.query.get("job_id");
    String task = call.query.get("task_id");
    return Answer.ok(
        Lists.page(
            call,
            state.issues.values().stream()
                .filter(i -> job == null || String.valueOf(i.job.id).equals(job))
                .filter(i -> task == null || String.valueOf(i.job.task.id).equals(task))
                .map(i -> toEntity(call, i))
                .toList()));
  }

  private Issue find(int id) {
    Issue issue = state.issues.get(id);
    if (issue == null) {
      throw ApiError.notFound();
    }
    return issue;
  }

  private Answer resolve(Call call, int id) {
    Issue issue = find(id);
    issue.resolved = call.object().getBoolean("resolved", issue.resolved);
    issue.updated = state.now();
    return Answer.ok(toEntity(call, issue));
  }

  private Answer delete(int id) {
    state.issues.remove(find(id).id);
    return Answer.empty(204);
  }

  private Answer comment(Call call) {
    Document body = call.object();
    Issue issue = find((int) body.getLong("issue", 0));
    Comment comment =
        new Comment(
            state.nextId("comment"), call.user(), body.getString("message", ""), state.now());
    issue.comments.add(comment);
    return Answer.created(toEntity(call, issue, comment));
  }

  private Answer comments(Call call) {
    String wanted = call.query.get("issue_id");
    List<Entity> found = new ArrayList<>();
    for (Issue issue : state.issues.values()) {
      if (wanted == null || String.valueOf(issue.id).equals(wanted)) {
        issue.comments.forEach(c -> found.add(0, toEntity(call, issue, c)));
      }
    }
    return Answer.ok(Lists.page(call, found));
  }

  private static Entity toEntity(Call call, Issue issue) {
    return Entity.of(
        "id",
        issue.id,
        "frame",
        issue.frame,
        "position",
        issue.position,
        "job",
        issue.job.id,
        "owner",
        Auth.brief(call, issue.owner),
        "assignee",
        null,
        "created_date",
        issue.created.toString(),
        "updated_date",
        issue.updated.toString(),
        "resolved",
        issue.resolved,
        "comments",
        Entity.of(
            "count", issue.comments.size(), "url", call.url("/comments?issue_id=" + issue.id)));
  }

  private static Entity toEntity(Call call, Issue issue, Comment comment) {
    return Entity.of(
        "id",
        comment.id(),
        "issue",
        issue.id,
        "owner",
        Auth.brief(call, comment.owner()),
        "message",
        comment.message(),
        "created_date",
        comment.created().toString(),
        "updated_date",
        comment.created().toString());
  }
}
