package io.postil.cli;

import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.engine.annotation.Change;
import org.jspecify.annotations.Nullable;

/** Prints changes of labels, as a line of text or of JSON each. */
final class ChangePrinter {
  private ChangePrinter() {}

  static void print(Common common, Change change) {
    if (change.kind() == Change.Kind.UNCHANGED) {
      return;
    }
    if (common.json()) {
      common.out().println(Json.write(document(change)));
      return;
    }
    common
        .out()
        .println(
            change.kind().id()
                + " "
                + change.field()
                + " of "
                + change.sampleId()
                + (change.frameNumber() == 0 ? "" : " frame " + change.frameNumber())
                + name(change)
                + (change.note() == null ? "" : ": " + change.note()));
  }

  private static String name(Change change) {
    Object value = change.after() == null ? change.before() : change.after();
    String name =
        value instanceof Label label
            ? LabelDocuments.toDocument(label).getString("label")
            : String.valueOf(value);
    return name == null ? "" : " '" + name + "'";
  }

  private static Document document(Change change) {
    return Document.builder()
        .put("change", change.kind().id())
        .put("sample", change.sampleId().toString())
        .put("frame", change.frameNumber())
        .put("field", change.field())
        .putIfPresent("label", change.labelId() == null ? null : change.labelId().toString())
        .put("before", plain(change.before()))
        .put("after", plain(change.after()))
        .putIfPresent("note", change.note())
        .build();
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return value instanceof Label label ? LabelDocuments.toDocument(label) : value;
  }
}
