package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.Locale;

/** How far the work on a task is. */
enum TaskState {
  NEW,
  /** There is work that was not submitted, or that of some of the people who get the task. */
  STARTED,
  COMPLETED,
  SKIPPED;

  /** The name in lower case. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of a task in a list, which has counts instead of annotations. */
  static TaskState ofListed(Document task) {
    if (task.getLong("total_annotations", 0) > 0) {
      boolean others = task.getLong("overlap", 1) > 1 && !task.getBoolean("is_labeled", true);
      return others ? STARTED : COMPLETED;
    }
    if (task.getLong("cancelled_annotations", 0) > 0) {
      return SKIPPED;
    }
    return task.getBoolean("draft_exists", false) ? STARTED : NEW;
  }
}
