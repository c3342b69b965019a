package io.postil.engine.evaluation;

import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.operation.overlayng.OverlayNG;
import org.locationtech.jts.operation.overlayng.OverlayNGRobust;

/**
 * Intersection over union of polygons, a label's shapes united. If no true label of a class is
 * filled, the points are compared instead.
 */
final class PolygonSimilarity extends BoxSimilarity {
  private static final GeometryFactory FACTORY = new GeometryFactory();

  private final PointSimilarity points = new PointSimilarity(null);
  private boolean filled;
  private List<@Nullable Geometry> predictedAreas = List.of();
  private List<@Nullable Geometry> trueAreas = List.of();
  private boolean[] crowds = {};

  @Override
  public void start(
      List<? extends SingleLabel> predictions,
      List<? extends SingleLabel> truths,
      boolean[] crowds) {
    super.start(predictions, truths, crowds);
    this.crowds = crowds;
    filled = truths.stream().anyMatch(t -> t instanceof Polyline p && p.filled());
    if (filled) {
      predictedAreas = areas(predictions);
      trueAreas = areas(truths);
    } else {
      points.start(predictions, truths, crowds);
    }
  }

  private static List<@Nullable Geometry> areas(List<? extends SingleLabel> labels) {
    List<@Nullable Geometry> areas = new ArrayList<>(labels.size());
    for (SingleLabel label : labels) {
      areas.add(label instanceof Polyline p ? area(p) : null);
    }
    return areas;
  }

  /**
   * The area inside the shapes of a polyline. A closed line has none; null if one of the shapes is
   * an open line or a point, which cannot be an area.
   */
  private static @Nullable Geometry area(Polyline polyline) {
    Geometry all = FACTORY.createPolygon();
    for (Points shape : polyline.points()) {
      if (shape.size() == 0 || shape.size() == 2 && polyline.closed()) {
        continue;
      }
      if (shape.size() < 3) {
        return null;
      }
      Coordinate[] ring = new Coordinate[shape.size() + 1];
      for (int i = 0; i < ring.length; i++) {
        ring[i] = new Coordinate(shape.x(i % shape.size()), shape.y(i % shape.size()));
      }
      Geometry polygon = FACTORY.createPolygon(ring);
      Geometry valid = polygon.isValid() ? polygon : polygon.buffer(0);
      all = all.isEmpty() ? valid : OverlayNGRobust.overlay(all, valid, OverlayNG.UNION);
    }
    return all;
  }

  @Override
  public boolean touches(int prediction, int truth) {
    return !filled || super.touches(prediction, truth);
  }

  @Override
  public double of(int prediction, int truth) {
    if (!filled) {
      return points.of(prediction, truth);
    }
    Geometry p = predictedAreas.get(prediction);
    Geometry t = trueAreas.get(truth);
    if (p == null || t == null) {
      return 0;
    }
    double intersection = OverlayNGRobust.overlay(p, t, OverlayNG.INTERSECTION).getArea();
    double union = crowds[truth] ? p.getArea() : p.getArea() + t.getArea() - intersection;
    return union == 0 ? 0 : Math.min(intersection / union, 1);
  }
}
