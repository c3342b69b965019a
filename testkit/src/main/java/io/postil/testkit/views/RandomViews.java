package io.postil.testkit.views;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.testkit.views.RandomExpressions.Scope;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Random views of {@link RandomDatasets} in FiftyOne's serialised form, with symbols for ids. Sorts
 * that other stages follow end with the id, because which of several tied samples comes first is
 * not specified. Stateless.
 */
final class RandomViews {
  static final Scope IMAGE =
      new Scope(
          List.of("$n", "$x", "$metadata.width", "$reg.value", "$cls.confidence"),
          List.of("$s", "$cls.label"),
          List.of("$t", "$d"),
          List.of(
              "$ints",
              "$strs",
              "$tags",
              "$gt.detections",
              "$gt.detections.confidence",
              "$multi.classifications.label"),
          List.of(
              "$b",
              "$any.k",
              "$any.k.z",
              "$mixed",
              "$mixed.z",
              "$nope",
              "$gt.detections.area",
              "$any",
              "$gt.detections.marks",
              "$kps.keypoints.points"));

  static final Scope VIDEO =
      new Scope(
          List.of("$n", "$cls.confidence"),
          List.of("$cls.label"),
          List.of(),
          List.of("$tags", "$ev.detections", "$frames", "$frames.v", "$frames.objs.detections"),
          List.of("$nope", "$frames.w.label", "$ev.detections.support", "$cls.area"));

  private static final Scope FRAME =
      new Scope(
          List.of("$$this.v", "$$this.frame_number", "$$this.w.confidence"),
          List.of("$$this.w.label"),
          List.of(),
          List.of("$$this.objs.detections", "$$this.objs.detections.confidence"),
          List.of("$$this.w", "$$this.nope", "$n"));

  private final Scope scope;
  private final RandomExpressions expressions;
  private final List<String> listFields;
  private final List<String> singleFields;
  private final List<String> plainFields;
  private final boolean video;
  private final boolean groups;

  private RandomViews(
      Scope scope,
      List<String> listFields,
      List<String> singleFields,
      List<String> plainFields,
      String mediaType) {
    this.scope = scope;
    this.expressions = new RandomExpressions(scope);
    this.listFields = listFields;
    this.singleFields = singleFields;
    this.plainFields = plainFields;
    this.video = mediaType.equals("video");
    this.groups = mediaType.equals("group");
  }

  static RandomViews of(Document dataset) {
    String mediaType = dataset.getString("mediaType", "");
    return mediaType.equals("video")
        ? new RandomViews(
            VIDEO,
            List.of("ev", "frames.objs"),
            List.of("cls", "frames.w"),
            List.of("n", "frames.v"),
            mediaType)
        : new RandomViews(
            IMAGE,
            List.of("gt", "pred", "multi", "polys", "kps"),
            List.of("cls", "reg"),
            List.of("n", "x", "s", "b", "t", "d", "ints", "strs", "any", "mixed"),
            mediaType);
  }

  private static Document stage(String name, @Nullable Object... kwargs) {
    List<@Nullable Object> pairs = new ArrayList<>();
    for (int i = 0; i < kwargs.length; i += 2) {
      pairs.add(Values.listOf(kwargs[i], kwargs[i + 1]));
    }
    return Document.of("_cls", "fiftyone.core.stages." + name, "kwargs", Values.list(pairs));
  }

  private static <T> Arbitrary<T> of(List<T> values) {
    return Arbitraries.of(values);
  }

  private static final Arbitrary<Boolean> MOSTLY =
      Arbitraries.frequency(Tuple.of(3, true), Tuple.of(1, false));

  /** Chains of stages; the last ones may show labels, frames or groups as samples. */
  Arbitrary<List<Document>> views() {
    Arbitrary<List<Document>> chain = stage().list().ofMaxSize(4);
    return Arbitraries.frequencyOf(
        Tuple.of(5, chain),
        Tuple.of(2, Combinators.combine(chain, ending()).as(RandomViews::joined)),
        Tuple.of(
            2, Combinators.combine(stage().list().ofMaxSize(2), derived()).as(RandomViews::joined)),
        Tuple.of(1, Combinators.combine(chain, union()).as(RandomViews::joined)),
        Tuple.of(
            1, Combinators.combine(stage().list().ofMaxSize(2), raw()).as(RandomViews::joined)));
  }

