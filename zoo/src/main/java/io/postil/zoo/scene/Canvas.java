package io.postil.zoo.scene;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * Draws every shape twice: smooth and coloured for the picture, and without smoothing in the number
 * of the present object for the ground truth. Not thread-safe.
 */
final class Canvas {
  final BufferedImage picture;
  final BufferedImage ids;
  private final Graphics2D colour;
  private final Graphics2D number;
  private Color id = Color.BLACK;

  Canvas(int width, int height) {
    picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ids = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    colour = picture.createGraphics();
    colour.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    colour.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    number = ids.createGraphics();
  }

  int width() {
    return picture.getWidth();
  }

  int height() {
    return picture.getHeight();
  }

  /** Object numbers by pixel; 0 is background. */
  int[] idPixels() {
    int[] rgb = ((DataBufferInt) ids.getRaster().getDataBuffer()).getData();
    int[] plain = new int[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      plain[i] = rgb[i] & 0xFFFFFF;
    }
    return plain;
  }

  /** What is drawn from now on belongs to an object; 0 hides what is behind without being one. */
  void object(int objectNumber) {
    id = new Color(objectNumber);
  }

  /** Runs a drawing in coordinates of its own: origin moved, scaled, mirrored if wanted. */
  void at(double x, double y, double scale, boolean mirrored, Runnable drawing) {
    AffineTransform before = colour.getTransform();
    AffineTransform beforeNumber = number.getTransform();
    AffineTransform own = new AffineTransform();
    own.translate(x, y);
    own.scale(mirrored ? -scale : scale, scale);
    colour.transform(own);
    number.transform(own);
    drawing.run();
    colour.setTransform(before);
    number.setTransform(beforeNumber);
  }

  void fill(Shape shape, Paint paint) {
    colour.setPaint(paint);
    colour.fill(shape);
    number.setColor(id);
    number.fill(shape);
  }

  /** Draws in colour only: shadows and shine are nobody's pixels. */
  void tint(Shape shape, Paint paint) {
    colour.setPaint(paint);
    colour.fill(shape);
  }

  void stroke(Shape line, double width, Paint paint) {
    BasicStroke stroke =
        new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    fill(stroke.createStrokedShape(line), paint);
  }

  void dispose() {
    colour.dispose();
    number.dispose();
  }

  static Rectangle2D box(double x, double y, double w, double h) {
    return new Rectangle2D.Double(x, y, w, h);
  }

  static RoundRectangle2D round(double x, double y, double w, double h, double radius) {
    return new RoundRectangle2D.Double(x, y, w, h, radius, radius);
  }

  static Ellipse2D oval(double x, double y, double w, double h) {
    return new Ellipse2D.Double(x, y, w, h);
  }

  static Ellipse2D disc(double x, double y, double r) {
    return new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
  }

  static Line2D line(double x1, double y1, double x2, double y2) {
    return new Line2D.Double(x1, y1, x2, y2);
  }

  /** A closed shape through points given as x, y, x, y and so on. */
  static Path2D polygon(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    path.closePath();
    return path;
  }
}
