package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldType;
import io.postil.core.query.AggregatedValues;
import io.postil.core.query.AggregationResult;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * The steps that answer an aggregation behind those of a view: lists on its path are unwound, and a
 * group sums up the values. For histograms and quantiles the server gives only the values, with
 * lists in lists, and the core sums them up: to take them apart and sort them costs the server more
 * than to send them. Schemas, and what looks at all frames of a video, or into other slices, from
 * within an expression, are left to the evaluator of the core.
 */
final class AggregationPipeline {
  /** The operators that sum up a group and ignore what they cannot take. */
  private static final Set<String> SUMS =
      Set.of("Sum", "Mean", "Std", "Bounds", "Min", "Max", "Count");

  /** The operators of which the server gives the values only. */
  private static final Set<String> OF_VALUES = Set.of("HistogramValues", "Quantiles");

  private final ViewSchema schema;
  private final Aggregation aggregation;
  private final AggregatedValues values;
  private final List<Document> steps = new ArrayList<>();

  private AggregationPipeline(ViewSchema schema, Aggregation aggregation, AggregatedValues values) {
    this.schema = schema;
    this.aggregation = aggregation;
    this.values = values;
  }

  /**
   * The steps; null if the evaluator must do it.
   *
   * @param schema what the view shows
   * @param frameSteps what it makes of each frame
   * @throws io.postil.core.PostilException if the view shows no such field
   */
  static @Nullable AggregationPipeline compile(
      DatasetReader reader, ViewSchema schema, List<Document> frameSteps, Aggregation aggregation) {
    AggregatedValues values = AggregatedValues.of(aggregation);
    String field = values.field();
    if (field != null && schema.find(top(field)).isEmpty()) {
      throw schema.unknownField(field);
    }
    AggregationPipeline pipeline = new AggregationPipeline(schema, aggregation, values);
    if (field != null && field.contains("[]") || pipeline.looksElsewhere(reader.info())) {
      return null;
    }
    if (pipeline.ofFrames()) {
      pipeline.steps.add(FrameSteps.joined(reader.frameCollection(), frameSteps));
    }
    return pipeline.add() ? pipeline : null;
  }

  /** The field of samples or frames that a path begins with. */
  private static String top(String path) {
    String[] names = path.replace("[]", "").split("\\.", -1);
    boolean frame = path.startsWith(DatasetInfo.FRAMES);
    return frame ? DatasetInfo.FRAMES + names[1] : names[0];
  }

  /** Whether the values are those of frames, which are then taken apart first. */
  private boolean ofFrames() {
    String field = values.field();
    return schema.hasFrames() && field != null && FrameSteps.isOfFrames(field);
  }

  /** Whether frames or other slices are spoken of in a way that only the evaluator knows. */
  private boolean looksElsewhere(DatasetInfo info) {
    if (info.group() == null && !schema.hasFrames()) {
      return false;
    }
    Expression expression = values.expression();
    String text =
        (ofFrames() ? "" : values.field())
            + (expression == null ? "" : String.valueOf(expression.toValue()));
    return text.contains("frames")
        || text.contains("groups")
        || ofFrames() && schema.kind() == ViewSchema.Kind.CLIPS;
  }