  /** The samples of another view behind those so far, and perhaps a stage on all. */
  private Arbitrary<List<Document>> union() {
    return Combinators.combine(stage().list().ofMaxSize(2), stage().list().ofMaxSize(1))
        .as(
            (added, more) ->
                joined(List.of(stage("Concat", "samples", Document.of("stages", added))), more));
  }

  /** Steps of MongoDB's own. */
  private Arbitrary<List<Document>> raw() {
    Arbitrary<Document> step =
        Arbitraries.oneOf(
            rawFilter(1).map(f -> Document.of("$match", f)),
            Arbitraries.of(1, 2, 5).map(n -> Document.of("$limit", n)),
            Arbitraries.of(0, 1, 2).map(n -> Document.of("$skip", n)),
            Combinators.combine(path(), Arbitraries.of(1, -1))
                .as((p, sign) -> Document.of("$sort", Document.of(p, sign, "_id", 1))));
    Arbitrary<List<Document>> counted =
        Arbitraries.of(List.of(Document.of("$count", "number")), List.<Document>of());
    return Combinators.combine(step.list().ofMaxSize(3), counted)
        .as((steps, last) -> List.of(stage("Mongo", "pipeline", joined(steps, last))));
  }

  private static List<Document> joined(List<Document> a, List<Document> b) {
    List<Document> joined = new ArrayList<>(a);
    joined.addAll(b);
    return joined;
  }

  /** A sort whose ties stay open. */
  private Arbitrary<List<Document>> ending() {
    return Combinators.combine(sortKey(), Arbitraries.of(true, false))
        .as(
            (key, reverse) ->
                List.of(
                    stage(
                        "SortBy", "field_or_expr", key, "reverse", reverse, "create_index", true)));
  }

  private Arbitrary<List<Document>> derived() {
    // Clips of runs of frames get new ids, so that nothing is said about their order.
    Arbitrary<Document> after =
        Arbitraries.of(
            stage("Limit", "limit", 2),
            stage("Skip", "skip", 1),
            stage("Match", "filter", Document.of("tags", "train")));
    Arbitrary<List<Document>> made =
        video
            ? ofVideos().map(List::of)
            : Arbitraries.oneOf(
                patches().map(List::of),
                group().map(List::of),
                Combinators.combine(group(), flatten()).as((g, f) -> List.of(g, f)));
    return Combinators.combine(made, after.list().ofMaxSize(2)).as(RandomViews::joined);
  }

  private Arbitrary<Document> group() {
    Arbitrary<Object> keys =
        Arbitraries.oneOf(
            of(plainFields).map(f -> (Object) f),
            Arbitraries.of("cls.label", "nope", "tags").map(f -> (Object) f),
            expressions.number(0));
    return Combinators.combine(
            keys, Arbitraries.of("id").injectNull(0.6), Arbitraries.of(false, true))
        .as(
            (by, order, reverse) ->
                stage(
                    "GroupBy",
                    "field_or_expr",
                    by,
                    "order_by",
                    order,
                    "reverse",
                    reverse && order != null,
                    "flat",
                    false,
                    "match_expr",
                    null,
                    "sort_expr",
                    null));
  }

  private Arbitrary<Document> flatten() {
    Arbitrary<List<Document>> stages =
        Arbitraries.of(
            List.of(
                List.of(),
                List.of(stage("Limit", "limit", 1)),
                List.of(stage("Skip", "skip", 1), stage("Limit", "limit", 2)),
                List.of(stage("Limit", "limit", 2), stage("MatchTags", "tags", List.of("val"))),
                List.of(
                    stage("SortBy", "field_or_expr", "id", "reverse", true),
                    stage("Limit", "limit", 1))));
    return stages.map(s -> stage("Flatten", "stages", s.isEmpty() ? null : s));
  }

