package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The stages that hide fields or show other values in them. Stateless. */
final class FieldStages {
  /** What no sample or frame can be without, so that it cannot be filtered. */
  private static final Set<String> ALWAYS_SHOWN =
      Set.of("id", "filepath", "frames.id", "frames.frame_number");

  private FieldStages() {}

  private static PostilException defaultField(String name) {
    return new PostilException(
        ErrorCode.DEFAULT_FIELD,
        "'" + name + "' belongs to every sample or label; it cannot be hidden or filtered",
        "Name fields of the dataset's own.");
  }

  // --- select_fields and exclude_fields --------------------------------------------------------

  static void add(ViewCompiler view, Stage.SelectFields s) {
    Map<String, Set<String>> kept = new LinkedHashMap<>();
    List<Object> names = new ArrayList<>(MetaFilter.paths(view.schema, s.metaFilter()));
    names.addAll(s.fieldNames() == null ? List.of() : s.fieldNames());
    for (Object name : names) {
      String path = String.valueOf(name);
      if (!view.schema.mayHold(path)) {
        if (s.allowMissing()) {
          continue;
        }
        throw view.schema.unknownField(path);
      }
      String top = top(path);
      Set<String> inner = kept.computeIfAbsent(top, t -> new LinkedHashSet<>());
      inner.add(path.substring(top.length()));
    }
    ViewSchema schema = view.schema.copy();
    schema.sampleFields.keySet().removeIf(f -> !kept.containsKey(f) && !schema.isDefault(f));
    schema.frameFields.keySet().removeIf(f -> !kept.containsKey(DatasetInfo.FRAMES + f));
    hideFields(view, view.schema, schema);
    kept.forEach(
        (top, inner) -> {
          // Of a field and its properties, the properties count.
          inner.remove("");
          if (!inner.isEmpty() && schema.find(top).isPresent()) {
            narrow(view, schema, top, inner);
          }
        });
    view.schema = schema;
  }

  private static String top(String path) {
    int from = path.startsWith(DatasetInfo.FRAMES) ? 7 : 0;
    int dot = path.indexOf('.', from);
    return dot < 0 ? path : path.substring(0, dot);
  }

  /** Hides what one schema has and another has not. */
  private static void hideFields(ViewCompiler view, ViewSchema before, ViewSchema after) {
    List<String> hidden = new ArrayList<>(before.sampleFields.keySet());
    hidden.removeAll(after.sampleFields.keySet());
    List<String> hiddenInFrames = new ArrayList<>(before.frameFields.keySet());
    hiddenInFrames.removeAll(after.frameFields.keySet());
    if (!hidden.isEmpty() || before.hasFrames() && !hiddenInFrames.isEmpty()) {
      view.steps.add(new Hide(hidden, before.hasFrames() ? hiddenInFrames : List.of()));
    }
  }

  /** Hides fields of samples and frames. */
  record Hide(List<String> fields, List<String> frameFields) implements Step.RowStep {
    @Override
    public Set<String> reads() {
      return Set.of();
    }

    @Override
    public Row apply(Row row) {
      for (String field : fields) {
        row.set(field, Missing.MISSING);
      }
      if (!frameFields.isEmpty()) {
        for (Row frame : row.frames()) {
          for (String field : frameFields) {
            frame.set(field, Missing.MISSING);
          }
        }
      }
      return row;
    }
  }

  /** Keeps only some properties of a field of documents, and those its class declares. */
  private static void narrow(ViewCompiler view, ViewSchema schema, String top, Set<String> inner) {
    boolean frame = top.startsWith(DatasetInfo.FRAMES);
    String name = frame ? top.substring(7) : top;
    FieldSpec field = schema.find(top).orElseThrow();
    Selection selection = Selection.of(inner);
    view.steps.add(
        Step.of(
            Set.of(top),
            row -> {
              for (Row holder : frame ? row.frames() : List.of(row)) {
                Object value = holder.property(name);
                if (ViewCompiler.isSomething(value)) {
                  holder.set(name, selection.apply(value, field));
                }
              }
              return row;
            }));
  }

