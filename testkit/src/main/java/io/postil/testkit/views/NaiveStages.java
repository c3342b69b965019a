package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.isTrue;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.testkit.views.NaiveRows.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stages that choose and sort samples; those that change what they show are in {@link
 * NaiveLabelStages}, {@link NaiveFieldStages} and {@link NaiveDerivedStages}. Stateless.
 */
final class NaiveStages {
  private NaiveStages() {}

  static NaiveRows apply(NaiveRows view, Stage stage) {
    return switch (stage) {
      case Stage.Select s -> select(view, s);
      case Stage.Exclude s -> view.filter(d -> !s.sampleIds().contains(id(d)));
      case Stage.SelectBy s -> selectBy(view, s);
      case Stage.ExcludeBy s ->
          view.filter(
              d ->
                  !NaiveMatch.matches(
                      Document.of(
                          stored(s.field()), Document.of("$in", ids(s.field(), s.values()))),
                      d));
      case Stage.Limit s -> limit(view, s.limit());
      case Stage.Skip s ->
          view.with(
              view.rows()
                  .subList((int) Math.clamp(s.skip(), 0, view.rows().size()), view.rows().size()));
      case Stage.Take s -> limit(shuffle(view, s.randint()), s.size());
      case Stage.Shuffle s -> shuffle(view, s.randint());
      case Stage.SortBy s -> sortBy(view, s);
      case Stage.Match s -> match(view, s.filter());
      case Stage.MatchTags s -> matchTags(view, s);
      case Stage.Exists s -> exists(view, s);
      case Stage.MatchLabels s -> NaiveLabelStages.match(view, s);
      case Stage.FilterLabels s -> NaiveLabelStages.filter(view, s);
      case Stage.FilterKeypoints s -> NaiveLabelStages.filterKeypoints(view, s);
      case Stage.SelectLabels s -> NaiveLabelStages.select(view, s);
      case Stage.ExcludeLabels s -> NaiveLabelStages.exclude(view, s);
      case Stage.LimitLabels s -> NaiveLabelStages.limit(view, s);
      case Stage.FilterField s -> NaiveFieldStages.filter(view, s);
      case Stage.SelectFields s -> NaiveFieldStages.select(view, s);
      case Stage.ExcludeFields s -> NaiveFieldStages.exclude(view, s);
      case Stage.MapLabels s -> NaiveFieldStages.mapLabels(view, s);
      case Stage.MapValues s -> NaiveFieldStages.mapValues(view, s);
      case Stage.SetField s -> NaiveFieldStages.set(view, s);
      case Stage.MatchFrames s ->
          frames(
              view,
              s.omitEmpty(),
              (sample, frame) ->
                  isTrue(NaiveExpressions.evaluate(s.filter(), sample, "this", frame)));
      case Stage.SelectFrames s ->
          frames(view, s.omitEmpty(), (sample, frame) -> has(s.frameIds(), frame));
      case Stage.ExcludeFrames s ->
          frames(view, s.omitEmpty(), (sample, frame) -> !has(s.frameIds(), frame));
      case Stage.GroupBy s -> NaiveGroups.group(view, s);
      case Stage.Flatten s -> NaiveGroups.flatten(view, s);
      case Stage.Mongo s -> mongo(view, s);
      case Stage.ToPatches s -> NaiveDerivedStages.patches(view, s);
      case Stage.ToFrames s -> NaiveDerivedStages.frames(view);
      case Stage.ToClips s -> NaiveDerivedStages.clips(view, s);
      case Stage.Concat s -> throw new IllegalStateException("a union is made of whole views");
      case Stage.SelectGroupSlices s -> throw new NaiveError("the samples are not grouped");
      case Stage.ExcludeGroupSlices s -> throw new NaiveError("the samples are not grouped");
      case Stage.Unknown s -> throw new NaiveError("unknown stage " + s.name());
    };
  }

  // --- ids and paths -----------------------------------------------------------------------------

  static ObjectId id(Document document) {
    return java.util.Objects.requireNonNull(document.get("_id", ObjectId.class));
  }

  private static boolean has(List<?> ids, Document document) {
    return ids("id", ids).contains(id(document));
  }

  static List<Document> frames(Document sample) {
    List<Document> frames = new ArrayList<>();
    sample
        .getList("frames")
        .forEach(f -> frames.add((Document) java.util.Objects.requireNonNull(f)));
    return frames;
  }