  private Arbitrary<Document> patches() {
    return Combinators.combine(Arbitraries.of("gt", "pred", "polys"), Arbitraries.of(true, false))
        .as(
            (field, others) ->
                stage(
                    "ToPatches",
                    "field",
                    field,
                    "config",
                    others ? Document.of("other_fields", List.of("n", "cls")) : null,
                    "_state",
                    null));
  }

  private Arbitrary<Document> ofVideos() {
    Arbitrary<Object> condition =
        new RandomExpressions(
                new Scope(
                    List.of("$v", "$frame_number"),
                    List.of("$w.label"),
                    List.of(),
                    List.of("$objs.detections"),
                    List.of("$nope", "$w")))
            .condition(0);
    return Arbitraries.oneOf(
        Arbitraries.just(stage("ToFrames", "config", null, "_state", null)),
        Arbitraries.just(stage("ToClips", "field_or_expr", "ev", "config", null, "_state", null)),
        Combinators.combine(condition, Arbitraries.of(0, 1, 2))
            .as(
                (e, tol) ->
                    stage(
                        "ToClips",
                        "field_or_expr",
                        e,
                        "config",
                        Document.of("tol", tol),
                        "_state",
                        null)));
  }

  private Arbitrary<Document> stage() {
    List<net.jqwik.api.Tuple.Tuple2<Integer, Arbitrary<Document>>> stages = new ArrayList<>();
    stages.add(
        Tuple.of(
            6,
            expressions.condition(2).map(c -> stage("Match", "filter", Document.of("$expr", c)))));
    stages.add(Tuple.of(4, rawFilter(1).map(f -> stage("Match", "filter", f))));
    stages.add(Tuple.of(6, filterLabels()));
    stages.add(Tuple.of(3, sortBy()));
    stages.add(Tuple.of(2, Arbitraries.of(2, 0, 1, 3, 9, -1).map(n -> stage("Limit", "limit", n))));
    stages.add(Tuple.of(1, Arbitraries.of(1, 0, 2, -1).map(n -> stage("Skip", "skip", n))));
    stages.add(Tuple.of(2, exists()));
    stages.add(Tuple.of(1, matchTags()));
    stages.add(Tuple.of(2, matchLabels()));
    stages.add(Tuple.of(2, chooseLabels("SelectLabels")));
    stages.add(Tuple.of(2, chooseLabels("ExcludeLabels")));
    stages.add(Tuple.of(1, limitLabels()));
    stages.add(Tuple.of(1, mapLabels()));
    stages.add(Tuple.of(1, mapValues()));
    stages.add(Tuple.of(4, setField()));
    stages.add(Tuple.of(1, filterField()));
    stages.add(Tuple.of(1, chooseFields("SelectFields")));
    stages.add(Tuple.of(1, chooseFields("ExcludeFields")));
    stages.add(Tuple.of(1, chooseSamples()));
    stages.add(Tuple.of(1, chooseBy()));
    if (groups) {
      stages.add(Tuple.of(4, slices()));
    }
    if (video) {
      stages.add(Tuple.of(4, frames()));
    } else {
      stages.add(Tuple.of(1, filterKeypoints()));
    }
    return Arbitraries.frequencyOf(stages.toArray(new net.jqwik.api.Tuple.Tuple2[0]));
  }

  private static Arbitrary<Document> slices() {
    Arbitrary<List<String>> names =
        Arbitraries.of("left", "middle", "right").list().ofMinSize(1).ofMaxSize(2).uniqueElements();
    return Arbitraries.oneOf(
        Combinators.combine(names.injectNull(0.2), MOSTLY)
            .as(
                (some, flat) ->
                    stage(
                        "SelectGroupSlices",
                        "slices",
                        some,
                        "media_type",
                        null,
                        "flat",
                        flat,
                        "_allow_mixed",
                        false,
                        "_force_mixed",
                        false)),
        names.map(some -> stage("ExcludeGroupSlices", "slices", some, "media_type", null)));
  }

  // --- samples -----------------------------------------------------------------------------------

