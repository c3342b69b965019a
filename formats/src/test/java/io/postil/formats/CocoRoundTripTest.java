package io.postil.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Points;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.Json;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoRoundTripTest {
  @TempDir Path directory;
  private DatasetStore store;

  @BeforeEach
  void open() {
    store = Stores.open(directory.resolve("home"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Path picture(String name, int width, int height) throws IOException {
    Path file = directory.resolve("my photos ünd 猫").resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(
        new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    return file;
  }

  /** Boxes at random places, every second one with a mask. */
  private static Detections detections(Random random, int width, int height) {
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int w = 1 + random.nextInt(width / 2);
      int h = 1 + random.nextInt(height / 2);
      int x = random.nextInt(width - w);
      int y = random.nextInt(height - h);
      byte[] mask = new byte[w * h];
      for (int p = 0; p < mask.length; p++) {
        mask[p] = (byte) random.nextInt(2);
      }
      Detection detection =
          Detection.of(
                  i % 3 == 0 ? "cat" : "Straße",
                  new BoundingBox(
                      x / (double) width,
                      y / (double) height,
                      w / (double) width,
                      h / (double) height))
              .withTags(i == 0 ? List.of("hard") : List.of())
              .withConfidence(i % 4 == 0 ? (Double) random.nextDouble() : null)
              .withIndex(i % 5 == 0 ? (Integer) i : null)
              .withAttributes(Document.of("iscrowd", i % 2, "id", "mine"));
      detections.add(i % 2 == 0 ? detection : detection.withMask(NdArray.ofBooleans(h, w, mask)));
    }
    return new Detections(detections);
  }

  private static final Points POINTS = Points.wrap(0.25, 0.5, Double.NaN, Double.NaN, 0.75, 0.125);

  private static Keypoints keypoints() {
    return new Keypoints(
        List.of(
            Keypoint.of("cat", POINTS)
                .withAttributes(Document.of("visible", Values.listOf(2, 0, 1), "iscrowd", 0)),
            Keypoint.of("dog", POINTS)
                .withConfidence(Doubles.wrap(0.9, 0.1, 0.5))
                .withAttributes(Document.of("visible", Values.listOf(2, 0, 2), "iscrowd", 0))));
  }

  private static List<SingleLabel> withoutIds(List<? extends SingleLabel> labels) {
    return labels.stream()
        .<SingleLabel>map(l -> l.withId(io.postil.core.value.ObjectId.of(0, 0)))
        .toList();
  }

  @Test
  void losesNothing() throws IOException {
    Random random = new Random(7);
    Path one = picture("one.png", 640, 427);
    Path two = picture("two picture.png", 333, 100);
    store.create(
        DatasetInfo.create("before", MediaType.IMAGE)
            .withField("ground_truth", FieldSpec.embedded("ground_truth", "Detections"))
            .withField("keypoints", FieldSpec.embedded("keypoints", "Keypoints")),
        writer -> {
          writer.insert(
              Sample.of(one.toString())
                  .with("ground_truth", detections(random, 640, 427))
                  .with("keypoints", keypoints()));
          writer.insert(
              Sample.of(two.toString()).with("ground_truth", detections(random, 333, 100)));
          return 2;
        });

    Exports.run(
        store.open("before"),
        ExportRequest.of("coco", directory.resolve("out"), "ground_truth", "keypoints"),
        ProgressListener.NONE);
    ImportReport report =
        Imports.run(
            store,
            ImportRequest.of("after", "coco", directory.resolve("out")),
            ProgressListener.NONE);

    assertThat(report.labels()).isEqualTo(42);
    List<Sample> before = Stores.all(store, "before");
    List<Sample> after = Stores.all(store, "after");
    for (int i = 0; i < 2; i++) {
      assertThat(withoutIds(((Detections) after.get(i).label("ground_truth")).labels()))
          .isEqualTo(withoutIds(((Detections) before.get(i).label("ground_truth")).labels()));
    }
    assertThat(withoutIds(((Keypoints) after.get(0).label("keypoints")).labels()))
        .isEqualTo(withoutIds(keypoints().labels()));
  }

  @Test
  void keepsWhatOtherToolsPutIntoAFile() throws IOException {
    picture("a.png", 100, 50);
    Path labels = directory.resolve("labels.json");
    Files.writeString(
        labels,
        """
        {"info": {"year": 2026, "contributor": "Zoë"}, "version": "1.1",
         "licenses": [{"id": 3, "name": "CC BY"}],
         "images": [
           {"id": 9, "file_name": "a.png", "width": 100, "height": 50, "license": 3,
            "tags": {"weather": "fog"}}],
         "annotations": [{"id": 1, "image_id": 9, "category_id": 2, "bbox": [10, 10, 20, 20]}],
         "categories": [{"id": 2, "name": "cat"}]}
        """);
    Path data = directory.resolve("my photos ünd 猫");
    Imports.run(
        store, ImportRequest.of("qs", "coco", labels).withData(data), ProgressListener.NONE);
    Exports.run(
        store.open("qs"),
        ExportRequest.of("coco", directory.resolve("kept")),
        ProgressListener.NONE);

    Document file =
        Json.readDocument(Files.readString(directory.resolve("kept").resolve("labels.json")));
    assertThat(file.getDocument("info").get("contributor")).isEqualTo("Zoë");
    assertThat(file.get("version")).isEqualTo("1.1");
    assertThat(file.getList("licenses")).containsExactly(Document.of("id", 3, "name", "CC BY"));
    Document image = (Document) file.getList("images").get(0);
    assertThat(image.get("license")).isEqualTo(3);
    assertThat(image.getDocument("tags").get("weather")).isEqualTo("fog");
    assertThat(image.names()).doesNotHaveDuplicates();
  }

  @Test
  void addsResultsAsPredictions() throws IOException {
    picture("a.png", 100, 50);
    Path labels = directory.resolve("labels.json");
    Files.writeString(
        labels,
        """
        {"annotations": [{"id": 1, "image_id": 9, "category_id": 2, "bbox": [10, 10, 20, 20]}],
         "images": [{"id": 9, "file_name": "a.png", "width": 100, "height": 50}],
         "categories": [{"id": 2, "name": "cat"}]}
        """);
    Path results = directory.resolve("results.json");
    Files.writeString(
        results,
        """
        [{"image_id": 9, "category_id": 2, "bbox": [10, 10, 20, 20], "score": 0.5}]
        """);
    Path data = directory.resolve("my photos ünd 猫");

    Imports.run(
        store, ImportRequest.of("qs", "coco", labels).withData(data), ProgressListener.NONE);
    Imports.run(
        store,
        ImportRequest.of("qs", "coco", results).withLabelField("predictions"),
        ProgressListener.NONE);

    Sample sample = Stores.all(store, "qs").get(0);
    Detection prediction = ((Detections) sample.label("predictions")).labels().get(0);
    assertThat(prediction.label()).isEqualTo("cat");
    assertThat(prediction.confidence()).isEqualTo(0.5);
    assertThat(prediction.boundingBox()).isEqualTo(new BoundingBox(0.1, 0.2, 0.2, 0.4));
  }

  @Test
  void namesAMissingImageWithItsPlaceAndWritesNothing() throws IOException {
    Path labels = directory.resolve("labels.json");
    Files.writeString(
        labels, "{\"images\": [\n {\"id\": 1, \"file_name\": \"gone.png\"}], \"annotations\": []}");

    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(
            () -> Imports.run(store, ImportRequest.of("qs", "coco", labels), ProgressListener.NONE))
        .withMessageContaining("labels.json:2:2")
        .withMessageContaining("gone.png");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void flagsABoxBeyondTheImageAndKeepsIt() throws IOException {
    picture("a.png", 100, 50);
    Path labels = directory.resolve("labels.json");
    Files.writeString(
        labels,
        """
        {"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "cat"}],
         "annotations": [{"id": 5, "image_id": 1, "category_id": 1, "bbox": [90, -5, 20, 20]}]}
        """);

    ImportReport report =
        Imports.run(
            store,
            ImportRequest.of("qs", "coco", labels).withData(directory.resolve("my photos ünd 猫")),
            ProgressListener.NONE);

    assertThat(report.warnings()).hasSize(1);
    assertThat(report.warnings().get(0).toString()).contains("annotation 5", "beyond the image");
    assertThat(report.labels()).isEqualTo(1);
  }

  @Test
  void importsADirectoryWithAllBelowIt() throws IOException {
    picture("a.png", 100, 50);
    picture("deep/er/b c.png", 10, 20);
    Path photos = directory.resolve("my photos ünd 猫");

    ImportReport report =
        Imports.run(store, ImportRequest.of("photos", "directory", photos), ProgressListener.NONE);

    assertThat(report.samplesAdded()).isEqualTo(2);
    assertThat(Stores.all(store, "photos").get(1).metadata().get("height")).isEqualTo(20);
    Files.writeString(photos.resolve("notes.jpg"), "no picture");
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(
            () ->
                Imports.run(
                    store, ImportRequest.of("photos", "directory", photos), ProgressListener.NONE))
        .withMessageContaining("notes.jpg");
    assertThat(Stores.all(store, "photos")).hasSize(2);
  }
}