  /** A tree of property names to keep. */
  private record Selection(boolean whole, Map<String, Selection> properties) {
    static Selection of(Set<String> paths) {
      Selection root = new Selection(false, new TreeMap<>());
      for (String path : paths) {
        Selection at = root;
        for (String name : path.substring(1).split("\\.", -1)) {
          at = at.properties.computeIfAbsent(name, n -> new Selection(false, new TreeMap<>()));
        }
      }
      return root;
    }

    @Nullable Object apply(@Nullable Object value, FieldSpec field) {
      if (properties.isEmpty()) {
        return value;
      }
      if (value instanceof List<?> list) {
        List<@Nullable Object> kept = new ArrayList<>(list.size());
        for (Object element : list) {
          kept.add(apply(element, field));
        }
        return Values.list(kept);
      }
      Document document = BsonOrder.asDocument(value);
      if (document == null) {
        return value;
      }
      FieldSpec holder = field.held();
      Document.Builder out = Document.builder();
      document.forEach(
          (name, v) -> {
            Selection inner = properties.get(name);
            FieldSpec property = BuiltinFields.property(field, name);
            if (inner != null) {
              out.put(name, property == null ? v : inner.apply(v, property));
            } else if (name.startsWith("_")
                || BuiltinFields.isDeclared(holder.documentClass(), name)
                    && !name.equals("instance")) {
              out.put(name, v);
            }
          });
      return out.build();
    }
  }

  static void add(ViewCompiler view, Stage.ExcludeFields s) {
    ViewSchema schema = view.schema.copy();
    for (String path : MetaFilter.paths(view.schema, s.metaFilter())) {
      if (path.equals(top(path))) {
        hideTop(schema, path);
      } else {
        hideProperty(view, path);
      }
    }
    for (Object name : s.fieldNames() == null ? List.of() : s.fieldNames()) {
      String path = String.valueOf(name);
      if (view.schema.isDefault(path)) {
        throw defaultField(path);
      }
      if (!view.schema.mayHold(path)) {
        if (s.allowMissing() || ViewSchema.of(view.source.info()).mayHold(path)) {
          continue;
        }
        throw view.schema.unknownField(path);
      }
      if (path.equals("frames")) {
        view.steps.add(Step.of(Set.of(), FieldStages::withoutFrames));
        continue;
      }
      if (path.equals(top(path))) {
        hideTop(schema, path);
        continue;
      }
      int dot = path.lastIndexOf('.');
      String property = path.substring(dot + 1);
      FieldSpec holder = view.schema.find(path.substring(0, dot)).map(FieldSpec::held).orElse(null);
      if (holder != null
          && BuiltinFields.isDeclared(holder.documentClass(), property)
          && !property.equals("instance")) {
        throw defaultField(path);
      }
      hideProperty(view, path);
    }
    hideFields(view, view.schema, schema);
    view.schema = schema;
  }

  private static Row withoutFrames(Row row) {
    row.frames(List.of());
    return row;
  }

  private static void hideTop(ViewSchema schema, String path) {
    schema.sampleFields.remove(path);
    if (path.startsWith(DatasetInfo.FRAMES)) {
      schema.frameFields.remove(path.substring(7));
    }
  }

  private static void hideProperty(ViewCompiler view, String path) {
    boolean frame = path.startsWith(DatasetInfo.FRAMES);
    String[] names = (frame ? path.substring(7) : path).split("\\.", -1);
    view.steps.add(
        Step.of(
            Set.of(top(path)),
            row -> {
              for (Row holder : frame ? row.frames() : List.of(row)) {
                Object value = holder.property(names[0]);
                if (ViewCompiler.isSomething(value)) {
                  holder.set(names[0], without(value, names, 1));
                }
              }
              return row;
            }));
  }