  /** The path a name is stored under. */
  static String stored(String path) {
    List<String> names = new ArrayList<>(PlainValues.names(path));
    int last = names.size() - 1;
    if (names.get(last).equals("id")
        || last == 0 && (names.get(0).equals("sample_id") || names.get(0).equals("frame_id"))) {
      names.set(last, "_" + names.get(last));
    }
    return String.join(".", names);
  }

  /** Values for the path of an id, which may be given as texts. */
  static List<?> ids(String path, List<?> values) {
    String last = path.substring(path.lastIndexOf('.') + 1);
    return last.equals("id") || last.endsWith("_id")
        ? Values.list(
            values.stream()
                .map(v -> v instanceof String s && ObjectId.isValid(s) ? ObjectId.of(s) : v)
                .toList())
        : values;
  }

  // --- choosing ----------------------------------------------------------------------------------

  private static NaiveRows select(NaiveRows view, Stage.Select s) {
    NaiveRows chosen = view.filter(d -> s.sampleIds().contains(id(d)));
    return s.ordered()
        ? sorted(chosen, d -> Document.of("key", s.sampleIds().indexOf(id(d))), KEY)
        : chosen;
  }

  private static NaiveRows selectBy(NaiveRows view, Stage.SelectBy s) {
    List<?> values = ids(s.field(), s.values());
    String path = stored(s.field());
    NaiveRows chosen =
        view.filter(d -> NaiveMatch.matches(Document.of(path, Document.of("$in", values)), d));
    return s.ordered()
        ? sorted(chosen, d -> Document.of("key", place(d, path, values)), KEY)
        : chosen;
  }

  private static int place(Document document, String path, List<?> values) {
    for (int i = 0; i < values.size(); i++) {
      if (NaiveMatch.matches(
          Document.of(path, Document.of("$in", Values.listOf(values.get(i)))), document)) {
        return i;
      }
    }
    return values.size();
  }

  private static NaiveRows limit(NaiveRows view, long limit) {
    return view.with(view.rows().subList(0, (int) Math.clamp(limit, 0, view.rows().size())));
  }

  static NaiveRows match(NaiveRows view, @Nullable Object filter) {
    if (!(filter instanceof Document d)) {
      throw new NaiveError("the filter of a match must be an object");
    }
    return view.filter(sample -> NaiveMatch.matches(d, sample));
  }

  private static NaiveRows matchTags(NaiveRows view, Stage.MatchTags s) {
    if (!s.tags().stream().allMatch(String.class::isInstance)) {
      throw new NaiveError("tags are texts");
    }
    boolean wanted = !Boolean.FALSE.equals(s.bool());
    Document tags = Document.of("tags", Document.of(s.all() ? "$all" : "$in", s.tags()));
    return view.filter(d -> NaiveMatch.matches(tags, d) == wanted);
  }

  private static NaiveRows exists(NaiveRows view, Stage.Exists s) {
    boolean wanted = !Boolean.FALSE.equals(s.bool());
    List<String> path = PlainValues.names(stored(s.field()));
    if (view.schema().video() && path.get(0).equals("frames")) {
      List<String> inFrame = path.subList(1, path.size());
      return view.filter(
          d ->
              frames(d).stream().anyMatch(f -> !isNothing(PlainValues.path(f, inFrame))) == wanted);
    }
    return view.filter(d -> !isNothing(PlainValues.path(d, path)) == wanted);
  }

  private interface FrameTest {
    boolean test(Document sample, Document frame);
  }

  private static NaiveRows frames(NaiveRows view, boolean omitEmpty, FrameTest wanted) {
    if (!view.schema().video()) {
      throw new NaiveError("these samples have no frames");
    }
    NaiveRows changed =
        view.map(
            d ->
                d.with(
                    "frames",
                    Values.list(frames(d).stream().filter(f -> wanted.test(d, f)).toList())));
    return omitEmpty ? changed.filter(d -> !frames(d).isEmpty()) : changed;
  }

