package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Segmentation;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadReport;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masks that labels keep in files are shown like others, and stay files where nobody paints. */
@Tag("labelstudio")
class MasksInFilesTest {
  private static final int WIDTH = LabelStudioFixture.WIDTH;
  private static final int HEIGHT = LabelStudioFixture.HEIGHT;
  private static final DatasetInfo INFO =
      DatasetInfo.create("masks in files", MediaType.IMAGE)
          .withField("objects", FieldSpec.embedded("objects", "Detections"))
          .withField("pixels", FieldSpec.embedded("pixels", "Segmentation"));
  private static final AnnotationRequest REQUEST =
      AnnotationRequest.create()
          .with(
              "label_schema",
              Document.of(
                  "objects",
                  Document.of("type", "instances"),
                  "pixels",
                  Document.of("mask_targets", Document.of("1", "road", "2", "sky"))));

  @TempDir Path home;

  private Path png(String name, int width, int height, int... values) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, width, height, 0, values);
    Path file = home.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  /** Columns of road, sky, a value without a name, and nothing. */
  private static int[] columns() {
    int[] values = new int[WIDTH * HEIGHT];
    for (int i = 0; i < values.length; i++) {
      int x = i % WIDTH;
      values[i] = x < 50 ? 1 : x < 120 ? 2 : x > 300 ? 9 : 0;
    }
    return values;
  }

  private Sample sample(Path object, Path pixels) {
    Detection cat =
        Detection.of("cat", new BoundingBox(0.1, 0.2, 4 / 320.0, 3 / 240.0))
            .withMaskPath(object.toString());
    return LabelStudioFixture.image(home, "image")
        .with("objects", new Detections(List.of(cat)))
        .with("pixels", Segmentation.of((NdArray) null).withMaskPath(pixels.toString()));
  }

  private static Region row(Document task, String control, String className) {
    for (Object entry : LabelStudioFixture.prelabels(task)) {
      Region region = Region.read(entry);
      if (region != null
          && region.fromName().equals(control)
          && className.equals(Region.first(region.value(), "brushlabels"))) {
        return region;
      }
    }
    throw new AssertionError("no region of " + control + " with " + className);
  }

  @Test
  void whatNobodyPaintsStaysAFile() throws IOException {
    Path object = png("object.png", 4, 3, 255, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255);
    Path pixels = png("pixels.png", WIDTH, HEIGHT, columns());
    Sample sample = sample(object, pixels);
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, INFO, sample)) {
      fixture.annotate("run", REQUEST);

      Document task = fixture.task("run", sample.id());
      assertThat(LabelStudioFixture.prelabels(task)).hasSize(3);
      byte @Nullable [] shown = MaskPixels.pixels(row(task, "objects", "cat").value());
      assertThat(shown).hasSize(WIDTH * HEIGHT);
      assertThat(MaskPixels.extent(shown, WIDTH)).containsExactly(32, 48, 36, 51);
      assertThat(shown[48 * WIDTH + 33]).isEqualTo(MaskPixels.ON);
      assertThat(shown[48 * WIDTH + 34]).isZero();

      fixture.edit("run", sample.id(), "expectRegions", 3);
      // What was sent is remembered, so that what a file holds by now does not count.
      Files.delete(pixels);
      png("object.png", 1, 1, 255);
      LoadReport report = fixture.load("run");

      assertThat(report.changesAnything()).isFalse();
      assertThat(fixture.sample(sample.id()).fields()).isEqualTo(sample.fields());
    }
  }

  @Test
  void whatIsPaintedGoesIntoTheLabel() throws IOException {
    Path object = png("object.png", 4, 3, 255, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255);
    Path pixels = png("pixels.png", WIDTH, HEIGHT, columns());
    Sample sample = sample(object, pixels);
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, INFO, sample)) {
      fixture.annotate("run", REQUEST);
      Document task = fixture.task("run", sample.id());
      byte[] painted = new byte[WIDTH * HEIGHT];
      painted[10 * WIDTH + 5] = MaskPixels.ON;
      painted[10 * WIDTH + 6] = MaskPixels.ON;
      Region cat = row(task, "objects", "cat");
      Region road = row(task, "pixels", "road");
      fixture.submit(
          task,
          Values.listOf(
              painted(cat, painted),
              painted(road, painted),
              row(task, "pixels", "sky").toDocument()));

      LoadReport report = fixture.load("run");

      assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(2);
      Sample now = fixture.sample(sample.id());
      Detection object2 = ((Detections) now.fields().get("objects")).labels().get(0);
      assertThat(object2.maskPath()).isNull();
      assertThat(object2.mask()).isEqualTo(NdArray.ofBooleans(1, 2, new byte[] {1, 1}));
      assertThat(object2.boundingBox())
          .isEqualTo(new BoundingBox(5 / 320.0, 10 / 240.0, 2 / 320.0, 1 / 240.0));
      Segmentation all = (Segmentation) now.fields().get("pixels");
      assertThat(all.maskPath()).isNull();
      assertThat(all.mask().get(10 * WIDTH + 5)).isEqualTo(1);
      assertThat(all.mask().get(0)).isZero();
      assertThat(all.mask().get(100)).isEqualTo(2);
      assertThat(all.mask().get(310)).isEqualTo(9);
      assertThat(Files.exists(object)).isTrue();

      assertThat(fixture.load("run").changesAnything()).isFalse();
    }
  }

  private static Document painted(Region row, byte[] pixels) {
    Document value = MaskPixels.value(pixels);
    return row.toDocument()
        .with("value", value.with("brushlabels", row.value().get("brushlabels")));
  }

  @Test
  void allMasksThatAreMissingAreNamedAndNoTaskIsMade() {
    Sample sample = sample(Path.of("/nowhere/object.png"), Path.of("/nowhere/pixels.png"));
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, INFO, sample)) {
      PostilException e =
          catchThrowableOfType(PostilException.class, () -> fixture.annotate("run", REQUEST));
      assertThat(e.problems()).hasSize(2);
      assertThat(e)
          .hasMessageContaining("/nowhere/object.png")
          .hasMessageContaining("/nowhere/pixels.png")
          .hasMessageContaining(sample.filepath());
      long project = fixture.project("run").id();
      assertThat(LabelStudioFixture.server().project(project).getLong("task_number", 0)).isZero();
    }
  }
}