  /** A path without its dollar. */
  private Arbitrary<String> path() {
    return expressions.path().map(p -> String.valueOf(p).substring(1));
  }

  private static final Arbitrary<@Nullable Object> CONSTANTS =
      Arbitraries.of(
          Values.listOf(
              1,
              0,
              3,
              0.5,
              "cat",
              "a",
              "train",
              true,
              null,
              Double.NaN,
              List.of(),
              List.of("a"),
              Document.of("z", 1)));

  private Arbitrary<Document> rawFilter(int depth) {
    Arbitrary<Object> condition =
        Arbitraries.frequencyOf(
            Tuple.of(3, CONSTANTS),
            Tuple.of(1, Arbitraries.of(Values.listOf((Object) null))),
            Tuple.of(
                6,
                Combinators.combine(
                        Arbitraries.of("$eq", "$ne", "$gt", "$gte", "$lt", "$lte"), CONSTANTS)
                    .as((op, v) -> (Object) Document.of(op, v))),
            Tuple.of(
                2,
                Combinators.combine(
                        Arbitraries.of("$in", "$nin", "$all"), CONSTANTS.list().ofMaxSize(3))
                    .as((op, v) -> (Object) Document.of(op, Values.list(v)))),
            Tuple.of(1, Arbitraries.of(true, false).map(e -> Document.of("$exists", e))),
            Tuple.of(1, Arbitraries.of(0, 1, 2).map(n -> Document.of("$size", n))),
            Tuple.of(1, Arbitraries.of("^c", "a").map(r -> Document.of("$regex", r))),
            Tuple.of(1, CONSTANTS.map(v -> (Object) Document.of("$not", Document.of("$gt", v)))));
    Arbitrary<Document> simple =
        Combinators.combine(path(), condition).as((path, c) -> Document.of(path, c));
    if (depth == 0) {
      return simple;
    }
    Arbitrary<List<Document>> parts = rawFilter(depth - 1).list().ofMinSize(1).ofMaxSize(2);
    return Arbitraries.frequencyOf(
        Tuple.of(4, simple),
        Tuple.of(
            1,
            Combinators.combine(Arbitraries.of("$and", "$or", "$nor"), parts)
                .as((op, p) -> Document.of(op, Values.list(p)))));
  }

