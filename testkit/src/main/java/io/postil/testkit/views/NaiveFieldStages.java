package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.MISSING;
import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.isTrue;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stages that hide fields and show other values in them. Stateless. */
final class NaiveFieldStages {
  private NaiveFieldStages() {}

  private static NaiveError defaultField(String name) {
    return new NaiveError(name + " belongs to every sample");
  }

  private static String top(String path) {
    String first = PlainValues.names(NaiveSchema.inFrame(path)).get(0);
    return NaiveSchema.isFrame(path) ? DatasetInfo.FRAMES + first : first;
  }

  private static Document with(Document document, List<String> names, @Nullable Object value) {
    return (Document) java.util.Objects.requireNonNull(PlainValues.with(document, names, value));
  }

  /** A sample, or each of its frames, changed. */
  private static Document changed(
      Document sample, String path, java.util.function.UnaryOperator<Document> change) {
    return NaiveSchema.isFrame(path)
        ? sample.with(
            "frames", Values.list(NaiveStages.frames(sample).stream().map(change).toList()))
        : change.apply(sample);
  }

  // --- hiding ------------------------------------------------------------------------------------

  static NaiveRows select(NaiveRows view, Stage.SelectFields s) {
    Set<String> whole = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (Object name : s.fieldNames() == null ? List.of() : s.fieldNames()) {
      String path = String.valueOf(name);
      if (view.schema().find(path) == null && !view.schema().isDefault(path)) {
        if (s.allowMissing()) {
          continue;
        }
        throw new NaiveError("unknown field " + path);
      }
      (path.equals(top(path)) ? whole : paths).add(path);
    }
    Set<String> hidden = new HashSet<>();
    view.schema().fields().keySet().forEach(hidden::add);
    view.schema().frameFields().keySet().forEach(f -> hidden.add(DatasetInfo.FRAMES + f));
    hidden.removeAll(whole);
    paths.forEach(p -> hidden.remove(top(p)));
    NaiveRows shown = hide(view, hidden);
    for (String path : paths) {
      FieldSpec field = view.schema().find(top(path));
      // Of a field and its properties, the properties count.
      if (field != null) {
        String name = NaiveSchema.inFrame(top(path));
        shown =
            shown.map(
                d ->
                    changed(
                        d,
                        path,
                        h ->
                            with(
                                h,
                                List.of(name),
                                narrowed(h, List.of(name), field.documentClass(), paths))));
      }
    }
    return shown;
  }

  /** A value with only what its class declares and what leads to one of the paths. */
  private static @Nullable Object narrowed(
      Document holder, List<String> at, @Nullable String className, Set<String> paths) {
    Object value = PlainValues.path(holder, at);
    return narrowed(value, String.join(".", at), className, paths);
  }

  private static @Nullable Object narrowed(
      @Nullable Object value, String at, @Nullable String className, Set<String> paths) {
    if (value instanceof List<?> list) {
      return Values.list(list.stream().map(e -> narrowed(e, at, className, paths)).toList());
    }
    if (!(value instanceof Document d)) {
      return value;
    }
    Document.Builder out = Document.builder();
    d.forEach(
        (name, v) -> {
          String path = at + "." + name;
          boolean leads =
              paths.stream()
                  .map(NaiveSchema::inFrame)
                  .anyMatch(p -> p.equals(path) || p.startsWith(path + "."));
          if (name.equals(NaiveSchema.listOf(className)) && className != null) {
            String element = className.substring(0, className.length() - 1);
            boolean all = paths.stream().map(NaiveSchema::inFrame).anyMatch(path::equals);
            out.put(name, leads && !all ? narrowed(v, path, element, paths) : v);
          } else if (leads || name.startsWith("_") || NaiveSchema.isDeclaredBy(className, name)) {
            out.put(name, v);
          }
        });
    return out.build();
  }

  static NaiveRows exclude(NaiveRows start, Stage.ExcludeFields s) {
    NaiveRows view = start;
    Set<String> hidden = new HashSet<>();
    for (Object name : s.fieldNames() == null ? List.of() : s.fieldNames()) {
      String path = String.valueOf(name);
      if (start.schema().isDefault(path)) {
        throw defaultField(path);
      }
      if (start.schema().find(path) == null) {
        if (s.allowMissing()) {
          continue;
        }
        throw new NaiveError("unknown field " + path);
      }
      if (path.equals(top(path))) {
        hidden.add(path);
      } else {
        view = excludeProperty(view, path);
      }
    }
    return hide(view, hidden);
  }

  private static NaiveRows excludeProperty(NaiveRows view, String path) {
    int dot = path.lastIndexOf('.');
    FieldSpec parent = view.schema().find(path.substring(0, dot));
    FieldSpec holder = parent != null && parent.element() != null ? parent.element() : parent;
    if (holder != null
        && NaiveSchema.isDeclaredBy(holder.documentClass(), path.substring(dot + 1))) {
      throw defaultField(path);
    }
    throw new NotCovered("hiding " + path);
  }

