package io.postil.server.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.formats.media.MediaInfo;
import io.postil.formats.media.MediaProbe;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.AffineTransformOp;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes pictures that browsers cannot show, or show dark: TIFF, and PNG with 16 bits a sample.
 * More than 8 bits are scaled from the least to the greatest value of the picture, without alpha;
 * of a TIFF with several pages it is the first. Pixels are turned as the file asks. Stateless.
 */
final class Decoder {
  private static final String REMEDY =
      "Convert it to JPEG or PNG with 8 bits, and point the sample to that file.";

  private Decoder() {}

  /** Whether a file must be decoded here, by its content. */
  static boolean isFor(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(26);
      return isTiff(head)
          || (head.length == 26
              && head[0] == (byte) 0x89
              && head[1] == 'P'
              && head[2] == 'N'
              && head[3] == 'G'
              && head[24] == 16);
    }
  }

  private static boolean isTiff(byte[] head) {
    return head.length > 3
        && ((head[0] == 'I' && head[1] == 'I' && head[3] == 0 && (head[2] == 42 || head[2] == 43))
            || (head[0] == 'M'
                && head[1] == 'M'
                && head[2] == 0
                && (head[3] == 42 || head[3] == 43)));
  }

  /**
   * Decodes a picture to 8 bits a sample.
   *
   * @param smallest the width down to which pixels may be left out; 0 for all pixels
   * @param mostBytes what it may take in memory
   * @throws PostilException with {@code INVALID_FILE} if it is damaged, of a kind that is not read,
   *     or too large
   */
  static BufferedImage decode(Path file, int smallest, long mostBytes) throws IOException {
    int orientation = MediaProbe.probe(file) instanceof MediaInfo.Image i ? i.orientation() : 1;
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw refused(file, "it is of a kind that Postil does not decode");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return turned(eightBits(read(reader, file, smallest, mostBytes)), orientation);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof PostilException known) {
        throw known;
      }
      throw refused(
          file, "it is damaged, or written as Postil does not read (" + e.getMessage() + ")");
    }
  }

  private static BufferedImage read(ImageReader reader, Path file, int smallest, long mostBytes)
      throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    ImageReadParam param = reader.getDefaultReadParam();
    int step = smallest == 0 ? 1 : Math.max(1, width / smallest);
    param.setSourceSubsampling(step, step, 0, 0);
    int bits =
        reader.getRawImageType(0) == null
            ? 64
            : reader.getRawImageType(0).getColorModel().getPixelSize();
    // As it is decoded, as 8 bits, and turned.
    long bytes = ((long) width / step) * (height / step) * (Math.max(8, bits) / 8 + 8);
    if (bytes > mostBytes) {
      throw refused(
          file,
          "its "
              + width
              + " x "
              + height
              + " pixels take "
              + (bytes >> 20)
              + " MB, and the server may take "
              + (mostBytes >> 20)
              + " MB; start it with more memory, as by POSTIL_JAVA_OPTS=-Xmx4g");
    }
    return reader.read(0, param);
  }

  private static PostilException refused(Path file, String why) {
    return new PostilException(ErrorCode.INVALID_FILE, file + " cannot be shown: " + why, REMEDY);
  }

  private static BufferedImage eightBits(BufferedImage image) {
    ColorModel colors = image.getColorModel();
    int bands = image.getRaster().getNumBands();
    if (!(colors instanceof ComponentColorModel) || colors.getColorSpace().getNumComponents() > 3) {
      // Palettes and colours of other systems: as Java turns them into red, green and blue.
      BufferedImage out =
          new BufferedImage(
              image.getWidth(),
              image.getHeight(),
              colors.hasAlpha() ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR);
      Graphics2D graphics = out.createGraphics();
      graphics.drawImage(image, 0, 0, null);
      graphics.dispose();
      return out;
    }
    boolean alpha = colors.hasAlpha();
    int shown = bands - (alpha ? 1 : 0);
    double[] range = {0, 255};
    double[] alphaRange = {0, 255};
    if (colors.getComponentSize(0) > 8) {
      range = range(image.getRaster(), shown);
      alphaRange =
          new double[] {
            0,
            colors.getTransferType() >= java.awt.image.DataBuffer.TYPE_FLOAT
                ? 1
                : (1L << colors.getComponentSize(shown - 1)) - 1
          };
    }
    return scaled(image.getRaster(), shown, alpha, range, alphaRange);
  }

  /** The least and the greatest value of the first bands. */
  private static double[] range(Raster raster, int bands) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    double[] row = new double[raster.getWidth()];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int band = 0; band < bands; band++) {
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, band, row);
        for (double v : row) {
          if (Double.isFinite(v)) {
            least = Math.min(least, v);
            greatest = Math.max(greatest, v);
          }
        }
      }
    }
    return new double[] {least, greatest};
  }

  private static BufferedImage scaled(
      Raster raster, int bands, boolean alpha, double[] range, double[] alphaRange) {
    int width = raster.getWidth();
    boolean grey = bands < 3;
    int type =
        alpha
            ? BufferedImage.TYPE_4BYTE_ABGR
            : grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage out = new BufferedImage(width, raster.getHeight(), type);
    WritableRaster target = out.getRaster();
    double[] row = new double[width];
    int[] bytes = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      int colors = Math.min(3, target.getNumBands());
      for (int band = 0; band < target.getNumBands(); band++) {
        boolean opacity = band == colors && alpha;
        int from = opacity ? bands : grey ? 0 : band;
        double[] of = opacity ? alphaRange : range;
        double span = of[1] > of[0] ? of[1] - of[0] : Double.POSITIVE_INFINITY;
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, from, row);
        for (int x = 0; x < width; x++) {
          bytes[x] = (int) Math.round(Math.clamp((row[x] - of[0]) * 255 / span, 0, 255));
        }
        target.setSamples(0, y, width, 1, band, bytes);
      }
    }
    return out;
  }

  /** A picture turned and mirrored by an EXIF orientation. */
  private static BufferedImage turned(BufferedImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    int w = image.getWidth();
    int h = image.getHeight();
    boolean swapped = orientation >= 5;
    AffineTransform turn =
        switch (orientation) {
          case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
          case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
          case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
          case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
          case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
          case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
          default -> new AffineTransform(0, -1, 1, 0, 0, w);
        };
    BufferedImage out = new BufferedImage(swapped ? h : w, swapped ? w : h, image.getType());
    new AffineTransformOp(turn, AffineTransformOp.TYPE_NEAREST_NEIGHBOR).filter(image, out);
    return out;
  }
}
