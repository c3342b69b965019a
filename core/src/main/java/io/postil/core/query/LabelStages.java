package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The stages that choose labels, or samples by their labels. Stateless. */
final class LabelStages {
  private LabelStages() {}

  /**
   * A condition on one label of a field; rows: the sample and the sample or frame with the label.
   */
  interface LabelTest {
    boolean test(Row sample, Row holder, @Nullable Object label);
  }

  private static Set<String> reads(List<LabelField> fields, Set<String> more) {
    Set<String> reads = new LinkedHashSet<>(more);
    for (LabelField field : fields) {
      reads.add(field.isFrame() ? "frames." + field.path()[0] : field.path()[0]);
    }
    return reads;
  }

  // --- filter_labels --------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.FilterLabels s) {
    LabelField field = view.schema.labelField(s.field());
    if (!ViewCompiler.isExpression(s.filter())) {
      throw ViewCompiler.invalid(
          "filter_labels on '" + s.field() + "' needs an expression, not " + s.filter());
    }
    if (s.trajectories()) {
      checkTrajectories(field);
    }
    Compiled condition = condition(field, s.filter());
    LabelTest test = bind(field, condition);
    Set<String> reads = new HashSet<>(reads(List.of(field), condition.reads()));
    if (s.trajectories()) {
      view.steps.add(Step.of(reads, row -> keepTrajectories(row, field, test)));
      if (s.onlyMatches()) {
        view.steps.add(Step.ofFields(reads, row -> field.count(row) > 0 ? row : null));
      }
    } else {
      view.steps.add(new Filter(field, s.filter(), test, s.onlyMatches(), reads));
    }
  }

  /**
   * Keeps the labels of a field that pass a test.
   *
   * @param filter the test as the stage has it
   * @param onlyMatches whether samples without a label that passes are dropped
   */
  record Filter(
      LabelField field,
      @Nullable Object filter,
      LabelTest test,
      boolean onlyMatches,
      Set<String> reads)
      implements Step.RowStep {
    @Override
    public boolean readsFieldsOnly() {
      return true;
    }

    @Override
    public @Nullable Row apply(Row row) {
      keep(row, field, test);
      return !onlyMatches || field.count(row) > 0 ? row : null;
    }
  }

  private static void checkTrajectories(LabelField field) {
    if (!field.isFrame() || !field.isList() || !field.hasIndexes()) {
      throw ViewCompiler.invalid(
          "trajectories are those of a list of labels with an index in frames, but '"
              + field.name()
              + "' holds "
              + field.className()
              + (field.isFrame() ? "" : " of samples"));
    }
  }

  /** Compiles a filter; in frames the variable is the frame for single labels. */
  private static Compiled condition(LabelField field, @Nullable Object filter) {
    return Compiled.expression(filter, field.isList() ? "this" : field.isFrame() ? "frame" : null);
  }

  private static LabelTest bind(LabelField field, Compiled condition) {
    return field.isList()
        ? (sample, holder, label) -> condition.test(sample, label)
        : (sample, holder, label) -> condition.test(sample, holder);
  }

  private static Row keep(Row row, LabelField field, LabelTest test) {
    for (Row holder : field.holders(row)) {
      field.keep(holder, label -> test.test(row, holder, label));
    }
    return row;
  }

  private static Row keepTrajectories(Row row, LabelField field, LabelTest test) {
    Set<Object> indexes = new HashSet<>();
    for (Row frame : field.holders(row)) {
      for (Object label : field.labels(frame)) {
        Object index = Fields.get(label, "index");
        if (index instanceof Number n && test.test(row, frame, label)) {
          indexes.add(n.longValue());
        }
      }
    }
    return keep(
        row,
        field,
        (sample, frame, label) ->
            Fields.get(label, "index") instanceof Number n && indexes.contains(n.longValue()));
  }

  // --- criteria shared by match_labels, select_labels and exclude_labels -----------------------

  private record Criteria(
      @Nullable Map<String, Set<ObjectId>> labels,
      @Nullable Set<ObjectId> ids,
      @Nullable Set<ObjectId> instances,
      @Nullable Set<Object> tags) {
    static Criteria of(
        @Nullable List<?> labels,
        @Nullable List<?> ids,
        @Nullable List<?> instanceIds,
        @Nullable List<?> tags) {
      return new Criteria(
          labels == null ? null : byField(labels),
          ids == null ? null : ViewCompiler.idSet(ids),
          instanceIds == null ? null : ViewCompiler.idSet(instanceIds),
          tags == null ? null : new HashSet<>(tags));
    }

    /** The criteria of a selection: labels that are listed one by one stand above all others. */
    static Criteria listedOr(
        @Nullable List<?> labels,
        @Nullable List<?> ids,
        @Nullable List<?> instanceIds,
        @Nullable List<?> tags) {
      return labels == null ? of(null, ids, instanceIds, tags) : of(labels, null, null, null);
    }

    private static Map<String, Set<ObjectId>> byField(List<?> labels) {
      Map<String, Set<ObjectId>> byField = new LinkedHashMap<>();
      for (Object label : labels) {
        if (!(label instanceof Document d) || d.getString("field") == null) {
          throw ViewCompiler.invalid("labels are objects with field and label_id, not " + label);
        }
        byField
            .computeIfAbsent(d.getString("field", ""), f -> new HashSet<>())
            .addAll(ViewCompiler.idSet(Values.listOf(d.get("label_id"))));
      }
      return byField;
    }

    boolean isEmpty() {
      return labels == null && ids == null && instances == null && tags == null;
    }

    boolean hasId(@Nullable Object label) {
      return ids == null || Fields.get(label, "_id") instanceof ObjectId id && ids.contains(id);
    }

    boolean hasInstance(@Nullable Object label) {
      return instances == null
          || Fields.get(Fields.get(label, "instance"), "_id") instanceof ObjectId id
              && instances.contains(id);
    }

    boolean hasTag(@Nullable Object label) {
      return tags == null
          || Fields.get(label, "tags") instanceof List<?> own
              && own.stream().anyMatch(tags::contains);
    }

    boolean isListed(LabelField field, @Nullable Object label) {
      return labels == null
          || Fields.get(label, "_id") instanceof ObjectId id
              && labels.getOrDefault(field.name(), Set.of()).contains(id);
    }
  }

  private static List<LabelField> fields(ViewCompiler view, @Nullable List<?> names) {
    if (names == null) {
      return view.schema.labelFields();
    }
    List<LabelField> fields = new ArrayList<>();
    for (Object name : names) {
      fields.add(view.schema.labelField(String.valueOf(name)));
    }
    return fields;
  }

  // --- match_labels ---------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.MatchLabels s) {
    boolean wanted = !Boolean.FALSE.equals(s.bool());
    if (s.labels() != null) {
      Set<ObjectId> samples = samplesOf(s.labels());
      view.steps.add(Step.filter(Set.of(), row -> samples.contains(row.ref().root()) == wanted));
      return;
    }
    Criteria criteria = Criteria.of(null, s.ids(), s.instanceIds(), s.tags());
    if (criteria.isEmpty() && s.filter() == null) {
      view.steps.add(Step.filter(Set.of(), row -> !wanted));
      return;
    }
    List<LabelField> fields = fields(view, s.fields());
    Map<LabelField, LabelTest> tests = new HashMap<>();
    Set<String> reads = new HashSet<>(reads(fields, Set.of()));
    for (LabelField field : fields) {
      LabelTest inner = (sample, holder, label) -> true;
      if (s.filter() != null) {
        Compiled condition = condition(field, replacePlaceholder(s.filter(), field.prefix()));
        reads.addAll(condition.reads());
        inner = bind(field, condition);
      }
      LabelTest filter = inner;
      tests.put(
          field,
          (sample, holder, label) ->
              criteria.hasId(label)
                  && criteria.hasInstance(label)
                  && criteria.hasTag(label)
                  && filter.test(sample, holder, label));
    }
    view.steps.add(Step.filter(reads, row -> hasLabel(row, tests) == wanted));
  }

  /** The samples that listed labels say they are of. */
  private static Set<ObjectId> samplesOf(List<?> labels) {
    Set<ObjectId> samples = new HashSet<>();
    for (Object label : labels) {
      if (label instanceof Document d) {
        samples.addAll(ViewCompiler.idSet(Values.listOf(d.get("sample_id"))));
      }
    }
    return samples;
  }

  private static boolean hasLabel(Row row, Map<LabelField, LabelTest> tests) {
    for (Map.Entry<LabelField, LabelTest> entry : tests.entrySet()) {
      LabelField field = entry.getKey();
      for (Row holder : field.holders(row)) {
        for (Object label : field.labels(holder)) {
          if (entry.getValue().test(row, holder, label)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static @Nullable Object replacePlaceholder(@Nullable Object value, String prefix) {
    return switch (value) {
      case String s -> s.startsWith("$$FIELD") ? prefix + s.substring("$$FIELD".length()) : s;
      case List<?> list ->
          Values.list(list.stream().map(e -> replacePlaceholder(e, prefix)).toList());
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach(
            (name, v) ->
                out.put(name, name.equals("$literal") ? v : replacePlaceholder(v, prefix)));
        yield out.build();
      }
      case null -> value;
      default -> value;
    };
  }

  // --- select_labels --------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.SelectLabels s) {
    Criteria criteria = Criteria.listedOr(s.labels(), s.ids(), s.instanceIds(), s.tags());
    List<?> listed = s.labels();
    List<LabelField> chosen = chosen(view, criteria, s.fields());
    List<LabelField> hidden =
        view.schema.labelFields().stream()
            .filter(f -> chosen.stream().noneMatch(c -> c.name().equals(f.name())))
            .toList();
    Set<String> reads = reads(chosen, Set.of());
    boolean hide = s.fields() != null || listed != null;
    if (listed != null && s.omitEmpty()) {
      Set<ObjectId> samples = samplesOf(listed);
      view.steps.add(Step.filter(Set.of(), row -> samples.contains(row.id())));
    }
    view.steps.add(
        Step.of(
            reads,
            row -> {
              if (hide) {
                hide(row, hidden);
              }
              if (!criteria.isEmpty()) {
                keepAll(row, chosen, criteria);
              }
              return row;
            }));
    if (listed == null && s.omitEmpty()) {
      view.steps.add(omitEmpty(chosen, reads));
    }
  }

  /** The fields that a selection is about: those of listed labels, else the named ones. */
  private static List<LabelField> chosen(
      ViewCompiler view, Criteria criteria, @Nullable List<?> fields) {
    return fields(view, criteria.labels == null ? fields : List.copyOf(criteria.labels.keySet()));
  }

  private static void keepAll(Row row, List<LabelField> fields, Criteria criteria) {
    for (LabelField field : fields) {
      for (Row holder : field.holders(row)) {
        field.keep(
            holder,
            label ->
                criteria.hasId(label)
                    && criteria.hasInstance(label)
                    && criteria.hasTag(label)
                    && criteria.isListed(field, label));
      }
    }
  }

  private static void hide(Row row, List<LabelField> fields) {
    for (LabelField field : fields) {
      for (Row holder : field.holders(row)) {
        holder.set(field.path(), Missing.MISSING);
      }
    }
  }

  private static Step omitEmpty(List<LabelField> fields, Set<String> reads) {
    return Step.filter(reads, row -> fields.stream().anyMatch(f -> f.count(row) > 0));
  }

  // --- exclude_labels -------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.ExcludeLabels s) {
    Criteria criteria = Criteria.listedOr(s.labels(), s.ids(), s.instanceIds(), s.tags());
    List<LabelField> all = view.schema.labelFields();
    List<LabelField> chosen = chosen(view, criteria, s.fields());
    if (!criteria.isEmpty()) {
      List<BiPredicate<LabelField, @Nullable Object>> excluded = exclusions(criteria);
      view.steps.add(
          Step.of(
              reads(chosen, Set.of()),
              row -> {
                for (LabelField field : chosen) {
                  for (Row holder : field.holders(row)) {
                    field.keep(
                        holder, label -> excluded.stream().noneMatch(e -> e.test(field, label)));
                  }
                }
                return row;
              }));
    }
    if (s.omitEmpty()) {
      view.steps.add(omitEmpty(all, reads(all, Set.of())));
    }
  }

  private static List<BiPredicate<LabelField, @Nullable Object>> exclusions(Criteria criteria) {
    List<BiPredicate<LabelField, @Nullable Object>> excluded = new ArrayList<>();
    if (criteria.labels != null) {
      excluded.add(criteria::isListed);
    }
    if (criteria.ids != null) {
      excluded.add((field, label) -> criteria.hasId(label));
    }
    if (criteria.instances != null) {
      excluded.add((field, label) -> criteria.hasInstance(label));
    }
    if (criteria.tags != null) {
      // A label without a list of tags, such as map_labels makes, is dropped as well.
      excluded.add(
          (field, label) ->
              !(Fields.get(label, "tags") instanceof List<?>) || criteria.hasTag(label));
    }
    return excluded;
  }

  // --- limit_labels ---------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.LimitLabels s) {
    LabelField field = view.schema.labelField(s.field());
    if (!field.isList()) {
      throw new io.postil.core.PostilException(
          io.postil.core.ErrorCode.WRONG_FIELD_TYPE,
          "limit_labels needs a list of labels, but '"
              + s.field()
              + "' holds "
              + field.className());
    }
    view.steps.add(
        Step.of(
            reads(List.of(field), Set.of()),
            row -> {
              for (Row holder : field.holders(row)) {
                if (ViewCompiler.isSomething(field.value(holder))) {
                  long[] left = {s.limit()};
                  field.keep(holder, label -> left[0]-- > 0);
                }
              }
              return row;
            }));
  }
}
