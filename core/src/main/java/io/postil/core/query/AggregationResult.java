package io.postil.core.query;

import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one aggregation has collected so far. Not thread-safe. */
public abstract class AggregationResult {
  AggregationResult() {}

  /** Takes a value; a missing one is null. */
  public abstract void add(@Nullable Object value);

  /** Takes a value several times. */
  void add(@Nullable Object value, long times) {
    for (long i = 0; i < times; i++) {
      add(value);
    }
  }

  /** Takes a number. */
  void add(double value) {
    add((Double) value);
  }

  /** Whether nothing depends on the order of the values, not even the last bits of a sum. */
  boolean takesAnyOrder() {
    return false;
  }

  /** The result for the values so far. */
  public abstract @Nullable Object result();

  /** Whether all values must be seen once before they are added. */
  public boolean needsBounds() {
    return false;
  }

  /** Takes a value in that first pass. */
  public void addBound(@Nullable Object value) {}

  /**
   * Starts an aggregation.
   *
   * @param schema what the view shows
   * @param field the path whose values it takes; null if there is none
   * @throws io.postil.core.PostilException if its arguments make no sense
   */
  public static AggregationResult of(
      Aggregation aggregation, ViewSchema schema, @Nullable String field) {
    Document arguments = aggregation.arguments();
    return switch (aggregation.op()) {
      case "Count" -> new Count(aggregation.field() == null && aggregation.expression() == null);
      case "CountValues" -> new CountValues();
      case "Distinct" -> new Distinct();
      case "Bounds" -> new Extremes(true, true);
      case "Min" -> new Extremes(true, false);
      case "Max" -> new Extremes(false, true);
      case "Sum" -> new Sum();
      case "Mean" -> new Mean();
      case "Std" -> new Std(arguments.getBoolean("sample", false));
      case "Quantiles" -> new Quantiles(arguments.get("quantiles"));
      case "Values" -> new AllValues();
      case "HistogramValues" ->
          arguments.getBoolean("auto", false)
              ? new AutoHistogram((int) bins(arguments))
              : new Histogram((int) bins(arguments), arguments.getList("range"));
      case "Schema" ->
          new Schemas(schema, field, arguments.getBoolean("dynamic_only", false), false);
      case "ListSchema" -> new Schemas(schema, field, false, true);
      default -> throw ViewCompiler.invalid("there is no aggregation '" + aggregation.op() + "'");
    };
  }

  private static long bins(Document arguments) {
    Object bins = arguments.get("bins");
    if (bins != null && !(bins instanceof Number)) {
      throw ViewCompiler.invalid(
          "bins must be a number, not " + bins + "; use range for the outer edges");
    }
    long count = arguments.getLong("bins", 10);
    if (count < 1 || count > 1_000_000) {
      throw ViewCompiler.invalid("bins must be between 1 and 1,000,000, not " + count);
    }
    return count;
  }

  private static final class Count extends AggregationResult {
    private final boolean samples;
    private long count;

    Count(boolean samples) {
      this.samples = samples;
    }

    @Override
    public void add(@Nullable Object value) {
      add(value, 1);
    }

    @Override
    void add(@Nullable Object value, long times) {
      if (samples || value != null) {
        count += times;
      }
    }

    @Override
    boolean takesAnyOrder() {
      return true;
    }

    @Override
    public Object result() {
      return count;
    }
  }

  private static final class CountValues extends AggregationResult {
    private final Map<@Nullable Object, long[]> counts = new TreeMap<>(BsonOrder.COMPARATOR);
    private final Map<String, long[]> texts = new java.util.HashMap<>();

    @Override
    public void add(@Nullable Object value) {
      add(value, 1);
    }

    @Override
    void add(@Nullable Object value, long times) {
      if (times > 0) {
        (value instanceof String s
                    ? texts.computeIfAbsent(s, k -> new long[1])
                    : counts.computeIfAbsent(value, k -> new long[1]))
                [0] +=
            times;
      }
    }

    @Override
    boolean takesAnyOrder() {
      return true;
    }

    @Override
    public Object result() {
      counts.putAll(texts);
      texts.clear();
      List<@Nullable Object> pairs = new ArrayList<>();
      counts.forEach(
          (value, count) -> pairs.add(AggregationEvaluator.pair(Writes.plain(value), count[0])));
      return Values.list(pairs);
    }
  }

