package io.postil.backends.labelstudio;

import io.postil.backends.masks.MaskFiles;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The classes of all pixels, painted with a brush: one region for each class. A mask has one value
 * for each pixel, or three for colours as {@code #rrggbb}. Values without a name stay where nobody
 * paints over them. Immutable.
 */
final class SegmentationControl extends FieldControl {
  private static final String TYPE = "brushlabels";

  /** Pixel value to class, without the background. */
  private final Map<Integer, String> targets = new TreeMap<>();

  private final boolean colours;

  SegmentationControl(FieldSchema field, Names names) {
    super(field, names);
    Map<String, String> given = field.maskTargets() == null ? Map.of() : field.maskTargets();
    this.colours = given.keySet().stream().anyMatch(k -> k.startsWith("#"));
    given.forEach(
        (key, name) -> {
          int value =
              key.startsWith("#")
                  ? Integer.parseInt(key.substring(1), 16)
                  : Integer.parseInt(key.strip());
          if (value != 0) {
            targets.put(value, name);
          }
        });
  }

  @Override
  String tag() {
    return "BrushLabels";
  }

  @Override
  void writeAbove(ConfigXml xml) {
    xml.open(tag(), "name", name(), "toName", names.object());
    targets.values().forEach(name -> xml.tag("Label", "value", name));
    xml.close();
  }

  /** The pixels of a mask in an image of a size. */
  private int[] pixels(NdArray mask, int width, int height) {
    int[] shape = mask.shape();
    int channels = shape.length > 2 ? shape[2] : 1;
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      int row = (int) ((y + 0.5) * shape[0] / height) * shape[1];
      for (int x = 0; x < width; x++) {
        int at = (row + (int) ((x + 0.5) * shape[1] / width)) * channels;
        int value = (int) mask.get(at);
        for (int c = 1; c < Math.min(channels, 3); c++) {
          value = value << 8 | (int) mask.get(at + c);
        }
        pixels[y * width + x] = value;
      }
    }
    return pixels;
  }

  @Override
  SingleLabel withMask(SingleLabel label) {
    String file = MaskFiles.of(label);
    return file != null && label instanceof Segmentation s
        ? s.withMask(MaskFiles.read(file, colours))
        : label;
  }

  @Override
  void encode(ItemMedia media, List<Content> content, Consumer<Region> out) {
    for (SingleLabel label : labels(content)) {
      parts(label, media)
          .forEach(
              (value, part) ->
                  out.accept(
                      new Region(
                          label.id() + "-" + value,
                          name(),
                          names.object(),
                          TYPE,
                          Region.with(part, TYPE, targets.get(value)),
                          media.width(),
                          media.height(),
                          isFixed())));
    }
  }

  /** A brush value for each class that occurs. */
  private Map<Integer, Document> parts(SingleLabel label, ItemMedia media) {
    Map<Integer, Document> parts = new LinkedHashMap<>();
    if (!(label instanceof Segmentation s) || s.mask() == null || !media.hasSize()) {
      return parts;
    }
    int[] pixels = pixels(s.mask(), media.width(), media.height());
    Map<Integer, byte[]> masks = new TreeMap<>();
    for (int i = 0; i < pixels.length; i++) {
      if (targets.containsKey(pixels[i])) {
        masks.computeIfAbsent(pixels[i], v -> new byte[pixels.length])[i] = MaskPixels.ON;
      }
    }
    masks.forEach((value, mask) -> parts.put(value, MaskPixels.value(mask)));
    return parts;
  }

  @Override
  void decode(Answer answer, AnswerSink sink) {
    List<Region> rows = answer.rowsOf(name());
    ItemMedia media = answer.media().orSizeOf(answer.rows());
    SingleLabel before = labels(answer.base()).stream().findFirst().orElse(null);
    Segmentation label;
    if (before instanceof Segmentation s) {
      Map<Integer, Document> sent = sent(s, answer, media);
      if (sent.isEmpty() && rows.isEmpty() || isUnchanged(sent, rows)) {
        label = s;
      } else {
        NdArray mask = paint(rows, media, ((Segmentation) withMask(s)).mask());
        label = mask == null ? null : s.withMask(mask).withMaskPath(null);
      }
    } else {
      NdArray mask = rows.isEmpty() ? null : paint(rows, media, null);
      ObjectId id = Region.derived(answer.item(), name());
      label = mask == null ? null : Segmentation.of(mask).withId(id);
    }
    if (label != null) {
      sink.labels(answer.item(), 0, field.field(), field.kind(), List.of(label));
    }
  }

  /** The regions of a label as they were sent; of a mask in a file their digests are known. */
  private Map<Integer, Document> sent(Segmentation label, Answer answer, ItemMedia media) {
    if (MaskFiles.of(label) == null) {
      return parts(label, media);
    }
    Map<Integer, Document> sent = new LinkedHashMap<>();
    for (int value : targets.keySet()) {
      Document digest = MaskPixels.digestOnly(answer.masks().getString(label.id() + "-" + value));
      if (digest != null) {
        sent.put(value, digest);
      }
    }
    return sent;
  }

  private boolean isUnchanged(Map<Integer, Document> sent, List<Region> rows) {
    Map<@Nullable Integer, Document> came = new HashMap<>();
    for (Region row : rows) {
      if (came.put(valueOf(row), row.value()) != null) {
        return false;
      }
    }
    for (Map.Entry<Integer, Document> part : sent.entrySet()) {
      Document row = came.remove(part.getKey());
      if (row == null || !MaskPixels.same(part.getValue(), row)) {
        return false;
      }
    }
    return came.isEmpty();
  }

  private @Nullable Integer valueOf(Region row) {
    String shown = className(Region.first(row.value(), TYPE));
    for (Map.Entry<Integer, String> target : targets.entrySet()) {
      if (target.getValue().equals(shown)) {
        return target.getKey();
      }
    }
    return null;
  }

  /** All regions in one mask, later ones on top; null if nothing is painted at all. */
  private @Nullable NdArray paint(List<Region> rows, ItemMedia media, @Nullable NdArray before) {
    int[] pixels =
        before == null
            ? new int[media.width() * media.height()]
            : pixels(before, media.width(), media.height());
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = targets.containsKey(pixels[i]) ? 0 : pixels[i];
    }
    boolean any = false;
    for (Region row : rows) {
      byte[] painted = MaskPixels.pixels(row.value());
      Integer value = valueOf(row);
      if (painted == null || value == null || painted.length != pixels.length) {
        continue;
      }
      for (int i = 0; i < pixels.length; i++) {
        if (painted[i] != 0) {
          pixels[i] = value;
          any = true;
        }
      }
    }
    return any || before != null ? array(pixels, media) : null;
  }

  private NdArray array(int[] pixels, ItemMedia media) {
    int highest = 0;
    for (int pixel : pixels) {
      highest = Math.max(highest, pixel);
    }
    if (colours) {
      int[] values = new int[pixels.length * 3];
      for (int i = 0; i < pixels.length; i++) {
        values[3 * i] = pixels[i] >> 16 & 0xFF;
        values[3 * i + 1] = pixels[i] >> 8 & 0xFF;
        values[3 * i + 2] = pixels[i] & 0xFF;
      }
      return NdArray.ofInts(new int[] {media.height(), media.width(), 3}, values);
    }
    if (highest > 255) {
      return NdArray.ofInts(new int[] {media.height(), media.width()}, pixels);
    }
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      bytes[i] = (byte) pixels[i];
    }
    return NdArray.ofBytes(media.height(), media.width(), bytes);
  }
}