  private Arbitrary<Object> sortKey() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, path().map(p -> (Object) p)),
        Tuple.of(2, expressions.value().filter(e -> e instanceof Document)));
  }

  private Arbitrary<Document> sortBy() {
    return Combinators.combine(
            Combinators.combine(sortKey(), Arbitraries.of(1, -1))
                .as((key, sign) -> (Object) Values.listOf(key, sign))
                .list()
                .ofMinSize(1)
                .ofMaxSize(2),
            Arbitraries.of(false, true))
        .as(
            (keys, reverse) -> {
              List<@Nullable Object> all = new ArrayList<>(keys);
              all.add(Values.listOf("id", 1));
              return stage(
                  "SortBy",
                  "field_or_expr",
                  Values.list(all),
                  "reverse",
                  reverse,
                  "create_index",
                  true);
            });
  }

  private Arbitrary<Document> exists() {
    Arbitrary<String> paths =
        video
            ? Arbitraries.oneOf(
                path(), Arbitraries.of("frames", "frames.w", "frames.v", "frames.w.label"))
            : path();
    return Combinators.combine(paths, MOSTLY).as((p, b) -> stage("Exists", "field", p, "bool", b));
  }

  private static Arbitrary<Document> matchTags() {
    return Combinators.combine(
            Arbitraries.of("train", "val", "nope").list().ofMaxSize(2),
            MOSTLY,
            Arbitraries.of(false, true))
        .as((tags, b, all) -> stage("MatchTags", "tags", tags, "bool", b, "all", all));
  }

  private static final Arbitrary<List<String>> SAMPLE_IDS =
      Arbitraries.of("@S1", "@S2", "@S3", "@S5", "@NOPE").list().ofMaxSize(3);

  private static final Arbitrary<List<String>> LABEL_IDS =
      Arbitraries.of("@L1", "@L2", "@L3", "@L4", "@L5", "@L6", "@L9", "@L12").list().ofMaxSize(4);

  private static Arbitrary<Document> chooseSamples() {
    Arbitrary<Document> taken =
        Combinators.combine(Arbitraries.of(0, 1, 2, 9), Arbitraries.of(5, 4_711))
            .as((n, r) -> stage("Take", "size", n, "seed", 1, "_randint", r));
    Arbitrary<Document> shuffled =
        Arbitraries.of(3, 99_991).map(r -> stage("Shuffle", "seed", 1, "_randint", r));
    return Arbitraries.oneOf(
        Combinators.combine(SAMPLE_IDS, Arbitraries.of(false, true))
            .as((ids, ordered) -> stage("Select", "sample_ids", ids, "ordered", ordered)),
        SAMPLE_IDS.map(ids -> stage("Exclude", "sample_ids", ids)),
        taken,
        shuffled);
  }

  private Arbitrary<Document> chooseBy() {
    Arbitrary<List<@Nullable Object>> values = CONSTANTS.list().ofMaxSize(3);
    return Arbitraries.oneOf(
        Combinators.combine(path(), values)
            .as(
                (p, v) ->
                    stage("SelectBy", "field", p, "values", Values.list(v), "ordered", false)),
        Combinators.combine(path(), values)
            .as((p, v) -> stage("ExcludeBy", "field", p, "values", Values.list(v))));
  }

  private Arbitrary<Document> frames() {
    Arbitrary<List<String>> ids =
        Arbitraries.of("@S1#1", "@S1#2", "@S2#1", "@S2#4").list().ofMaxSize(3);
    return Arbitraries.oneOf(
        Combinators.combine(new RandomExpressions(FRAME).condition(1), MOSTLY)
            .as((c, omit) -> stage("MatchFrames", "filter", c, "omit_empty", omit)),
        Combinators.combine(ids, MOSTLY)
            .as((f, omit) -> stage("SelectFrames", "frame_ids", f, "omit_empty", omit)),
        Combinators.combine(ids, MOSTLY)
            .as((f, omit) -> stage("ExcludeFrames", "frame_ids", f, "omit_empty", omit)));
  }

  // --- labels ------------------------------------------------------------------------------------

  private Arbitrary<String> labelField() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, of(listFields)),
        Tuple.of(2, of(singleFields)),
        Tuple.of(1, Arbitraries.of("cls", "cls", "cls", "nope", "n")));
  }

  private String prefix(String field) {
    return listFields.contains(field)
        ? "$$this"
        : field.startsWith("frames.") ? "$$frame." + field.substring(7) : "$" + field;
  }

  private Arbitrary<Object> labelCondition(String field) {
    return new RandomExpressions(Scope.ofLabel(prefix(field), scope)).condition(1);
  }

  private Arbitrary<Document> filterLabels() {
    return labelField()
        .flatMap(
            field ->
                Combinators.combine(labelCondition(field), MOSTLY, Arbitraries.of(false, true))
                    .as(
                        (c, only, trajectories) ->
                            stage(
                                "FilterLabels",
                                "field",
                                field,
                                "filter",
                                c,
                                "only_matches",
                                only,
                                "trajectories",
                                trajectories && field.equals("frames.objs"))));
  }

  private Arbitrary<@Nullable List<String>> fields() {
    return labelField().list().ofMinSize(1).ofMaxSize(2).uniqueElements().injectNull(0.4);
  }

  private static final Arbitrary<List<String>> TAGS =
      Arbitraries.of("easy", "hard", "nope").list().ofMinSize(1).ofMaxSize(2);

  private Arbitrary<Document> matchLabels() {
    Arbitrary<Object> filter = new RandomExpressions(Scope.ofLabel("$$FIELD", scope)).condition(1);
    return Combinators.combine(
            LABEL_IDS.injectNull(0.7),
            TAGS.injectNull(0.7),
            filter.injectNull(0.3),
            fields(),
            MOSTLY)
        .as(
            (ids, tags, f, fields, b) ->
                stage(
                    "MatchLabels",
                    "labels",
                    null,
                    "ids",
                    ids,
                    "instance_ids",
                    null,
                    "tags",
                    tags,
                    "filter",
                    f,
                    "fields",
                    fields,
                    "bool",
                    b));
  }

  private Arbitrary<Document> chooseLabels(String name) {
    return Combinators.combine(
            LABEL_IDS.injectNull(0.5),
            Arbitraries.of("@I1").list().ofSize(1).injectNull(0.8),
            TAGS.injectNull(0.5),
            fields(),
            MOSTLY)
        .as(
            (ids, instances, tags, fields, omit) ->
                stage(
                    name,
                    "labels",
                    null,
                    "ids",
                    ids,
                    "instance_ids",
                    instances,
                    "tags",
                    tags,
                    "fields",
                    fields,
                    "omit_empty",
                    omit));
  }

  private Arbitrary<Document> limitLabels() {
    return Combinators.combine(labelField(), Arbitraries.of(1, 2, 0, -1))
        .as((f, n) -> stage("LimitLabels", "field", f, "limit", n));
  }

  private Arbitrary<Document> filterKeypoints() {
    return Combinators.combine(
            Arbitraries.of("$gt", "$lt", "$eq", "$ne"),
            Arbitraries.of("$$expr.confidence", "$$expr.confidence", "$$expr.marks", "$n"),
            CONSTANTS,
            MOSTLY)
        .as(
            (op, attribute, v, only) ->
                stage(
                    "FilterKeypoints",
                    "field",
                    "kps",
                    "filter",
                    Document.of(op, Values.listOf(attribute, v)),
                    "labels",
                    null,
                    "only_matches",
                    only));
  }

  // --- fields ------------------------------------------------------------------------------------

  private Arbitrary<Document> mapLabels() {
    Arbitrary<Document> maps =
        Arbitraries.of(
            Document.of("cat", "dog", "dog", "cat"),
            Document.of("bird", null),
            Document.of("", "x"));
    return Combinators.combine(labelField(), maps)
        .as((f, m) -> stage("MapLabels", "field", f, "map", m));
  }

  private Arbitrary<Document> mapValues() {
    List<Object> maps =
        List.of(
            Document.of("a", "A", "cat", null),
            List.of(List.of(3, 33), Values.listOf(null, 0)),
            List.of(List.of(1, "one"), List.of(true, "yes")));
    return Combinators.combine(of(plainFields), of(maps))
        .as((f, m) -> stage("MapValues", "field", f, "map", m));
  }

  private Arbitrary<Document> setField() {
    Arbitrary<Document> ofSamples =
        Combinators.combine(
                of(plainFields.stream().filter(f -> !f.startsWith("frames.")).toList()),
                expressions.value())
            .as((f, e) -> stage("SetField", "field", f, "expr", e, "_allow_missing", false));
    List<String> places =
        video
            ? List.of(
                "ev.detections.label", "cls.label", "frames.objs.detections.label", "frames.v")
            : List.of(
                "gt.detections.label",
                "pred.detections.area",
                "cls.label",
                "cls.confidence",
                "multi.classifications.confidence");
    Arbitrary<Document> ofLabels =
        of(places)
            .flatMap(
                place -> {
                  String parent = place.substring(0, place.lastIndexOf('.'));
                  String prefix = parent.startsWith("cls") ? "$cls" : "$$this";
                  Scope label = parent.equals("frames") ? FRAME : Scope.ofLabel(prefix, scope);
                  RandomExpressions of = new RandomExpressions(label);
                  return (place.endsWith("label") ? of.text() : of.number(1))
                      .map(
                          e ->
                              stage("SetField", "field", place, "expr", e, "_allow_missing", true));
                });
    return Arbitraries.oneOf(ofSamples, ofLabels);
  }

  private Arbitrary<Document> filterField() {
    return of(plainFields)
        .flatMap(
            f ->
                Combinators.combine(Arbitraries.of("$gt", "$lt", "$eq", "$ne"), CONSTANTS, MOSTLY)
                    .as(
                        (op, v, only) ->
                            stage(
                                "FilterField",
                                "field",
                                f,
                                "filter",
                                Document.of(op, Values.listOf(prefix(f), v)),
                                "only_matches",
                                only)));
  }

  private Arbitrary<Document> chooseFields(String name) {
    List<String> names = new ArrayList<>(listFields);
    names.addAll(singleFields);
    names.addAll(plainFields);
    if (name.equals("SelectFields") && !video) {
      names.addAll(List.of("gt.detections.label", "cls.label"));
    }
    Arbitrary<String> some =
        Arbitraries.frequencyOf(Tuple.of(12, of(names)), Tuple.of(1, Arbitraries.of("nope")));
    return some.list()
        .ofMaxSize(name.equals("SelectFields") ? 8 : 3)
        .uniqueElements()
        .map(f -> stage(name, "field_names", f, "meta_filter", null, "_allow_missing", false));
  }

  // --- aggregations ------------------------------------------------------------------------------

  /** Questions about a view, in the form of the recorded cases. */
  Arbitrary<Document> aggregations() {
    List<String> inLists =
        video
            ? List.of(
                "ev.detections.label",
                "frames.v",
                "frames.objs.detections.label",
                "frames.objs.detections",
                "ev.detections.support",
                "frames.frame_number",
                "cls.area")
            : List.of(
                "gt.detections.label",
                "gt.detections.area",
                "gt.detections.tags",
                "gt",
                "multi.classifications.confidence",
                "pred.detections",
                "gt.detections.bounding_box",
                "any.k",
                "tags",
                "metadata.width",
                "polys.polylines.filled",
                "kps.keypoints.points");
    Arbitrary<String> paths =
        Arbitraries.frequencyOf(
            Tuple.of(3, of(plainFields)),
            Tuple.of(4, of(inLists)),
            Tuple.of(1, Arbitraries.of("id", "cls.label", "cls.confidence", "nope")));
    Arbitrary<Document> simple =
        Combinators.combine(
                Arbitraries.of(
                    "Count",
                    "CountValues",
                    "Distinct",
                    "Bounds",
                    "Sum",
                    "Mean",
                    "Std",
                    "Values",
                    "Min",
                    "Max"),
                paths,
                Arbitraries.frequency(
                    Tuple.of(4, Document.empty()), Tuple.of(1, Document.of("safe", true))))
            .as((op, p, args) -> aggregation(op, p, null, args));
    Arbitrary<Document> computed =
        Combinators.combine(
                Arbitraries.of("Count", "CountValues", "Bounds", "Sum", "Mean", "Values"),
                Arbitraries.oneOf(expressions.number(1), expressions.text()))
            .as((op, e) -> aggregation(op, null, e, Document.empty()));
    Arbitrary<Document> others =
        Combinators.combine(
                Arbitraries.of(
                    video
                        ? List.of("n", "frames.v")
                        : List.of("n", "x", "t", "ints", "gt.detections.confidence")),
                Arbitraries.of(
                    List.of("HistogramValues", Document.of("bins", 3)),
                    List.of("HistogramValues", Document.of("bins", 4, "range", List.of(0, 4))),
                    List.of("Quantiles", Document.of("quantiles", List.of(0, 0.25, 0.5, 1))),
                    List.of("Values", Document.of("unwind", true)),
                    List.of("Values", Document.of("missing_value", -1)),
                    List.of("Std", Document.of("sample", true))))
            .as((p, op) -> aggregation(String.valueOf(op.get(0)), p, null, (Document) op.get(1)));
    return Arbitraries.frequencyOf(
        Tuple.of(4, simple),
        Tuple.of(2, computed),
        Tuple.of(1, others),
        Tuple.of(1, Arbitraries.just(aggregation("Count", null, null, Document.empty()))));
  }

  private static Document aggregation(
      String op, @Nullable String field, @Nullable Object expression, Document arguments) {
    return Document.of("op", op)
        .with("field", field)
        .with("expr", expression)
        .with("args", arguments);
  }
}
