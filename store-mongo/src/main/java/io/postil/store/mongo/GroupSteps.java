package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the stages about slices of groups, groups by value and the union of views. A method
 * that gives null leaves its stage to the evaluator. Stateless.
 */
final class GroupSteps {
  private static final String FIRST = "_group_first";
  private static final String PLACE = "_group_place";

  private GroupSteps() {}

  // --- slices ------------------------------------------------------------------------------------

  /**
   * The samples of some slices of the groups whose samples come in, as they are stored.
   *
   * @param samples the collection
   * @param after what the view shows then
   */
  static List<Document> members(
      DatasetInfo.GroupInfo group, String samples, Set<String> slices, ViewSchema after) {
    Object chosen =
        Document.of("$in", Values.listOf("$" + group.field() + ".name", List.copyOf(slices)));
    Document lookup =
        Document.builder()
            .put("from", samples)
            .put("localField", group.field() + "._id")
            .put("foreignField", group.field() + "._id")
            .put("pipeline", List.of(Document.of("$match", Document.of("$expr", chosen))))
            .put("as", "members")
            .build();
    List<Document> steps = new ArrayList<>();
    steps.add(Document.of("$project", Document.of(group.field(), 1)));
    steps.add(Document.of("$lookup", lookup));
    steps.add(Document.of("$unwind", "$members"));
    steps.add(Document.of("$replaceWith", "$members"));
    steps.addAll(hide(after.info(), after));
    return steps;
  }

  /** Takes away the fields of stored samples that a view does not show. */
  private static List<Document> hide(DatasetInfo info, ViewSchema shown) {
    Set<String> names = new HashSet<>();
    shown.sampleFields().forEach(f -> names.add(f.name()));
    if (info.group() != null) {
      names.add(info.group().field());
    }
    List<String> hidden =
        info.sampleFields().stream().map(FieldSpec::name).filter(f -> !names.contains(f)).toList();
    return hidden.isEmpty() ? List.of() : List.of(Document.of("$unset", hidden));
  }

  // --- groups by value ---------------------------------------------------------------------------

  /** The first sample of each group; null where all members are wanted. */
  static @Nullable List<Document> firsts(Stage.GroupBy s) {
    Object key = key(s.fieldOrExpr());
    if (s.flat() || key == null || !hasKnownOrder(s)) {
      return null;
    }
    List<Document> steps = new ArrayList<>();
    if (s.orderBy() instanceof String path) {
      steps.add(Document.of("$sort", order(path, s.reverse())));
    }
    Document first = Document.of("$first", "$$ROOT");
    steps.add(Document.of("$group", Document.of("_id", key, "first", first)));
    steps.add(Document.of("$replaceWith", "$first"));
    steps.add(Document.of("$sort", Document.of("_id", 1)));
    return steps;
  }

  private static boolean hasKnownOrder(Stage.GroupBy s) {
    return s.orderBy() instanceof String || s.orderBy() == null && s.orderByKey() == null;
  }

  private static Document order(String path, boolean reverse) {
    return Document.of(ViewPipeline.storedPath(path), reverse ? -1 : 1);
  }

  /**
   * The members of all groups, group by group, in place of the groups; null for the evaluator.
   *
   * @param before the stages before the groups were made
   * @param s how they were
   * @param stages the stages on each group; those that only choose a range of members are done here
   */
  static @Nullable List<Document> members(List<Stage> before, Stage.GroupBy s, List<Stage> stages) {
    Object key = key(s.fieldOrExpr());
    Document sorted = s.orderBy() instanceof String path ? order(path, s.reverse()) : null;
    // Without an order of their own, members stand in the order of insertion, as ids do.
    if (s.flat()
        || key == null
        || !hasKnownOrder(s)
        || sorted == null && !before.stream().allMatch(GroupSteps::keepsOrder)) {
      return null;
    }
    Document order = sorted == null ? Document.of("_id", 1) : sorted;
    // The first of each group is known as soon as its first member is.
    Document soFar = Document.of("documents", Values.listOf("unbounded", "current"));
    Document first = Document.of("$first", "$_id", "window", soFar);
    Document window =
        Document.builder()
            .put(
                "partitionBy", Document.of("key", Document.of("$ifNull", Values.listOf(key, null))))
            .put("sortBy", order)
            .put(
                "output",
                Document.of(FIRST, first, PLACE, Document.of("$documentNumber", Document.empty())))
            .build();
    List<Document> steps = new ArrayList<>();
    steps.add(Document.of("$setWindowFields", window));
    Document range = range(stages);
    if (!range.isEmpty()) {
      steps.add(Document.of("$match", Document.of(PLACE, range)));
    }
    steps.add(Document.of("$sort", Document.of(FIRST, 1, PLACE, 1)));
    steps.add(Document.of("$unset", List.of(FIRST, PLACE)));
    return steps;
  }

