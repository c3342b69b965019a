package io.postil.engine;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import io.postil.core.viewtext.ViewText;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.DatasetViews;
import io.postil.engine.annotation.RunPlan;
import io.postil.engine.evaluation.ClassificationEvaluation;
import io.postil.engine.evaluation.ClassificationResults;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.DetectionResults;
import io.postil.engine.evaluation.Evaluations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Some samples of a dataset, some of their labels, in some order. A view is a question: it is
 * answered anew each time, from what the dataset then holds. Each stage gives a new view; immutable
 * and thread-safe.
 */
public sealed class View permits Dataset {
  final StoredDataset stored;
  final Workspace workspace;
  private final ViewDefinition definition;

  View(StoredDataset stored, Workspace workspace, ViewDefinition definition) {
    this.stored = stored;
    this.workspace = workspace;
    this.definition = definition;
  }

  /** The stages as data. */
  public ViewDefinition definition() {
    return definition;
  }

  // --- stages ---------------------------------------------------------------------------------

  /** This view with one more stage of any kind. */
  public View then(Stage stage) {
    return new View(stored, workspace, definition.then(stage));
  }

  /**
   * This view with the stages of a text such as {@code match(score > 0.5) | limit(10)}.
   *
   * @throws PostilException with {@code INVALID_VIEW}, naming the place
   */
  public View then(String text) {
    View view = this;
    for (Stage stage : ViewText.parse(text, stored.info()).stages()) {
      view = view.then(stage);
    }
    return view;
  }

  /** The samples for which a condition is true. */
  public View match(Expression condition) {
    return then(Stages.match(condition));
  }

  /**
   * The labels for which a condition is true, and only samples with such labels.
   *
   * @param field a field with labels
   * @param condition about one label: {@code F("confidence").gt(0.8)}
   */
  public View filterLabels(String field, Expression condition) {
    return filterLabels(field, condition, true);
  }

  /** The labels for which a condition is true; samples without any stay unless onlyMatches. */
  public View filterLabels(String field, Expression condition, boolean onlyMatches) {
    String prefix = schema().labelPrefix(field);
    return then(new Stage.FilterLabels(field, condition.toValue(prefix), onlyMatches, false));
  }

  /** Ascending by a field or a path. */
  public View sortBy(String field) {
    return then(Stages.sortBy(field, false));
  }

  /** By an expression: {@code sortBy(F("predictions.detections").length(), Order.DESCENDING)}. */
  public View sortBy(Expression expression, Order order) {
    return then(Stages.sortBy(expression, order == Order.DESCENDING));
  }

  /** A direction of sorting. */
  public enum Order {
    ASCENDING,
    DESCENDING
  }

  /** Samples by id, in the order of this view. */
  public View select(ObjectId... ids) {
    return then(Stages.select(List.of(ids)));
  }

  /** All but some samples. */
  public View exclude(ObjectId... ids) {
    return then(Stages.exclude(List.of(ids)));
  }

  /** The first samples. */
  public View limit(long samples) {
    return then(Stages.limit(samples));
  }

  /** All but the first samples. */
  public View skip(long samples) {
    return then(Stages.skip(samples));
  }

  // --- reading --------------------------------------------------------------------------------

  /** The fields and the media type that this view shows. */
  public ViewSchema schema() {
    return DatasetViews.schema(stored, definition);
  }

  /** Number of samples. */
  public long count() {
    return stored.count(definition);
  }

  /** Number of values of a path that are not null; of a list field, of its elements. */
  public long count(String path) {
    return aggregate(Aggregation.count(path)) instanceof Number n ? n.longValue() : 0;
  }

  /** How often each value of a path occurs, by value. */
  public Map<@Nullable Object, Long> countValues(String path) {
    Map<@Nullable Object, Long> counts = new LinkedHashMap<>();
    if (aggregate(Aggregation.countValues(path)) instanceof List<?> pairs) {
      for (Object pair : pairs) {
        if (pair instanceof List<?> p && p.get(1) instanceof Number n) {
          counts.put(p.get(0), n.longValue());
        }
      }
    }
    return counts;
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

  /** The distinct values of a path, sorted. */
  public List<?> distinct(String path) {
    return aggregate(Aggregation.distinct(path)) instanceof List<?> values ? values : List.of();
  }

  /** The answer to any other question about the values of this view. */
  public @Nullable Object aggregate(Aggregation aggregation) {
    return stored.aggregate(definition, List.of(aggregation)).get(0);
  }

  /**
   * The first sample.
   *
   * @throws PostilException with {@code EMPTY_COLLECTION}
   */
  public Sample first() {
    try (SampleCursor samples = limit(1).cursor()) {
      if (samples.hasNext()) {
        return samples.next();
      }
    }
    throw new PostilException(
        ErrorCode.EMPTY_COLLECTION,
        "the view of '" + stored.info().name() + "' shows no sample",
        "Check its conditions.");
  }

  /** The samples with all their fields, one after the other; close it. */
  public SampleCursor cursor() {
    return stored.read(definition, Projection.ALL);
  }

  /** The samples with only some of their fields, one after the other; close it. */
  public SampleCursor cursor(String... fields) {
    return stored.read(definition, Projection.of(fields));
  }

  /** The samples as a stream, which holds one in memory at a time; close it. */
  public Stream<Sample> stream() {
    SampleCursor samples = cursor();
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(samples, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(samples::close);
  }

  // --- evaluating and annotating ----------------------------------------------------------------

  /**
   * Compares predictions with the truth by COCO's rules.
   *
   * @param key the attribute that gets {@code tp}, {@code fp} or {@code fn} on each label; null
   *     writes nothing
   */
  public DetectionResults evaluateDetections(
      String predictions, String groundTruth, @Nullable String key) {
    return evaluateDetections(DetectionEvaluation.of(predictions, groundTruth, key));
  }

  /** Compares predictions with the truth. */
  public DetectionResults evaluateDetections(DetectionEvaluation evaluation) {
    return new Evaluations(stored).evaluateDetections(definition, evaluation);
  }

  /**
   * Compares predicted classifications with true ones.
   *
   * @param key the field that gets true or false on each sample; null writes nothing
   */
  public ClassificationResults evaluateClassifications(
      String predictions, String groundTruth, @Nullable String key) {
    return evaluateClassifications(ClassificationEvaluation.of(predictions, groundTruth, key));
  }

  /** Compares predicted classifications with true ones, also by their logits or as one class. */
  public ClassificationResults evaluateClassifications(ClassificationEvaluation evaluation) {
    return new Evaluations(stored).evaluateClassifications(definition, evaluation);
  }

  /** Says what {@link #annotate} would do and all that is wrong with it; sends nothing. */
  public RunPlan planAnnotation(String key, AnnotationRequest request) {
    return annotations().plan(key, definition, request);
  }

  /**
   * Sends this view to annotators.
   *
   * @param key the name of the run, unique in the dataset
   * @throws PostilException with all that is wrong with the request; then nothing is sent
   */
  public AnnotationRun annotate(String key, AnnotationRequest request) {
    return annotate(key, request, ProgressListener.NONE);
  }

  /** Sends this view to annotators and tells how far it has come. */
  public AnnotationRun annotate(String key, AnnotationRequest request, ProgressListener progress) {
    return annotations().annotate(key, definition, request, progress);
  }

  /** The annotation runs of the dataset, with everything that can be done with them. */
  public Annotations annotations() {
    return new Annotations(stored, workspace.backends(), workspace.home());
  }
}
