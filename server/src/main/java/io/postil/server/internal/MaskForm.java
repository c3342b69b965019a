package io.postil.server.internal;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Detection;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.server.AnnotationService.FieldSchema;
import org.jspecify.annotations.Nullable;

/** How the masks of a field's labels go to the App, and come back. Immutable. */
sealed interface MaskForm {
  /** Without masks. */
  MaskForm NONE = new Thinned(0);

  /** The mask of a label, or null. */
  @Nullable Document show(SingleLabel label);

  /**
   * Puts the mask that the App sent in a label's document, unless it shows what was there.
   *
   * @param before the label the App was given, or null for a new one
   */
  void read(Document sent, @Nullable SingleLabel before, Document.Builder label);

  /** Masks to look at: those in memory, no longer than said on a side. */
  static MaskForm thinned(int maxSide) {
    return new Thinned(maxSide);
  }

  /** The form for a field of a run: exact where masks can be painted. */
  static MaskForm of(FieldSchema field) {
    return switch (field.type()) {
      case "instance", "instances" -> new Exact(false, false);
      case "segmentation" ->
          new Exact(true, field.maskTargets().keySet().stream().anyMatch(k -> k.startsWith("#")));
      default -> thinned(LabelWire.FULL_MASK);
    };
  }

  /** Masks to look at. */
  record Thinned(int maxSide) implements MaskForm {
    @Override
    public @Nullable Document show(SingleLabel label) {
      if (maxSide == 0) {
        return null;
      }
      if (label instanceof Segmentation s && s.mask() != null) {
        return MaskBits.pack(s.mask(), maxSide * 4);
      }
      return label instanceof Detection d && d.mask() != null
          ? MaskBits.pack(d.mask(), maxSide)
          : null;
    }

    @Override
    public void read(Document sent, @Nullable SingleLabel before, Document.Builder label) {}
  }

  /**
   * Masks to paint, from memory or a file.
   *
   * @param values whether pixels have values, rather than being in or out
   * @param colours whether the values are colours
   */
  record Exact(boolean values, boolean colours) implements MaskForm {
    @Override
    public @Nullable Document show(SingleLabel label) {
      NdArray pixels = MaskFiles.pixels(label, colours);
      return pixels == null || pixels.shape().length < 2 ? null : MaskRuns.pack(pixels, !values);
    }

    @Override
    public void read(Document sent, @Nullable SingleLabel before, Document.Builder label) {
      if (!(sent.get("mask") instanceof Document mask)) {
        return;
      }
      NdArray pixels = before == null ? null : MaskFiles.pixels(before, colours);
      if (pixels != null && MaskRuns.isSame(MaskRuns.pack(pixels, !values), mask)) {
        return;
      }
      if (!mask.contains("runs")) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "a mask that was painted has no runs",
            "Send all its pixels.");
      }
      NdArray painted =
          values ? MaskRuns.values(mask, hasChannels(before)) : MaskRuns.booleans(mask);
      label.put("mask", Binary.wrap(painted.packed())).remove("mask_path");
    }

    /** Whether what is painted has red, green and blue apart: as the mask in memory, if any. */
    private boolean hasChannels(@Nullable SingleLabel before) {
      return before instanceof Segmentation s && s.mask() != null
          ? s.mask().shape().length > 2
          : colours;
    }
  }
}
