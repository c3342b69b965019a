package io.postil.testkit.views;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The stages that choose labels, or samples by their labels. Stateless. */
final class NaiveLabelStages {
  private NaiveLabelStages() {}

  private static void requireExpression(@Nullable Object filter) {
    if (!(filter instanceof Document)
        && !(filter instanceof Boolean)
        && !(filter instanceof String)) {
      throw new NaiveError("no expression: " + filter);
    }
  }

  static NaiveRows filter(NaiveRows view, Stage.FilterLabels s) {
    NaiveLabels field = view.schema().labels(s.field());
    requireExpression(s.filter());
    boolean trajectories = s.trajectories() && field.isFrame() && field.isList();
    NaiveRows filtered =
        view.map(
            sample -> {
              Set<Object> indexes = trajectories ? indexes(sample, field, s.filter()) : Set.of();
              return field.changed(
                  sample,
                  holder ->
                      field.keep(
                          holder,
                          label ->
                              trajectories
                                  ? indexes.contains(String.valueOf(label.get("index")))
                                  : field.test(s.filter(), sample, holder, label)));
            });
    return s.onlyMatches() ? filtered.filter(field::hasLabels) : filtered;
  }

  /** The indexes of all labels of a video that match. */
  private static Set<Object> indexes(Document sample, NaiveLabels field, @Nullable Object filter) {
    return field.holders(sample).stream()
        .flatMap(h -> field.labels(h).stream().filter(l -> field.test(filter, sample, h, l)))
        .filter(l -> l.get("index") != null)
        .map(l -> String.valueOf(l.get("index")))
        .collect(Collectors.toSet());
  }

  // --- criteria ----------------------------------------------------------------------------------

  /** What ids, instances, tags and listed labels ask of one label; none of them is null. */
  private static List<Predicate<Document>> criteria(
      NaiveLabels field,
      @Nullable List<?> labels,
      @Nullable List<?> ids,
      @Nullable List<?> instanceIds,
      @Nullable List<?> tags) {
    List<Predicate<Document>> criteria = new ArrayList<>();
    if (labels != null) {
      List<ObjectId> listed = listed(labels, field.name(), "label_id");
      return List.of(label -> listed.contains(NaiveStages.id(label)));
    }
    if (ids != null) {
      criteria.add(label -> NaiveStages.ids("id", ids).contains(label.get("_id")));
    }
    if (instanceIds != null) {
      criteria.add(
          label ->
              NaiveStages.ids("id", instanceIds)
                  .contains(label.getDocument("instance").get("_id")));
    }
    if (tags != null) {
      criteria.add(label -> label.getList("tags").stream().anyMatch(tags::contains));
    }
    return criteria;
  }

  private static List<ObjectId> listed(List<?> labels, @Nullable String field, String key) {
    List<ObjectId> ids = new ArrayList<>();
    for (Object label : labels) {
      Document d = (Document) java.util.Objects.requireNonNull(label);
      if (field == null || field.equals(d.getString("field"))) {
        ids.add(ObjectId.of(String.valueOf(d.get(key))));
      }
    }
    return ids;
  }

  private static List<NaiveLabels> fields(
      NaiveRows view, @Nullable List<?> names, @Nullable List<?> labels) {
    if (labels != null) {
      return labels.stream()
          .map(l -> String.valueOf(((Document) java.util.Objects.requireNonNull(l)).get("field")))
          .distinct()
          .map(view.schema()::labels)
          .toList();
    }
    return names == null
        ? view.schema().labels()
        : names.stream().map(n -> view.schema().labels(String.valueOf(n))).toList();
  }

  static NaiveRows match(NaiveRows view, Stage.MatchLabels s) {
    boolean wanted = !Boolean.FALSE.equals(s.bool());
    if (s.labels() != null) {
      List<ObjectId> samples = listed(s.labels(), null, "sample_id");
      return view.filter(d -> samples.contains(NaiveStages.id(d)) == wanted);
    }
    if (s.ids() == null && s.instanceIds() == null && s.tags() == null && s.filter() == null) {
      return view.filter(d -> !wanted);
    }
    List<NaiveLabels> fields = fields(view, s.fields(), null);
    return view.filter(d -> fields.stream().anyMatch(f -> hasMatch(d, f, s)) == wanted);
  }

  private static boolean hasMatch(Document sample, NaiveLabels field, Stage.MatchLabels s) {
    List<Predicate<Document>> criteria = criteria(field, null, s.ids(), s.instanceIds(), s.tags());
    Object filter = s.filter() == null ? null : bound(s.filter(), field.prefix());
    for (Document holder : field.holders(sample)) {
      for (Document label : field.labels(holder)) {
        if (criteria.stream().allMatch(c -> c.test(label))
            && (filter == null || field.test(filter, sample, holder, label))) {
          return true;
        }
      }
    }
    return false;
  }

