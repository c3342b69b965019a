package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Projection;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stages about slices of grouped datasets, groups by value, and the union of views. Stateless.
 */
final class GroupStages {
  private GroupStages() {}

  // --- slices ---------------------------------------------------------------------------------

  private static Map<String, MediaType> slices(ViewCompiler view) {
    Map<String, MediaType> slices = view.schema.slices;
    if (slices == null) {
      throw new PostilException(
          ErrorCode.NOT_GROUPED, "the samples are not grouped, so there are no slices to select");
    }
    return slices;
  }

  static void add(ViewCompiler view, Stage.SelectGroupSlices s) {
    Map<String, MediaType> slices = slices(view);
    Set<String> chosen = GroupSlices.chosen(slices, s);
    ViewSchema schema = view.schema.copy();
    if (!s.flat()) {
      Map<String, MediaType> kept = new LinkedHashMap<>(slices);
      kept.keySet().retainAll(chosen);
      schema.slices = kept;
      view.schema = schema;
      return;
    }
    Set<MediaType> types = new HashSet<>();
    chosen.forEach(name -> types.add(slices.getOrDefault(name, MediaType.UNKNOWN)));
    if (types.size() > 1 && !s.allowMixed() && !s.forceMixed()) {
      throw ViewCompiler.invalid(
          "the slices "
              + String.join(", ", chosen)
              + " hold different media; select those of one media type");
    }
    schema.slices = null;
    schema.mediaType =
        types.size() == 1
            ? types.iterator().next()
            : types.isEmpty() ? MediaType.GROUP : MediaType.UNKNOWN;
    DatasetInfo.GroupInfo group = java.util.Objects.requireNonNull(view.source.info().group());
    if (view.isFirst()) {
      view.sliceChosen();
      view.steps.add(
          Step.filter(
              Set.of(group.field()),
              row ->
                  Fields.get(row.property(group.field()), "name") instanceof String name
                      && chosen.contains(name)));
    } else if (chosen.size() == 1 && chosen.contains(view.activeSlice())) {
      // The samples are there already, with what stages made of them.
      view.chooseSlice();
    } else {
      view.chooseSlice();
      List<Step> hides = view.steps.stream().filter(FieldStages.Hide.class::isInstance).toList();
      int start = view.steps.size() + 1;
      view.steps.add(
          Step.stream(
              Set.of(group.field()),
              (rows, run, at) -> new Members(rows, run, group.field(), chosen, start)));
      view.steps.addAll(hides);
    }
    view.schema = schema;
  }

  static void add(ViewCompiler view, Stage.ExcludeGroupSlices s) {
    Map<String, MediaType> slices = slices(view);
    ViewSchema schema = view.schema.copy();
    Map<String, MediaType> kept = new LinkedHashMap<>(slices);
    kept.keySet().removeAll(GroupSlices.dropped(slices, s));
    schema.slices = kept;
    view.schema = schema;
  }

  /** The samples of some slices of the groups that earlier stages kept. */
  private static final class Members implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Pipeline.Run run;
    private final String field;
    private final Set<String> slices;
    private final int start;
    private Iterator<Row> current = List.<Row>of().iterator();

    Members(Iterator<Row> rows, Pipeline.Run run, String field, Set<String> slices, int start) {
      this.rows = rows;
      this.run = run;
      this.field = field;
      this.slices = slices;
      this.start = start;
    }

