package io.postil.server;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.label.Detection;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the masks that were sent in place of painted ones with the same pixels: what was painted and
 * taken back is as it was, in its own type of numbers or in its own file. Stateless.
 */
final class OriginalMasks {
  private OriginalMasks() {}

  static List<SingleLabel> restore(List<? extends SingleLabel> labels, List<SingleLabel> sent) {
    Map<ObjectId, SingleLabel> originals = new HashMap<>();
    sent.forEach(label -> originals.put(label.id(), label));
    return labels.stream().map(label -> restore(label, originals.get(label.id()))).toList();
  }

  private static SingleLabel restore(SingleLabel label, @Nullable SingleLabel original) {
    if (label instanceof Segmentation painted && original instanceof Segmentation was) {
      NdArray mask = painted.mask();
      NdArray pixels = mask == null ? null : MaskFiles.pixels(was, false);
      return mask != null && pixels != null && mask.equals(pixels)
          ? painted.withMask(was.mask()).withMaskPath(was.maskPath())
          : label;
    }
    if (!(label instanceof Detection painted && original instanceof Detection was)) {
      return label;
    }
    NdArray mask = painted.mask();
    NdArray pixels = mask == null ? null : MaskFiles.pixels(was, false);
    return mask != null && pixels != null && isSame(mask, pixels)
        ? painted.withMask(was.mask()).withMaskPath(was.maskPath())
        : label;
  }

  private static boolean isSame(NdArray a, NdArray b) {
    if (a == b) {
      return true;
    }
    if (!Arrays.equals(a.shape(), b.shape())) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if ((a.get(i) != 0) != (b.get(i) != 0)) {
        return false;
      }
    }
    return true;
  }
}
