package io.postil.store.mongo;

import io.postil.core.query.PointFilter;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps of the stage that hides points of keypoint labels. Stateless. */
final class KeypointSteps {
  private KeypointSteps() {}

  /** Adds the steps; gives false if the evaluator must do it. */
  static boolean add(ViewPipeline view, LabelSteps.Labels field, Stage.FilterKeypoints s) {
    if (field.isNested() || field.ofFrames() && FrameSteps.readsSample(s.filter())) {
      return false;
    }
    PointFilter filter = PointFilter.of(view.schema(), s);
    Object shown = shown(field.own() + ".points", keeps(field.own(), filter, s.filter()));
    if (!field.isList()) {
      // As in FiftyOne a missing label becomes one without points.
      Object points = Document.of("$ifNull", Values.listOf(shown, null));
      view.change(field, Document.of(field.path() + ".points", points));
      Object any =
          Document.of(
              "$and",
              Values.listOf(ViewPipeline.exists("$" + field.path()), hasPoint(field.own())));
      return !s.onlyMatches() || view.matchAny(field, any);
    }
    Object label =
        Document.of("$mergeObjects", Values.listOf("$$this", Document.of("points", shown)));
    Object labels = map("$" + field.list(), "this", label);
    if (s.onlyMatches()) {
      labels = LabelSteps.filter(labels, hasPoint("$$this"));
    }
    view.change(field, Document.of(field.list(), labels));
    return !s.onlyMatches() || view.matchAny(field, LabelSteps.isNotEmpty(field, true));
  }

  private static Document map(Object input, String as, Object in) {
    return Document.of(
        "$map", Document.builder().put("input", input).put("as", as).put("in", in).build());
  }

  private static Document isArray(String path) {
    return Document.of("$isArray", Values.listOf(path));
  }

  private static Document at(String list, Object position) {
    return Document.of("$arrayElemAt", Values.listOf(list, position));
  }

  /** Whether the point at {@code $$i} stays; null if all do. */
  private static @Nullable Object keeps(String label, PointFilter filter, @Nullable Object wanted) {
    List<Object> all = new ArrayList<>();
    if (filter.named() != null) {
      all.add(Document.of("$in", Values.listOf("$$i", List.copyOf(filter.named()))));
    }
    if (wanted != null && filter.attribute() != null) {
      String values = label + "." + filter.attribute();
      Object value = Document.of("$ifNull", Values.listOf(at(values, "$$i"), null));
      Document variables = Document.of("expr", Document.of(filter.attribute(), value));
      Document holds = Document.of("$let", Document.of("vars", variables, "in", wanted));
      // Points of a label without the attribute stay.
      all.add(
          Document.of(
              "$or", Values.listOf(Document.of("$not", Values.listOf(isArray(values))), holds)));
    }
    return all.isEmpty() ? null : Document.of("$and", all);
  }

  private static Object shown(String points, @Nullable Object keeps) {
    if (keeps == null) {
      return points;
    }
    List<Double> none = List.of(Double.NaN, Double.NaN);
    Object point = Document.of("$cond", Values.listOf(keeps, at(points, "$$i"), none));
    Object positions = Document.of("$range", Values.listOf(0, Document.of("$size", points)));
    return Document.of("$cond", Values.listOf(isArray(points), map(positions, "i", point), points));
  }

  /** Whether a label has a point that is somewhere. */
  private static Object hasPoint(String label) {
    String points = label + ".points";
    Object x = at("$$point", 0);
    Object finite =
        Document.of(
            "$and",
            Values.listOf(
                Document.of("$isNumber", x),
                Document.of("$gt", Values.listOf(x, Double.NEGATIVE_INFINITY)),
                Document.of("$lt", Values.listOf(x, Double.POSITIVE_INFINITY))));
    Object list = Document.of("$cond", Values.listOf(isArray(points), points, List.of()));
    Object there =
        Document.of(
            "$filter",
            Document.builder().put("input", list).put("as", "point").put("cond", finite).build());
    return Document.of("$gt", Values.listOf(Document.of("$size", there), 0));
  }
}
