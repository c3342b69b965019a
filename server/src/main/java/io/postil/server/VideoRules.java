package io.postil.server;

import io.postil.backends.local.LocalQueue;
import io.postil.backends.local.LocalTask;
import io.postil.backends.local.VideoChanges;
import io.postil.backends.local.VideoEdit;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be saved of the frames of a video: edits of fields of the run, in frames that there are,
 * and where the run restricts annotators, frames that {@link SaveRules} accept. Not thread-safe.
 */
final class VideoRules {
  private static final int MOST_PROBLEMS = 20;

  /** More frames than a day of video has; for videos whose length is not known. */
  private static final int MOST_FRAMES = 10_000_000;

  private static final int LONGEST_ID = 100;

  private final LabelSchema schema;
  private final Map<String, FieldType> types;
  private final LocalQueue queue;
  private final LocalTask task;
  private final List<Problem> problems = new ArrayList<>();

  /** Rules for a video of a run. */
  VideoRules(LabelSchema schema, Map<String, FieldType> types, LocalQueue queue, LocalTask task) {
    this.schema = schema;
    this.types = types;
    this.queue = queue;
    this.task = task;
  }

  /**
   * Checks changes.
   *
   * @throws PostilException with what is not allowed
   */
  void check(VideoChanges changes) {
    if (changes.equals(VideoChanges.NONE)) {
      return;
    }
    changes.put().forEach(this::form);
    finish();
    if (schema.fields().stream().anyMatch(f -> f.isFrameField() && isRestricted(f))) {
      frames(changes);
      finish();
    }
  }

  private void finish() {
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
  }

  private static boolean isRestricted(FieldSchema field) {
    return field.flags().containsValue(false)
        || field.attributes().stream().anyMatch(AttributeSchema::isReadOnly)
        || field.classes().stream()
            .flatMap(c -> c.attributes().stream())
            .anyMatch(AttributeSchema::isReadOnly);
  }

  // --- single edits ---------------------------------------------------------------------------

  private void form(VideoEdit edit) {
    FieldSchema field = schema.field(edit.field()).orElse(null);
    if (field == null || !field.isFrameField()) {
      refuse(
          "the run is not about frames of '" + edit.field() + "'",
          "It asks for " + schema.fields().stream().map(FieldSchema::field).toList() + ".");
      return;
    }
    if ((edit.form() == VideoEdit.Form.VALUE) != (field.kind() == AnswerKind.SCALAR)) {
      refuse(
          "an edit of the form "
              + edit.form().id()
              + " does not belong into '"
              + field.field()
              + "'",
          "The run asks for " + field.kind().id() + ".");
    }
    Object value = edit.value();
    if (value != null && !SaveRules.fits(types.get(field.field()), value)) {
      refuse("'" + value + "' is no value for '" + field.field() + "'", "See the field's type.");
    }
    kind(field, edit.label());
    kind(field, edit.toward());
    int count = frameCount();
    if (edit.last() > count || edit.towardFrame() > count) {
      refuse(
          "an edit is about frames up to "
              + Math.max(edit.last(), edit.towardFrame())
              + ", and the video has "
              + count,
          "Open the video again; its metadata say how long it is.");
    }
    if (edit.id().length() > LONGEST_ID) {
      refuse("the id of an edit has " + edit.id().length() + " characters", "100 are enough.");
    }
  }

  private void kind(FieldSchema field, @Nullable SingleLabel label) {
    if (label != null && AnswerKind.of(label) != field.kind()) {
      refuse(
          "a " + label.className() + " does not belong into '" + field.field() + "'",
          "The run asks for " + field.kind().id() + ".");
    }
  }

  private int frameCount() {
    Document metadata = task.metadata();
    long known = metadata == null ? 0 : metadata.getLong("total_frame_count", 0);
    return known > 0 ? (int) Math.min(known, MOST_FRAMES) : MOST_FRAMES;
  }

  // --- frames ---------------------------------------------------------------------------------

  /** Compares the frames that changed with what was sent of them. */
  private void frames(VideoChanges changes) {
    Set<String> removed = new HashSet<>(changes.removed());
    List<VideoEdit> changed = new ArrayList<>(changes.put());
    Map<String, VideoEdit> before = new LinkedHashMap<>();
    task.edits().forEach(e -> before.put(e.id(), e));
    changes.put().forEach(e -> removed.add(e.id()));
    removed.forEach(id -> before.computeIfPresent(id, (i, e) -> add(changed, e)));
    int first = changed.stream().mapToInt(VideoEdit::first).min().orElse(1);
    int last =
        changed.stream().mapToInt(e -> e.last() == 0 ? MOST_FRAMES : e.last()).max().orElse(0);
    LocalTask after =
        new LocalTask(
            task.position(),
            task.item(),
            task.media(),
            task.metadata(),
            task.sent(),
            task.work(),
            task.state(),
            task.revision(),
            task.tracks(),
            changes.applied(task.edits()));
    queue.edited(
        after,
        schema,
        first,
        last,
        (number, sent, now) -> {
          if (problems.size() < MOST_PROBLEMS && !now.equals(sent)) {
            for (Problem problem : new SaveRules(schema, sent, types).problems(now)) {
              problems.add(
                  new Problem(
                      problem.code(),
                      "frame " + number + ": " + problem.message(),
                      problem.remedy()));
            }
          }
        });
  }

  private static VideoEdit add(List<VideoEdit> changed, VideoEdit edit) {
    changed.add(edit);
    return edit;
  }

  private void refuse(String message, String remedy) {
    problems.add(new Problem(ErrorCode.INVALID_REQUEST, message, remedy));
  }
}