    @Override
    public boolean hasNext() {
      while (!current.hasNext() && rows.hasNext()) {
        Object group = Fields.get(rows.next().property(field), "_id");
        List<ObjectId> ids = new ArrayList<>();
        run.groups()
            .of(group)
            .forEach(
                (slice, id) -> {
                  if (slices.contains(slice)) {
                    ids.add(id);
                  }
                });
        List<Row> members = new ArrayList<>();
        for (Sample sample : run.source().samples(ids, Projection.ALL)) {
          members.add(run.prepare(sample, start, Projection.ALL));
        }
        current = members.iterator();
      }
      return current.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      return current.next();
    }
  }

  // --- groups by value ------------------------------------------------------------------------

  /** Groups rows; what the rows of a group flow on as is for the stages behind to say. */
  private record Grouping(Compiled key, Set<String> reads, Stage.GroupBy stage) {
    /** The references of each group's rows, groups in order of their first row's id. */
    List<List<Row.Ref>> group(Iterator<Row> rows, Pipeline.Run run, int position) {
      Map<@Nullable Object, List<Member>> groups = new TreeMap<>(BsonOrder.COMPARATOR);
      Compiled order = order();
      int number = 0;
      while (rows.hasNext()) {
        Row row = rows.next();
        Object value = key.eval(row);
        Object orderKey =
            order == null ? null : SortKeys.of(order.eval(row), stage.reverse() ? -1 : 1);
        groups
            .computeIfAbsent(value == Missing.MISSING ? null : value, k -> new ArrayList<>())
            .add(new Member(row.ref(), row.id(), orderKey, number++));
      }
      int sign = stage.reverse() ? -1 : 1;
      List<List<Member>> ordered = new ArrayList<>(groups.values());
      if (order != null) {
        for (List<Member> members : ordered) {
          members.sort((a, b) -> sign * SortKeys.compare(a.key, b.key));
        }
      }
      if (stage.flat()) {
        ordered.sort((a, b) -> Integer.compare(a.get(0).number, b.get(0).number));
        return chooseGroups(ordered, run, position, sign);
      }
      ordered.sort((a, b) -> a.get(0).id.compareTo(b.get(0).id));
      return ordered.stream().map(Grouping::refs).toList();
    }

    private @Nullable Compiled order() {
      Object by = stage.orderBy() == null ? stage.orderByKey() : stage.orderBy();
      return by instanceof String path
          ? Compiled.expression("$" + ViewCompiler.storedPath(path), null)
          : null;
    }

    private static List<Row.Ref> refs(List<Member> members) {
      return members.stream().map(Member::ref).toList();
    }

    /** Drops and sorts groups by expressions on {@code $docs}, the list of their members. */
    private List<List<Row.Ref>> chooseGroups(
        List<List<Member>> groups, Pipeline.Run run, int position, int sign) {
      Compiled match =
          stage.matchExpr() == null ? null : Compiled.expression(stage.matchExpr(), null);
      Compiled sort = stage.sortExpr() == null ? null : Compiled.expression(stage.sortExpr(), null);
      record Keyed(@Nullable Object key, List<Row.Ref> refs) {}
      List<Keyed> kept = new ArrayList<>();
      for (List<Member> members : groups) {
        List<Row.Ref> refs = refs(members);
        if (match == null && sort == null) {
          kept.add(new Keyed(null, refs));
          continue;
        }
        Document root = Document.of("docs", Values.list(run.reread(refs, position)));
        if (match == null || match.test(root)) {
          kept.add(new Keyed(sort == null ? null : SortKeys.of(sort.eval(root), sign), refs));
        }
      }
      if (sort != null) {
        kept.sort((a, b) -> sign * SortKeys.compare(a.key, b.key));
      }
      return kept.stream().map(Keyed::refs).toList();
    }
  }

  private record Member(Row.Ref ref, ObjectId id, @Nullable Object key, int number) {}

  static void add(ViewCompiler view, Stage.GroupBy s) {
    if (view.schema.kind == ViewSchema.Kind.DYNAMIC_GROUPS) {
      throw new PostilException(
          ErrorCode.INVALID_VIEW,
          "the view is grouped by a value already",
          "Flatten it first, or group by several fields at once.");
    }
    ViewSchema members = view.schema;
    ViewSchema schema = view.schema.copy();
    Grouping grouping = grouping(s);
    if (!s.flat()) {
      schema.kind = ViewSchema.Kind.DYNAMIC_GROUPS;
      schema.groupsVideos = schema.mediaType == MediaType.VIDEO;
      schema.mediaType = MediaType.GROUP;
    }
    view.schema = schema;
    view.steps.add(new GroupStep(grouping, members));
  }

  private static Grouping grouping(Stage.GroupBy s) {
    Object by = s.fieldOrExpr();
    Object expression;
    if (by instanceof String path && !path.startsWith("$")) {
      expression = "$" + ViewCompiler.storedPath(path);
    } else if (by instanceof List<?> paths) {
      List<Object> all = new ArrayList<>();
      paths.forEach(
          p ->
              all.add(
                  p instanceof String t && !t.startsWith("$")
                      ? "$" + ViewCompiler.storedPath(t)
                      : String.valueOf(p)));
      expression = Values.list(all);
    } else if (by == null) {
      throw ViewCompiler.invalid("group_by needs a field or an expression");
    } else {
      expression = by;
    }
    Compiled key = Compiled.expression(expression, null);
    Set<String> reads = new HashSet<>(key.reads());
    if (s.orderBy() instanceof String order) {
      reads.addAll(Compiled.expression("$" + order, null).reads());
    }
    if (s.matchExpr() != null || s.sortExpr() != null) {
      reads.add("*");
    }
    return new Grouping(key, reads, s);
  }

  /** Shows the first row of each group, or with {@code flat} all rows group by group. */
  private record GroupStep(Grouping grouping, ViewSchema members) implements Step.StreamStep {
    @Override
    public Set<String> reads() {
      return grouping.reads;
    }

    @Override
    public Iterator<Row> apply(Iterator<Row> rows, Pipeline.Run run, int position) {
      return new Sorter.Lazy(
          () -> {
            List<List<Row.Ref>> groups = grouping.group(rows, run, position);
            Iterator<Row.Ref> refs =
                grouping.stage.flat()
                    ? groups.stream().flatMap(List::stream).iterator()
                    : groups.stream().map(g -> g.get(0)).iterator();
            return run.reread(refs, position);
          });
    }
  }

  static void add(ViewCompiler view, Stage.Flatten s) {
    if (view.schema.kind != ViewSchema.Kind.DYNAMIC_GROUPS) {
      throw ViewCompiler.invalid("flatten needs a view grouped by group_by");
    }
    int at = view.steps.size() - 1;
    while (!(view.steps.get(at) instanceof GroupStep)) {
      at--;
    }
    GroupStep group = (GroupStep) view.steps.get(at);
    ViewDefinition inner =
        s.stages() == null
            ? ViewDefinition.ALL
            : StageDocuments.view(s.stages() instanceof List<?> l ? l : List.of(s.stages()));
    // Stages between chose groups by their first sample; only choosing whole groups can be
    // replayed.
    List<Step> between = List.copyOf(view.steps.subList(at + 1, view.steps.size()));
    while (view.steps.size() > at) {
      view.steps.remove(view.steps.size() - 1);
    }
    ViewSchema schema = view.schema.copy();
    schema.kind = group.members.kind;
    schema.mediaType = group.members.mediaType;
    schema.groupsVideos = false;
    Pipeline members = ViewCompiler.compile(view.source, schema, inner);
    Set<String> reads = new HashSet<>(group.reads());
    between.forEach(step -> reads.addAll(step.reads()));
    members.steps().forEach(step -> reads.addAll(step.reads()));
    view.steps.add(
        Step.stream(
            reads,
            (rows, run, position) ->
                new Sorter.Lazy(
                    () ->
                        flatten(
                            group.grouping.group(rows, run, position),
                            between,
                            members,
                            run,
                            position))));
    view.schema = schema;
  }

  private static Iterator<Row> flatten(
      List<List<Row.Ref>> groups,
      List<Step> between,
      Pipeline members,
      Pipeline.Run run,
      int position) {
    Map<Row.Ref, List<Row.Ref>> byFirst = new LinkedHashMap<>();
    groups.forEach(g -> byFirst.put(g.get(0), g));
    Iterator<List<Row.Ref>> chosen;
    if (between.isEmpty()) {
      chosen = groups.iterator();
    } else {
      Iterator<Row> firsts = run.reread(byFirst.keySet().iterator(), position);
      Iterator<Row> kept = run.through(firsts, between, position);
      List<List<Row.Ref>> some = new ArrayList<>();
      kept.forEachRemaining(row -> some.add(byFirst.getOrDefault(row.ref(), List.of())));
      chosen = some.iterator();
    }
    return new Iterator<>() {
      private Iterator<Row> current = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        while (!current.hasNext() && chosen.hasNext()) {
          current =
              run.through(
                  run.reread(chosen.next().iterator(), position), members.steps(), position);
        }
        return current.hasNext();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new java.util.NoSuchElementException();
        }
        return current.next();
      }
    };
  }

  // --- concat ---------------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.Concat s) {
    if (!(s.samples() instanceof Document d)) {
      throw ViewCompiler.invalid("concat needs an object with dataset_id and stages");
    }
    Object id = d.get("dataset_id");
    if (id != null && !String.valueOf(id).equals(view.source.info().id().toString())) {
      throw ViewCompiler.invalid("concat can add samples of the same dataset only, not of " + id);
    }
    Pipeline other =
        ViewCompiler.compile(
            view.source,
            StageDocuments.view(d.get("stages") == null ? List.of() : d.get("stages")));
    List<Step> before = List.copyOf(view.steps);
    Pipeline first = new Pipeline(view.source, view.schema, before);
    Set<String> reads = new HashSet<>();
    other.steps().forEach(step -> reads.addAll(step.reads()));
    view.steps.clear();
    before.forEach(step -> reads.addAll(step.reads()));
    reads.add("*");
    view.steps.add(new Pipeline.Union(reads, first, other));
  }
}