  private static NaiveRows mongo(NaiveRows start, Stage.Mongo s) {
    NaiveRows view = start;
    for (Object step : s.pipeline()) {
      if (!(step instanceof Document d) || d.size() != 1) {
        throw new NaiveError("a step is an object of one entry");
      }
      Object argument = d.valueAt(0);
      view =
          switch (d.nameAt(0)) {
            case "$match" -> match(view, argument);
            case "$limit" ->
                limit(view, ((Number) java.util.Objects.requireNonNull(argument)).longValue());
            case "$skip" ->
                apply(
                    view,
                    new Stage.Skip(
                        ((Number) java.util.Objects.requireNonNull(argument)).longValue()));
            case "$sort" -> sort(view, (Document) java.util.Objects.requireNonNull(argument));
            case "$count" -> counted(view, String.valueOf(argument));
            default -> throw new NotCovered(d.nameAt(0));
          };
    }
    return view;
  }

  private static NaiveRows sort(NaiveRows view, Document order) {
    List<NaiveSort.Key> keys = new ArrayList<>();
    order.forEach((path, sign) -> keys.add(new NaiveSort.Key(PlainValues.names(path), sign(sign))));
    return sorted(view, d -> d, keys);
  }

  /** One document with the number of all; none if there are none. */
  private static NaiveRows counted(NaiveRows view, String name) {
    int count = view.rows().size();
    Row row = new Row(Document.of(name, count), 0, List.of());
    return view.with(count == 0 ? List.of() : List.of(row));
  }

  // --- order -------------------------------------------------------------------------------------

  private static final List<NaiveSort.Key> KEY = List.of(new NaiveSort.Key(List.of("key"), 1));

  /** The rows in the order of keys of a document that is made of each. */
  static NaiveRows sorted(
      NaiveRows view,
      java.util.function.Function<Document, Document> document,
      List<NaiveSort.Key> keys) {
    record Keyed(List<@Nullable Object> tuple, Row row) {}
    List<Keyed> keyed = new ArrayList<>();
    for (Row row : view.rows()) {
      keyed.add(new Keyed(NaiveSort.keys(document.apply(row.document()), keys), row));
    }
    Comparator<List<@Nullable Object>> order = NaiveSort.order(keys);
    keyed.sort((a, b) -> order.compare(a.tuple(), b.tuple()));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < keyed.size(); i++) {
      boolean tied = i > 0 && order.compare(keyed.get(i).tuple(), keyed.get(i - 1).tuple()) == 0;
      Row row = keyed.get(i).row();
      rows.add(new Row(row.document(), tied ? rows.get(i - 1).rank() : i, row.members()));
    }
    return view.with(rows);
  }

  private static NaiveRows shuffle(NaiveRows view, long randint) {
    return sorted(
        view,
        d -> {
          Double random = d.getDouble("_rand");
          if (random == null) {
            throw new NotCovered("samples without a random number");
          }
          return Document.of("key", randint % random);
        },
        KEY);
  }

  private static NaiveRows sortBy(NaiveRows view, Stage.SortBy s) {
    List<NaiveSort.Key> keys = new ArrayList<>();
    List<@Nullable Object> expressions = new ArrayList<>();
    List<?> given = s.fieldOrExpr() instanceof List<?> list ? list : List.of(s.fieldOrExpr());
    for (Object element : given) {
      List<?> pair = element instanceof List<?> p ? p : Values.listOf(element, 1);
      int sign = s.reverse() ? -sign(pair.get(1)) : sign(pair.get(1));
      if (pair.get(0) instanceof String path && !path.startsWith("$")) {
        keys.add(new NaiveSort.Key(PlainValues.names(stored(path)), sign));
      } else {
        keys.add(new NaiveSort.Key(List.of("computed" + expressions.size()), sign));
        expressions.add(pair.get(0));
      }
    }
    return sorted(view, d -> computed(d, expressions), keys);
  }

  private static Document computed(Document document, List<@Nullable Object> expressions) {
    Document out = document;
    for (int i = 0; i < expressions.size(); i++) {
      Object value = NaiveExpressions.evaluate(expressions.get(i), document);
      out = value == PlainValues.MISSING ? out : out.with("computed" + i, value);
    }
    return out;
  }

  private static int sign(@Nullable Object order) {
    String word = String.valueOf(order).toLowerCase(java.util.Locale.ROOT);
    if (word.equals("1") || word.startsWith("a")) {
      return 1;
    }
    if (word.equals("-1") || word.startsWith("d")) {
      return -1;
    }
    throw new NaiveError("no order: " + order);
  }
}
