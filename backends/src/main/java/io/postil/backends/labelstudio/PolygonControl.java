package io.postil.backends.labelstudio;

import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Polygons, one region for each ring; or lines, one region for each line, as vectors. Immutable.
 *
 * <p>A vector's vertices are a chain: each names the one before it. Where closing is allowed, the
 * editor marks every open line as unfinished, so it is not: a line that is closed stays so, and one
 * that is drawn is open.
 */
final class PolygonControl extends ShapeControl {
  private final boolean lines;

  /** The control of a field; {@code lines} for lines rather than areas. */
  PolygonControl(FieldSchema field, Names names, boolean lines) {
    super(field, names, Set.of());
    this.lines = lines;
  }

  @Override
  String tag() {
    return lines ? "VectorLabels" : "PolygonLabels";
  }

  @Override
  Map<String, String> tagAttributes() {
    return lines ? Map.of("closable", "false") : Map.of();
  }

  @Override
  String type() {
    return lines ? "vectorlabels" : "polygonlabels";
  }

  @Override
  List<@Nullable Document> parts(SingleLabel label, ItemMedia media) {
    List<@Nullable Document> parts = new ArrayList<>();
    if (label instanceof Polyline polyline) {
      for (Points points : polyline.points()) {
        parts.add(part(points, polyline.closed()));
      }
    }
    return parts;
  }

  private @Nullable Document part(Points points, boolean closed) {
    if (points.size() < (lines ? 2 : 3)) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      if (points.isMissing(i)) {
        return null;
      }
      list.add(
          lines
              ? Document.builder()
                  .append("id", "v" + i)
                  .append("x", Percent.clamped(points.x(i)))
                  .append("y", Percent.clamped(points.y(i)))
                  .append("isBezier", false)
                  .append("prevPointId", i == 0 ? null : "v" + (i - 1))
                  .build()
              : point(points.x(i), points.y(i)));
    }
    return lines
        ? Document.of("closed", closed, "vertices", Values.list(list))
        : Document.of("points", Values.list(list), "closed", true);
  }

  /** The points of a row in percent, x and y in turn. */
  private List<Double> coordinates(Document row) {
    List<Double> coordinates = new ArrayList<>();
    if (lines) {
      for (Document vertex : chain(row.getList("vertices"))) {
        coordinates.add(Percent.number(vertex, "x"));
        coordinates.add(Percent.number(vertex, "y"));
      }
    } else {
      for (Object point : row.getList("points")) {
        if (point instanceof List<?> xy
            && xy.size() > 1
            && xy.get(0) instanceof Number x
            && xy.get(1) instanceof Number y) {
          coordinates.add(x.doubleValue());
          coordinates.add(y.doubleValue());
        }
      }
    }
    return coordinates;
  }

  /** Vertices in the order of the line; as they are listed where they are no single chain. */
  private static List<Document> chain(List<?> vertices) {
    List<Document> listed = new ArrayList<>();
    Map<@Nullable Object, Document> next = new HashMap<>();
    for (Object vertex : vertices) {
      if (vertex instanceof Document d) {
        listed.add(d);
        next.put(d.get("prevPointId"), d);
      }
    }
    List<Document> chain = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Document at = next.get(null);
        at != null && seen.add(String.valueOf(at.get("id")));
        at = next.get(at.get("id"))) {
      chain.add(at);
    }
    return chain.size() == listed.size() ? chain : listed;
  }

  @Override
  boolean same(Document sent, Document row) {
    return Percent.same(coordinates(sent), coordinates(row));
  }

  @Override
  SingleLabel shape(Drawn drawn) {
    List<Points> points = new ArrayList<>();
    Polyline old = drawn.before() instanceof Polyline p ? p : null;
    for (int i = 0; old != null && i < drawn.sent().size(); i++) {
      if (drawn.sent().get(i) == null) {
        points.add(old.points().get(i));
      }
    }
    for (Region row : drawn.rows()) {
      points.add(points(row.value(), old, drawn.sent()));
    }
    if (old != null) {
      return old.withPoints(points);
    }
    boolean closed = !lines || drawn.rows().get(0).value().getBoolean("closed", false);
    return new Polyline(
        drawn.id(),
        List.of(),
        drawn.className(),
        points,
        closed,
        !lines,
        null,
        null,
        Document.empty());
  }

  /** The points of a row; those of the label itself if the row is one of its parts unchanged. */
  private Points points(Document row, @Nullable Polyline old, List<@Nullable Document> sent) {
    for (int i = 0; old != null && i < sent.size(); i++) {
      Document part = sent.get(i);
      if (part != null && same(part, row)) {
        return old.points().get(i);
      }
    }
    return Points.wrap(coordinates(row).stream().mapToDouble(Percent::toRelative).toArray());
  }
}