  /** The stages on each group. */
  static List<Stage> stages(Stage.Flatten s) {
    Object stages = s.stages();
    return stages == null
        ? List.of()
        : StageDocuments.view(stages instanceof List<?> l ? l : List.of(stages)).stages();
  }

  /** How many of the first stages on each group choose a range of its members. */
  static int ranges(List<Stage> stages) {
    int count = 0;
    while (count < stages.size()
        && (stages.get(count) instanceof Stage.Limit || stages.get(count) instanceof Stage.Skip)) {
      count++;
    }
    return count;
  }

  /** The places, from 1, of the members that are left; empty if all are. */
  private static Document range(List<Stage> stages) {
    long skipped = 0;
    long end = Long.MAX_VALUE;
    for (Stage stage : stages.subList(0, ranges(stages))) {
      if (stage instanceof Stage.Skip s) {
        skipped += Math.max(s.skip(), 0);
      } else if (stage instanceof Stage.Limit l) {
        end = Math.min(end, skipped + Math.max(l.limit(), 0));
      }
    }
    Document range = skipped == 0 ? Document.empty() : Document.of("$gt", skipped);
    return end == Long.MAX_VALUE ? range : range.with("$lte", end);
  }

  /** Whether samples come in the order of insertion if they did before. */
  private static boolean keepsOrder(Stage stage) {
    return chooses(stage)
        || stage instanceof Stage.Limit
        || stage instanceof Stage.Skip
        || stage instanceof Stage.FilterField
        || stage instanceof Stage.FilterKeypoints
        || stage instanceof Stage.SelectLabels
        || stage instanceof Stage.ExcludeLabels
        || stage instanceof Stage.LimitLabels
        || stage instanceof Stage.SelectFields
        || stage instanceof Stage.ExcludeFields
        || stage instanceof Stage.MapLabels
        || stage instanceof Stage.MapValues
        || stage instanceof Stage.SetField;
  }

  /**
   * Whether a stage says of each sample by itself whether it stays, so that groups don't matter.
   */
  static boolean chooses(Stage stage) {
    return stage instanceof Stage.Exclude
        || stage instanceof Stage.Select s && !s.ordered()
        || stage instanceof Stage.ExcludeBy
        || stage instanceof Stage.Match
        || stage instanceof Stage.MatchTags
        || stage instanceof Stage.MatchLabels
        || stage instanceof Stage.Exists
        || stage instanceof Stage.FilterLabels;
  }

  /** The expression of a path, an expression, or a list of them. */
  private static @Nullable Object key(@Nullable Object by) {
    return switch (by) {
      case String path -> path.startsWith("$") ? path : "$" + ViewPipeline.storedPath(path);
      case List<?> list -> Values.list(list.stream().map(GroupSteps::key).toList());
      case null -> null;
      default -> by;
    };
  }

  // --- union -------------------------------------------------------------------------------------

  /** The view whose samples a stage adds; null if it is none of this dataset. */
  static @Nullable ViewDefinition added(DatasetInfo info, Stage.Concat s) {
    if (!(s.samples() instanceof Document d)) {
      return null;
    }
    Object id = d.get("dataset_id");
    if (id != null && !String.valueOf(id).equals(info.id().toString())) {
      return null;
    }
    return StageDocuments.view(d.get("stages") == null ? List.of() : d.get("stages"));
  }

  /** The step that adds the samples of another pipeline on the same collection. */
  static Document union(DatasetInfo info, String samples, List<Document> added, ViewSchema shown) {
    List<Document> inner = new ArrayList<>(added);
    inner.addAll(hide(info, shown));
    return Document.of("$unionWith", Document.of("coll", samples, "pipeline", inner));
  }
}
