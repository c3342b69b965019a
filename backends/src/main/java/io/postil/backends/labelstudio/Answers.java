package io.postil.backends.labelstudio;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunMemory;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.MediaType;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hands over the work of a run. Of a task, the newest annotation that was submitted counts, or the
 * newest of one person; a task nobody touched is unchanged; a skipped one and work that was not
 * submitted are not delivered. For one download.
 */
final class Answers {
  /** From so many tasks on the server writes a snapshot instead of answering at once. */
  private static final long SNAPSHOT = 1000;

  private static final int BATCH = 200;

  private static final String FROM_SCRATCH = "annotated without the labels that were sent";

  /** About as many numbers and texts are held at once, whatever the number of tasks. */
  private static final long MOST_VALUES = 500_000;

  private final LabelStudioServer server;
  private final Controls controls;
  private final RunContext run;
  private final WorkFilter only;
  private final Settings settings;
  private final AnswerSink sink;
  private final Set<ObjectId> seen = new HashSet<>();
  private final List<Document> answered = new ArrayList<>();
  private long answeredValues;

  private Map<Long, String> users = Map.of();

  Answers(
      LabelStudioServer server,
      Controls controls,
      RunContext run,
      WorkFilter only,
      Settings settings,
      AnswerSink sink) {
    this.server = server;
    this.controls = controls;
    this.run = run;
    this.only = only;
    this.settings = settings;
    this.sink = sink;
  }

  void download(Project project, long tasks) {
    if (only.assignee() != null) {
      users = server.users();
    }
    long done = 0;
    try (VideoResults videos = run.mediaType() == MediaType.VIDEO ? new VideoResults() : null;
        Cursor<@Nullable Object> all = read(project, tasks, videos)) {
      while (all.hasNext()) {
        if (all.next() instanceof Document task) {
          take(task, videos);
          if (videos != null) {
            videos.clear();
          }
          if (++done % BATCH == 0) {
            run.progress().progress("fetching tasks", done, tasks);
          }
        }
      }
    }
    flush();
    tellMissing();
  }

  private Cursor<@Nullable Object> read(
      Project project, long tasks, @Nullable VideoResults videos) {
    Json.LongMember reader = videos == null ? null : videos::read;
    return tasks > SNAPSHOT
        ? server.snapshot(project.id(), "Postil " + run.id(), reader)
        : server.export(project.id(), reader);
  }

  private void take(Document task, @Nullable VideoResults videos) {
    ObjectId item = TaskSender.item(task);
    String taskRun = task.getDocument("data").getString(TaskSender.RUN_ID);
    if (item == null || !run.id().toString().equals(taskRun) || !seen.add(item)) {
      return;
    }
    Document chosen = chosen(task);
    TaskState state = state(task, chosen);
    if (!only.accepts(state.id(), null, only.assignee())) {
      sink.undelivered(item, "state " + state.id());
    } else if (chosen != null) {
      boolean scratch =
          !settings.fromScratch()
              && !task.getList("predictions").isEmpty()
              && chosen.get("parent_prediction") == null;
      if (videos != null) {
        tellVideo(item, task, videos, chosen, scratch);
        return;
      }
      answered.add(
          Document.builder()
              .append("data", task.getDocument("data"))
              .append("result", chosen.getList("result"))
              .append("scratch", scratch)
              .build());
      answeredValues += values(chosen.getList("result"));
      if (answered.size() == BATCH || answeredValues > MOST_VALUES) {
        flush();
      }
    } else if (only.assignee() != null) {
      sink.undelivered(item, "not annotated by " + only.assignee());
    } else if (state == TaskState.SKIPPED) {
      sink.undelivered(item, "skipped");
    } else if (state == TaskState.STARTED) {
      sink.undelivered(item, "not submitted");
    } else {
      sink.unchanged(item);
    }
  }

  private void tellVideo(
      ObjectId item, Document task, VideoResults results, Document chosen, boolean scratch) {
    VideoAnswer answer =
        VideoAnswer.of(
            controls,
            run,
            item,
            ItemMedia.ofTask(task.getDocument("data")),
            results,
            results.result(chosen.get("result")));
    if (scratch && !answer.knowsSent()) {
      sink.undelivered(item, FROM_SCRATCH);
    } else {
      answer.tell(sink);
      sink.delivered(item);
    }
  }

