package io.postil.engine;

import io.postil.core.view.Aggregation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Questions about the values of a view. Lists on the way of a path are taken apart: {@code
 * mean("predictions.detections.confidence")} is about all labels. {@link #aggregate(List)} answers
 * several in one pass.
 */
abstract sealed class ViewQuestions extends ViewStages permits ViewEdits {
  /**
   * The answers to several questions, in one pass over the samples.
   *
   * @return the answers in the order of the questions
   * @throws io.postil.core.PostilException if a question names an unknown field or has an argument
   *     that does not fit
   */
  public abstract List<@Nullable Object> aggregate(List<Aggregation> aggregations);

  /** The answer to one question. */
  public @Nullable Object aggregate(Aggregation aggregation) {
    return aggregate(List.of(aggregation)).get(0);
  }

  /** Number of values of a path that are not null; of a list field, of its elements. */
  public long count(String path) {
    return aggregate(Aggregation.count(path)) instanceof Number n ? n.longValue() : 0;
  }

  /** How often each value of a path occurs, by value. */
  public Map<@Nullable Object, Long> countValues(String path) {
    Map<@Nullable Object, Long> counts = new LinkedHashMap<>();
    for (Object pair : list(aggregate(Aggregation.countValues(path)))) {
      if (pair instanceof List<?> p && p.get(1) instanceof Number n) {
        counts.put(p.get(0), n.longValue());
      }
    }
    return counts;
  }

  /** How often each tag of samples occurs. */
  public Map<@Nullable Object, Long> countSampleTags() {
    return countValues("tags");
  }

  /** The distinct values of a path, sorted. */
  public List<?> distinct(String path) {
    return list(aggregate(Aggregation.distinct(path)));
  }

  /** The least and the greatest value of a path. */
  public Bounds bounds(String path) {
    return aggregate(Aggregation.bounds(path)) instanceof List<?> pair
        ? new Bounds(pair.get(0), pair.get(1))
        : new Bounds(null, null);
  }

  /**
   * The ends of a range of values; both null if there are no values.
   *
   * @param least the least value
   * @param greatest the greatest value
   */
  public record Bounds(@Nullable Object least, @Nullable Object greatest) {}

  /** The least value of a path; null if there is none. */
  public @Nullable Object min(String path) {
    return aggregate(Aggregation.min(path));
  }

  /** The greatest value of a path; null if there is none. */
  public @Nullable Object max(String path) {
    return aggregate(Aggregation.max(path));
  }

  /** The sum of the numbers of a path. */
  public double sum(String path) {
    return aggregate(Aggregation.sum(path)) instanceof Number n ? n.doubleValue() : 0;
  }

  /** The mean of the numbers of a path; null if there are none. */
  public @Nullable Double mean(String path) {
    return number(aggregate(Aggregation.mean(path)));
  }

  /** The standard deviation of the numbers of a path, the whole population; null if none. */
  public @Nullable Double std(String path) {
    return number(aggregate(Aggregation.std(path, false)));
  }

  /** Quantiles of the numbers of a path, each null if there are none. */
  public List<?> quantiles(String path, double... quantiles) {
    return list(aggregate(Aggregation.quantiles(path, quantiles)));
  }

  /** How many values of a path lie in each of so many bins of equal width. */
  public Histogram histogramValues(String path, int bins) {
    return histogram(Aggregation.histogramValues(path, bins));
  }

  /** How many values lie in each of so many bins from one value to less than another. */
  public Histogram histogramValues(String path, int bins, Object low, Object high) {
    return histogram(Aggregation.histogramValues(path, bins, low, high));
  }

  private Histogram histogram(Aggregation aggregation) {
    List<?> answer = list(aggregate(aggregation));
    List<Long> counts = new ArrayList<>();
    for (Object count : list(answer.get(0))) {
      counts.add(count instanceof Number n ? n.longValue() : 0L);
    }
    return new Histogram(
        counts, list(answer.get(1)), answer.get(2) instanceof Number n ? n.longValue() : 0);
  }

  /**
   * Values counted by bins.
   *
   * @param counts the number of values in each bin
   * @param edges the edges of the bins, one more than there are bins
   * @param others number of values outside of them, or null
   */
  public record Histogram(List<Long> counts, List<?> edges, long others) {}

  /** The values of a path, one entry a sample, nested as its lists are. */
  public List<?> values(String path) {
    return list(aggregate(Aggregation.values(path)));
  }

  /** The names and types of the properties of the documents or labels at a path, as found. */
  public @Nullable Object schema(String path) {
    return aggregate(Aggregation.schema(path));
  }

  /** The type of the elements of a list, or a list of their types, as found. */
  public @Nullable Object listSchema(String path) {
    return aggregate(Aggregation.listSchema(path));
  }

  private static List<?> list(@Nullable Object answer) {
    return answer instanceof List<?> list ? list : List.of();
  }

  private static @Nullable Double number(@Nullable Object answer) {
    return answer instanceof Number n ? n.doubleValue() : null;
  }
}
