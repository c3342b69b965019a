package io.postil.zoo;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a detector of middling quality might say: boxes a little off, some objects missed, doubled
 * or confused, and now and then a confident mistake.
 */
final class Predictions {
  private static final List<String> CLASSES =
      List.of("car", "bus", "person", "dog", "bicycle", "traffic light");
  private static final int ABOUT_EVERY = 4;

  private Predictions() {}

  static Detections of(Detections truth, Random random) {
    List<Detection> found = new ArrayList<>();
    for (Detection object : truth.labels()) {
      double dice = random.nextDouble();
      if (dice < 0.08) {
        continue;
      }
      found.add(seen(object, random, 0.035, 0.55 + 0.44 * Math.sqrt(random.nextDouble())));
      if (dice > 0.92) {
        found.add(seen(object, random, 0.12, 0.15 + 0.5 * random.nextDouble()));
      }
    }
    for (int i = 0, n = random.nextInt(4); i < n; i++) {
      found.add(imagined(random, 0.1 + 0.5 * random.nextDouble()));
    }
    if (random.nextInt(ABOUT_EVERY) == 0) {
      for (int i = 0, n = 1 + random.nextInt(3); i < n; i++) {
        found.add(imagined(random, 0.81 + 0.17 * random.nextDouble()));
      }
    }
    return new Detections(found, Document.empty());
  }

  private static Detection seen(Detection object, Random random, double jitter, double confidence) {
    BoundingBox box = java.util.Objects.requireNonNull(object.boundingBox());
    double x = box.x() + random.nextGaussian() * jitter * box.width();
    double y = box.y() + random.nextGaussian() * jitter * box.height();
    double w = box.width() * (1 + random.nextGaussian() * jitter);
    double h = box.height() * (1 + random.nextGaussian() * jitter);
    String label =
        random.nextInt(16) == 0
            ? CLASSES.get(random.nextInt(CLASSES.size()))
            : String.valueOf(object.label());
    return detection(label, x, y, w, h, confidence, random);
  }

  private static Detection imagined(Random random, double confidence) {
    double w = 0.05 + 0.15 * random.nextDouble();
    double h = w * (0.6 + 0.8 * random.nextDouble());
    return detection(
        CLASSES.get(random.nextInt(CLASSES.size())),
        random.nextDouble() * (1 - w),
        0.3 + random.nextDouble() * (0.7 - h),
        w,
        h,
        confidence,
        random);
  }

  private static Detection detection(
      String label, double x, double y, double w, double h, double confidence, Random random) {
    double left = Math.max(0, x);
    double top = Math.max(0, y);
    BoundingBox box =
        new BoundingBox(left, top, Math.min(1, x + w) - left, Math.min(1, y + h) - top);
    return Detection.of(label, box).withId(Ids.next(random)).withConfidence(confidence);
  }
}
