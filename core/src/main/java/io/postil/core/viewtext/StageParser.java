package io.postil.core.viewtext;

import io.postil.core.Nearest;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.view.Expression;
import io.postil.core.view.LabelCriteria;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads stages: those of {@link Stages} under their own names. Not thread-safe. */
final class StageParser {
  /** Makes a stage of what it is given and of the view before it. */
  private interface Maker {
    Stage make(Call call, Supplier<ViewSchema> before);
  }

  private record Entry(Signature signature, Maker maker) {}

  private static final Map<String, Entry> ALL = new TreeMap<>();

  /** Stages whose argument is stages. */
  private static final List<String> NESTED = List.of("concat(stages)", "flatten(stages)");

  /**
   * The parameters that are formulas on samples. A field that is nowhere would make them keep or
   * sort nothing, without a word.
   */
  private static final Map<String, String> OF_SAMPLES =
      Map.of("match", "condition", "sortBy", "keys");

  static {
    samples();
    labels();
    fields();
    groups();
    others();
  }

  private final ExpressionParser in;
  private final DatasetInfo info;

  StageParser(ExpressionParser in, DatasetInfo info) {
    this.in = in;
    this.info = info;
  }

  /** How each is written, by name. */
  static List<String> signatures() {
    return Stream.concat(ALL.values().stream().map(e -> e.signature().toString()), NESTED.stream())
        .sorted()
        .toList();
  }

  /** Reads stages with bars between them, which follow a view. */
  ViewDefinition stages(ViewDefinition view) {
    ViewDefinition longer = view;
    do {
      longer = longer.then(stage(longer));
    } while (in.takeIf("|"));
    return longer;
  }

  private Stage stage(ViewDefinition before) {
    Token name = in.take();
    if (name.kind() != Token.Kind.NAME) {
      throw in.error(name, in.describe(name) + " where a stage was expected", hint(""));
    }
    in.expect("(", "Write " + name.text() + "(...).");
    if (name.text().equals("concat")) {
      return Stages.concat(info.id(), nested(ViewDefinition.ALL));
    }
    if (name.text().equals("flatten")) {
      List<Stage> all = in.takeIf(")") ? List.of() : nested(before).stages();
      return Stages.flatten(
          all.isEmpty()
              ? new Stage[0]
              : all.subList(before.stages().size(), all.size()).toArray(Stage[]::new));
    }
    Entry entry = ALL.get(name.text());
    if (entry == null) {
      throw in.error(name, "there is no stage '" + name.text() + "'", hint(name.text()));
    }
    Call call = Call.read(in, name, entry.signature());
    String ofSamples = OF_SAMPLES.get(name.text());
    if (ofSamples != null && before.stages().stream().noneMatch(StageParser::mayAddFields)) {
      call.requireKnown(ofSamples, ViewSchema.of(info, before));
    }
    return entry.maker().make(call, () -> ViewSchema.of(info, before));
  }

  /** Whether a stage may give samples fields that nobody declared. */
  private static boolean mayAddFields(Stage stage) {
    return stage instanceof Stage.Mongo || stage instanceof Stage.SetField;
  }

  private ViewDefinition nested(ViewDefinition before) {
    ViewDefinition view = stages(before);
    in.expect(")", "Close the stages with a bracket.");
    return view;
  }

  private static String hint(String name) {
    List<String> names = signatures().stream().map(s -> s.substring(0, s.indexOf('('))).toList();
    return Nearest.hint(name, names);
  }

  private static void add(String signature, Maker maker) {
    Signature read = Signature.of(signature);
    ALL.put(read.name(), new Entry(read, maker));
  }

  private static void of(String signature, Function<Call, Stage> maker) {
    add(signature, (call, before) -> maker.apply(call));
  }

  // --- samples --------------------------------------------------------------------------------

