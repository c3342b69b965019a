package io.postil.backends.labelstudio;

import io.postil.core.annotation.WorkUnit;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/** The tasks of a run as pieces of work, read page by page. */
final class TaskUnits implements Cursor<WorkUnit> {
  private static final int PAGE = 500;

  private final LabelStudioServer server;
  private final Project project;
  private final ObjectId run;
  private final Map<Long, String> users;
  private final Deque<WorkUnit> waiting = new ArrayDeque<>();
  private int page;
  private boolean atEnd;

  TaskUnits(LabelStudioServer server, Project project, ObjectId run) {
    this.server = server;
    this.project = project;
    this.run = run;
    this.users = server.users();
  }

  @Override
  public boolean hasNext() {
    while (waiting.isEmpty() && !atEnd) {
      List<?> tasks = server.tasks(project.id(), run.toString(), ++page, PAGE).getList("tasks");
      atEnd = tasks.size() < PAGE;
      for (Object task : tasks) {
        if (task instanceof Document d) {
          waiting.add(unit(d));
        }
      }
    }
    return !waiting.isEmpty();
  }

  private WorkUnit unit(Document task) {
    long id = task.getLong("id", 0);
    String annotators =
        task.getList("annotators").stream()
            .map(a -> a instanceof Number n ? users.getOrDefault(n.longValue(), "") : "")
            .filter(a -> !a.isEmpty())
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return new WorkUnit(
        String.valueOf(id),
        "task " + task.getLong("inner_id", id),
        server.page("/projects/" + project.id() + "/data?task=" + id),
        1,
        annotators.isEmpty() ? null : annotators,
        null,
        TaskState.ofListed(task).id(),
        List.of());
  }

  @Override
  public WorkUnit next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return waiting.remove();
  }

  @Override
  public void close() {}
}
