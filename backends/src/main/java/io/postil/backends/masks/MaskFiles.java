package io.postil.backends.masks;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.UploadItem;
import io.postil.core.label.Detection;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.NdArray;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * Masks that labels keep in picture files: grey values or numbers of a palette are the values of
 * pixels, and colours are {@code 0xRRGGBB}. Stateless.
 */
public final class MaskFiles {
  /** More missing files than this are not listed. */
  private static final int MOST_PROBLEMS = 20;

  private MaskFiles() {}

  /** The file of a label whose mask is only there; null if it has none, or its mask in memory. */
  public static @Nullable String of(SingleLabel label) {
    if (label instanceof Detection d && d.mask() == null) {
      return d.maskPath();
    }
    return label instanceof Segmentation s && s.mask() == null ? s.maskPath() : null;
  }

  /**
   * The pixels of a label, from memory or its file.
   *
   * @param colours whether the pixels of a file mean colours, also those of a palette or in grey
   * @return null for a label without a mask
   * @throws PostilException with {@code UNREADABLE_FILE} if its file cannot be read
   */
  public static @Nullable NdArray pixels(SingleLabel label, boolean colours) {
    String file = of(label);
    if (file != null) {
      return read(file, colours);
    }
    if (label instanceof Detection d) {
      return d.mask();
    }
    return label instanceof Segmentation s ? s.mask() : null;
  }

  /**
   * Refuses items with masks in files that are not there.
   *
   * @param fields whose masks are shown
   * @throws PostilException that says the first of them together, without reading any
   */
  public static void requireFiles(List<UploadItem> items, Set<String> fields) {
    if (fields.isEmpty()) {
      return;
    }
    List<Problem> problems = new ArrayList<>();
    for (UploadItem item : items) {
      for (UploadItem.Content content : item.content()) {
        if (!fields.contains(content.field())) {
          continue;
        }
        for (SingleLabel label : content.labels()) {
          Problem problem = problem(label, content.field(), item.media());
          if (problem != null && problems.size() < MOST_PROBLEMS) {
            problems.add(problem);
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
  }

  /** What is wrong with the file of a label, as far as can be said without reading it. */
  static @Nullable Problem problem(SingleLabel label, String field, String media) {
    String file = of(label);
    if (file == null || isFile(file)) {
      return null;
    }
    return new Problem(
        ErrorCode.UNREADABLE_FILE,
        "there is no file " + file + ", the mask of a label of '" + field + "' on " + media,
        "Correct its mask_path, or leave the label out of the view.");
  }

  private static boolean isFile(String file) {
    try {
      return Files.isReadable(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Reads a mask.
   *
   * @param colours whether pixels mean colours, also those of a palette or in grey
   * @return height times width values
   * @throws PostilException with {@code UNREADABLE_FILE} if it cannot be read
   */
  public static NdArray read(String file, boolean colours) {
    BufferedImage image = image(file);
    int width = image.getWidth();
    int height = image.getHeight();
    int[] values;
    if (colours || isColoured(image)) {
      values = image.getRGB(0, 0, width, height, null, 0, width);
      for (int i = 0; i < values.length; i++) {
        values[i] &= 0xFFFFFF;
      }
    } else {
      Raster raster = image.getRaster();
      values = raster.getSamples(0, 0, width, height, 0, (int[]) null);
    }
    return array(values, width, height);
  }

  private static NdArray array(int[] values, int width, int height) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] > 255) {
        return NdArray.ofInts(new int[] {height, width}, values);
      }
      bytes[i] = (byte) values[i];
    }
    return NdArray.ofBytes(height, width, bytes);
  }

  /** Whether there is a pixel whose red, green and blue differ, other than by a palette. */
  private static boolean isColoured(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel || image.getRaster().getNumBands() < 3) {
      return false;
    }
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int pixel : row) {
        if ((pixel >> 16 & 0xFF) != (pixel >> 8 & 0xFF) || (pixel >> 8 & 0xFF) != (pixel & 0xFF)) {
          return true;
        }
      }
    }
    return false;
  }

  private static BufferedImage image(String file) {
    try {
      BufferedImage image = ImageIO.read(Path.of(file).toFile());
      if (image == null) {
        throw unreadable(file, "it is no picture of a known kind");
      }
      return image;
    } catch (IOException | InvalidPathException e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    }
  }

  private static PostilException unreadable(String file, String reason) {
    return new PostilException(
        ErrorCode.UNREADABLE_FILE,
        "the mask " + file + " cannot be read: " + reason,
        "Put a picture there, such as a PNG with a value for each pixel, or correct the label's"
            + " mask_path.");
  }
}
