package io.postil.backends.labelstudio;

import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Points, one region for each; the number in a region's id is the point's place in its label. A
 * point that an annotator deletes is missing afterwards, so that the others keep their places; a
 * point that is drawn is a label of its own. Immutable.
 */
final class KeypointControl extends ShapeControl {
  /** How large a point is shown, in percent of the image's width. */
  private static final double SIZE = 0.5;

  private static final List<String> ENTRIES = List.of("x", "y");

  KeypointControl(FieldSchema field, Names names) {
    super(field, names, Set.of());
  }

  @Override
  String tag() {
    return "KeyPointLabels";
  }

  @Override
  String type() {
    return "keypointlabels";
  }

  @Override
  boolean alwaysNumbers() {
    return true;
  }

  @Override
  List<@Nullable Document> parts(SingleLabel label, ItemMedia media) {
    List<@Nullable Document> parts = new ArrayList<>();
    if (label instanceof Keypoint keypoint) {
      Points points = keypoint.points();
      for (int i = 0; i < points.size(); i++) {
        parts.add(
            points.isMissing(i)
                ? null
                : Document.builder()
                    .append("x", Percent.clamped(points.x(i)))
                    .append("y", Percent.clamped(points.y(i)))
                    .append("width", SIZE)
                    .build());
      }
    }
    return parts;
  }

  @Override
  boolean same(Document sent, Document row) {
    return Percent.same(sent, row, ENTRIES);
  }

  @Override
  SingleLabel shape(Drawn drawn) {
    Keypoint old = drawn.before() instanceof Keypoint k ? k : null;
    int count = old == null ? 0 : old.points().size();
    double[] coordinates = new double[2 * count];
    Arrays.fill(coordinates, Double.NaN);
    for (Region row : drawn.rows()) {
      int i = row.index();
      if (i >= count) {
        i = coordinates.length / 2;
        coordinates = Arrays.copyOf(coordinates, coordinates.length + 2);
      }
      Document part = i < drawn.sent().size() ? drawn.sent().get(i) : null;
      if (old != null && part != null && same(part, row.value())) {
        coordinates[2 * i] = old.points().x(i);
        coordinates[2 * i + 1] = old.points().y(i);
      } else {
        coordinates[2 * i] = Percent.toRelative(Percent.number(row.value(), "x"));
        coordinates[2 * i + 1] = Percent.toRelative(Percent.number(row.value(), "y"));
      }
    }
    Points points = Points.wrap(coordinates);
    return old != null
        ? old.withPoints(points)
        : new Keypoint(
            drawn.id(), List.of(), drawn.className(), points, null, null, Document.empty());
  }
}
