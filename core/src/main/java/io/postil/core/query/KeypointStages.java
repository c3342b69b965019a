package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stage that hides points of keypoint labels. Stateless. */
final class KeypointStages {
  private static final List<@Nullable Object> NO_POINT = Values.listOf(Double.NaN, Double.NaN);

  private KeypointStages() {}

  static void add(ViewCompiler view, Stage.FilterKeypoints s) {
    PointFilter points = PointFilter.of(view.schema, s);
    LabelField field = view.schema.labelField(s.field());
    Compiled condition = s.filter() == null ? null : Compiled.expression(s.filter(), "expr");
    Set<String> reads = new HashSet<>(condition == null ? Set.of() : condition.reads());
    reads.add(field.isFrame() ? "frames." + field.path()[0] : field.path()[0]);
    view.steps.add(
        Step.of(
            reads,
            row -> {
              for (Row holder : field.holders(row)) {
                if (!ViewCompiler.isSomething(field.value(holder))) {
                  holder.set(field.path(), Document.of(pointsName(field), null));
                  continue;
                }
                field.replace(holder, label -> hide(row, label, condition, points));
                if (s.onlyMatches() && field.isList()) {
                  field.keep(holder, KeypointStages::hasPoint);
                }
              }
              return s.onlyMatches() && !hasAny(row, field) ? null : row;
            }));
  }

  /** As in FiftyOne a missing label becomes one without points. */
  private static String pointsName(LabelField field) {
    return field.listName() == null ? "points" : field.listName();
  }

  private static boolean hasAny(Row row, LabelField field) {
    for (Row holder : field.holders(row)) {
      for (Object label : field.labels(holder)) {
        if (hasPoint(label)) {
          return true;
        }
      }
    }
    return false;
  }

  private static @Nullable Object hide(
      Row row, @Nullable Object label, @Nullable Compiled condition, PointFilter filter) {
    String attribute = filter.attribute();
    Set<Integer> named = filter.named();
    if (!(Fields.get(label, "points") instanceof List<?> points)) {
      return label;
    }
    List<?> values =
        attribute != null && Fields.get(label, attribute) instanceof List<?> l ? l : null;
    List<@Nullable Object> shown = new ArrayList<>(points.size());
    for (int i = 0; i < points.size(); i++) {
      boolean keep = named == null || named.contains(i);
      if (keep && condition != null && attribute != null && values != null) {
        Object value = i < values.size() ? values.get(i) : null;
        keep = condition.test(row, Document.of(attribute, value));
      }
      shown.add(keep ? points.get(i) : NO_POINT);
    }
    return Writes.with(label, "points", Values.list(shown));
  }

  private static boolean hasPoint(@Nullable Object label) {
    if (Fields.get(label, "points") instanceof List<?> points) {
      for (Object point : points) {
        if (point instanceof List<?> xy
            && xy.size() == 2
            && xy.get(0) instanceof Number x
            && Double.isFinite(x.doubleValue())) {
          return true;
        }
      }
    }
    return false;
  }
}