  private static final class Distinct extends AggregationResult {
    private final TreeSet<@Nullable Object> values = new TreeSet<>(BsonOrder.COMPARATOR);

    @Override
    public void add(@Nullable Object value) {
      if (value != null) {
        values.add(value);
      }
    }

    @Override
    void add(@Nullable Object value, long times) {
      if (times > 0) {
        add(value);
      }
    }

    @Override
    boolean takesAnyOrder() {
      return true;
    }

    @Override
    public @Nullable Object result() {
      List<@Nullable Object> sorted = new ArrayList<>(values);
      if (sorted.stream().anyMatch(List.class::isInstance)) {
        // A list stands where its least element does, as in a sort.
        sorted.sort((a, b) -> SortKeys.compare(SortKeys.of(a, 1), SortKeys.of(b, 1)));
      }
      return Writes.plain(sorted);
    }
  }

  private static final class Extremes extends AggregationResult {
    private final boolean wantsLeast;
    private final boolean wantsMost;
    private @Nullable Object least;
    private @Nullable Object most;

    // Between these a number changes nothing.
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;

    Extremes(boolean wantsLeast, boolean wantsMost) {
      this.wantsLeast = wantsLeast;
      this.wantsMost = wantsMost;
    }

    @Override
    public void add(@Nullable Object value) {
      if (value == null) {
        return;
      }
      if (least == null || BsonOrder.compare(value, least) < 0) {
        least = value;
      }
      if (most == null || BsonOrder.compare(value, most) > 0) {
        most = value;
      }
    }

    @Override
    void add(@Nullable Object value, long times) {
      if (times > 0) {
        add(value);
      }
    }

    @Override
    void add(double value) {
      if (!(value >= low && value <= high)) {
        add((Double) value);
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }

    @Override
    boolean takesAnyOrder() {
      return true;
    }

    @Override
    public @Nullable Object result() {
      if (wantsLeast && wantsMost) {
        return AggregationEvaluator.pair(Writes.plain(least), Writes.plain(most));
      }
      return Writes.plain(wantsLeast ? least : most);
    }
  }

  private static final class Sum extends AggregationResult {
    private Number sum = 0;

    @Override
    public void add(@Nullable Object value) {
      if (value instanceof Number n) {
        sum = NumberOperators.plus(sum, n);
      }
    }

    @Override
    public Object result() {
      return sum;
    }
  }

  private static final class Mean extends AggregationResult {
    private boolean any;
    private long count;
    private double sum;

    @Override
    public void add(@Nullable Object value) {
      any = true;
      if (value instanceof Number n) {
        sum += n.doubleValue();
        count++;
      }
    }

    @Override
    public @Nullable Object result() {
      return count > 0 ? (Object) (sum / count) : any ? null : (Object) 0;
    }
  }

  private static final class Std extends AggregationResult {
    private final boolean sample;
    private final NumberOperators.Deviation deviation = new NumberOperators.Deviation();
    private boolean any;

    Std(boolean sample) {
      this.sample = sample;
    }

    @Override
    public void add(@Nullable Object value) {
      any = true;
      if (value instanceof Number n) {
        deviation.add(n.doubleValue());
      }
    }

    @Override
    public @Nullable Object result() {
      return any ? deviation.result(sample) : (Object) 0;
    }
  }

  private static final class Quantiles extends AggregationResult {
    private final @Nullable Object wanted;
    private double[] values = new double[64];
    private int count;

    Quantiles(@Nullable Object wanted) {
      this.wanted = wanted;
      for (Object q : wanted instanceof List<?> l ? l : Values.listOf(wanted)) {
        if (!(q instanceof Number n) || n.doubleValue() < 0 || n.doubleValue() > 1) {
          throw ViewCompiler.invalid("quantiles are numbers between 0 and 1, not " + q);
        }
      }
    }

    @Override
    public void add(@Nullable Object value) {
      if (value instanceof Number n) {
        if (count == values.length) {
          values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = n.doubleValue();
      }
    }

    @Override
    public @Nullable Object result() {
      double[] sorted = Arrays.copyOf(values, count);
      // Here NaN is the largest number, other than in the order of values.
      Arrays.sort(sorted);
      if (wanted instanceof List<?> list) {
        return Values.list(list.stream().map(q -> quantile(sorted, q)).toList());
      }
      return quantile(sorted, wanted);
    }

    private static @Nullable Object quantile(double[] sorted, @Nullable Object q) {
      if (sorted.length == 0 || !(q instanceof Number n)) {
        return null;
      }
      return sorted[(int) Math.max(Math.ceil(n.doubleValue() * sorted.length) - 1, 0)];
    }
  }

