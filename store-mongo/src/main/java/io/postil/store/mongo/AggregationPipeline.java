package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldType;
import io.postil.core.query.AggregatedValues;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * The steps that answer an aggregation behind those of a view: lists on its path are unwound, and a
 * group sums up the values. Histograms, quantiles, schemas and whatever looks into frames or other
 * slices are left to the evaluator of the core.
 */
final class AggregationPipeline {
  /** The operators that sum up a group and ignore what they cannot take. */
  private static final Set<String> SUMS =
      Set.of("Sum", "Mean", "Std", "Bounds", "Min", "Max", "Count");

  private final ViewSchema schema;
  private final Aggregation aggregation;
  private final List<Document> steps = new ArrayList<>();

  private AggregationPipeline(ViewSchema schema, Aggregation aggregation) {
    this.schema = schema;
    this.aggregation = aggregation;
  }

  /**
   * The steps, which give one document or, for distinct values and lists of them, one for each
   * value {@code v}; null if the evaluator must do it.
   *
   * @param schema what the view shows
   * @throws io.postil.core.PostilException if the view shows no such field
   */
  static @Nullable List<BsonDocument> compile(
      DatasetReader reader, ViewSchema schema, Aggregation aggregation) {
    AggregatedValues values = AggregatedValues.of(aggregation);
    String field = values.field();
    if (field != null && schema.find(top(field)).isEmpty()) {
      throw schema.unknownField(field);
    }
    boolean ofFrames = ofFrames(schema, values);
    if (field != null && field.contains("[]")
        || looksElsewhere(reader.info(), schema, values, ofFrames)) {
      return null;
    }
    AggregationPipeline pipeline = new AggregationPipeline(schema, aggregation);
    if (ofFrames) {
      pipeline.steps.add(DerivedSteps.joinedFrames(reader.frameCollection()));
    }
    return pipeline.add(values) ? pipeline.steps.stream().map(BsonValues::toBson).toList() : null;
  }

  /** The field of samples or frames that a path begins with. */
  private static String top(String path) {
    String[] names = path.replace("[]", "").split("\\.", -1);
    boolean frame = path.startsWith(DatasetInfo.FRAMES);
    return frame ? DatasetInfo.FRAMES + names[1] : names[0];
  }

  /** Whether the values are those of frames, which are then taken apart first. */
  private static boolean ofFrames(ViewSchema schema, AggregatedValues values) {
    String field = values.field();
    return schema.hasFrames() && field != null && field.startsWith(DatasetInfo.FRAMES);
  }

  /** Whether frames or other slices are spoken of in a way that only the evaluator knows. */
  private static boolean looksElsewhere(
      DatasetInfo info, ViewSchema schema, AggregatedValues values, boolean ofFrames) {
    if (info.group() == null && !schema.hasFrames()) {
      return false;
    }
    Expression expression = values.expression();
    String text =
        (ofFrames ? "" : values.field())
            + (expression == null ? "" : String.valueOf(expression.toValue()));
    return text.contains("frames") || text.contains("groups");
  }

  private boolean add(AggregatedValues values) {
    boolean flat =
        !aggregation.op().equals("Values") || aggregation.arguments().getBoolean("unwind", false);
    if (!flat && ofFrames(schema, values)) {
      // All frames of a video may be more than a document can hold.
      return false;
    }
    Object value = flat ? unwound(values) : nested(values);
    if (SUMS.contains(aggregation.op())) {
      return group(sum(value));
    }
    switch (aggregation.op()) {
      case "Distinct" -> {
        group(Document.of("_id", Document.of("v", Document.of("$ifNull", listOf(value, null)))));
        step("$match", Document.of("_id.v", Document.of("$ne", null)));
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
  private @Nullable Object unwound(AggregatedValues values) {
    String field = values.field();
    if (field == null) {
      return leaf("$$ROOT", values);
    }
    List<String> names = List.of(field.split("\\.", -1));
    for (int i = 1; i <= names.size(); i++) {
      String path = String.join(".", names.subList(0, i));
      boolean last = i == names.size();
      if (isList(path) && !(last && values.expression() != null)) {
        step("$unwind", "$" + ViewPipeline.storedPath(path));
      }
    }
    Object leaf = leaf("$" + ViewPipeline.storedPath(field), values);
    if (values.expression() == null || !isList(field)) {
      return leaf;
    }
    // What an expression makes of a list is taken apart as the list would be.
    step("$replaceWith", Document.of("made", leaf));
    step("$unwind", "$made");
    return "$made";
  }

  /** The values with lists in lists, as the path goes through them. */
  private @Nullable Object nested(AggregatedValues values) {
    String field = values.field();
    if (field == null) {
      return leaf("$$ROOT", values);
    }
    return nested("$", List.of(field.split("\\.", -1)), 0, values);
  }

  private @Nullable Object nested(
      String holder, List<String> names, int from, AggregatedValues values) {
    for (int i = from + 1; i < names.size(); i++) {
      if (isList(String.join(".", names.subList(0, i)))) {
        String element = "element" + i;
        Document map =
            Document.builder()
                .put("input", holder + String.join(".", names.subList(from, i)))
                .put("as", element)
                .put("in", nested("$$" + element + ".", names, i, values))
                .build();
        return Document.of("$map", map);
      }
    }
    String rest = String.join(".", names.subList(from, names.size()));
    String stored = from == 0 ? ViewPipeline.storedPath(rest) : rest.equals("id") ? "_id" : rest;
    return leaf(holder + stored, values);
  }

  /** What is made of one value. */
  private @Nullable Object leaf(String path, AggregatedValues values) {
    Object value = path;
    if (values.expression() != null) {
      Document variables = Document.of("expr", path);
      Object made = values.expression().toValue("$$expr");
      value = Document.of("$let", Document.of("vars", variables, "in", made));
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

  /** The result that the documents of the pipeline mean. */
  static @Nullable Object result(Aggregation aggregation, List<Document> found) {
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
}
