package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Precision by recall of each class.
 *
 * @param thresholds the overlaps at which labels were matched
 * @param precision by class, for each threshold the precision at recall 0, 0.01 to 1; -1 for a
 *     class without ground truth
 * @param averagePrecision by class the mean over the thresholds; -1 for a class without ground
 *     truth
 * @param recall by class the mean over the thresholds of the greatest recall; -1 for a class
 *     without ground truth
 * @param coco COCO's summary under its names, as far as it could be computed: {@code AP}, {@code
 *     AP50}, {@code AP75}, {@code APsmall}, {@code APmedium}, {@code APlarge}, {@code AR1}, {@code
 *     AR10}, {@code AR100} (by the number of predictions), {@code ARsmall}, {@code ARmedium},
 *     {@code ARlarge}; -1 where no ground truth counts. Areas are in pixels: small is up to 32x32,
 *     large from 96x96 on
 */
public record PrecisionRecall(
    double[] thresholds,
    Map<String, double[][]> precision,
    Map<String, Double> averagePrecision,
    Map<String, Double> recall,
    Map<String, Double> coco) {
  /** The mean of the classes with ground truth; -1 if there is none. */
  public double meanAveragePrecision() {
    return mean(averagePrecision);
  }

  /** The mean of the classes' recalls; -1 if there is none. */
  public double meanRecall() {
    return mean(recall);
  }

  private static double mean(Map<String, Double> byClass) {
    return mean(byClass.values());
  }

  /** The mean of the numbers above -1; -1 if there is none. */
  static double mean(Collection<Double> values) {
    return values.stream()
        .filter(v -> v > -1)
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(-1);
  }

  Document toDocument() {
    Document.Builder curves = Document.builder();
    precision.forEach(
        (label, byThreshold) -> {
          List<Object> all = new ArrayList<>();
          for (double[] curve : byThreshold) {
            all.add(Numbers.list(curve));
          }
          curves.put(label, Values.list(all));
        });
    return Document.builder()
        .put("thresholds", Numbers.list(thresholds))
        .put("precision", curves.build())
        .put("average_precision", Document.of(averagePrecision))
        .put("recall", Document.of(recall))
        .put("coco", Document.of(coco))
        .build();
  }

  static PrecisionRecall fromDocument(Document document) {
    Map<String, double[][]> precision = new LinkedHashMap<>();
    document
        .getDocument("precision")
        .forEach(
            (label, value) -> {
              List<?> curves = value instanceof List<?> l ? l : List.of();
              double[][] byThreshold = new double[curves.size()][];
              for (int i = 0; i < byThreshold.length; i++) {
                byThreshold[i] = Numbers.array(curves.get(i));
              }
              precision.put(label, byThreshold);
            });
    return new PrecisionRecall(
        Numbers.array(document.getList("thresholds")),
        precision,
        numbers(document.getDocument("average_precision")),
        numbers(document.getDocument("recall")),
        numbers(document.getDocument("coco")));
  }

  /** From the results of FiftyOne, where precision is by threshold, class and recall. */
  static PrecisionRecall fromFiftyOne(Document results, List<String> classes) {
    double[] thresholds = Numbers.array(results.getList("iou_threshs"));
    Map<String, double[][]> precision = new LinkedHashMap<>();
    Map<String, Double> average = new LinkedHashMap<>();
    Map<String, Double> recall = new LinkedHashMap<>();
    for (int c = 0; c < classes.size(); c++) {
      double[][] curves = new double[thresholds.length][];
      double averages = 0;
      double recalls = 0;
      for (int t = 0; t < thresholds.length; t++) {
        curves[t] = Numbers.array(at(at(results.getList("precision"), t), c));
        averages += Arrays.stream(curves[t]).average().orElse(-1);
        recalls +=
            at(at(results.getList("recall_sweep"), t), c) instanceof Number n
                ? n.doubleValue()
                : -1;
      }
      precision.put(classes.get(c), curves);
      average.put(classes.get(c), averages / thresholds.length);
      recall.put(classes.get(c), recalls / thresholds.length);
    }
    return new PrecisionRecall(thresholds, precision, average, recall, Map.of());
  }

  private static @Nullable Object at(@Nullable Object list, int index) {
    return list instanceof List<?> l && index < l.size() ? l.get(index) : null;
  }

  private static Map<String, Double> numbers(Document document) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    document.forEach(
        (name, value) -> numbers.put(name, value instanceof Number n ? n.doubleValue() : -1.0));
    return numbers;
  }
}
