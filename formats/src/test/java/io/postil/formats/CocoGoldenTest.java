package io.postil.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.LabelList;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Reads COCO sets that other tools wrote, and broken ones. */
@Tag("formats")
class CocoGoldenTest {
  /** Attributes that follow from others: the reference reader keeps them, Postil works them out. */
  private static final Set<String> DERIVED = Set.of("num_keypoints", "supercategory");

  @TempDir Path home;

  private static Stream<Path> sets(String parent) throws IOException {
    Path root = SharedFiles.cases("formats", "formats");
    Path directory = parent.isEmpty() ? root : root.resolve(parent);
    if (!Files.isDirectory(directory)) {
      return Stream.empty();
    }
    return Files.list(directory)
        .filter(d -> d.getFileName().toString().startsWith("coco-"))
        .filter(d -> Files.exists(d.resolve("expected.json")))
        .sorted();
  }

  private static Document expected(Path set) throws IOException {
    return Json.readDocument(Files.readString(set.resolve("expected.json")));
  }

  private static ImportRequest request(Path set, boolean polylines) {
    return ImportRequest.of("qs", "coco", set.resolve("dataset")).withPolylines(polylines);
  }

  @TestFactory
  Stream<DynamicTest> readsWhatOtherToolsWrote() throws IOException {
    return Stream.concat(sets(""), sets("variants"))
        .map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> reads(set)));
  }

  private void reads(Path set) throws IOException {
    Document expected = expected(set);
    boolean polylines = expected.getDocument("readWith").getBoolean("use_polylines", false);
    try (DatasetStore store = Stores.open(Files.createTempDirectory(home, "store"))) {
      ImportReport report = Imports.run(store, request(set, polylines), ProgressListener.NONE);
      assertThat(report.problems()).isEmpty();
      assertThat(store.open("qs").info().classes().get("ground_truth"))
          .isEqualTo(expected.getList("classes"));
      List<Sample> samples = Stores.all(store, "qs");
      List<?> wanted = expected.getList("samples");
      assertThat(samples).hasSameSizeAs(wanted);
      for (Object document : wanted) {
        compare(samples, (Document) document);
      }
    }
  }

  private static void compare(List<Sample> samples, Document expected) {
    boolean byId = expected.contains("id");
    String name = byId ? expected.getString("id") + ".png" : expected.getString("file", "");
    Sample sample =
        samples.stream().filter(s -> s.filepath().endsWith("/" + name)).findFirst().orElseThrow();
    assertThat(sample.metadata().get("width")).isEqualTo(expected.get("width"));
    assertThat(sample.metadata().get("height")).isEqualTo(expected.get("height"));
    List<? extends SingleLabel> labels =
        sample.label("ground_truth") instanceof LabelList<?> list ? list.labels() : List.of();
    if (byId) {
      compareLoosely(labels, expected);
      return;
    }
    assertThat(labels).hasSameSizeAs(expected.getList("labels"));
    for (int i = 0; i < labels.size(); i++) {
      compare(labels.get(i), (Document) expected.getList("labels").get(i));
    }
  }

  /** The set lists box and mask of one object as two labels, in an order of its own. */
  private static void compareLoosely(List<? extends SingleLabel> labels, Document expected) {
    List<Document> boxes =
        expected.getList("labels").stream()
            .map(Document.class::cast)
            .filter(d -> d.getString("kind", "").equals("box"))
            .toList();
    assertThat(labels).hasSameSizeAs(boxes);
    for (Document box : boxes) {
      assertThat(labels)
          .anySatisfy(
              label -> {
                assertThat(label.label()).isEqualTo(box.getString("class"));
                compareBox(((Detection) label).boundingBox(), box);
              });
    }
  }

  private static void compare(SingleLabel label, Document expected) {
    assertThat(label.label()).isEqualTo(expected.getString("class"));
    switch (label) {
      case Detection detection -> {
        compareBox(detection.boundingBox(), expected);
        assertThat(detection.confidence()).isEqualTo(expected.getDouble("confidence"));
        if (expected.contains("mask")) {
          compareMask(detection.mask(), expected.getDocument("mask"));
        } else {
          assertThat(detection.mask()).isNull();
        }
      }
      case Polyline polyline -> {
        for (int i = 0; i < polyline.points().size(); i++) {
          comparePoints(polyline.points().get(i), (List<?>) expected.getList("points").get(i));
        }
      }
      case Keypoint keypoint -> {
        comparePoints(keypoint.points(), expected.getList("points"));
        assertThat(keypoint.attributes().get("visible")).isEqualTo(expected.get("visible"));
      }
      default -> throw new AssertionError("not a COCO label: " + label);
    }
    compareAttributes(label.attributes(), expected.getDocument("attributes"));
  }

  private static void compareAttributes(Document found, Document expected) {
    expected.forEach(
        (name, value) -> {
          if (!DERIVED.contains(name)) {
            assertThat(Values.same(found.get(name), value)).as(name + " " + found).isTrue();
          }
        });
    for (String name : found.names()) {
      boolean extra = name.equals("visible") || name.equals("iscrowd");
      assertThat(extra || expected.contains(name)).as("unexpected " + name).isTrue();
    }
  }

  private static void compareBox(BoundingBox box, Document expected) {
    List<?> numbers = expected.getList("bbox");
    double[] found = {box.x(), box.y(), box.width(), box.height()};
    for (int i = 0; i < 4; i++) {
      assertThat(found[i]).isCloseTo(((Number) numbers.get(i)).doubleValue(), within(1e-6));
    }
  }

  private static void comparePoints(Points points, List<?> expected) {
    assertThat(points.size()).isEqualTo(expected.size());
    for (int i = 0; i < points.size(); i++) {
      if (expected.get(i) instanceof List<?> pair) {
        assertThat(points.x(i)).isCloseTo(((Number) pair.get(0)).doubleValue(), within(1e-6));
        assertThat(points.y(i)).isCloseTo(((Number) pair.get(1)).doubleValue(), within(1e-6));
      } else {
        assertThat(points.isMissing(i)).isTrue();
      }
    }
  }

  /** Masks from outlines depend on how edges are drawn: at least 90 % must agree. */
  private static void compareMask(NdArray mask, Document expected) {
    int width = (int) expected.getLong("width", 0);
    assertThat(mask.width()).isEqualTo(width);
    assertThat(mask.height()).isEqualTo((int) expected.getLong("height", 0));
    boolean[] wanted = new boolean[mask.size()];
    List<?> rows = expected.getList("rows");
    for (int y = 0; y < rows.size(); y++) {
      for (Object run : (List<?>) rows.get(y)) {
        int start = ((Number) ((List<?>) run).get(0)).intValue();
        int length = ((Number) ((List<?>) run).get(1)).intValue();
        java.util.Arrays.fill(wanted, y * width + start, y * width + start + length, true);
      }
    }
    double both = 0;
    double either = 0;
    for (int i = 0; i < wanted.length; i++) {
      boolean set = mask.get(i) != 0;
      both += set && wanted[i] ? 1 : 0;
      either += set || wanted[i] ? 1 : 0;
    }
    assertThat(both / either).isGreaterThanOrEqualTo(0.9);
  }

  @TestFactory
  Stream<DynamicTest> reportsWhatIsBroken() throws IOException {
    return sets("malformed")
        .map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> refuses(set)));
  }

  private void refuses(Path set) throws IOException {
    String policy = expected(set).getDocument("error").getString("policy", "");
    try (DatasetStore store = Stores.open(Files.createTempDirectory(home, "store"))) {
      ImportRequest skip = request(set, false).withOnError(OnError.SKIP);
      if (policy.startsWith("reject the file")) {
        refuses(store, request(set, false));
        refuses(store, skip);
        return;
      }
      if (policy.contains("both")) {
        ImportReport report = Imports.run(store, request(set, false), ProgressListener.NONE);
        assertThat(report.warningCount()).isPositive();
        assertThat(report.skipped()).isZero();
        return;
      }
      refuses(store, request(set, false));
      ImportReport report = Imports.run(store, skip, ProgressListener.NONE);
      assertThat(report.skipped()).isPositive();
      assertThat(report.problems().get(0).place()).contains("labels.json:");
      assertThat(report.samplesAdded()).isBetween(5L, 6L);
    }
  }

  private static void refuses(DatasetStore store, ImportRequest request) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> Imports.run(store, request, ProgressListener.NONE))
        .withMessageContaining("labels.json");
    assertThat(store.list()).isEmpty();
  }
}
