package io.postil.backends.cvat;

import io.postil.core.annotation.RunContext;
import io.postil.core.value.Document;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a run beside its items, and the task that is being made. Every change is stored
 * at once. Not thread-safe.
 */
final class SendState {
  private static final String OPEN = "open";
  private final RunContext run;
  private Document document;

  SendState(RunContext run, Document document) {
    this.run = run;
    this.document = document;
  }

  Document document() {
    return document;
  }

  /** Stores the state with what was put into the memory. */
  void store() {
    run.checkpoint(document);
  }

  void set(String name, @Nullable Object value) {
    document = value == null ? document.without(name) : document.with(name, value);
    store();
  }

  /** How many tasks are complete. */
  int done() {
    return (int) document.getLong("done", 0);
  }

  void openIsDone() {
    document = document.with("done", done() + 1).without(OPEN);
    store();
  }

  void dropOpen() {
    document = document.without(OPEN);
    store();
  }

  boolean hasOpen() {
    return document.contains(OPEN);
  }

  String phase() {
    return document.getDocument(OPEN).getString("phase", "");
  }

  int taskId() {
    return (int) document.getDocument(OPEN).getLong("id", 0);
  }

  @Nullable String openText(String name) {
    return document.getDocument(OPEN).getString(name);
  }

  long openNumber(String name) {
    return document.getDocument(OPEN).getLong(name, 0);
  }

  boolean openFlag(String name) {
    return document.getDocument(OPEN).getBoolean(name, false);
  }

  /** Changes what is known of the open task, names and values in turn; null removes. */
  void open(@Nullable Object... namesAndValues) {
    Document open = document.getDocument(OPEN);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String name = String.valueOf(namesAndValues[i]);
      Object value = namesAndValues[i + 1];
      open = value == null ? open.without(name) : open.with(name, value);
    }
    document = document.with(OPEN, open);
    store();
  }

  @Nullable Integer project() {
    return document.get("project") instanceof Number n ? n.intValue() : null;
  }

  /** The document of jobs to the dates at which they were last loaded. */
  static Document seen(Document state) {
    return state.getDocument("seen");
  }
}