  private static void samples() {
    of("select(ids..., ordered=false)", a -> Stages.select(a.ids("ids"), a.flag("ordered")));
    of("exclude(ids...)", a -> Stages.exclude(a.ids("ids")));
    of(
        "selectBy(field, values..., ordered=false)",
        a -> Stages.selectBy(a.text("field"), a.constants("values"), a.flag("ordered")));
    of(
        "excludeBy(field, values...)",
        a -> Stages.excludeBy(a.text("field"), a.constants("values")));
    of("match(condition)", StageParser::match);
    of(
        "matchTags(tags..., bool=true, all=false)",
        a -> Stages.matchTags(a.texts("tags"), a.flag("bool"), a.flag("all")));
    of(
        "matchLabels(condition=null, ids=null, instanceIds=null, tags=null, fields=null,"
            + " labels=null, bool=true)",
        a -> Stages.matchLabels(criteria(a).withFilter(a.optional("condition")), a.flag("bool")));
    of("exists(field, bool=true)", a -> Stages.exists(a.text("field"), a.flag("bool")));
    of("limit(limit)", a -> Stages.limit(a.whole("limit")));
    of("skip(skip)", a -> Stages.skip(a.whole("skip")));
    of("take(size, seed=51)", a -> Stages.take(a.whole("size"), a.optionalWhole("seed")));
    of("shuffle(seed=51)", a -> Stages.shuffle(a.optionalWhole("seed")));
    of("sortBy(keys..., reverse=false)", StageParser::sortBy);
  }

  /** A formula, or a query document of MongoDB in braces. */
  private static Stage match(Call call) {
    return call.expression("condition") instanceof Expression.Entries
        ? Stages.match((Document) Objects.requireNonNull(call.constant("condition")))
        : Stages.match(call.expression("condition"));
  }

  private static Stage sortBy(Call call) {
    Map<Object, Boolean> keys = new LinkedHashMap<>();
    @Nullable Object last = null;
    for (Expression key : call.expressions("keys")) {
      if (last != null && Call.isOrder(key)) {
        keys.put(last, ((Expression.Field) key).name().equals("desc"));
      } else {
        last = path(key);
        keys.put(last, call.flag("reverse"));
      }
    }
    if (keys.isEmpty()) {
      throw call.error("sortBy needs a field or formula");
    }
    if (keys.size() > 1) {
      return Stages.sortBy(keys);
    }
    boolean reverse = keys.values().iterator().next();
    return last instanceof Expression formula
        ? Stages.sortBy(formula, reverse)
        : Stages.sortBy((String) Objects.requireNonNull(last), reverse);
  }

  /** A plain field as its name, a list of them as a list, anything else as an expression. */
  private static Object path(Expression expression) {
    if (expression instanceof Expression.Array list) {
      return list.elements().stream().map(StageParser::path).toList();
    }
    return expression instanceof Expression.Field f && !f.name().startsWith("$")
        ? f.name()
        : expression;
  }

  // --- labels ---------------------------------------------------------------------------------

  private static LabelCriteria criteria(Call call) {
    return LabelCriteria.ANY
        .withLabels(call.optionalList("labels"))
        .withIds(call.optionalList("ids"))
        .withInstanceIds(call.optionalList("instanceIds"))
        .withTags(call.optionalList("tags"))
        .withFields(call.optionalList("fields"));
  }

