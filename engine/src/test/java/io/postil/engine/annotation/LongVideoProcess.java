package io.postil.engine.annotation;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that annotates one long video, loads every twentieth label moved, and undoes it; run
 * with a heap that is far too small for the labels. Arguments: home, frames, boxes a frame.
 */
final class LongVideoProcess {
  private static final String FIELD = "frames.boxes";

  private final StoredDataset dataset;
  private final ObjectId video;
  private final int boxes;

  private LongVideoProcess(StoredDataset dataset, ObjectId video, int boxes) {
    this.dataset = dataset;
    this.video = video;
    this.boxes = boxes;
  }

  public static void main(String[] args) throws IOException {
    Path home = Path.of(args[0]);
    int frames = Integer.parseInt(args[1]);
    Files.writeString(
        home.resolve("config.json"),
        "{\"backends\": {\"golden\": {\"config_cls\": \"" + GoldenBackend.CLASS + "\"}}}");
    Sample sample = Sample.of("/data/long.mp4");
    try (DatasetStore store =
        new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home)) {
      StoredDataset dataset =
          store.create(
              DatasetInfo.create("videos", MediaType.VIDEO)
                  .withField(FIELD, FieldSpec.embedded("boxes", "Detections")));
      LongVideoProcess process =
          new LongVideoProcess(dataset, sample.id(), Integer.parseInt(args[2]));
      process.fill(sample, frames);
      process.play(home);
    }
  }

  private void fill(Sample sample, int frames) {
    dataset.write(
        writer -> {
          writer.insert(sample);
          for (int number = 1; number <= frames; number++) {
            List<Detection> labels = new ArrayList<>();
            for (int track = 1; track <= boxes; track++) {
              labels.add(
                  Detection.of("car", new BoundingBox(track * 0.01, 0.1, 0.2, 0.2))
                      .withIndex(track));
            }
            writer.insertFrame(
                new Frame(
                    ObjectId.create(),
                    sample.id(),
                    number,
                    Map.of("boxes", new Detections(labels)),
                    Document.empty()));
          }
          return null;
        });
  }

  private void play(Path home) {
    GoldenBackend backend = new GoldenBackend();
    Map<String, String> environment =
        Map.of(
            "FIFTYONE_ANNOTATION_CONFIG_PATH",
            home.resolve("config.json").toString(),
            "FIFTYONE_ANNOTATION_DEFAULT_BACKEND",
            "golden");
    AnnotationConfig config = AnnotationConfig.read(environment, home, List.of(backend));
    Annotations annotations =
        new Annotations(dataset, new Backends(List.of(backend), config, home), home);
    AnnotationRun run =
        annotations.annotate(
            "run", ViewDefinition.ALL, AnnotationRequest.ofField(FIELD), ProgressListener.NONE);
    System.out.println("sent " + run.labels());
    long[] sent = new long[1];
    backend
        .uploads
        .get(run.record().id())
        .forEach(item -> item.content().forEach(c -> sent[0] += c.labels().size()));
    System.out.println("streamed " + sent[0]);
    backend.script = this::answer;
    LoadReport report = annotations.load("run", LoadOptions.DEFAULT, change -> {});
    System.out.println("edited " + report.total().of(Change.Kind.EDITED));
    System.out.println("unchanged " + report.total().of(Change.Kind.UNCHANGED));
    annotations.undo("run", "me");
    backend.script = sink -> sink.unchanged(video);
    LoadReport again = annotations.load("run", LoadOptions.DEFAULT, change -> {});
    System.out.println("again " + again.total().of(Change.Kind.UNCHANGED));
  }

  private void answer(AnswerSink sink) {
    int count = 0;
    try (Cursor<Frame> frames = dataset.frames(video, 1, Integer.MAX_VALUE, Projection.ALL)) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        List<Detection> labels = new ArrayList<>();
        for (Detection label : ((Detections) frame.fields().get("boxes")).labels()) {
          labels.add(
              count++ % 20 == 0
                  ? label.withBoundingBox(new BoundingBox(0.5, 0.5, 0.1, 0.1))
                  : label);
        }
        sink.labels(video, frame.number(), FIELD, AnswerKind.DETECTIONS, labels);
      }
    }
  }
}