  private boolean add() {
    if (OF_VALUES.contains(aggregation.op())) {
      return addValues();
    }
    boolean flat =
        !aggregation.op().equals("Values") || aggregation.arguments().getBoolean("unwind", false);
    if (!flat && ofFrames()) {
      // All frames of a video may be more than a document can hold.
      return false;
    }
    Object value = flat ? unwound() : nested();
    if (SUMS.contains(aggregation.op())) {
      return group(sum(value));
    }
    switch (aggregation.op()) {
      case "Distinct" -> {
        group(Document.of("_id", Document.of("v", Document.of("$ifNull", listOf(value, null)))));
        // An expression, as $ne would look into arrays.
        step("$match", Document.of("$expr", Document.of("$gt", listOf("$_id.v", null))));
        // An array stands where its least element does; as a part of a document it sorts as a
        // whole.
        step("$sort", Document.of("_id.v", 1, "_id", 1));
        return step("$replaceWith", "$_id");
      }
      case "CountValues" -> {
        Document key = Document.of("v", Document.of("$ifNull", listOf(value, null)));
        group(Document.of("_id", key, "n", Document.of("$sum", 1)));
        step("$sort", Document.of("_id", 1));
        return step("$replaceWith", Document.of("v", "$_id.v", "n", "$n"));
      }
      case "Values" -> {
        return step("$replaceWith", Document.of("v", value));
      }
      default -> {
        return false;
      }
    }
  }

  private boolean addValues() {
    if (values.field() == null && values.expression() == null) {
      return false;
    }
    if (!ofFrames()) {
      return step("$replaceWith", Document.of("v", nested()));
    }
    step("$unwind", "$frames");
    List<String> names = List.of(String.valueOf(values.field()).split("\\.", -1));
    return step("$replaceWith", Document.of("v", nested("$frames.", names, 1)));
  }

  private static List<@Nullable Object> listOf(@Nullable Object... values) {
    return Values.listOf(values);
  }

  private boolean step(String name, Object argument) {
    return steps.add(Document.of(name, argument));
  }

  private boolean group(Document group) {
    return step("$group", group);
  }

  private Document sum(@Nullable Object value) {
    Object something = Document.of("$gt", listOf(value, null));
    boolean all = aggregation.field() == null && aggregation.expression() == null;
    Document.Builder out = Document.builder().put("_id", null);
    return switch (aggregation.op()) {
      case "Sum" -> out.put("v", Document.of("$sum", value)).build();
      case "Mean" -> out.put("v", Document.of("$avg", value)).build();
      case "Std" -> {
        boolean sample = aggregation.arguments().getBoolean("sample", false);
        yield out.put("v", Document.of(sample ? "$stdDevSamp" : "$stdDevPop", value)).build();
      }
      case "Count" -> {
        Object one = all ? (Object) 1 : Document.of("$cond", listOf(something, 1, 0));
        yield out.put("v", Document.of("$sum", one)).build();
      }
      default ->
          out.put("v", Document.of("$min", value)).put("w", Document.of("$max", value)).build();
    };
  }

  // --- values ------------------------------------------------------------------------------------

  private boolean isList(String path) {
    return schema.find(path).map(f -> f.type() == FieldType.LIST).orElse(false);
  }

  /** Takes apart the lists on the path; what is left of it is one value. */
  private @Nullable Object unwound() {
    String field = values.field();
    if (field == null) {
      return leaf("$$ROOT");
    }
    List<String> names = List.of(field.split("\\.", -1));
    for (int i = 1; i <= names.size(); i++) {
      String path = String.join(".", names.subList(0, i));
      boolean last = i == names.size();
      if (isList(path) && !(last && values.expression() != null)) {
        step("$unwind", "$" + ViewPipeline.storedPath(path));
      }
    }
    Object leaf = leaf("$" + ViewPipeline.storedPath(field));
    if (values.expression() == null || !isList(field)) {
      return leaf;
    }
    // What an expression makes of a list is taken apart as the list would be.
    step("$replaceWith", Document.of("made", leaf));
    step("$unwind", "$made");
    return "$made";
  }

  /** The values with lists in lists, as the path goes through them. */
  private @Nullable Object nested() {
    String field = values.field();
    if (field == null) {
      return leaf("$$ROOT");
    }
    return nested("$", List.of(field.split("\\.", -1)), 0);
  }