  /** A filter with a field's prefix in place of the placeholder. */
  private static @Nullable Object bound(@Nullable Object filter, String prefix) {
    return switch (filter) {
      case String s ->
          s.replaceFirst("^\\$\\$FIELD", java.util.regex.Matcher.quoteReplacement(prefix));
      case List<?> list -> Values.list(list.stream().map(e -> bound(e, prefix)).toList());
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach((name, e) -> out.put(name, name.equals("$literal") ? e : bound(e, prefix)));
        yield out.build();
      }
      case null -> null;
      default -> filter;
    };
  }

  static NaiveRows select(NaiveRows start, Stage.SelectLabels s) {
    List<NaiveLabels> fields = fields(start, s.fields(), s.labels());
    NaiveRows view = start;
    if (s.labels() != null && s.omitEmpty()) {
      List<ObjectId> samples = listed(s.labels(), null, "sample_id");
      view = view.filter(d -> samples.contains(NaiveStages.id(d)));
    }
    if (s.fields() != null || s.labels() != null) {
      for (NaiveLabels other : start.schema().labels()) {
        if (!fields.contains(other)) {
          view = view.map(d -> other.changed(d, h -> h.without(other.path().get(0))));
        }
      }
    }
    for (NaiveLabels field : fields) {
      List<Predicate<Document>> criteria =
          criteria(field, s.labels(), s.ids(), s.instanceIds(), s.tags());
      if (!criteria.isEmpty()) {
        view =
            view.map(
                d ->
                    field.changed(
                        d, h -> field.keep(h, l -> criteria.stream().allMatch(c -> c.test(l)))));
      }
    }
    return s.omitEmpty() && s.labels() == null ? omitEmpty(view, fields) : view;
  }

  private static NaiveRows omitEmpty(NaiveRows view, List<NaiveLabels> fields) {
    return view.filter(d -> fields.stream().anyMatch(f -> f.hasLabels(d)));
  }

  static NaiveRows exclude(NaiveRows start, Stage.ExcludeLabels s) {
    NaiveRows view = start;
    for (NaiveLabels field : fields(start, s.fields(), s.labels())) {
      List<Predicate<Document>> criteria =
          new ArrayList<>(criteria(field, s.labels(), s.ids(), s.instanceIds(), s.tags()));
      if (s.labels() == null && s.tags() != null) {
        criteria.add(label -> !label.contains("tags"));
      }
      if (!criteria.isEmpty()) {
        view =
            view.map(
                d ->
                    field.changed(
                        d, h -> field.keep(h, l -> criteria.stream().noneMatch(c -> c.test(l)))));
      }
    }
    return s.omitEmpty() ? omitEmpty(view, view.schema().labels()) : view;
  }

  static NaiveRows limit(NaiveRows view, Stage.LimitLabels s) {
    NaiveLabels field = view.schema().labels(s.field());
    if (!field.isList()) {
      throw new NaiveError("no list of labels: " + s.field());
    }
    return view.map(
        d ->
            field.changed(
                d,
                h -> {
                  List<Document> labels = field.labels(h);
                  return labels.isEmpty() || s.limit() >= labels.size()
                      ? h
                      : field.set(h, Values.list(labels.subList(0, (int) Math.max(s.limit(), 0))));
                }));
  }

  // --- keypoints ---------------------------------------------------------------------------------

  private static final List<@Nullable Object> NO_POINT = Values.listOf(Double.NaN, Double.NaN);

  static NaiveRows filterKeypoints(NaiveRows view, Stage.FilterKeypoints s) {
    NaiveLabels field = view.schema().labels(s.field());
    if (!field.elementClass().equals("Keypoint")) {
      throw new NaiveError("no keypoints: " + s.field());
    }
    if (s.labels() != null) {
      throw new NotCovered("names of points");
    }
    NaiveRows hidden =
        view.map(
            d ->
                field.changed(
                    d,
                    h -> {
                      List<@Nullable Object> labels = new ArrayList<>();
                      field.labels(h).forEach(l -> labels.add(hide(d, l, s.filter())));
                      if (field.isList()) {
                        labels.removeIf(l -> s.onlyMatches() && !hasPoint(l));
                        boolean missing =
                            PlainValues.isNothing(PlainValues.path(h, field.labelPath()));
                        return field.set(h, missing ? null : Values.list(labels));
                      }
                      return labels.isEmpty()
                          ? field.set(h, Document.of("points", null))
                          : field.set(h, labels.get(0));
                    }));
    return s.onlyMatches()
        ? hidden.filter(
            d ->
                field.holders(d).stream()
                    .flatMap(h -> field.labels(h).stream())
                    .anyMatch(NaiveLabelStages::hasPoint))
        : hidden;
  }

  private static Document hide(Document sample, Document label, @Nullable Object filter) {
    String attribute = attribute(filter);
    if (attribute == null || !(label.get(attribute) instanceof List<?> values)) {
      return label;
    }
    List<@Nullable Object> points = new ArrayList<>();
    for (int i = 0; i < label.getList("points").size(); i++) {
      Object value = i < values.size() ? values.get(i) : null;
      Document holder = Document.of(attribute, value);
      boolean keep = PlainValues.isTrue(NaiveExpressions.evaluate(filter, sample, "expr", holder));
      points.add(keep ? label.getList("points").get(i) : NO_POINT);
    }
    return label.with("points", Values.list(points));
  }

  /** The attribute that a filter of points is about. */
  private static @Nullable String attribute(@Nullable Object filter) {
    java.util.regex.Matcher matcher =
        java.util.regex.Pattern.compile("\\$\\$expr\\.(\\w+)").matcher(String.valueOf(filter));
    return matcher.find() ? matcher.group(1) : null;
  }

  private static boolean hasPoint(@Nullable Object label) {
    return label instanceof Document d
        && d.getList("points").stream()
            .anyMatch(
                p ->
                    p instanceof List<?> xy
                        && !xy.isEmpty()
                        && xy.get(0) instanceof Number x
                        && Double.isFinite(x.doubleValue()));
  }
}