  private static final class AllValues extends AggregationResult {
    private final List<@Nullable Object> values = new ArrayList<>();

    @Override
    public void add(@Nullable Object value) {
      values.add(Writes.plain(value));
    }

    @Override
    public Object result() {
      return Values.list(values);
    }
  }

  /** Bins of equal width. */
  private static final class Histogram extends AggregationResult {
    private final int bins;
    private final List<?> range;
    private final Extremes bounds = new Extremes(true, true);
    private boolean dates;
    private double @Nullable [] edges;
    private final long[] counts;
    private long others;
    private boolean any;

    Histogram(int bins, List<?> range) {
      this.bins = bins;
      this.range = range;
      this.counts = new long[bins];
    }

    @Override
    public boolean needsBounds() {
      return range.isEmpty();
    }

    @Override
    public void addBound(@Nullable Object value) {
      boolean finite = !(value instanceof Double d) || Double.isFinite(d);
      if (finite) {
        bounds.add(value);
      }
    }

    private static double number(@Nullable Object value) {
      return switch (value) {
        case Number n -> n.doubleValue();
        case Instant i -> i.toEpochMilli();
        case Boolean b -> b ? 1 : 0;
        case null -> Double.NaN;
        default ->
            throw ViewCompiler.invalid(
                "a histogram needs numbers or dates, not " + BsonOrder.typeName(value));
      };
    }

    private double[] edges() {
      double[] known = edges;
      if (known == null) {
        Object least = range.size() == 2 ? range.get(0) : bounds.least;
        Object most = range.size() == 2 ? range.get(1) : bounds.most;
        dates = least instanceof Instant;
        double low = number(least);
        double high = number(most);
        if (Double.isNaN(low) || Double.isNaN(high)) {
          low = -1;
          high = -1;
        }
        if (range.isEmpty()) {
          high += dates ? Math.max(1, high - low < bins ? bins : 1) : 1e-6;
        }
        known = new double[bins + 1];
        for (int i = 0; i <= bins; i++) {
          known[i] = i == bins ? high : low + i * ((high - low) / bins);
        }
        edges = known;
      }
      return known;
    }

    @Override
    public void add(@Nullable Object value) {
      any = true;
      double[] known = edges();
      boolean fits = dates ? value instanceof Instant : value instanceof Number;
      double x = fits ? number(value) : Double.NaN;
      if (!(x >= known[0] && x < known[bins])) {
        others++;
        return;
      }
      int at = Arrays.binarySearch(known, x == 0 ? 0.0 : x);
      counts[Math.min(at >= 0 ? at : -at - 2, bins - 1)]++;
    }

    @Override
    public Object result() {
      if (!any) {
        return Values.listOf(List.of(), List.of(), 0);
      }
      List<@Nullable Object> bars = new ArrayList<>();
      for (long count : counts) {
        bars.add(count);
      }
      List<@Nullable Object> borders = new ArrayList<>();
      for (double edge : edges()) {
        borders.add(dates ? (Object) Instant.ofEpochMilli((long) Math.floor(edge)) : (Object) edge);
      }
      return Values.listOf(Values.list(bars), Values.list(borders), others);
    }
  }

  /** Bins with about equally many values, as MongoDB's {@code $bucketAuto} makes them. */
  private static final class AutoHistogram extends AggregationResult {
    private final int bins;
    private final List<@Nullable Object> values = new ArrayList<>();

    AutoHistogram(int bins) {
      this.bins = bins;
    }

    @Override
    public void add(@Nullable Object value) {
      values.add(value);
    }

