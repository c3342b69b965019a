package io.postil.formats.coco;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns annotations, in pixels, into labels, relative to an image.
 *
 * @param width the image's width
 * @param height the image's height
 */
record CocoLabels(int width, int height) {
  /** The key with a confidence for each keypoint, where they differ, as MMPose calls it. */
  static final String POINT_SCORES = "keypoint_scores";

  /** Most pixels a mask may have: hostile sizes are not allocated. */
  private static final long MAX_PIXELS = 1L << 28;

  /** A detection, or null with a fault added if there is neither box nor mask. */
  @Nullable Detection detection(CocoAnnotation annotation, @Nullable String label) {
    long[] runs = usableRuns(annotation);
    double[] box = annotation.box;
    if (box == null) {
      box = boxOf(annotation, runs);
    }
    if (box == null) {
      annotation.faults.add("has neither bbox nor segmentation");
      return null;
    }
    return new Detection(
        ObjectId.create(),
        annotation.tags,
        label,
        new BoundingBox(box[0] / width, box[1] / height, box[2] / width, box[3] / height),
        mask(annotation, box, runs),
        null,
        annotation.score,
        annotation.index,
        annotation.keypoints == null
            ? annotation.attributes.build()
            : annotation.attributes.build().without(POINT_SCORES));
  }

  /** The runs if they are there and right; else a fault of this part is added. */
  private long @Nullable [] usableRuns(CocoAnnotation annotation) {
    long[] runs = annotation.runs;
    long[] size = annotation.maskSize;
    if (runs == null || size == null) {
      return null;
    }
    if (size[0] != height || size[1] != width) {
      annotation.partFaults.add(
          "mask size "
              + size[1]
              + " x "
              + size[0]
              + " does not match the image, "
              + width
              + " x "
              + height);
      return null;
    }
    try {
      Rle.check(runs, (long) width * height);
      return runs;
    } catch (IllegalArgumentException e) {
      annotation.partFaults.add("RLE " + e.getMessage());
      return null;
    }
  }

  private double @Nullable [] boxOf(CocoAnnotation annotation, long @Nullable [] runs) {
    if (runs != null) {
      int[] b = Rle.bounds(runs, height);
      return b[2] > b[0] ? new double[] {b[0], b[1], b[2] - b[0], b[3] - b[1]} : null;
    }
    return annotation.rings == null ? null : boxOf(annotation.rings);
  }

  private static double[] boxOf(List<double[]> rings) {
    double[] box = {
      Double.POSITIVE_INFINITY,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (double[] ring : rings) {
      for (int i = 0; i < ring.length; i += 2) {
        box[0] = Math.min(box[0], ring[i]);
        box[1] = Math.min(box[1], ring[i + 1]);
        box[2] = Math.max(box[2], ring[i]);
        box[3] = Math.max(box[3], ring[i + 1]);
      }
    }
    return new double[] {box[0], box[1], box[2] - box[0], box[3] - box[1]};
  }

  private @Nullable NdArray mask(CocoAnnotation annotation, double[] box, long @Nullable [] runs) {
    List<double[]> rings = annotation.rings;
    if (runs == null && rings == null) {
      return null;
    }
    int[] b = MaskCrop.bounds(box[0], box[1], box[2], box[3], width, height);
    if ((long) (b[2] - b[0]) * (b[3] - b[1]) > MAX_PIXELS) {
      annotation.partFaults.add("the mask is too large: " + width + " x " + height);
      return null;
    }
    MaskCrop mask = MaskCrop.of(b[0], b[1], b[2], b[3]);
    if (runs != null) {
      Rle.fill(runs, height, mask);
    } else if (rings != null) {
      mask.fill(rings);
    }
    return mask.toArray();
  }

  /** A polyline of the rings, or null if there are none. */
  @Nullable Polyline polyline(CocoAnnotation annotation, @Nullable String label) {
    if (annotation.rings == null) {
      annotation.faults.add("has no polygon");
      return null;
    }
    List<Points> points = new ArrayList<>();
    for (double[] ring : annotation.rings) {
      points.add(relative(ring));
    }
    return new Polyline(
        ObjectId.create(),
        annotation.tags,
        label,
        points,
        !Boolean.FALSE.equals(annotation.attributes.build().get("closed")),
        true,
        annotation.score,
        annotation.index,
        annotation.attributes.build().without("closed"));
  }

  private Points relative(double[] ring) {
    double[] points = new double[ring.length];
    for (int i = 0; i < ring.length; i += 2) {
      points[i] = ring[i] / width;
      points[i + 1] = ring[i + 1] / height;
    }
    return Points.wrap(points);
  }

  /** A keypoint label, or null if there are no points or all of them are missing beside a box. */
  @Nullable Keypoint keypoint(CocoAnnotation annotation, @Nullable String label) {
    double[] triples = annotation.keypoints;
    if (triples == null) {
      return null;
    }
    int n = triples.length / 3;
    double[] points = new double[2 * n];
    @Nullable Object[] visible = new @Nullable Object[n];
    boolean any = false;
    for (int i = 0; i < n; i++) {
      int visibility = (int) triples[3 * i + 2];
      visible[i] = visibility;
      any |= visibility > 0;
      points[2 * i] = visibility > 0 ? triples[3 * i] / width : Double.NaN;
      points[2 * i + 1] = visibility > 0 ? triples[3 * i + 1] / height : Double.NaN;
    }
    if (!any && annotation.box != null) {
      return null;
    }
    Document attributes = annotation.box == null ? annotation.attributes.build() : Document.empty();
    double[] scores = pointScores(annotation, n);
    return new Keypoint(
        ObjectId.create(),
        annotation.tags,
        label,
        Points.wrap(points),
        scores == null ? null : Doubles.wrap(scores),
        annotation.index,
        attributes.without(POINT_SCORES).with("visible", Values.listOf(visible)));
  }

  /** The confidence of each of so many points, or null: their own, else that of the annotation. */
  private static double @Nullable [] pointScores(CocoAnnotation annotation, int points) {
    List<?> own = annotation.attributes.build().getList(POINT_SCORES);
    if (own.size() == points && own.stream().allMatch(Number.class::isInstance)) {
      return own.stream().mapToDouble(score -> ((Number) score).doubleValue()).toArray();
    }
    if (annotation.score == null) {
      return null;
    }
    double[] scores = new double[points];
    Arrays.fill(scores, annotation.score);
    return scores;
  }

  /** What is odd about a box, or null. */
  static @Nullable String oddity(BoundingBox box) {
    if (box.width() <= 0 || box.height() <= 0) {
      return "its box has no area";
    }
    double slack = 1e-6;
    return box.x() < -slack
            || box.y() < -slack
            || box.x() + box.width() > 1 + slack
            || box.y() + box.height() > 1 + slack
        ? "its box reaches beyond the image"
        : null;
  }
}
