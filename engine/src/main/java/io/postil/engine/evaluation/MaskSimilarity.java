package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.NdArray;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Intersection over union of the pixels of masks. Each mask is painted on an image whose size its
 * resolution and its box imply; of two images of different sizes the smaller is scaled up. Crowds
 * are compared like any other, as in FiftyOne.
 */
final class MaskSimilarity extends BoxSimilarity {
  private record Canvas(int width, int height, BitSet pixels) {
    boolean at(int x, int y) {
      return pixels.get(y * width + x);
    }
  }

  private List<Canvas> predicted = List.of();
  private List<Canvas> truths = List.of();

  @Override
  public void start(
      List<? extends SingleLabel> predictions,
      List<? extends SingleLabel> truths,
      boolean[] crowds) {
    super.start(predictions, truths, crowds);
    predicted = canvases(predictions);
    this.truths = canvases(truths);
  }

  private static List<Canvas> canvases(List<? extends SingleLabel> labels) {
    List<Canvas> canvases = new ArrayList<>(labels.size());
    for (SingleLabel label : labels) {
      NdArray mask = label instanceof Detection d ? d.mask() : null;
      BoundingBox box = label instanceof Detection d ? d.boundingBox() : null;
      if (mask == null || box == null) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "detection " + label.id() + " has no mask",
            "Compare boxes, or keep only detections with masks by a view.");
      }
      canvases.add(paint(mask, box));
    }
    return canvases;
  }

  private static Canvas paint(NdArray mask, BoundingBox box) {
    int width = (int) Math.rint(mask.width() / box.width());
    int height = (int) Math.rint(mask.height() / box.height());
    if (width < 1 || height < 1 || (long) width * height > 100_000_000) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "a mask of "
              + mask.width()
              + "x"
              + mask.height()
              + " does not fit its box of "
              + box.width()
              + " x "
              + box.height()
              + " of the image");
    }
    int left = (int) Math.rint(box.x() * width);
    int top = (int) Math.rint(box.y() * height);
    BitSet pixels = new BitSet(width * height);
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        int px = left + x;
        int py = top + y;
        if (px >= 0
            && px < width
            && py >= 0
            && py < height
            && mask.get(y * mask.width() + x) != 0) {
          pixels.set(py * width + px);
        }
      }
    }
    return new Canvas(width, height, pixels);
  }

  @Override
  public double of(int prediction, int truth) {
    Canvas p = predicted.get(prediction);
    Canvas t = truths.get(truth);
    if (p.width != t.width || p.height != t.height) {
      if ((long) p.width * p.height < (long) t.width * t.height) {
        p = scale(p, t.width, t.height);
      } else {
        t = scale(t, p.width, p.height);
      }
    }
    BitSet both = (BitSet) p.pixels.clone();
    both.and(t.pixels);
    int intersection = both.cardinality();
    int union = p.pixels.cardinality() + t.pixels.cardinality() - intersection;
    return union == 0 ? 0 : (double) intersection / union;
  }

  private static Canvas scale(Canvas canvas, int width, int height) {
    BitSet pixels = new BitSet(width * height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int sourceX = (int) ((long) x * canvas.width / width);
        int sourceY = (int) ((long) y * canvas.height / height);
        pixels.set(y * width + x, canvas.at(sourceX, sourceY));
      }
    }
    return new Canvas(width, height, pixels);
  }
}
