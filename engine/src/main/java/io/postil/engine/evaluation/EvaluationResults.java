package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What came of an evaluation: how often each true class met each predicted one. All reports follow
 * from these counts, so results stay small whatever the dataset's size. Immutable.
 */
public abstract sealed class EvaluationResults permits DetectionResults, ClassificationResults {
  /** How the numbers of several classes become one. */
  public enum Average {
    /** By the sums over all classes. */
    MICRO,
    /** The plain mean of the classes. */
    MACRO,
    /** The mean weighted by the number of true labels. */
    WEIGHTED,
    /** Those of the positive class of a binary evaluation, as {@link #MICRO} of others. */
    BINARY
  }

  /** How good the predictions of a class, or of all, are. */
  public record Score(double precision, double recall, double f1, double support) {}

  /** Numbers about all classes together; {@code fscore} is the F-measure of the given beta. */
  public record Metrics(
      double accuracy, double precision, double recall, double fscore, long support) {}

  /** What stands for no label unless another name is given. */
  public static final String NONE = "(none)";

  private final List<String> classes;
  private final String missing;
  private final Map<String, Map<String, Long>> counts;
  private final Confidences confidences;

  EvaluationResults(
      @Nullable List<String> classes,
      String missing,
      Map<String, Map<String, Long>> counts,
      Confidences confidences) {
    this.missing = missing;
    this.counts = counts;
    this.confidences = confidences;
    this.classes = classes != null ? List.copyOf(classes) : observed(counts, missing);
  }