  private static NaiveRows hide(NaiveRows view, Set<String> hidden) {
    NaiveRows shown = view;
    for (String path : hidden) {
      shown = shown.map(d -> changed(d, path, h -> h.without(NaiveSchema.inFrame(path))));
    }
    return shown.with(view.schema().without(hidden));
  }

  // --- other values ------------------------------------------------------------------------------

  static NaiveRows filter(NaiveRows view, Stage.FilterField s) {
    if (view.schema().isDefault(s.field())) {
      throw defaultField(s.field());
    }
    view.schema().requireKnown(s.field());
    if (NaiveSchema.isFrame(s.field())) {
      throw new NotCovered("filter_field in frames");
    }
    List<String> names = PlainValues.names(NaiveStages.stored(s.field()));
    NaiveRows filtered =
        view.map(
            d ->
                isTrue(NaiveExpressions.evaluate(s.filter(), d))
                    ? with(d, names, PlainValues.path(d, names))
                    : with(d, names, null));
    return s.onlyMatches()
        ? filtered.filter(d -> !isNothing(PlainValues.path(d, names)))
        : filtered;
  }

  static NaiveRows mapLabels(NaiveRows view, Stage.MapLabels s) {
    NaiveLabels field = view.schema().labels(s.field());
    if (!NaiveSchema.isDeclaredBy(field.elementClass(), "label")) {
      throw new NaiveError("labels without a class");
    }
    String list = NaiveSchema.listOf(field.className());
    return mapValues(view, s.field() + (list == null ? "" : "." + list) + ".label", false, s.map());
  }

  static NaiveRows mapValues(NaiveRows view, Stage.MapValues s) {
    view.schema().requireKnown(s.field());
    FieldSpec field = view.schema().find(s.field());
    return mapValues(view, s.field(), field != null && field.type() == FieldType.LIST, s.map());
  }

  private static NaiveRows mapValues(NaiveRows view, String path, boolean isList, Object map) {
    List<List<?>> pairs = new ArrayList<>();
    if (map instanceof Document d) {
      d.forEach((key, value) -> pairs.add(Values.listOf(key, value)));
    } else {
      ((List<?>) map).forEach(p -> pairs.add((List<?>) java.util.Objects.requireNonNull(p)));
    }
    return assign(
        view,
        path,
        (sample, holder, value) ->
            !isList
                ? mapped(value, pairs)
                : value instanceof List<?> list
                    ? Values.list(list.stream().map(e -> mapped(e, pairs)).toList())
                    : value);
  }

  private static @Nullable Object mapped(@Nullable Object value, List<List<?>> pairs) {
    for (List<?> pair : pairs) {
      if (pair.get(0) == null ? isNothing(value) : PlainValues.equal(pair.get(0), value)) {
        return pair.get(1);
      }
    }
    return value;
  }

  static NaiveRows set(NaiveRows view, Stage.SetField s) {
    if (!s.allowMissing() && view.schema().find(s.field()) == null) {
      int dot = s.field().lastIndexOf('.');
      if (dot < 0 || view.schema().find(s.field().substring(0, dot)) == null) {
        throw new NaiveError("unknown field " + s.field());
      }
    }
    return assign(
        view,
        s.field(),
        (sample, holder, value) ->
            holder == null
                ? NaiveExpressions.evaluate(s.expr(), sample)
                : NaiveExpressions.evaluate(s.expr(), sample, "this", holder));
  }

  /** The new value of a path: of the sample, the innermost element of a list, the old value. */
  private interface Change {
    @Nullable Object apply(Document sample, @Nullable Document holder, @Nullable Object value);
  }

  private static NaiveRows assign(NaiveRows view, String path, Change change) {
    List<String> names = PlainValues.names(NaiveStages.stored(path));
    List<String> shown = PlainValues.names(path);
    return view.map(
        d ->
            (Document)
                java.util.Objects.requireNonNull(
                    assign(view, d, d, names, shown, 0, null, change)));
  }

  /**
   * Writes below {@code names[at]}. An element of a list in which the new value is missing stays as
   * it was; a list that is missing becomes null.
   */
  private static @Nullable Object assign(
      NaiveRows view,
      Document sample,
      @Nullable Object holder,
      List<String> names,
      List<String> shown,
      int at,
      @Nullable Document element,
      Change change) {
    if (at == names.size()) {
      return change.apply(sample, element, holder);
    }
    Document document = holder instanceof Document d ? d : Document.empty();
    Object old = PlainValues.property(document, names.get(at));
    boolean list =
        at < names.size() - 1 && view.schema().isList(String.join(".", shown.subList(0, at + 1)));
    Object changed;
    if (!list) {
      changed = assign(view, sample, old, names, shown, at + 1, element, change);
    } else if (old instanceof List<?> elements) {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object e : elements) {
        Document inner = (Document) java.util.Objects.requireNonNull(e);
        all.add(assign(view, sample, inner, names, shown, at + 1, inner, change));
      }
      changed = Values.list(all);
    } else {
      changed = null;
    }
    if (changed == MISSING) {
      return element == null ? document.without(names.get(at)) : document;
    }
    return document.with(names.get(at), changed);
  }
}