  private @Nullable Object nested(String holder, List<String> names, int from) {
    for (int i = from + 1; i < names.size(); i++) {
      if (isList(String.join(".", names.subList(0, i)))) {
        String element = "element" + i;
        Document map =
            Document.builder()
                .put("input", holder + String.join(".", names.subList(from, i)))
                .put("as", element)
                .put("in", nested("$$" + element + ".", names, i))
                .build();
        return Document.of("$map", map);
      }
    }
    String rest = String.join(".", names.subList(from, names.size()));
    String stored = from == 0 ? ViewPipeline.storedPath(rest) : rest.equals("id") ? "_id" : rest;
    return leaf(holder + stored);
  }

  /** What is made of one value. */
  private @Nullable Object leaf(String path) {
    Object value = path;
    if (values.expression() != null) {
      Document variables = Document.of("expr", path);
      Object made = values.expression().toValue("$$expr");
      value = Document.of("$let", Document.of("vars", variables, "in", made));
    }
    if (OF_VALUES.contains(aggregation.op())) {
      return value;
    }
    if (aggregation.arguments().getBoolean("safe", false)) {
      List<Object> infinite =
          List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
      value =
          Document.of("$cond", listOf(Document.of("$in", listOf(value, infinite)), null, value));
    }
    Object missing = aggregation.arguments().get("missing_value");
    boolean shown = aggregation.op().equals("Values") || missing != null;
    return shown ? Document.of("$ifNull", listOf(value, Document.of("$literal", missing))) : value;
  }

  // --- results -----------------------------------------------------------------------------------

  /** The result of the aggregation of what a pipeline gives. */
  @Nullable Object result(PipelineReader rows) {
    List<BsonDocument> further = steps.stream().map(BsonValues::toBson).toList();
    if (OF_VALUES.contains(aggregation.op())) {
      return summedUp(rows, further);
    }
    List<Document> found = rows.documents(further);
    Document first = found.isEmpty() ? Document.empty() : found.get(0);
    return switch (aggregation.op()) {
      case "Count" -> first.getLong("v", 0);
      case "Sum", "Mean", "Std" -> found.isEmpty() ? (Object) 0 : first.get("v");
      case "Min" -> first.get("v");
      case "Max" -> first.get("w");
      case "Bounds" -> listOf(first.get("v"), first.get("w"));
      case "CountValues" ->
          Values.list(found.stream().map(d -> listOf(d.get("v"), d.getLong("n", 0))).toList());
      default -> Values.list(found.stream().map(d -> d.get("v")).toList());
    };
  }

  private @Nullable Object summedUp(PipelineReader rows, List<BsonDocument> further) {
    AggregationResult result = AggregationResult.of(aggregation, schema, values.field());
    int depth = depth();
    if (result.needsBounds()) {
      rows.forEach(further, d -> each(d.get("v"), depth, v -> result.addBound(shown(v))));
    }
    rows.forEach(further, d -> each(d.get("v"), depth, v -> result.add(shown(v))));
    return result.result();
  }

  /** How many lists in lists a value is in. */
  private int depth() {
    String field = values.field();
    if (field == null) {
      return 0;
    }
    String[] names = field.split("\\.", -1);
    int depth = 0;
    StringBuilder path = new StringBuilder();
    for (String name : names) {
      path.append(path.isEmpty() ? "" : ".").append(name);
      depth += isList(path.toString()) ? 1 : 0;
    }
    return ofFrames() ? depth - 1 : depth;
  }

  /** Takes lists apart; what is in place of a list counts as its only element. */
  private static void each(@Nullable Object value, int depth, Consumer<@Nullable Object> action) {
    if (depth == 0) {
      action.accept(value);
    } else if (value instanceof List<?> list) {
      list.forEach(e -> each(e, depth - 1, action));
    } else if (value != null) {
      each(value, depth - 1, action);
    }
  }

  private @Nullable Object shown(@Nullable Object value) {
    boolean safe = aggregation.arguments().getBoolean("safe", false);
    boolean hidden = safe && value instanceof Double d && !Double.isFinite(d);
    return value == null || hidden ? aggregation.arguments().get("missing_value") : value;
  }
}
