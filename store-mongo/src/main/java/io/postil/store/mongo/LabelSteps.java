package io.postil.store.mongo;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the stages that choose labels, or samples by their labels. A method that gives false
 * leaves its stage to the evaluator. Not thread-safe; for one {@link ViewPipeline}.
 */
final class LabelSteps {
  private final ViewPipeline view;

  LabelSteps(ViewPipeline view) {
    this.view = view;
  }

  /**
   * A label field.
   *
   * @param path in the document of the sample or frame that holds it
   * @param listName the property with the labels of a list; null for a single label
   * @param ofFrames whether frames hold it
   */
  record Labels(String path, @Nullable String listName, boolean ofFrames) {
    boolean isList() {
      return listName != null;
    }

    /** Whether it is a property of another field. */
    boolean isNested() {
      return path.contains(".");
    }

    /** The labels of a list, as a path. */
    String list() {
      return path + "." + listName;
    }

    /** The label as an expression on the document that holds it. */
    String own() {
      return isList() ? "$$this" : "$" + path;
    }

    /** What names in a filter of its labels are relative to. */
    String prefix() {
      return ofFrames && !isList() ? "$$frame." + path : own();
    }

    /**
     * A filter as an expression on the document that holds the label; null if it looks beyond it.
     */
    @Nullable Object bound(Object filter) {
      if (!ofFrames) {
        return filter;
      }
      return FrameSteps.readsSample(filter)
          ? null
          : isList() ? filter : FrameSteps.withFrame("frame", filter);
    }
  }

  @Nullable Labels find(String path) {
    FieldSpec field = view.schema().find(path).orElse(null);
    if (field == null || !field.isLabel()) {
      return null;
    }
    return new Labels(
        FrameSteps.inHolder(path), LabelAttributes.listName(field), FrameSteps.isOfFrames(path));
  }

  private @Nullable List<Labels> find(@Nullable List<?> names) {
    List<Labels> fields = new ArrayList<>();
    if (names == null) {
      return all();
    }
    for (Object name : names) {
      Labels field = find(String.valueOf(name));
      if (field == null || field.isNested()) {
        return null;
      }
      fields.add(field);
    }
    return fields;
  }

  /** All label fields. */
  private List<Labels> all() {
    ViewSchema schema = view.schema();
    List<Labels> fields = new ArrayList<>();
    for (FieldSpec field : schema.sampleFields()) {
      if (field.isLabel()) {
        fields.add(new Labels(field.name(), LabelAttributes.listName(field), false));
      }
    }
    for (FieldSpec field : schema.hasFrames() ? schema.frameFields() : List.<FieldSpec>of()) {
      if (field.isLabel()) {
        fields.add(new Labels(field.name(), LabelAttributes.listName(field), true));
      }
    }
    return fields;
  }

  static Document filter(Object input, Object condition) {
    return Document.of(
        "$filter",
        Document.builder().put("input", input).put("as", "this").put("cond", condition).build());
  }

  private static Document orEmpty(String path) {
    return Document.of("$ifNull", Values.listOf("$" + path, Values.listOf()));
  }

  /** Whether there is a label for which a condition holds. */
  static Document isNotEmpty(Labels field, Object condition) {
    if (!field.isList()) {
      return Document.of("$and", Values.listOf(ViewPipeline.exists("$" + field.path()), condition));
    }
    return Document.of(
        "$gt", Values.listOf(Document.of("$size", filter(orEmpty(field.list()), condition)), 0));
  }

  /**
   * Keeps the labels for which a condition holds, as FiftyOne does: a missing list becomes null.
   */
  private void keep(Labels field, Object condition) {
    if (field.isList()) {
      view.change(field, Document.of(field.list(), filter("$" + field.list(), condition)));
    } else {
      String path = "$" + field.path();
      Object kept = Document.of("$cond", Values.listOf(condition, path, null));
      view.change(
          field,
          Document.of(
              field.path(),
              Document.of("$cond", Values.listOf(ViewPipeline.exists(path), kept, path))));
    }
  }

  boolean filterLabels(Stage.FilterLabels s) {
    Labels field = find(s.field());
    if (field == null || field.isNested() || s.trajectories() || s.filter() == null) {
      return false;
    }
    Object condition = field.bound(s.filter());
    if (condition == null) {
      return false;
    }
    keep(field, condition);
    return !s.onlyMatches() || view.matchAny(field, isNotEmpty(field, true));
  }

