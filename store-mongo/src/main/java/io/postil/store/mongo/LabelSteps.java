package io.postil.store.mongo;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
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

  /** A label field of samples. */
  record Labels(String path, @Nullable String listName) {
    boolean isList() {
      return listName != null;
    }

    /** The labels of a list, as a path. */
    String list() {
      return path + "." + listName;
    }

    String prefix() {
      return isList() ? "$$this" : "$" + path;
    }
  }

  @Nullable Labels find(String path) {
    FieldSpec field = view.schema().find(path).orElse(null);
    if (field == null || !field.isLabel()) {
      return null;
    }
    return new Labels(path, LabelAttributes.listName(field));
  }

  private @Nullable List<Labels> find(@Nullable List<?> names) {
    List<Labels> fields = new ArrayList<>();
    if (names == null) {
      for (FieldSpec field : view.schema().sampleFields()) {
        if (field.isLabel()) {
          fields.add(Objects.requireNonNull(find(field.name())));
        }
      }
      return fields;
    }
    for (Object name : names) {
      Labels field = find(String.valueOf(name));
      if (field == null) {
        return null;
      }
      fields.add(field);
    }
    return fields;
  }

  private static Document filter(Object input, Object condition) {
    return Document.of(
        "$filter",
        Document.builder().put("input", input).put("as", "this").put("cond", condition).build());
  }

  private static Document orEmpty(String path) {
    return Document.of("$ifNull", Values.listOf("$" + path, Values.listOf()));
  }

  private static Document isNotEmpty(Labels field, Object condition) {
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
      view.change(Document.of(field.list(), filter("$" + field.list(), condition)));
    } else {
      String path = "$" + field.path();
      Object kept = Document.of("$cond", Values.listOf(condition, path, null));
      view.change(
          Document.of(
              field.path(),
              Document.of("$cond", Values.listOf(ViewPipeline.exists(path), kept, path))));
    }
  }

  boolean filterLabels(Stage.FilterLabels s) {
    Labels field = find(s.field());
    if (field == null || s.trajectories() || s.filter() == null || s.field().contains(".")) {
      return false;
    }
    keep(field, s.filter());
    return !s.onlyMatches() || view.matchExpression(isNotEmpty(field, true));
  }

  /** The conditions on a label that ids, instances and tags make; null if there are none. */
  private static @Nullable List<Object> criteria(
      Labels field, @Nullable List<?> ids, @Nullable List<?> instances, @Nullable List<?> tags) {
    List<Object> conditions = new ArrayList<>();
    String label = field.prefix();
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
    List<Object> any = new ArrayList<>();
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      List<Object> wanted = conditions == null ? new ArrayList<>() : conditions;
      if (s.filter() != null) {
        wanted.add(replacePlaceholder(s.filter(), field.prefix()));
      }
      if (wanted.isEmpty()) {
        return false;
      }
      any.add(isNotEmpty(field, all(wanted)));
    }
    return view.matchExpression(ViewPipeline.negated(Document.of("$or", any), s.bool()));
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
    if (s.labels() != null || fields == null || fields.isEmpty() || isNested(s.fields())) {
      return false;
    }
    if (s.fields() != null) {
      List<String> hidden = new ArrayList<>();
      for (Labels field : Objects.requireNonNull(find((List<?>) null))) {
        if (fields.stream().noneMatch(f -> f.path().equals(field.path()))) {
          hidden.add(field.path());
        }
      }
      view.hide(hidden);
    }
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      if (conditions != null) {
        keep(field, all(conditions));
      }
    }
    return !s.omitEmpty() || omitEmpty(fields);
  }

  static boolean isNested(@Nullable List<?> names) {
    return names != null && names.stream().anyMatch(n -> String.valueOf(n).contains("."));
  }

  private boolean omitEmpty(List<Labels> fields) {
    return view.matchExpression(
        Document.of("$or", fields.stream().map(f -> (Object) isNotEmpty(f, true)).toList()));
  }

  boolean excludeLabels(Stage.ExcludeLabels s) {
    List<Labels> fields = find(s.fields());
    List<Labels> everywhere = find((List<?>) null);
    if (s.labels() != null
        || fields == null
        || fields.isEmpty()
        || everywhere == null
        || isNested(s.fields())) {
      return false;
    }
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      if (conditions != null) {
        if (s.tags() != null) {
          // A label without a list of tags, such as map_labels makes, goes as well.
          Document list = Document.of("$isArray", Values.listOf(field.prefix() + ".tags"));
          conditions.add(Document.of("$not", Values.listOf(list)));
        }
        keep(field, Document.of("$not", Values.listOf(Document.of("$or", conditions))));
      }
    }
    return !s.omitEmpty() || omitEmpty(everywhere);
  }

  boolean limitLabels(Stage.LimitLabels s) {
    Labels field = find(s.field());
    if (field == null || !field.isList() || s.limit() <= 0 || s.field().contains(".")) {
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
        Document.of(
            field.path(),
            Document.of(
                "$cond", Values.listOf(ViewPipeline.exists("$" + field.list()), changed, path))));
  }
}
