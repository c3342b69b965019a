package io.postil.backends.cvat;

import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How far people have come with the tasks and jobs of a run. */
final class WorkStatus {
  private final CvatServer server;
  private final RunContext run;

  WorkStatus(CvatServer server, RunContext run) {
    this.server = server;
    this.run = run;
  }

  /** The tasks of the run, in order. */
  static List<Integer> tasks(RunContext run) {
    List<Integer> tasks = new ArrayList<>();
    for (SentItem.Place place : SentItem.places(run.memory())) {
      boolean known = !tasks.isEmpty() && tasks.get(tasks.size() - 1) == place.taskId();
      if (place.taskId() > 0 && !known) {
        tasks.add(place.taskId());
      }
    }
    return tasks;
  }

  RunProgress progress() {
    long items = 0;
    long started = 0;
    long completed = 0;
    List<Integer> tasks = new ArrayList<>();
    List<SentItem.Place> places = SentItem.places(run.memory());
    Map<Integer, Integer> sizes = new HashMap<>();
    for (SentItem.Place place : places) {
      if (place.taskId() > 0 && sizes.merge(place.taskId(), 1, Integer::sum) == 1) {
        tasks.add(place.taskId());
      }
    }
    Map<Integer, boolean[][]> touched = new HashMap<>();
    for (Document job : server.jobs(tasks)) {
      int task = (int) job.getLong("task_id", 0);
      int size = sizes.getOrDefault(task, 0);
      boolean[][] of = touched.computeIfAbsent(task, t -> new boolean[2][size]);
      boolean done = FrameStates.state(job).equals("completed");
      boolean begun = done || !FrameStates.state(job).equals("new") || isBeyondFirst(job);
      for (int frame = 0; frame < size; frame++) {
        // A video is one item, whatever its frames.
        boolean covers =
            size == 1
                || job.getLong("start_frame", 0) <= frame && frame <= job.getLong("stop_frame", 0);
        of[0][frame] |= covers && begun;
        of[1][frame] |= covers && done;
      }
    }
    for (Map.Entry<Integer, Integer> task : sizes.entrySet()) {
      items += task.getValue();
      boolean[][] of = touched.get(task.getKey());
      for (int frame = 0; of != null && frame < task.getValue(); frame++) {
        started += of[0][frame] ? 1 : 0;
        completed += of[1][frame] ? 1 : 0;
      }
    }
    return new RunProgress(items, started, completed);
  }

  private static boolean isBeyondFirst(Document job) {
    return !job.getString("stage", "annotation").equals("annotation");
  }

  /** The jobs, with what reviewers said, and the tasks that are gone. */
  List<WorkUnit> units() {
    List<WorkUnit> units = new ArrayList<>();
    Map<Integer, Long> gone = new LinkedHashMap<>();
    for (SentItem.Place place : SentItem.places(run.memory())) {
      if (place.taskId() > 0) {
        gone.merge(place.taskId(), 1L, Long::sum);
      }
    }
    for (Document job : server.jobs(List.copyOf(gone.keySet()))) {
      long id = job.getLong("id", 0);
      long task = job.getLong("task_id", 0);
      gone.remove((int) task);
      long first = job.getLong("start_frame", 0);
      long last = job.getLong("stop_frame", 0);
      List<String> comments =
          job.getDocument("issues").getLong("count", 0) == 0 ? List.of() : comments(id);
      units.add(
          new WorkUnit(
              "job " + id,
              "task " + task + ", job " + id + ", frames " + first + "-" + last,
              server.url() + "/tasks/" + task + "/jobs/" + id,
              job.getLong("frame_count", last - first + 1),
              job.getDocument("assignee").getString("username"),
              job.getString("stage"),
              FrameStates.state(job),
              comments));
    }
    gone.forEach((task, items) -> units.add(goneTask(task, items)));
    return units;
  }

  /** A task that somebody deleted, or took away from this account. */
  private static WorkUnit goneTask(int task, long items) {
    String title = "task " + task + ", not in CVAT any more or not visible to this account";
    return new WorkUnit("task " + task, title, null, items, null, null, "gone", List.of());
  }

  private List<String> comments(long job) {
    List<String> texts = new ArrayList<>();
    for (Document issue : server.all("/issues", "job_id", String.valueOf(job))) {
      List<Document> comments =
          new ArrayList<>(
              server.all("/comments", "issue_id", String.valueOf(issue.getLong("id", 0))));
      comments.sort((a, b) -> Long.compare(a.getLong("id", 0), b.getLong("id", 0)));
      for (Document comment : comments) {
        texts.add(
            "frame "
                + issue.getLong("frame", 0)
                + (issue.getBoolean("resolved", false) ? " (resolved), " : ", ")
                + comment.getDocument("owner").getString("username", "somebody")
                + ": "
                + comment.getString("message", ""));
      }
    }
    return texts;
  }
}
