package io.postil.zoo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.dataset.Skeleton;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Points;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.zoo.scene.Street;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.jspecify.annotations.Nullable;

/** Draws {@code quickstart}: street scenes with truth and simulated predictions. */
final class QuickstartImages {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 640;

  private final Path directory;
  private final long seed;

  QuickstartImages(Path directory, long seed) {
    this.directory = directory;
    this.seed = seed;
  }

  StoredDataset load(DatasetStore store, String name, int count, ProgressListener progress) {
    List<Sample> samples = draw(count, progress);
    DatasetInfo info =
        DatasetInfo.create(name, MediaType.IMAGE)
            .withSampleFields(
                List.of(
                    FieldSpec.embedded("ground_truth", "Detections"),
                    FieldSpec.embedded("instances", "Detections"),
                    FieldSpec.embedded("keypoints", "Keypoints"),
                    FieldSpec.embedded("predictions", "Detections"),
                    FieldSpec.of("people", FieldType.INT)))
            .withSkeletons(
                Map.of("keypoints", new Skeleton(Street.joints(), Street.limbs())), null);
    StoredDataset dataset = store.create(info);
    dataset.write(
        writer -> {
          samples.forEach(writer::insert);
          return null;
        });
    return dataset;
  }

  private List<Sample> draw(int count, ProgressListener progress) {
    System.setProperty("java.awt.headless", "true");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw unwritable(e);
    }
    AtomicInteger done = new AtomicInteger();
    ExecutorService painters =
        Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors()));
    try {
      List<Future<Sample>> drawings = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        drawings.add(
            painters.submit(
                () -> {
                  Sample sample = sample(number);
                  progress.progress("drawing images", done.incrementAndGet(), count);
                  return sample;
                }));
      }
      List<Sample> samples = new ArrayList<>();
      for (Future<Sample> drawing : drawings) {
        samples.add(drawing.get());
      }
      return samples;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostilException(ErrorCode.INTERRUPTED, "drawing was interrupted", "Start again.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PostilException known) {
        throw known;
      }
      throw new PostilException(
          ErrorCode.INTERNAL, "drawing failed: " + e.getCause(), null, e.getCause());
    } finally {
      painters.shutdownNow();
    }
  }

  private PostilException unwritable(IOException e) {
    return new PostilException(
        ErrorCode.UNWRITABLE_FILE,
        "cannot write sample images into " + directory + ": " + e.getMessage(),
        "Make room there, or choose another directory with POSTIL_HOME.",
        e);
  }

  private Sample sample(int number) {
    Random random = new Random(seed * 1_000_003 + number);
    Street.Picture picture = Street.of(WIDTH, HEIGHT, random.nextLong()).draw(0);
    Path file = directory.resolve(String.format("%06d.jpg", number + 1));
    long size;
    try {
      if (!Files.exists(file)) {
        write(picture.image(), file);
      }
      size = Files.size(file);
    } catch (IOException e) {
      throw unwritable(e);
    }
    Detections instances = instances(picture, random);
    Detections truth = boxes(instances, random);
    Sample sample =
        new Sample(
            Ids.next(random),
            file.toAbsolutePath().toString(),
            List.of("validation"),
            Document.builder()
                .put("_cls", "ImageMetadata")
                .put("size_bytes", size)
                .put("mime_type", "image/jpeg")
                .put("width", WIDTH)
                .put("height", HEIGHT)
                .put("num_channels", 3)
                .build(),
            Map.of(),
            Document.of("_media_type", "image", "created_at", Instant.EPOCH));
    Keypoints people = people(picture, random);
    sample = sample.with("ground_truth", truth).with("instances", instances);
    if (!people.labels().isEmpty()) {
      sample = sample.with("keypoints", people);
    }
    return sample
        .with("predictions", Predictions.of(truth, random))
        .with("people", people.labels().size());
  }

  /** The boxes alone, as labels of their own: what most people correct first. */
  private static Detections boxes(Detections instances, Random random) {
    return new Detections(
        instances.labels().stream().map(d -> d.withMask(null).withId(Ids.next(random))).toList(),
        Document.empty());
  }

  private static Detections instances(Street.Picture picture, Random random) {
    List<Detection> objects = new ArrayList<>();
    for (Street.Visible object : picture.objects()) {
      BoundingBox box =
          new BoundingBox(
              object.x() / (double) WIDTH,
              object.y() / (double) HEIGHT,
              object.width() / (double) WIDTH,
              object.height() / (double) HEIGHT);
      objects.add(
          Detection.of(object.label(), box)
              .withId(Ids.next(random))
              .withMask(NdArray.ofBooleans(object.height(), object.width(), object.mask()))
              .withAttributes(Document.of("iscrowd", 0, "occluded", object.visible() < 0.75)));
    }
    return new Detections(objects, Document.empty());
  }

  private static Keypoints people(Street.Picture picture, Random random) {
    List<Keypoint> people = new ArrayList<>();
    for (Street.Visible object : picture.objects()) {
      double @Nullable [] joints = object.joints();
      if (joints != null) {
        double[] relative = new double[joints.length];
        for (int i = 0; i < joints.length; i++) {
          relative[i] = joints[i] / (i % 2 == 0 ? WIDTH : HEIGHT);
        }
        people.add(Keypoint.of("person", Points.wrap(relative)).withId(Ids.next(random)));
      }
    }
    return new Keypoints(people, Document.empty());
  }

  /** Writes beside the file first, so that a file that is there is whole. */
  private static void write(BufferedImage image, Path file) throws IOException {
    Path beside =
        file.resolveSibling(file.getFileName() + ".tmp" + Thread.currentThread().threadId());
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(0.88f);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(beside.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