  /** The conditions on a label that ids, instances and tags make; null if there are none. */
  private static @Nullable List<Object> criteria(
      Labels field, @Nullable List<?> ids, @Nullable List<?> instances, @Nullable List<?> tags) {
    List<Object> conditions = new ArrayList<>();
    String label = field.own();
    if (ids != null) {
      conditions.add(
          Document.of("$in", Values.listOf(label + "._id", ViewPipeline.ids("id", ids))));
    }
    if (instances != null) {
      conditions.add(
          Document.of(
              "$in", Values.listOf(label + ".instance._id", ViewPipeline.ids("id", instances))));
    }
    if (tags != null) {
      Object own = Document.of("$ifNull", Values.listOf(label + ".tags", Values.listOf()));
      Object literal = Document.of("$literal", tags);
      Object common = Document.of("$setIntersection", Values.listOf(own, literal));
      conditions.add(Document.of("$gt", Values.listOf(Document.of("$size", common), 0)));
    }
    return conditions.isEmpty() ? null : conditions;
  }

  private static Object all(List<Object> conditions) {
    return conditions.size() == 1 ? conditions.get(0) : Document.of("$and", conditions);
  }

  boolean matchLabels(Stage.MatchLabels s) {
    List<Labels> fields = find(s.fields());
    if (s.labels() != null || fields == null || fields.isEmpty()) {
      return false;
    }
    List<Object> ofSamples = new ArrayList<>();
    List<Object> ofFrames = new ArrayList<>();
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      List<Object> wanted = conditions == null ? new ArrayList<>() : conditions;
      if (s.filter() != null) {
        Object filter = field.bound(replacePlaceholder(s.filter(), field.prefix()));
        if (filter == null) {
          return false;
        }
        wanted.add(filter);
      }
      if (wanted.isEmpty()) {
        return false;
      }
      (field.ofFrames() ? ofFrames : ofSamples).add(isNotEmpty(field, all(wanted)));
    }
    return view.matchAny(ofSamples, ofFrames, s.bool());
  }

  private static Object replacePlaceholder(Object value, String prefix) {
    return switch (value) {
      case String s -> s.startsWith("$$FIELD") ? prefix + s.substring("$$FIELD".length()) : s;
      case List<?> list ->
          Values.list(
              list.stream().map(e -> e == null ? null : replacePlaceholder(e, prefix)).toList());
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach(
            (name, v) ->
                out.put(
                    name,
                    v == null || name.equals("$literal") ? v : replacePlaceholder(v, prefix)));
        yield out.build();
      }
      default -> value;
    };
  }

  boolean selectLabels(Stage.SelectLabels s) {
    List<Labels> fields = find(s.fields());
    if (s.labels() != null || fields == null || fields.isEmpty()) {
      return false;
    }
    if (s.fields() != null) {
      List<Labels> others = new ArrayList<>(all());
      others.removeAll(fields);
      view.hide(others.stream().filter(f -> !f.ofFrames()).map(Labels::path).toList(), false);
      view.hide(others.stream().filter(Labels::ofFrames).map(Labels::path).toList(), true);
    }
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      if (conditions != null) {
        keep(field, all(conditions));
      }
    }
    return !s.omitEmpty() || omitEmpty(fields);
  }

  private boolean omitEmpty(List<Labels> fields) {
    List<Object> ofSamples = new ArrayList<>();
    List<Object> ofFrames = new ArrayList<>();
    fields.forEach(f -> (f.ofFrames() ? ofFrames : ofSamples).add(isNotEmpty(f, true)));
    return view.matchAny(ofSamples, ofFrames, true);
  }

  boolean excludeLabels(Stage.ExcludeLabels s) {
    List<Labels> fields = find(s.fields());
    if (s.labels() != null || fields == null || fields.isEmpty()) {
      return false;
    }
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      if (conditions != null) {
        if (s.tags() != null) {
          // A label without a list of tags, such as map_labels makes, goes as well.
          Document list = Document.of("$isArray", Values.listOf(field.own() + ".tags"));
          conditions.add(Document.of("$not", Values.listOf(list)));
        }
        keep(field, Document.of("$not", Values.listOf(Document.of("$or", conditions))));
      }
    }
    return !s.omitEmpty() || omitEmpty(all());
  }

  boolean limitLabels(Stage.LimitLabels s) {
    Labels field = find(s.field());
    if (field == null || !field.isList() || s.limit() <= 0 || field.isNested()) {
      return false;
    }
    Object first = Document.of("$slice", Values.listOf("$" + field.list(), s.limit()));
    Object changed =
        Document.of(
            "$mergeObjects",
            Values.listOf(
                "$" + field.path(), Document.of(Objects.requireNonNull(field.listName()), first)));
    Object path = "$" + field.path();
    return view.change(
        field,
        Document.of(
            field.path(),
            Document.of(
                "$cond", Values.listOf(ViewPipeline.exists("$" + field.list()), changed, path))));
  }
}
