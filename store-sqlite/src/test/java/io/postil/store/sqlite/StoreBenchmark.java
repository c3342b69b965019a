package io.postil.store.sqlite;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Measures the store, in process CPU milliseconds: a program, not a test. Arguments: a new
 * directory and the number of samples, each with 8 true and 10 predicted boxes.
 */
final class StoreBenchmark {
  private static final String[] CLASSES = "person car bicycle dog cat bird boat bus".split(" ");

  private StoreBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    URI uri = URI.create("sqlite:/");
    try (DatasetStore store = new SqliteStoreProvider().open(uri, home)) {
      StoredDataset dataset =
          store.create(
              DatasetInfo.create("bench", MediaType.IMAGE)
                  .withField("truth", FieldSpec.embedded("truth", "Detections"))
                  .withField("predictions", FieldSpec.embedded("predictions", "Detections")));
      measure("insert " + count + " samples", () -> insert(dataset, count));
      for (int i = 0; i < 4; i++) {
        measure("hydrate predictions", () -> hydrate(dataset));
      }
      measure("write two attributes onto predictions", () -> evaluate(dataset));
      measure("10,000 samples by id", () -> byId(dataset));
    }
    System.out.printf("file %,d KB%n", Files.size(home.resolve("postil.db")) / 1024);
    Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .forEach(System.out::println);
  }

  private interface Work {
    long run();
  }

  private static void measure(String what, Work work) {
    long start = cpu();
    long result = work.run();
    System.out.printf("%-40s %,7d ms CPU (%,d)%n", what, cpu() - start, result);
  }

  private static long cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
  }

  private static long insert(StoredDataset dataset, int count) {
    Random random = new Random(1);
    return dataset.write(
        writer -> {
          for (int i = 0; i < count; i++) {
            writer.insert(
                Sample.of("/data/images/%08d.jpg".formatted(i))
                    .withMetadata(Document.of("width", 640, "height", 480))
                    .with("truth", boxes(random, 8, false))
                    .with("predictions", boxes(random, 10, true)));
          }
          return (long) count;
        });
  }

  private static Detections boxes(Random random, int count, boolean predicted) {
    List<Detection> boxes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BoundingBox box =
          new BoundingBox(
              random.nextDouble(), random.nextDouble(), random.nextDouble(), random.nextDouble());
      Detection detection = Detection.of(CLASSES[random.nextInt(CLASSES.length)], box);
      boxes.add(
          predicted
              ? detection.withConfidence(random.nextDouble())
              : detection.withAttributes(Document.of("iscrowd", 0, "occluded", false)));
    }
    return new Detections(boxes);
  }

  private static long hydrate(StoredDataset dataset) {
    long labels = 0;
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.of("predictions"))) {
      while (cursor.hasNext()) {
        labels += ((Detections) cursor.next().fields().get("predictions")).labels().size();
      }
    }
    return labels;
  }

  private static long evaluate(StoredDataset dataset) {
    return dataset.write(
        writer -> {
          long labels = 0;
          try (SampleCursor cursor =
              writer.read(ViewDefinition.ALL, Projection.of("predictions"))) {
            while (cursor.hasNext()) {
              Sample sample = cursor.next();
              Detections before = (Detections) sample.fields().get("predictions");
              Detections after =
                  before.withLabels(
                      before.labels().stream()
                          .map(d -> d.withAttributes(Document.of("eval", "tp", "eval_iou", 0.75)))
                          .toList());
              writer.set(sample.id(), 0, "predictions", before, after);
              labels += after.labels().size();
            }
          }
          return labels;
        });
  }

  private static long byId(StoredDataset dataset) {
    List<Sample> first =
        dataset.read(ViewDefinition.ALL, Projection.of()).toList().subList(0, 1_000);
    long found = 0;
    for (int i = 0; i < 10_000; i++) {
      found += dataset.samples(List.of(first.get(i % 1_000).id()), Projection.ALL).size();
    }
    return found;
  }
}
