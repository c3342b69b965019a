package io.postil.zoo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.zoo.scene.Street;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jcodec.api.awt.AWTSequenceEncoder;
import org.jspecify.annotations.Nullable;

/** Draws {@code quickstart-video}: a clip with a track for everything that is seen in it. */
final class QuickstartVideo {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 384;
  private static final int RATE = 12;
  private static final int FRAMES = 60;

  private final Path directory;
  private final long seed;

  QuickstartVideo(Path directory, long seed) {
    this.directory = directory;
    this.seed = seed;
  }

  StoredDataset load(DatasetStore store, String name, int count, ProgressListener progress) {
    System.setProperty("java.awt.headless", "true");
    List<Sample> samples = new ArrayList<>();
    List<Frame> frames = new ArrayList<>();
    for (int clip = 0; clip < count; clip++) {
      samples.add(draw(clip, count, frames, progress));
    }
    DatasetInfo info =
        DatasetInfo.create(name, MediaType.VIDEO)
            .withFrameFields(List.of(FieldSpec.embedded("ground_truth", "Detections")));
    StoredDataset dataset = store.create(info);
    dataset.write(
        writer -> {
          samples.forEach(writer::insert);
          frames.forEach(writer::insertFrame);
          return null;
        });
    return dataset;
  }

  private Sample draw(int clip, int clips, List<Frame> frames, ProgressListener progress) {
    Random random = new Random(seed * 7_919 + clip);
    Street street = Street.of(WIDTH, HEIGHT, random.nextLong());
    Path file = directory.resolve(String.format("%06d.mp4", clip + 1));
    var id = Ids.next(random);
    try {
      Files.createDirectories(directory);
      Path beside = file.resolveSibling(file.getFileName() + ".tmp");
      @Nullable AWTSequenceEncoder encoder =
          Files.exists(file)
              ? null
              : AWTSequenceEncoder.createSequenceEncoder(beside.toFile(), RATE);
      for (int number = 1; number <= FRAMES; number++) {
        Street.Picture picture = street.draw((number - 1) / (double) RATE);
        if (encoder != null) {
          encoder.encodeImage(picture.image());
        }
        boolean keyframe = number % RATE == 1 || number == FRAMES;
        frames.add(
            new Frame(
                Ids.next(random),
                id,
                number,
                Map.of("ground_truth", labels(picture, keyframe, random)),
                Document.empty()));
        progress.progress("drawing frames", (long) clip * FRAMES + number, (long) clips * FRAMES);
      }
      if (encoder != null) {
        encoder.finish();
        Files.move(
            beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      }
      return new Sample(
          id,
          file.toAbsolutePath().toString(),
          List.of(),
          Document.builder()
              .put("_cls", "VideoMetadata")
              .put("size_bytes", Files.size(file))
              .put("mime_type", "video/mp4")
              .put("frame_width", WIDTH)
              .put("frame_height", HEIGHT)
              .put("frame_rate", (double) RATE)
              .put("total_frame_count", FRAMES)
              .put("duration", FRAMES / (double) RATE)
              .build(),
          Map.of(),
          Document.of("_media_type", "video"));
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          "cannot write the sample video " + file + ": " + e.getMessage(),
          "Make room there, or choose another directory with POSTIL_HOME.",
          e);
    }
  }

  private static Detections labels(Street.Picture picture, boolean keyframe, Random random) {
    List<Detection> labels = new ArrayList<>();
    for (Street.Visible object : picture.objects()) {
      BoundingBox box =
          new BoundingBox(
              object.x() / (double) WIDTH,
              object.y() / (double) HEIGHT,
              object.width() / (double) WIDTH,
              object.height() / (double) HEIGHT);
      Detection label =
          Detection.of(object.label(), box).withId(Ids.next(random)).withIndex(object.number());
      labels.add(keyframe ? label.withAttributes(Document.of("keyframe", true)) : label);
    }
    return new Detections(labels, Document.empty());
  }
}
