package io.postil.backends.labelstudio;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Masks of single objects, painted with a brush. Immutable. */
final class BrushControl extends ShapeControl {
  BrushControl(FieldSchema field, Names names) {
    super(field, names, Set.of());
  }

  @Override
  String tag() {
    return "BrushLabels";
  }

  @Override
  String type() {
    return "brushlabels";
  }

  @Override
  List<@Nullable Document> parts(SingleLabel label, ItemMedia media) {
    byte[] pixels =
        label instanceof Detection d && media.hasSize()
            ? MaskPixels.ofDetection(d, media.width(), media.height())
            : null;
    return Collections.singletonList(pixels == null ? null : MaskPixels.value(pixels));
  }

  @Override
  SingleLabel withMask(SingleLabel label) {
    String file = MaskFiles.of(label);
    return file != null && label instanceof Detection d
        ? d.withMask(MaskFiles.read(file, false))
        : label;
  }

  /** Of a mask that is only in a file, the digest of what was sent is known. */
  @Override
  List<@Nullable Document> sent(SingleLabel label, Answer answer, ItemMedia media) {
    return MaskFiles.of(label) == null
        ? parts(label, media)
        : Collections.singletonList(
            MaskPixels.digestOnly(answer.masks().getString(label.id().toString())));
  }

  @Override
  boolean same(Document sent, Document row) {
    return MaskPixels.same(sent, row);
  }

  @Override
  @Nullable SingleLabel shape(Drawn drawn) {
    byte[] pixels = null;
    for (Region row : drawn.rows()) {
      byte[] own = MaskPixels.pixels(row.value());
      if (own != null && own.length == drawn.media().width() * drawn.media().height()) {
        pixels = pixels == null ? own : union(pixels, own);
      }
    }
    int[] extent = pixels == null ? null : MaskPixels.extent(pixels, drawn.media().width());
    if (pixels == null || extent == null) {
      return null;
    }
    double width = drawn.media().width();
    double height = drawn.media().height();
    BoundingBox box =
        new BoundingBox(
            extent[0] / width,
            extent[1] / height,
            (extent[2] - extent[0]) / width,
            (extent[3] - extent[1]) / height);
    NdArray mask = MaskPixels.cut(pixels, drawn.media().width(), extent);
    return drawn.before() instanceof Detection d
        ? d.withBoundingBox(box).withMask(mask).withMaskPath(null)
        : new Detection(
            drawn.id(),
            List.of(),
            drawn.className(),
            box,
            mask,
            null,
            null,
            null,
            Document.empty());
  }

  private static byte[] union(byte[] a, byte[] b) {
    byte[] union = a.clone();
    for (int i = 0; i < union.length; i++) {
      union[i] |= b[i];
    }
    return union;
  }
}
