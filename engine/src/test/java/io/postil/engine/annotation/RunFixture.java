package io.postil.engine.annotation;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A dataset of boxes in the field {@code gt}, and a tool whose content a test edits. */
final class RunFixture implements AutoCloseable {
  private static final DatasetInfo BOXES =
      DatasetInfo.create("boxes", MediaType.IMAGE)
          .withField("gt", FieldSpec.embedded("gt", "Detections"));

  final GoldenBackend backend = new GoldenBackend();
  final DatasetStore store;
  final StoredDataset dataset;
  final Annotations annotations;

  /** Whether the tool says of samples that nobody touched just that. */
  boolean tellsUntouched;

  private final Map<ObjectId, List<Detection>> sent = new LinkedHashMap<>();

  /** What the tool shows: boxes by sample. A sample that is absent is not delivered. */
  final Map<ObjectId, List<Detection>> tool = new LinkedHashMap<>();

  RunFixture(Path home, List<Sample> samples) {
    this(home, BOXES, samples);
  }

  RunFixture(Path home, DatasetInfo info, List<Sample> samples) {
    this(home, open(home), store -> store.create(info));
    dataset.write(
        writer -> {
          samples.forEach(writer::insert);
          return null;
        });
  }

  private RunFixture(Path home, DatasetStore store, Function<DatasetStore, StoredDataset> choose) {
    this.store = store;
    dataset = choose.apply(store);
    AnnotationConfig config =
        AnnotationConfig.read(
            Map.of(
                "FIFTYONE_ANNOTATION_CONFIG_PATH",
                home.resolve("config.json").toString(),
                "FIFTYONE_ANNOTATION_DEFAULT_BACKEND",
                "golden"),
            home,
            List.of(backend));
    annotations = new Annotations(dataset, new Backends(List.of(backend), config, home), home);
    backend.script = this::answer;
  }

  /** The dataset of an earlier fixture, as another process sees it. */
  static RunFixture reopen(Path home) {
    return new RunFixture(home, open(home), store -> store.open("boxes"));
  }

  private static DatasetStore open(Path home) {
    try {
      Files.createDirectories(home);
      Files.writeString(
          home.resolve("config.json"),
          Json.write(
              Document.of(
                  "backends",
                  Document.of("golden", Document.of("config_cls", GoldenBackend.CLASS)))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home);
  }

  static Sample sample(Detection... boxes) {
    return Sample.of("/data/" + ObjectId.create() + ".png")
        .with("gt", new Detections(List.of(boxes)));
  }

  static Detection box(String label, double x) {
    return Detection.of(label, new BoundingBox(x, 0.1, 0.2, 0.3));
  }

  /** Sends the field with classes cat, dog and bird; the tool then shows what was sent. */
  AnnotationRun annotate(AnnotationRequest request) {
    AnnotationRun run =
        annotations.annotate("run", ViewDefinition.ALL, request, ProgressListener.NONE);
    tool.clear();
    samples().forEach(s -> tool.put(s.id(), boxes(s.id(), "gt")));
    sent.clear();
    sent.putAll(tool);
    return run;
  }

  static AnnotationRequest request() {
    return AnnotationRequest.ofField("gt").classes("cat", "dog", "bird").with("attributes", true);
  }

  private void answer(AnswerSink sink) {
    for (Sample sample : samples()) {
      if (!tool.containsKey(sample.id())) {
        sink.undelivered(sample.id(), "task not found");
      }
    }
    tool.forEach(
        (sample, boxes) -> {
          if (tellsUntouched && boxes.equals(sent.get(sample))) {
            sink.unchanged(sample);
            return;
          }
          sink.delivered(sample);
          sink.labels(sample, 0, "gt", AnswerKind.DETECTIONS, boxes);
        });
  }

  LoadReport load() {
    return load(LoadOptions.DEFAULT);
  }

  LoadReport load(LoadOptions options) {
    return annotations.load("run", options, change -> {});
  }

  List<Sample> samples() {
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.ALL)) {
      return cursor.toList();
    }
  }

  List<Detection> boxes(ObjectId sample, String field) {
    Object value = dataset.samples(List.of(sample), Projection.ALL).get(0).fields().get(field);
    return value instanceof Detections d ? d.labels() : List.of();
  }

  /** Changes a field as somebody else would, beside the run. */
  void set(ObjectId sample, String field, @Nullable Object value) {
    dataset.write(
        writer -> {
          Object before =
              writer.samples(List.of(sample), Projection.ALL).get(0).fields().get(field);
          writer.set(sample, 0, field, before, value);
          return null;
        });
  }

  /** For readability of assertions: the classes of labels in order. */
  static List<@Nullable Object> classes(List<? extends SingleLabel> labels) {
    return Values.list(labels.stream().map(SingleLabel::label).toList());
  }

  @Override
  public void close() {
    store.close();
  }
}