  private static @Nullable Object without(@Nullable Object value, String[] names, int from) {
    if (value instanceof List<?> list) {
      List<@Nullable Object> changed = new ArrayList<>(list.size());
      for (Object element : list) {
        changed.add(without(element, names, from));
      }
      return Values.list(changed);
    }
    if (Fields.get(value, names[from]) == Missing.MISSING) {
      return value;
    }
    return from == names.length - 1
        ? Writes.with(value, names[from], Missing.MISSING)
        : Writes.with(value, names[from], without(Fields.get(value, names[from]), names, from + 1));
  }

  // --- filter_field ---------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.FilterField s) {
    if (ALWAYS_SHOWN.contains(s.field())) {
      throw defaultField(s.field());
    }
    if (!view.schema.isKnown(s.field())) {
      throw view.schema.unknownField(s.field());
    }
    if (!ViewCompiler.isExpression(s.filter())) {
      throw ViewCompiler.invalid("filter_field needs an expression, not " + s.filter());
    }
    boolean frame = view.schema.hasFrames() && s.field().startsWith(DatasetInfo.FRAMES);
    String stored = ViewCompiler.storedPath(s.field());
    String[] path = (frame ? stored.substring(7) : stored).split("\\.", -1);
    Compiled condition = Compiled.expression(s.filter(), frame ? "frame" : null);
    Set<String> reads = new HashSet<>(condition.reads());
    reads.add(top(s.field()));
    view.steps.add(
        Step.of(
            reads,
            row -> {
              boolean any = false;
              for (Row holder : frame ? row.frames() : List.of(row)) {
                if (!condition.test(row, frame ? holder : null)) {
                  holder.set(path, null);
                } else if (!frame && Fields.path(holder, path, 0) == Missing.MISSING) {
                  // Writing below a missing parent makes it, whatever is written.
                  holder.set(path, Missing.MISSING);
                }
                // Below a list there are values, if but nulls, wherever the list has elements.
                any |= ViewCompiler.isSomething(Fields.path(holder, path, 0));
              }
              return any || !s.onlyMatches() ? row : null;
            }));
  }

  // --- map_labels, map_values, set_field --------------------------------------------------------

  static void add(ViewCompiler view, Stage.MapLabels s) {
    LabelField field = view.schema.labelField(s.field());
    if (!BuiltinFields.isDeclared(field.elementClass(), "label")) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE, "labels of '" + s.field() + "' have no class to map");
    }
    String path = s.field() + (field.isList() ? "." + field.listName() : "") + ".label";
    mapValues(view, path, false, pairs(s.map()));
  }

  static void add(ViewCompiler view, Stage.MapValues s) {
    if (!view.schema.isKnown(s.field())) {
      throw view.schema.unknownField(s.field());
    }
    boolean isList = view.schema.find(s.field()).map(f -> f.type() == FieldType.LIST).orElse(false);
    mapValues(view, s.field(), isList, pairs(s.map()));
  }

  /** The pairs of a map: a document, or a list of pairs where keys are no text. */
  private static List<List<?>> pairs(Object map) {
    List<List<?>> pairs = new ArrayList<>();
    if (map instanceof Document d) {
      d.forEach((key, value) -> pairs.add(Values.listOf(key, value)));
      return pairs;
    }
    for (Object pair : map instanceof List<?> l ? l : List.of()) {
      if (!(pair instanceof List<?> p) || p.size() != 2) {
        throw ViewCompiler.invalid("a map is an object or a list of pairs, not " + map);
      }
      pairs.add(p);
    }
    return pairs;
  }

  /**
   * Maps values.
   *
   * @param isList whether the field holds lists, whose elements are mapped; where it has none there
   *     is nothing to map
   */
  private static void mapValues(
      ViewCompiler view, String path, boolean isList, List<List<?>> pairs) {
    assign(
        view,
        path,
        Set.of(),
        (row, context) -> {
          Object value = context.value();
          if (!isList) {
            return mapped(value, pairs);
          }
          return value instanceof List<?> list
              ? Values.list(list.stream().map(e -> mapped(e, pairs)).toList())
              : value;
        });
  }

  private static @Nullable Object mapped(@Nullable Object value, List<List<?>> pairs) {
    for (List<?> pair : pairs) {
      Object key = pair.get(0);
      if (key == null ? Operators.isNothing(value) : BsonOrder.equal(key, value)) {
        return pair.get(1);
      }
    }
    return value;
  }

  static void add(ViewCompiler view, Stage.SetField s) {
    if (!s.allowMissing() && view.schema.find(s.field()).isEmpty()) {
      String parent =
          s.field().contains(".") ? s.field().substring(0, s.field().lastIndexOf('.')) : "";
      if (parent.isEmpty() || !view.schema.mayHold(parent)) {
        throw view.schema.unknownField(s.field());
      }
    }
    Compiled expression = Compiled.expression(s.expr(), "this");
    assign(
        view,
        s.field(),
        expression.reads(),
        (row, context) -> expression.eval(row, context.element()));
  }

  /**
   * Where a value is written.
   *
   * @param element the innermost list element or frame on the way, or null
   * @param value the present value
   */
  private record Place(@Nullable Object element, @Nullable Object value) {}

  /** Adds a step that replaces the values of a path, through the lists on its way. */
  private static void assign(
      ViewCompiler view,
      String path,
      Set<String> reads,
      BiFunction<Row, Place, @Nullable Object> value) {
    boolean frame = view.schema.hasFrames() && path.startsWith(DatasetInfo.FRAMES);
    String stored = ViewCompiler.storedPath(path);
    String[] names = (frame ? stored.substring(7) : stored).split("\\.", -1);
    boolean[] lists = new boolean[names.length];
    StringBuilder prefix = new StringBuilder(frame ? "frames" : "");
    for (int i = 0; i < names.length; i++) {
      prefix.append(prefix.isEmpty() ? "" : ".").append(names[i]);
      lists[i] =
          i < names.length - 1
              && view.schema
                  .find(prefix.toString())
                  .map(f -> f.type() == FieldType.LIST)
                  .orElse(false);
    }
    Set<String> all = new HashSet<>(reads);
    // What an expression reads of the frame goes through the variable, so any field may be meant.
    all.add(frame ? "frames" : top(path));
    view.steps.add(
        Step.of(
            all,
            row -> {
              for (Row holder : frame ? row.frames() : List.of(row)) {
                Object element = frame ? holder : null;
                Object changed =
                    write(holder.property(names[0]), names, lists, 0, element, row, value);
                if (changed != Missing.MISSING || !frame) {
                  holder.set(names[0], changed);
                }
              }
              return row;
            }));
  }

  /** The changed value at {@code names[at]}. */
  private static @Nullable Object write(
      @Nullable Object current,
      String[] names,
      boolean[] lists,
      int at,
      @Nullable Object element,
      Row row,
      BiFunction<Row, Place, @Nullable Object> value) {
    if (at == names.length - 1) {
      return value.apply(row, new Place(element, current));
    }
    if (lists[at]) {
      if (!(current instanceof List<?> list)) {
        return null;
      }
      List<@Nullable Object> changed = new ArrayList<>(list.size());
      for (Object e : list) {
        Object child = write(Fields.get(e, names[at + 1]), names, lists, at + 1, e, row, value);
        changed.add(child == Missing.MISSING ? e : Writes.with(e, names[at + 1], child));
      }
      return Values.list(changed);
    }
    Object child =
        write(Fields.get(current, names[at + 1]), names, lists, at + 1, element, row, value);
    if (child == Missing.MISSING && ViewCompiler.isSomething(current)) {
      // A value that is missing removes a property, but leaves an element of a list as it was.
      boolean stays = element != null || Fields.get(current, names[at + 1]) == Missing.MISSING;
      return stays ? current : Writes.with(current, names[at + 1], child);
    }
    return Writes.with(current, names[at + 1], child);
  }
}
