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
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import io.postil.core.viewtext.ViewText;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.DatasetViews;
import io.postil.engine.annotation.RunPlan;
import io.postil.engine.edit.Edits;
import io.postil.engine.evaluation.ClassificationEvaluation;
import io.postil.engine.evaluation.ClassificationResults;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.DetectionResults;
import io.postil.engine.evaluation.Evaluations;
import java.util.List;
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
public sealed class View extends ViewEdits permits Dataset {
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

  @Override
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

  /** A direction of sorting. */
  public enum Order {
    ASCENDING,
    DESCENDING
  }

  // --- reading --------------------------------------------------------------------------------

  @Override
  ObjectId datasetId() {
    return stored.info().id();
  }

  @Override
  public ViewSchema schema() {
    return DatasetViews.schema(stored, definition);
  }

  /** Number of samples. */
  public long count() {
    return stored.count(definition);
  }

  @Override
  public List<@Nullable Object> aggregate(List<Aggregation> aggregations) {
    return stored.aggregate(definition, aggregations);
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

  // --- editing --------------------------------------------------------------------------------

  @Override
  public Edits edits() {
    return new Edits(stored, definition);
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
