package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a run's project. Immutable.
 *
 * @param id its number; numbers may be given again once projects are deleted
 * @param createdAt when it was made, as the server wrote it: with the number it tells it from
 *     others
 * @param own whether it was made for the run
 * @param names what its controls are called
 * @param tasks number of tasks made for the run
 * @param predictions number of those with labels
 * @param directories directories on the server's disk that were connected
 * @param storages the numbers of those connections
 * @param webhook the number of the webhook, or 0
 */
record Project(
    long id,
    String createdAt,
    boolean own,
    Names names,
    long tasks,
    long predictions,
    List<String> directories,
    List<Long> storages,
    long webhook) {
  /** Copies the lists. */
  Project {
    directories = List.copyOf(directories);
    storages = List.copyOf(storages);
  }

  Project withTasks(long moreTasks, long morePredictions) {
    return new Project(
        id,
        createdAt,
        own,
        names,
        tasks + moreTasks,
        predictions + morePredictions,
        directories,
        storages,
        webhook);
  }

  Project withStorage(String directory, long storage) {
    List<String> moreDirectories = new ArrayList<>(directories);
    moreDirectories.add(directory);
    List<Long> moreStorages = new ArrayList<>(storages);
    moreStorages.add(storage);
    return new Project(
        id, createdAt, own, names, tasks, predictions, moreDirectories, moreStorages, webhook);
  }

  Project withWebhook(long number) {
    return new Project(
        id, createdAt, own, names, tasks, predictions, directories, storages, number);
  }

  /** The state of the run. */
  Document toState() {
    return Document.builder()
        .put("project", id)
        .put("created_at", createdAt)
        .put("own", own)
        .put("names", names.toDocument())
        .put("tasks", tasks)
        .put("predictions", predictions)
        .put("directories", Values.list(directories))
        .put("storages", Values.list(storages))
        .put("webhook", webhook)
        .build();
  }

  /** Reads the state; null if no project was made or found yet. */
  static @Nullable Project ofState(Document state) {
    if (!state.contains("project")) {
      return null;
    }
    return new Project(
        state.getLong("project", 0),
        state.getString("created_at", ""),
        state.getBoolean("own", false),
        Names.fromDocument(state.getDocument("names")),
        state.getLong("tasks", 0),
        state.getLong("predictions", 0),
        state.getList("directories").stream().map(String::valueOf).toList(),
        state.getList("storages").stream()
            .map(s -> s instanceof Number n ? n.longValue() : 0L)
            .toList(),
        state.getLong("webhook", 0));
  }
}