  private static void labels() {
    add(
        "filterLabels(field, condition, onlyMatches=true, trajectories=false)",
        (a, before) ->
            Stages.filterLabels(
                a.text("field"),
                a.expression("condition"),
                before.get().labelPrefix(a.text("field")),
                a.flag("onlyMatches"),
                a.flag("trajectories")));
    of(
        "filterField(field, condition, onlyMatches=true)",
        a -> Stages.filterField(a.text("field"), a.expression("condition"), a.flag("onlyMatches")));
    of(
        "filterKeypoints(field, condition=null, labels=null, onlyMatches=true)",
        a ->
            Stages.filterKeypoints(
                a.text("field"),
                a.optional("condition"),
                a.has("labels") ? a.texts("labels") : null,
                a.flag("onlyMatches")));
    String criteria =
        "Labels(ids=null, instanceIds=null, tags=null, fields=null, labels=null, omitEmpty=true)";
    of("select" + criteria, a -> Stages.selectLabels(criteria(a), a.flag("omitEmpty")));
    of("exclude" + criteria, a -> Stages.excludeLabels(criteria(a), a.flag("omitEmpty")));
    of("limitLabels(field, limit)", a -> Stages.limitLabels(a.text("field"), a.whole("limit")));
    of("mapLabels(field, map)", StageParser::mapLabels);
    of("mapValues(field, map)", a -> Stages.mapValues(a.text("field"), a.constantMap("map")));
  }

  private static Stage mapLabels(Call call) {
    Map<String, @Nullable Object> names = new LinkedHashMap<>();
    call.constantMap("map").forEach((old, name) -> names.put(String.valueOf(old), name));
    return Stages.mapLabels(call.text("field"), names);
  }

  // --- fields and frames ----------------------------------------------------------------------

  private static void fields() {
    of("selectFields(fields...)", a -> Stages.selectFields(a.texts("fields")));
    of("excludeFields(fields...)", a -> Stages.excludeFields(a.texts("fields")));
    add("setField(field, value)", StageParser::setField);
    of(
        "matchFrames(condition, omitEmpty=true)",
        a -> Stages.matchFrames(a.expression("condition"), a.flag("omitEmpty")));
    of(
        "selectFrames(ids..., omitEmpty=true)",
        a -> Stages.selectFrames(a.ids("ids"), a.flag("omitEmpty")));
    of(
        "excludeFrames(ids..., omitEmpty=true)",
        a -> Stages.excludeFrames(a.ids("ids"), a.flag("omitEmpty")));
  }

  private static Stage setField(Call call, Supplier<ViewSchema> before) {
    String field = call.text("field");
    String parent = field.substring(0, Math.max(0, field.lastIndexOf('.')));
    return Stages.setField(field, call.expression("value"), before.get().parentPrefix(parent));
  }

  // --- groups ---------------------------------------------------------------------------------

  private static void groups() {
    of(
        "selectGroupSlices(slices..., flat=true)",
        a -> Stages.selectGroupSlices(a.texts("slices"), a.flag("flat")));
    of("excludeGroupSlices(slices...)", a -> Stages.excludeGroupSlices(a.texts("slices")));
    of(
        "groupBy(by, orderBy=null, reverse=false)",
        a ->
            Stages.groupBy(path(a.expression("by")), a.optionalText("orderBy"), a.flag("reverse")));
    of(
        "groupByFlat(by, match=null, sort=null, reverse=false)",
        a ->
            Stages.groupByFlat(
                path(a.expression("by")),
                a.optional("match"),
                a.optional("sort"),
                a.flag("reverse")));
  }

  // --- other kinds of samples -----------------------------------------------------------------

  private static void others() {
    of(
        "toPatches(field, otherFields=[], keepLabelLists=false)",
        a -> Stages.toPatches(a.text("field"), a.texts("otherFields"), a.flag("keepLabelLists")));
    of("toFrames()", a -> Stages.toFrames());
    of(
        "toClips(by, otherFields=[], tolerance=0, minLength=0)",
        a ->
            Stages.toClips(
                path(a.expression("by")),
                a.texts("otherFields"),
                a.whole("tolerance"),
                a.whole("minLength")));
    of("mongo(pipeline)", a -> Stages.mongo(pipeline(a)));
  }

  private static List<Document> pipeline(Call call) {
    List<?> steps = call.constants("pipeline");
    for (Object step : steps) {
      if (!(step instanceof Document)) {
        throw call.error("the steps of MongoDB are documents, such as [{$limit: 3}]");
      }
    }
    return steps.stream().map(Document.class::cast).toList();
  }
}