    @Override
    public Object result() {
      values.sort(BsonOrder.COMPARATOR);
      int size = (int) Math.max(Math.round((double) values.size() / bins), 1);
      List<@Nullable Object> counts = new ArrayList<>();
      List<@Nullable Object> edges = new ArrayList<>();
      int at = 0;
      for (int bin = 0; bin < bins && at < values.size(); bin++) {
        int end = bin == bins - 1 ? values.size() : Math.min(at + size, values.size());
        while (end < values.size() && BsonOrder.equal(values.get(end), values.get(end - 1))) {
          end++;
        }
        edges.add(Writes.plain(values.get(at)));
        counts.add(end - at);
        at = end;
      }
      if (!values.isEmpty()) {
        edges.add(Writes.plain(values.get(values.size() - 1)));
      }
      return Values.listOf(Values.list(counts), Values.list(edges), 0);
    }
  }

  /** The types of the properties, or elements, that occur. */
  private static final class Schemas extends AggregationResult {
    private final ViewSchema schema;
    private final String field;
    private final boolean dynamicOnly;
    private final boolean elements;
    private final Map<String, TreeSet<String>> types = new TreeMap<>();

    Schemas(ViewSchema schema, @Nullable String field, boolean dynamicOnly, boolean elements) {
      this.schema = schema;
      this.field = field == null ? "" : field;
      this.dynamicOnly = dynamicOnly;
      this.elements = elements;
    }

    @Override
    public void add(@Nullable Object value) {
      if (elements) {
        for (Object element : value instanceof List<?> l ? l : Values.listOf(value)) {
          note("", typeOf(element, ""));
        }
        return;
      }
      if (value == null) {
        return;
      }
      Document document = BsonOrder.asDocument(value);
      if (document == null) {
        throw EvaluationError.of(
            40390,
            "a schema is that of documents, but '"
                + field
                + "' holds "
                + BsonOrder.typeName(value));
      }
      document.forEach(
          (name, v) -> {
            String shown = name.startsWith("_") ? name.substring(1) : name;
            if (!name.equals("_cls") && (!dynamicOnly || !isBuiltin(shown))) {
              note(shown, typeOf(v, field + "." + shown));
            }
          });
    }

    private boolean isBuiltin(String name) {
      String className = schema.find(field).map(f -> f.held().documentClass()).orElse(null);
      return BuiltinFields.isDeclared(className, name) && !name.equals("instance");
    }

    private void note(String name, @Nullable String type) {
      if (type != null) {
        types.computeIfAbsent(name, n -> new TreeSet<>()).add(type);
      }
    }

    private @Nullable String typeOf(@Nullable Object value, String path) {
      return switch (value) {
        case null -> null;
        case Missing m -> null;
        case String s -> "String";
        case Boolean b -> "Boolean";
        case Double d -> "Float";
        case Number n -> isDeclared(path, FieldType.FLOAT) ? "Float" : "Int";
        case Instant i -> isDeclared(path, FieldType.DATE) ? "Date" : "DateTime";
        case io.postil.core.value.ObjectId o -> "ObjectId";
        case io.postil.core.value.Binary b -> "Array";
        // What a list holds is known from its declaration only.
        case List<?> list ->
            schema
                .find(path)
                .filter(f -> f.element() != null)
                .map(f -> "list<" + simpleName(java.util.Objects.requireNonNull(f.element())) + ">")
                .orElse("list<>");
        default -> {
          Document document = BsonOrder.asDocument(value);
          String cls = document == null ? null : document.getString("_cls");
          yield cls == null ? "Dict" : cls;
        }
      };
    }

    private boolean isDeclared(String path, FieldType type) {
      return !path.isEmpty() && schema.find(path).filter(f -> f.type() == type).isPresent();
    }

    private static String simpleName(io.postil.core.dataset.FieldSpec field) {
      if (field.type() == FieldType.LIST) {
        return "list<" + (field.element() == null ? "" : simpleName(field.element())) + ">";
      }
      return field.type() == FieldType.EMBEDDED
          ? String.valueOf(field.documentClass())
          : field.type().fiftyOneClass().replace("Field", "");
    }

    /** Whole numbers beside others are others, if there are but numbers. */
    private static void merge(TreeSet<String> types) {
      if (types.size() == 2 && types.contains("Float")) {
        types.remove("Int");
      }
    }

    @Override
    public @Nullable Object result() {
      Document.Builder out = Document.builder();
      types.forEach(
          (name, seen) -> {
            merge(seen);
            out.put(name, seen.size() == 1 ? seen.first() : Values.list(List.copyOf(seen)));
          });
      Document all = out.build();
      return elements ? (all.isEmpty() ? List.of() : all.get("")) : all;
    }
  }
}
