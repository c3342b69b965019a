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
    Object shown = shown(field.own(), filter, s.filter());
    if (!field.isList()) {
      Object any =
          Document.of(
              "$and",
              Values.listOf(
                  ViewPipeline.exists("$" + field.path()),
                  keepsPoint(field.own(), filter, s.filter())));
      // As in FiftyOne a missing label becomes one without points.
      Object points = Document.of("$ifNull", Values.listOf(shown, null));
      return (!s.onlyMatches() || view.matchAny(field, any))
          && view.change(field, Document.of(field.path() + ".points", points));
    }
    // What chooses stands before what hides, which a count then never comes to.
    if (s.onlyMatches()) {
      Object kept = keepsPoint("$$this", filter, s.filter());
      view.change(field, Document.of(field.list(), LabelSteps.filter("$" + field.list(), kept)));
      view.matchAny(field, LabelSteps.isNotEmpty(field, true));
    }
    Object label =
        Document.of("$mergeObjects", Values.listOf("$$this", Document.of("points", shown)));
    return view.change(field, Document.of(field.list(), map("$" + field.list(), "this", label)));
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

  /** What is to hold of the point at {@code $$i} so that it stays. */
  private static List<Object> conditions(
      String label, PointFilter filter, @Nullable Object wanted, boolean hasValues) {
    List<Object> all = new ArrayList<>();
    if (filter.named() != null) {
      all.add(Document.of("$in", Values.listOf("$$i", List.copyOf(filter.named()))));
    }
    if (wanted != null && filter.attribute() != null) {
      String values = label + "." + filter.attribute();
      Object value = Document.of("$ifNull", Values.listOf(at(values, "$$i"), null));
      Document variables = Document.of("expr", Document.of(filter.attribute(), value));
      Object holds = Document.of("$let", Document.of("vars", variables, "in", wanted));
      // Points of a label without the attribute stay.
      Object none = Document.of("$not", Values.listOf(isArray(values)));
      all.add(hasValues ? holds : Document.of("$or", Values.listOf(none, holds)));
    }
    return all;
  }

  private static Object positions(String points) {
    return Document.of("$range", Values.listOf(0, Document.of("$size", points)));
  }

  /** The points of a label, with nothing in place of those that do not stay. */
  private static Object shown(String label, PointFilter filter, @Nullable Object wanted) {
    if (wanted == null || filter.attribute() == null) {
      return hidden(label, conditions(label, filter, null, false));
    }
    return Document.of(
        "$cond",
        Values.listOf(
            isArray(label + "." + filter.attribute()),
            hidden(label, conditions(label, filter, wanted, true)),
            hidden(label, conditions(label, filter, null, false))));
  }

  private static Object hidden(String label, List<Object> keeps) {
    String points = label + ".points";
    if (keeps.isEmpty()) {
      return points;
    }
    Object none = Document.of("$literal", List.of(Double.NaN, Double.NaN));
    Object point =
        Document.of("$cond", Values.listOf(Document.of("$and", keeps), at(points, "$$i"), none));
    return Document.of(
        "$cond", Values.listOf(isArray(points), map(positions(points), "i", point), points));
  }

  /** Whether a point of a label stays that is somewhere. */
  private static Object keepsPoint(String label, PointFilter filter, @Nullable Object wanted) {
    String points = label + ".points";
    Document variables =
        Document.of("x", Document.of("$arrayElemAt", Values.listOf(at(points, "$$i"), 0)));
    Object finite =
        Document.of(
            "$and",
            Values.listOf(
                Document.of("$isNumber", "$$x"),
                Document.of("$gt", Values.listOf("$$x", Double.NEGATIVE_INFINITY)),
                Document.of("$lt", Values.listOf("$$x", Double.POSITIVE_INFINITY))));
    List<Object> all = conditions(label, filter, wanted, false);
    all.add(Document.of("$let", Document.of("vars", variables, "in", finite)));
    Object there =
        Document.of(
            "$filter",
            Document.builder()
                .put(
                    "input",
                    Document.of(
                        "$cond", Values.listOf(isArray(points), positions(points), List.of())))
                .put("as", "i")
                .put("cond", Document.of("$and", all))
                .put("limit", 1)
                .build());
    return Document.of("$gt", Values.listOf(Document.of("$size", there), 0));
  }
}