  /** The annotation that counts, or null. */
  private @Nullable Document chosen(Document task) {
    Document newest = null;
    for (Object entry : task.getList("annotations")) {
      if (entry instanceof Document annotation
          && !annotation.getBoolean("was_cancelled", false)
          && isWanted(annotation.get("completed_by"))
          && isNewer(annotation, newest)) {
        newest = annotation;
      }
    }
    if (settings.drafts()) {
      for (Object entry : task.getList("drafts")) {
        if (entry instanceof Document draft
            && (only.assignee() == null || only.assignee().equals(draft.getString("user")))
            && isNewer(draft, newest)) {
          newest = draft;
        }
      }
    }
    return newest;
  }

  /** Times come in one form, so that later ones are greater as text. */
  private static boolean isNewer(Document work, @Nullable Document other) {
    return other == null
        || work.getString("updated_at", "").compareTo(other.getString("updated_at", "")) > 0;
  }

  private boolean isWanted(@Nullable Object completedBy) {
    if (only.assignee() == null) {
      return true;
    }
    if (completedBy instanceof Document user) {
      return only.assignee().equals(user.getString("email"));
    }
    return completedBy instanceof Number n
        && (only.assignee().equals(users.get(n.longValue()))
            || only.assignee().equals(String.valueOf(n.longValue())));
  }

  private static TaskState state(Document task, @Nullable Document chosen) {
    boolean submitted = false;
    boolean skipped = false;
    for (Object entry : task.getList("annotations")) {
      if (entry instanceof Document annotation) {
        boolean cancelled = annotation.getBoolean("was_cancelled", false);
        skipped |= cancelled;
        submitted |= !cancelled;
      }
    }
    if (submitted) {
      return TaskState.COMPLETED;
    }
    if (skipped && chosen == null) {
      return TaskState.SKIPPED;
    }
    return task.getList("drafts").isEmpty() ? TaskState.NEW : TaskState.STARTED;
  }

  private void flush() {
    List<ObjectId> items = new ArrayList<>();
    for (Document task : answered) {
      ObjectId item = TaskSender.item(task);
      if (item != null) {
        items.add(item);
      }
    }
    Map<ObjectId, List<Content>> base = items.isEmpty() ? Map.of() : run.base().get(items);
    Map<ObjectId, Document> memory = keepsMasksInFiles(base) ? run.memory().get(items) : Map.of();
    for (Document task : answered) {
      ObjectId item = TaskSender.item(task);
      if (item == null) {
        continue;
      }
      List<Region> rows = new ArrayList<>();
      for (Object entry : task.getList("result")) {
        Region row = Region.read(entry);
        if (row != null) {
          rows.add(row);
        }
      }
      FieldControl.Answer answer =
          new FieldControl.Answer(
              item,
              ItemMedia.ofTask(task.getDocument("data")),
              base.getOrDefault(item, List.of()),
              rows,
              memory.getOrDefault(item, Document.empty()).getDocument(TaskSender.MASKS));
      if (task.getBoolean("scratch", false) && !knowsSent(answer)) {
        sink.undelivered(item, FROM_SCRATCH);
        continue;
      }
      controls.all().forEach(control -> control.decode(answer, sink));
      sink.delivered(item);
    }
    answered.clear();
    answeredValues = 0;
  }

  private static boolean keepsMasksInFiles(Map<ObjectId, List<Content>> base) {
    return base.values().stream()
        .flatMap(List::stream)
        .flatMap(content -> content.labels().stream())
        .anyMatch(label -> MaskFiles.of(label) != null);
  }

  /** How many values a list or document is made of. */
  private static long values(@Nullable Object value) {
    long count = 1;
    if (value instanceof List<?> list) {
      if (!list.isEmpty() && list.get(0) instanceof Number) {
        return list.size();
      }
      for (Object element : list) {
        count += values(element);
      }
    } else if (value instanceof Document document) {
      for (int i = 0; i < document.size(); i++) {
        count += values(document.valueAt(i));
      }
    }
    return count;
  }

  /**
   * Whether a region that was sent is still in an answer. The editor at times opens a task without
   * its labels; work that was begun so says nothing about them.
   */
  private boolean knowsSent(FieldControl.Answer answer) {
    Set<String> ids = new HashSet<>();
    answer.rows().forEach(row -> ids.add(row.id()));
    if (answer.masks().names().stream().anyMatch(ids::contains)) {
      return true;
    }
    ItemMedia media = answer.media().orSizeOf(answer.rows());
    return controls.encode(media, answer.base()).stream()
        .anyMatch(row -> ids.contains(row.getString("id", "")));
  }

  private void tellMissing() {
    try (Cursor<RunMemory.Entry> all = run.memory().all()) {
      while (all.hasNext()) {
        ObjectId item = all.next().item();
        if (!seen.contains(item)) {
          sink.undelivered(item, "its task was deleted in Label Studio");
        }
      }
    }
  }
}
