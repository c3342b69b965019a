package io.postil.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.ClassSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunMemory;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every annotation backend must do, whatever tool is behind it. Extend it, say how the backend
 * is opened, and run it like any test class. It sends pictures with one field of boxes, or of the
 * first other type that the backend takes; or videos with such a field of their frames, if {@link
 * #mediaType} says so.
 */
public abstract class AnnotationBackendContract {
  private static final int FRAMES = 3;
  private static final int WIDTH = 200;
  private static final int HEIGHT = 100;

  /** The directory of Postil's own files, empty. */
  @TempDir protected Path home;

  private final Map<ObjectId, Document> remembered = new LinkedHashMap<>();
  private final Map<ObjectId, List<Content>> base = new LinkedHashMap<>();
  private final ObjectId runId = ObjectId.create();
  private Document state = Document.empty();

  /** The backend. */
  protected abstract AnnotationBackendProvider provider();

  /** The parameters it is opened with, secrets included. */
  protected Document parameters() {
    return Document.empty();
  }

  /** What is sent: images, or videos. */
  protected MediaType mediaType() {
    return MediaType.IMAGE;
  }

  private boolean isVideo() {
    return mediaType() == MediaType.VIDEO;
  }

  private String field() {
    return isVideo() ? "frames.objects" : "objects";
  }

  private AnnotationBackend open() {
    return provider().open(new BackendConfig(provider().name(), parameters(), home));
  }

  // --- the run --------------------------------------------------------------------------------

  private RunContext run(LabelSchema schema) {
    Map<ObjectId, Document> waiting = new LinkedHashMap<>();
    RunMemory memory =
        new RunMemory() {
          @Override
          public void put(ObjectId item, Document value) {
            waiting.put(item, value);
          }

          @Override
          public Map<ObjectId, Document> get(Collection<ObjectId> items) {
            Map<ObjectId, Document> all = new LinkedHashMap<>(remembered);
            all.putAll(waiting);
            all.keySet().retainAll(new LinkedHashSet<>(items));
            return all;
          }

          @Override
          public Cursor<Entry> all() {
            Map<ObjectId, Document> all = new LinkedHashMap<>(remembered);
            all.putAll(waiting);
            List<Entry> entries = new ArrayList<>();
            all.forEach((item, value) -> entries.add(new Entry(item, value)));
            return Cursor.of(entries);
          }
        };
    Consumer<Document> checkpoint =
        stored -> {
          state = stored;
          remembered.putAll(waiting);
        };
    return new RunContext(
        runId,
        "contract",
        "first_run",
        mediaType(),
        schema,
        Map.of(),
        ProgressListener.NONE,
        items -> {
          Map<ObjectId, List<Content>> found = new LinkedHashMap<>(base);
          found.keySet().retainAll(new LinkedHashSet<>(items));
          return found;
        },
        memory,
        checkpoint);
  }

  private LabelType type(Capabilities capabilities) {
    for (LabelType type :
        List.of(
            LabelType.DETECTIONS,
            LabelType.CLASSIFICATIONS,
            LabelType.POLYGONS,
            LabelType.KEYPOINTS)) {
      if (capabilities.labelTypes().contains(type)) {
        return type;
      }
    }
    throw new AssertionError("the backend takes none of boxes, classes, polygons and keypoints");
  }

  private LabelSchema schema(LabelType type) {
    return new LabelSchema(
        List.of(
            new FieldSchema(
                field(),
                type,
                List.of(ClassSchema.of("cat"), ClassSchema.of("dog")),
                List.of(),
                null,
                true,
                Map.of(),
                null)));
  }

  private static SingleLabel label(LabelType type, int n) {
    String name = n % 2 == 0 ? "cat" : "dog";
    double x = 0.05 + 0.1 * n;
    return switch (type) {
      case CLASSIFICATIONS -> Classification.of(name);
      case POLYGONS ->
          Polyline.of(name, List.of(Points.wrap(x, 0.1, x + 0.2, 0.1, x, 0.6)), true, true);
      case KEYPOINTS -> Keypoint.of(name, Points.wrap(x, 0.25));
      default -> Detection.of(name, new BoundingBox(x, 0.1, 0.25, 0.5));
    };
  }

  /** Pictures or videos; every third has no label. */
  private List<UploadItem> items(LabelType type, int count) {
    List<UploadItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Content> content = new ArrayList<>();
      for (int frame = isVideo() ? 1 : 0; i % 3 > 0 && frame <= (isVideo() ? FRAMES : 0); frame++) {
        content.add(new Content(frame, field(), type.kind(), labels(type, i % 3), null));
      }
      ObjectId id = ObjectId.create();
      if (!content.isEmpty()) {
        base.put(id, content);
      }
      items.add(new UploadItem(id, media(i), metadata(), 0, 0, content));
    }
    return items;
  }

  private static List<SingleLabel> labels(LabelType type, int count) {
    List<SingleLabel> labels = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      labels.add(label(type, n));
    }
    return labels;
  }

  /** A picture; of a video nothing but the name. */
  private String media(int i) {
    if (isVideo()) {
      return "/videos/" + i + ".mp4";
    }
    Path file = home.resolve("picture-" + i + ".png");
    try {
      Files.write(file, TestMedia.png(WIDTH, HEIGHT, i));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toString();
  }

  private Document metadata() {
    return isVideo()
        ? Document.of("_cls", "VideoMetadata", "total_frame_count", FRAMES)
        : Document.of("width", WIDTH, "height", HEIGHT);
  }

  private RunContext context(AnnotationBackend backend) {
    return run(schema(type(backend.capabilities())));
  }

  private void step(RunContext run, Document next) {
    run.checkpoint(next);
  }

  /** Sends a run whole. */
  private List<UploadItem> send(int count) {
    try (AnnotationBackend backend = open()) {
      backend.checkReady();
      RunContext run = context(backend);
      List<UploadItem> items = items(type(backend.capabilities()), count);
      step(run, backend.prepare(run, state));
      int size = backend.capabilities().batchSamples();
      for (int from = 0; from < items.size(); from += size) {
        List<UploadItem> batch = items.subList(from, Math.min(items.size(), from + size));
        step(run, backend.upload(run, batch, state));
      }
      step(run, backend.finish(run, state));
      return items;
    }
  }

  /** What a download told. */
  private static final class Answer implements AnswerSink {
    private final String field;
    final Set<ObjectId> delivered = new LinkedHashSet<>();
    final Set<ObjectId> unchanged = new LinkedHashSet<>();
    final Map<ObjectId, String> undelivered = new LinkedHashMap<>();
    final Map<ObjectId, List<SingleLabel>> labels = new LinkedHashMap<>();

    Answer(String field) {
      this.field = field;
    }

    @Override
    public void delivered(ObjectId item) {
      assertThat(delivered.add(item)).as("item %s is told once", item).isTrue();
    }

    @Override
    public void undelivered(ObjectId item, String reason) {
      undelivered.put(item, reason);
    }

    @Override
    public void unchanged(ObjectId item) {
      assertThat(unchanged.add(item)).as("item %s is told once", item).isTrue();
    }

    @Override
    public void labels(
        ObjectId item,
        int frameNumber,
        String name,
        AnswerKind kind,
        List<? extends SingleLabel> found) {
      assertThat(name).isEqualTo(field);
      labels.computeIfAbsent(item, i -> new ArrayList<>()).addAll(found);
    }

    @Override
    public void scalar(ObjectId item, int frameNumber, String name, Object value) {
      throw new AssertionError("a value for " + name + ", which was not asked for");
    }
  }

  private Answer download(WorkFilter only) {
    Answer answer = new Answer(field());
    try (AnnotationBackend backend = open()) {
      backend.download(context(backend), state, only, answer);
    }
    return answer;
  }

  private void cleanup() {
    try (AnnotationBackend backend = open()) {
      backend.cleanup(context(backend), state);
    }
  }

  private static List<SingleLabel> sent(UploadItem item) {
    List<SingleLabel> labels = new ArrayList<>();
    item.content().forEach(c -> labels.addAll(c.labels()));
    return labels;
  }

  // --- the contract ---------------------------------------------------------------------------

  @Test
  void saysWhatItIsAndWhatItCanDo() {
    assertThat(provider().name()).matches("[a-z][a-z0-9_]*");
    assertThat(provider().title()).isNotBlank();
    assertThat(provider().configClasses()).isNotEmpty().doesNotHaveDuplicates();
    assertThat(provider().parameters()).extracting(Parameter::name).doesNotHaveDuplicates();
    assertThat(provider().parameters()).extracting(Parameter::help).doesNotContain("");
    try (AnnotationBackend backend = open()) {
      Capabilities capabilities = backend.capabilities();
      assertThat(capabilities.mediaTypes()).isNotEmpty();
      assertThat(capabilities.labelTypes()).isNotEmpty();
      assertThat(capabilities.attributeTypes())
          .containsAll(capabilities.attributeTypesWithValues());
    }
  }

  @Test
  void handsOverWhatItWasSent() {
    List<UploadItem> items = send(7);
    Answer answer = download(WorkFilter.ALL);
    for (UploadItem item : items) {
      if (answer.unchanged.contains(item.id())) {
        assertThat(answer.labels).doesNotContainKey(item.id());
        continue;
      }
      assertThat(answer.delivered).contains(item.id());
      assertThat(answer.labels.getOrDefault(item.id(), List.of()))
          .containsExactlyInAnyOrderElementsOf(sent(item));
    }
    assertThat(answer.undelivered).isEmpty();
    cleanup();
  }

  @Test
  void handsOverTheSameTwice() {
    send(4);
    Answer first = download(WorkFilter.ALL);
    Answer second = download(WorkFilter.ALL);
    assertThat(second.delivered).isEqualTo(first.delivered);
    assertThat(second.unchanged).isEqualTo(first.unchanged);
    assertThat(second.labels).isEqualTo(first.labels);
    cleanup();
  }

  @Test
  void aCallThatIsRepeatedWithTheStateBeforeItDoublesNothing() {
    List<UploadItem> items;
    try (AnnotationBackend backend = open()) {
      items = items(type(backend.capabilities()), Math.min(4, batch(backend)));
      RunContext run = context(backend);
      step(run, backend.prepare(run, state));
      Document before = state;
      Map<ObjectId, Document> memory = new LinkedHashMap<>(remembered);
      backend.upload(run, items, state);
      // The engine died before it stored what the call returned; what it had stored in between
      // stays.
      if (state.equals(before)) {
        remembered.clear();
        remembered.putAll(memory);
      }
    }
    try (AnnotationBackend backend = open()) {
      RunContext run = context(backend);
      step(run, backend.upload(run, items, state));
      step(run, backend.finish(run, state));
      assertThat(backend.progress(run, state).items()).isEqualTo(items.size());
    }
    Answer answer = download(WorkFilter.ALL);
    Set<ObjectId> told = new LinkedHashSet<>(answer.delivered);
    told.addAll(answer.unchanged);
    assertThat(told).containsExactlyInAnyOrderElementsOf(ids(items));
    answer.labels.forEach(
        (item, labels) -> assertThat(labels).extracting(SingleLabel::id).doesNotHaveDuplicates());
    cleanup();
  }

  private static int batch(AnnotationBackend backend) {
    return backend.capabilities().batchSamples();
  }

  private static List<ObjectId> ids(List<UploadItem> items) {
    return items.stream().map(UploadItem::id).toList();
  }

  @Test
  void anotherProcessGoesOnWithWhatWasStored() {
    List<UploadItem> items;
    try (AnnotationBackend backend = open()) {
      items = items(type(backend.capabilities()), 4);
      RunContext run = context(backend);
      step(run, backend.prepare(run, state));
    }
    for (UploadItem item : items) {
      try (AnnotationBackend backend = open()) {
        RunContext run = context(backend);
        step(run, backend.upload(run, List.of(item), state));
      }
    }
    try (AnnotationBackend backend = open()) {
      RunContext run = context(backend);
      step(run, backend.finish(run, state));
      assertThat(backend.progress(run, state).items()).isEqualTo(items.size());
    }
    cleanup();
  }

  @Test
  void tellsHowFarPeopleHaveCome() {
    send(3);
    try (AnnotationBackend backend = open()) {
      var progress = backend.progress(context(backend), state);
      assertThat(progress.items()).isEqualTo(3);
      assertThat(progress.started()).isBetween(0L, 3L);
      assertThat(progress.completed()).isZero();
      try (var units = backend.units(context(backend), state)) {
        units.forEachRemaining(unit -> assertThat(unit.id()).isNotBlank());
      }
    }
    cleanup();
  }

  @Test
  void leavesOutWorkThatIsNotWanted() {
    List<UploadItem> items = send(3);
    Answer answer = download(new WorkFilter("completed", null, null));
    assertThat(answer.delivered).isEmpty();
    assertThat(answer.unchanged).isEmpty();
    assertThat(answer.undelivered.keySet()).containsExactlyInAnyOrderElementsOf(ids(items));
    cleanup();
  }

  @Test
  void keepsSecretsOutOfWhatIsStoredAndShown() {
    send(2);
    List<String> secrets = new ArrayList<>();
    for (Parameter parameter : provider().parameters()) {
      Object value = parameters().get(parameter.name());
      if (parameter.secret() && value instanceof String text && !text.isEmpty()) {
        secrets.add(text);
      }
    }
    StringBuilder shown = new StringBuilder(Json.write(state));
    remembered.values().forEach(d -> shown.append(Json.write(d)));
    try (AnnotationBackend backend = open()) {
      @Nullable String address = backend.address(context(backend), state);
      shown.append(Objects.requireNonNullElse(address, ""));
    }
    secrets.forEach(secret -> assertThat(shown.toString()).doesNotContain(secret));
    cleanup();
  }

  @Test
  void cleansUpAndMayBeAskedToTwice() {
    send(3);
    cleanup();
    cleanup();
    try {
      Answer answer = download(WorkFilter.ALL);
      assertThat(answer.delivered).isEmpty();
      assertThat(answer.unchanged).isEmpty();
    } catch (PostilException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
