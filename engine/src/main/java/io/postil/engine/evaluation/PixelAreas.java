package io.postil.engine.evaluation;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import org.jspecify.annotations.Nullable;

/**
 * How large labels are on their picture, by COCO's ranges: small up to 32x32 pixels, medium up to
 * 96x96, large above. A truth with a mask is as large as the mask, as in COCO's annotations. Not
 * thread-safe.
 */
final class PixelAreas {
  /** Number of ranges. */
  static final int RANGES = 3;

  private static final double[] LEAST = {0, 32 * 32, 96 * 96};
  private static final double[] MOST = {32 * 32, 96 * 96, 1e10};

  /** Areas that differ less than rounding does are equal. */
  private static final double PRECISION = 1e6;

  private final boolean useMasks;
  private double[] predictions = {};
  private double[] truths = {};

  /** Starts; {@code useMasks} says whether predictions are as large as their masks as well. */
  PixelAreas(boolean useMasks) {
    this.useMasks = useMasks;
  }

  /** Measures the labels of a bucket; false if the size of the picture is not known. */
  boolean start(Matcher.Bucket bucket, @Nullable Document metadata) {
    double width = size(metadata, "width", "frame_width");
    double height = size(metadata, "height", "frame_height");
    if (!(width > 0) || !(height > 0)) {
      return false;
    }
    predictions = room(predictions, bucket.predictions.size());
    for (int i = 0; i < bucket.predictions.size(); i++) {
      predictions[i] = area(bucket.predictions.get(i), useMasks, width, height);
    }
    truths = room(truths, bucket.truths.size());
    for (int i = 0; i < bucket.truths.size(); i++) {
      truths[i] = area(bucket.truths.get(i), true, width, height);
    }
    return true;
  }

  private static double[] room(double[] known, int size) {
    return known.length >= size ? known : new double[size * 2];
  }

  private static double size(@Nullable Document metadata, String name, String nameInVideos) {
    Double size = metadata == null ? null : metadata.getDouble(name);
    Double other = metadata == null ? null : metadata.getDouble(nameInVideos);
    return size != null ? size : other != null ? other : Double.NaN;
  }

  private static double area(SingleLabel label, boolean byMask, double width, double height) {
    double area;
    if (label instanceof Detection d) {
      BoundingBox box = d.boundingBox();
      area = box == null ? 0 : box.width() * width * (box.height() * height);
      NdArray mask = d.mask();
      if (byMask && mask != null && mask.size() > 0) {
        area *= share(mask);
      }
    } else {
      double[] box = new double[4];
      BoxSimilarity.box(label, box, 0);
      area = box[2] * width * (box[3] * height);
    }
    return Math.rint(area * PRECISION) / PRECISION;
  }

  /** The part of its box that a mask covers. */
  private static double share(NdArray mask) {
    long set = 0;
    for (int i = 0; i < mask.size(); i++) {
      set += mask.get(i) != 0 ? 1 : 0;
    }
    return set / (double) mask.size();
  }

  private static boolean isIn(double area, int range) {
    return area >= LEAST[range] && area <= MOST[range];
  }

  boolean isIn(int prediction, int range) {
    return isIn(predictions[prediction], range);
  }

  boolean isTruthIn(int truth, int range) {
    return isIn(truths[truth], range);
  }

  /**
   * The truths of a bucket for a range.
   *
   * @param isMixed whether some are ignored and others are not, or some are crowds
   * @param areIgnored whether all are ignored; without meaning if mixed
   * @param ignored which are, if mixed
   * @param order those that count and then those ignored, if mixed
   */
  record Truths(boolean isMixed, boolean areIgnored, boolean[] ignored, int[] order) {}

  Truths truths(Matcher.Bucket bucket, int range) {
    int count = bucket.truths.size();
    int counting = 0;
    boolean crowds = false;
    for (int t = 0; t < count; t++) {
      crowds |= bucket.crowds[t];
      counting += !bucket.crowds[t] && isTruthIn(t, range) ? 1 : 0;
    }
    if (!crowds && (counting == 0 || counting == count)) {
      return new Truths(false, counting < count, new boolean[0], new int[0]);
    }
    boolean[] ignored = new boolean[count];
    int[] order = new int[count];
    int first = 0;
    int last = counting;
    for (int i = 0; i < count; i++) {
      int t = bucket.listed(i);
      ignored[t] = bucket.crowds[t] || !isTruthIn(t, range);
      order[ignored[t] ? last++ : first++] = t;
    }
    return new Truths(true, false, ignored, order);
  }
}