  /** The classes that occur, sorted by code points. */
  static List<String> observed(Map<String, Map<String, Long>> counts, String missing) {
    TreeSet<String> seen =
        new TreeSet<>(
            (a, b) -> java.util.Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray()));
    counts.forEach(
        (truth, row) -> {
          seen.add(truth);
          seen.addAll(row.keySet());
        });
    seen.remove(missing);
    return List.copyOf(seen);
  }

  /** The classes of the reports. */
  public List<String> classes() {
    return classes;
  }

  /** What stands for no label. */
  public String missing() {
    return missing;
  }

  /** How confident right and wrong predictions were. */
  public Confidences confidences() {
    return confidences;
  }

  private long count(String truth, String predicted) {
    return counts.getOrDefault(truth, Map.of()).getOrDefault(predicted, 0L);
  }

  private interface Cell {
    void at(String truth, String predicted, long count);
  }

  private void each(Cell cell) {
    counts.forEach((truth, row) -> row.forEach((predicted, n) -> cell.at(truth, predicted, n)));
  }

  /** Correct, predicted and true labels of one class. */
  private long[] sums(String label) {
    long[] sums = new long[3];
    each(
        (truth, predicted, n) -> {
          boolean isTrue = truth.equals(label);
          boolean isPredicted = predicted.equals(label);
          sums[0] += isTrue && isPredicted ? n : 0;
          sums[1] += isPredicted ? n : 0;
          sums[2] += isTrue ? n : 0;
        });
    return sums;
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  private static double fMeasure(double precision, double recall, double beta) {
    double squared = beta * beta;
    return ratio((1 + squared) * precision * recall, squared * precision + recall);
  }

  private static Score score(long[] sums, double beta) {
    double precision = ratio(sums[0], sums[1]);
    double recall = ratio(sums[0], sums[2]);
    return new Score(precision, recall, fMeasure(precision, recall, beta), sums[2]);
  }

  /** The classes that reports are about: those given, else all of the results but no label. */
  private List<String> reported(@Nullable List<String> of) {
    if (of != null) {
      return of;
    }
    return isBinary() ? classes : classes.stream().filter(c -> !c.equals(missing)).toList();
  }

  /** In a binary evaluation no label means the negative class, which is reported. */
  private boolean isBinary() {
    return this instanceof ClassificationResults
        && classes.size() == 2
        && classes.get(0).equals(missing);
  }

  /** The scores of all classes. */
  public Map<String, Score> scores() {
    return scores(reported(null), 1);
  }

  private Map<String, Score> scores(List<String> of, double beta) {
    Map<String, Score> scores = new LinkedHashMap<>();
    of.forEach(label -> scores.put(label, score(sums(label), beta)));
    return scores;
  }

  private Score average(List<String> of, Average average, double beta) {
    if (average == Average.BINARY && isBinary()) {
      Score positive = score(sums(classes.get(1)), beta);
      long support = of.stream().mapToLong(label -> sums(label)[2]).sum();
      return new Score(positive.precision, positive.recall, positive.f1, support);
    }
    if (average == Average.MICRO || average == Average.BINARY) {
      long[] total = new long[3];
      for (String label : of) {
        long[] sums = sums(label);
        for (int i = 0; i < 3; i++) {
          total[i] += sums[i];
        }
      }
      return score(total, beta);
    }
    double support = 0;
    double weights = 0;
    double precision = 0;
    double recall = 0;
    double f = 0;
    for (Score score : scores(of, beta).values()) {
      double weight = average == Average.MACRO ? 1 : score.support;
      weights += weight;
      support += score.support;
      precision += weight * score.precision;
      recall += weight * score.recall;
      f += weight * score.f1;
    }
    return new Score(ratio(precision, weights), ratio(recall, weights), ratio(f, weights), support);
  }

  /**
   * A table of scores: the classes, then {@code micro avg}, {@code macro avg} and {@code weighted
   * avg}. If the classes cover all labels, {@code accuracy} takes the place of the first average.
   *
   * @param of the classes; null for those of the results
   */
  public Document report(@Nullable List<String> of) {
    List<String> wanted = reported(of);
    Document.Builder report = Document.builder();
    scores(wanted, 1).forEach((label, score) -> report.put(label, row(score)));
    boolean[] covers = {!wanted.isEmpty()};
    long[] total = new long[2];
    each(
        (truth, predicted, n) -> {
          covers[0] &= wanted.contains(truth) && wanted.contains(predicted);
          total[0] += truth.equals(predicted) ? n : 0;
          total[1] += n;
        });
    if (covers[0] && total[1] > 0) {
      report.put("accuracy", ratio(total[0], total[1]));
    } else {
      report.put("micro avg", row(average(wanted, Average.MICRO, 1)));
    }
    report.put("macro avg", row(average(wanted, Average.MACRO, 1)));
    report.put("weighted avg", row(average(wanted, Average.WEIGHTED, 1)));
    return report.build();
  }

  private static Document row(Score score) {
    return Document.builder()
        .put("precision", score.precision)
        .put("recall", score.recall)
        .put("f1-score", score.f1)
        .put("support", score.support)
        .build();
  }

  /** Numbers about all classes by sums; of a binary evaluation those of its positive class. */
  public Metrics metrics() {
    return metrics(null, Average.BINARY, 1);
  }

  /**
   * Numbers about some classes together.
   *
   * @param of the classes; null for those of the results
   * @param beta weight of the recall in the F-measure
   */
  public Metrics metrics(@Nullable List<String> of, Average average, double beta) {
    List<String> wanted = reported(of);
    long[] total = new long[2];
    each(
        (truth, predicted, n) -> {
          if (wanted.contains(truth) || wanted.contains(predicted)) {
            total[0] += truth.equals(predicted) ? n : 0;
            total[1] += n;
          }
        });
    Score score = average(wanted, average, beta);
    return new Metrics(
        ratio(total[0], total[1]), score.precision, score.recall, score.f1, (long) score.support);
  }

  /**
   * How often a true class (row) was predicted as another (column).
   *
   * @param of the classes; null for those of the results, of which there are no others
   * @param includeOthers whether a row and column follow for all other classes
   * @param includeNone whether a last row and column follow for no label, unless the classes name
   *     it
   */
  public long[][] confusionMatrix(
      @Nullable List<String> of, boolean includeOthers, boolean includeNone) {
    boolean includeOther = includeOthers && of != null;
    List<String> wanted = of == null ? classes : of;
    boolean includeMissing = includeNone && !wanted.contains(missing);
    int size = wanted.size() + (includeOther ? 1 : 0) + (includeMissing ? 1 : 0);
    int other = includeOther ? wanted.size() : -1;
    int none = includeMissing ? size - 1 : -1;
    long[][] matrix = new long[size][size];
    each(
        (truth, predicted, n) -> {
          int row = position(wanted, truth, other, none);
          int column = position(wanted, predicted, other, none);
          boolean outside = includeOther && (row == other || column == other);
          boolean counts = !outside || wanted.contains(truth) || wanted.contains(predicted);
          if (row >= 0 && column >= 0 && counts) {
            matrix[row][column] += n;
          }
        });
    return matrix;
  }

  private int position(List<String> wanted, String label, int other, int none) {
    int at = wanted.indexOf(label);
    return at >= 0 ? at : label.equals(missing) ? none : other;
  }

  /** Number of true labels that were predicted as a class. */
  public long confusion(String truth, String predicted) {
    return count(truth, predicted);
  }

  /** The name of the class in stored results. */
  abstract String cls();

  /** Adds what only this kind of results has. */
  abstract void store(Document.Builder out);

  final Document toDocument() {
    List<Object> pairs = new ArrayList<>();
    each((truth, predicted, n) -> pairs.add(Values.listOf(truth, predicted, n)));
    Document.Builder out =
        Document.builder()
            .put("cls", cls())
            .put("classes", Values.list(classes))
            .put("missing", missing)
            .put("pairs", Values.list(pairs));
    if (!confidences.isEmpty()) {
      out.put("confidences", confidences.toDocument());
    }
    store(out);
    return out.build();
  }

  /** Whether stored results are pairs of classes; FiftyOne has other kinds as well. */
  static boolean isKnown(Document document) {
    String cls = document.getString("cls", "");
    return cls.endsWith("ClassificationResults") || cls.endsWith("DetectionResults");
  }

  static EvaluationResults fromDocument(Document document) {
    Map<String, Map<String, Long>> counts = counts(document);
    Confidences confidences = Confidences.fromDocument(document.getDocument("confidences"));
    List<String> classes = document.getList("classes").stream().map(String::valueOf).toList();
    String cls = document.getString("cls", "");
    if (cls.endsWith("ClassificationResults")) {
      // FiftyOne's binary results name no missing class: it is the negative one.
      String missing = cls.contains("Binary") && !classes.isEmpty() ? classes.get(0) : NONE;
      Document curves = document.get("curves", Document.class);
      return new ClassificationResults(
          classes,
          document.getString("missing", missing),
          counts,
          confidences,
          curves == null ? null : BinaryCurves.fromDocument(curves),
          document.getLong("without_logits", 0));
    }
    Document curves = document.get("precision_recall", Document.class);
    return new DetectionResults(
        classes,
        document.getString("missing", NONE),
        counts,
        confidences,
        curves != null
            ? PrecisionRecall.fromDocument(curves)
            : document.contains("iou_threshs")
                ? PrecisionRecall.fromFiftyOne(document, classes)
                : null);
  }

  private static Map<String, Map<String, Long>> counts(Document document) {
    Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
    for (Object pair : document.getList("pairs")) {
      if (pair instanceof List<?> p
          && p.size() == 3
          && p.get(0) instanceof String truth
          && p.get(1) instanceof String predicted
          && p.get(2) instanceof Number n) {
        add(counts, truth, predicted, n.longValue());
      }
    }
    // FiftyOne keeps the pairs one by one.
    List<@Nullable Object> truths = document.getList("ytrue");
    List<@Nullable Object> predictions = document.getList("ypred");
    for (int i = 0; i < Math.min(truths.size(), predictions.size()); i++) {
      add(counts, String.valueOf(truths.get(i)), String.valueOf(predictions.get(i)), 1);
    }
    return counts;
  }

  private static void add(
      Map<String, Map<String, Long>> counts, String truth, String predicted, long times) {
    counts.computeIfAbsent(truth, k -> new LinkedHashMap<>()).merge(predicted, times, Long::sum);
  }
}
