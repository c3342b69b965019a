package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What must hold for any dataset, restrictions, edits by annotators and edits made meanwhile. The
 * seed that fails is in the test's name.
 */
class MergePropertiesTest {
  private static final List<String> CLASSES = List.of("cat", "dog", "bird");

  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      longs = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25
      })
  void previewEqualsApplyUndoRestoresAndLoadingTwiceChangesNothing(long seed) {
    Random random = new Random(seed);
    try (RunFixture fixture = new RunFixture(home, samples(random))) {
      fixture.annotate(restricted(random));
      fixture.tellsUntouched = random.nextBoolean();
      editInTool(fixture, random);
      editMeanwhile(fixture, random);
      List<Sample> before = fixture.samples();
      ConflictPolicy policy = random.nextBoolean() ? ConflictPolicy.THEIRS : ConflictPolicy.OURS;
      LoadOptions options = LoadOptions.DEFAULT.withPolicy(policy);
      if (random.nextInt(4) == 0) {
        options = options.withDestination("elsewhere");
      }

      List<Change> previewed = new ArrayList<>();
      LoadReport preview = fixture.annotations.preview("run", options, previewed::add);
      assertThat(fixture.samples()).isEqualTo(before);

      List<Change> applied = new ArrayList<>();
      LoadReport report = fixture.annotations.load("run", options, applied::add);
      assertThat(report.total().toDocument()).isEqualTo(preview.total().toDocument());
      assertThat(report.changedSamples()).isEqualTo(preview.changedSamples());
      assertThat(applied).hasSameSizeAs(previewed);
      List<Sample> after = fixture.samples();

      assertThat(fixture.annotations.load("run", options, c -> {}).changesAnything()).isFalse();
      assertThat(fixture.samples()).isEqualTo(after);

      fixture.annotations.undo("run", "me");
      assertThat(fixture.samples()).isEqualTo(before);

      LoadReport again = fixture.annotations.load("run", options, c -> {});
      assertThat(again.total().toDocument()).isEqualTo(report.total().toDocument());
    }
  }

  private static List<Sample> samples(Random random) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0, n = 1 + random.nextInt(6); i < n; i++) {
      samples.add(RunFixture.sample(boxes(random, random.nextInt(5)).toArray(Detection[]::new)));
    }
    samples.add(RunFixture.sample(boxes(random, 2).toArray(Detection[]::new)));
    return samples;
  }

  private static List<Detection> boxes(Random random, int count) {
    List<Detection> boxes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Detection box = RunFixture.box(CLASSES.get(random.nextInt(3)), random.nextDouble() * 0.8);
      boxes.add(
          random.nextBoolean() ? box.withAttributes(Document.of("age", random.nextInt(9))) : box);
    }
    return boxes;
  }

  private static AnnotationRequest restricted(Random random) {
    AnnotationRequest request = RunFixture.request();
    for (String flag :
        List.of("allow_additions", "allow_deletions", "allow_label_edits", "allow_spatial_edits")) {
      if (random.nextInt(5) == 0) {
        request = request.with(flag, false);
      }
    }
    return request;
  }

  private static void editInTool(RunFixture fixture, Random random) {
    for (Map.Entry<ObjectId, List<Detection>> task : List.copyOf(fixture.tool.entrySet())) {
      if (random.nextInt(6) == 0) {
        fixture.tool.remove(task.getKey());
        continue;
      }
      fixture.tool.put(task.getKey(), edited(task.getValue(), random));
    }
  }

  private static void editMeanwhile(RunFixture fixture, Random random) {
    for (Sample sample : fixture.samples()) {
      if (random.nextInt(3) == 0) {
        fixture.set(
            sample.id(), "gt", new Detections(edited(fixture.boxes(sample.id(), "gt"), random)));
      }
    }
  }

  private static List<Detection> edited(List<Detection> boxes, Random random) {
    List<Detection> edited = new ArrayList<>();
    for (Detection box : boxes) {
      switch (random.nextInt(8)) {
        case 0 -> {}
        case 1 -> edited.add(box.withLabel(CLASSES.get(random.nextInt(3))));
        case 2 ->
            edited.add(box.withBoundingBox(new BoundingBox(random.nextDouble(), 0.2, 0.3, 0.4)));
        case 3 -> edited.add(box.withAttributes(Document.of("age", random.nextInt(9))));
        default -> edited.add(box);
      }
    }
    edited.addAll(boxes(random, random.nextInt(2)));
    return edited;
  }
}
