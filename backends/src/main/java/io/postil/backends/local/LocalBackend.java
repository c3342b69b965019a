package io.postil.backends.local;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends runs to a {@link LocalQueue} and hands over what is in it. Remembers nothing itself. */
final class LocalBackend implements AnnotationBackend {
  private static final int BATCH = 1_000;

  /** What has masks that the editor paints. */
  private static final Set<LabelType> PAINTED =
      EnumSet.of(LabelType.INSTANCE, LabelType.INSTANCES, LabelType.SEGMENTATION);

  private static final Capabilities CAPABILITIES =
      new Capabilities(
          Set.of(MediaType.IMAGE, MediaType.VIDEO),
          EnumSet.allOf(LabelType.class),
          Set.of(FieldType.INT, FieldType.FLOAT, FieldType.STRING, FieldType.BOOLEAN),
          Set.of("text", "select", "radio", "checkbox"),
          Set.of("select", "radio"),
          false,
          true,
          true,
          true,
          BATCH);

  private final Path home;

  /** Open while a run is sent. */
  private @Nullable LocalQueue sending;

  LocalBackend(Path home) {
    this.home = home;
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public Document recommendAttribute(String name, @Nullable Object value) {
    return Document.of("type", value instanceof Boolean ? "checkbox" : "text");
  }

  @Override
  public boolean boxesKeepMasks() {
    return true;
  }

  @Override
  public boolean keepsBetweenKeyframes() {
    return true;
  }

  @Override
  public List<PostilException.Problem> problems(MediaType mediaType, LabelSchema schema) {
    if (mediaType != MediaType.VIDEO) {
      return List.of();
    }
    List<PostilException.Problem> problems = new ArrayList<>();
    for (FieldSchema field : schema.fields()) {
      if (field.isFrameField() && field.type() != null && PAINTED.contains(field.type())) {
        problems.add(
            new PostilException.Problem(
                ErrorCode.UNSUPPORTED_LABEL_TYPE,
                "the editor does not paint "
                    + field.type().id()
                    + " in videos, asked for '"
                    + field.field()
                    + "'",
                "Annotate the frames as images, with a to_frames view, or boxes or polygons."));
      }
    }
    return problems;
  }

  @Override
  public List<String> videoWarnings(List<String> videos) {
    return VideoWarnings.of(videos);
  }

  @Override
  public Document prepare(RunContext run, Document state) {
    LocalQueue.create(home, run.id()).close();
    return state;
  }

  @Override
  public Document upload(RunContext run, List<UploadItem> items, Document state) {
    MaskFiles.requireFiles(items, paintedFields(run));
    if (sending == null) {
      sending = LocalQueue.open(home, run.id());
    }
    sending.add(items, run.schema());
    return state;
  }

  private static Set<String> paintedFields(RunContext run) {
    Set<String> painted = new HashSet<>();
    for (FieldSchema field : run.schema().fields()) {
      if (field.type() != null && PAINTED.contains(field.type())) {
        painted.add(field.field());
      }
    }
    return painted;
  }

  @Override
  public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
    try (LocalQueue queue = LocalQueue.open(home, run.id())) {
      queue.forEach(
          (item, how) -> {
            if (isWanted(item, how, only, answer)) {
              answer.unchanged(item);
            }
          },
          task -> {
            if (isWanted(task.item(), task.state(), only, answer)) {
              tell(task.item(), 0, task.work(), answer);
              tellFrames(run, queue, task, answer);
              answer.delivered(task.item());
            }
          });
    }
    return state;
  }

  private static boolean isWanted(
      ObjectId item, LocalTask.State state, WorkFilter only, AnswerSink answer) {
    if (only.accepts(state.id(), null, null)) {
      return true;
    }
    answer.undelivered(item, "state " + state.id());
    return false;
  }

  /** The frames of a video; a task of a picture has none. */
  private static void tellFrames(
      RunContext run, LocalQueue queue, LocalTask task, AnswerSink answer) {
    if (run.mediaType() == MediaType.VIDEO) {
      queue.edited(
          task,
          run.schema(),
          1,
          Integer.MAX_VALUE,
          (frame, sent, now) -> tell(task.item(), frame, now, answer));
    }
  }

  private static void tell(ObjectId item, int frame, LocalWork work, AnswerSink answer) {
    work.labels().forEach((field, labels) -> tell(item, frame, field, labels, answer));
    work.values().forEach((field, value) -> answer.scalar(item, frame, field, value));
  }

  private static void tell(
      ObjectId item, int frame, String field, List<SingleLabel> labels, AnswerSink answer) {
    Map<AnswerKind, List<SingleLabel>> byKind = new EnumMap<>(AnswerKind.class);
    for (SingleLabel label : labels) {
      AnswerKind kind = AnswerKind.of(label);
      if (kind != null) {
        byKind.computeIfAbsent(kind, k -> new ArrayList<>()).add(label);
      }
    }
    byKind.forEach((kind, list) -> answer.labels(item, frame, field, kind, list));
  }

  @Override
  public RunProgress progress(RunContext run, Document state) {
    try (LocalQueue queue = LocalQueue.open(home, run.id())) {
      return queue.progress();
    }
  }

  @Override
  public @Nullable String address(RunContext run, Document state) {
    return null;
  }

  @Override
  public void cleanup(RunContext run, Document state) {
    close();
    LocalQueue.delete(home, run.id());
  }

  @Override
  public void close() {
    if (sending != null) {
      sending.close();
      sending = null;
    }
  }
}
