package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.run.RunRecord;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The evaluations of one dataset. Thread-safe as far as the dataset is. */
public final class Evaluations {
  private final StoredDataset dataset;

  /** Those of a dataset. */
  public Evaluations(StoredDataset dataset) {
    this.dataset = dataset;
  }

  /**
   * Evaluates detections. With a key, each label of the view gets the attributes {@code key} (tp,
   * fp or fn), {@code key_id} and {@code key_iou}, each sample (and frame) the fields {@code
   * key_tp}, {@code key_fp} and {@code key_fn}, and the run is stored: all of it in one change, or
   * nothing. A run of the same key and fields is replaced.
   *
   * @param view what is evaluated
   * @throws PostilException before anything is written, with all that is wrong: a field is unknown
   *     or of another type, the key, the method, a class or a threshold is invalid, the key is
   *     taken, or masks or confidences are missing
   */
  public DetectionResults evaluateDetections(ViewDefinition view, DetectionEvaluation evaluation) {
    return evaluateDetections(view, evaluation, match -> {});
  }

  /**
   * As the other, and tells each pair as it is found: sample by sample, predictions by falling
   * confidence, then the truths that are left.
   */
  public DetectionResults evaluateDetections(
      ViewDefinition view, DetectionEvaluation evaluation, Consumer<Match> listener) {
    EvaluationFields fields = EvaluationFields.check(dataset, view, evaluation);
    DetectionRun run = new DetectionRun(fields, evaluation, listener);
    String key = evaluation.key();
    if (key == null) {
      new DetectionPass(dataset, view, fields, evaluation, run, null).go();
      return run.results();
    }
    return dataset.write(
        writer -> {
          writer.putInfo(Declarations.declare(writer.info(), fields, key));
          new DetectionPass(writer, view, fields, evaluation, run, writer).go();
          DetectionResults results = run.results();
          writer.putRun(record(writer, view, evaluation.toConfig(fields.method()), results, key));
          return results;
        });
  }

  /**
   * Evaluates classifications. With a key, each sample gets a field {@code key}: whether its
   * prediction is right, for the method {@code binary} {@code TP}, {@code FP}, {@code FN} or {@code
   * TN}. Of frame fields each frame gets that, and the sample the share of right frames. The run is
   * stored with it: all of it in one change, or nothing. A run of the same key and fields is
   * replaced.
   *
   * @param view what is evaluated
   * @throws PostilException before anything is written, with all that is wrong: a field is unknown
   *     or no classification, the key, the method or a class is invalid, the key is taken, or
   *     logits do not fit the classes
   */
  public ClassificationResults evaluateClassifications(
      ViewDefinition view, ClassificationEvaluation evaluation) {
    EvaluationFields fields = EvaluationFields.check(dataset, view, evaluation);
    ClassificationRun run = new ClassificationRun(evaluation);
    String key = evaluation.key();
    if (key == null) {
      new ClassificationPass(dataset, view, fields, evaluation, run, null).go();
      return finished(run);
    }
    return dataset.write(
        writer -> {
          declare(writer, EvaluationFields.written(key, fields.method(), fields.ofFrames()));
          new ClassificationPass(writer, view, fields, evaluation, run, writer).go();
          ClassificationResults results = finished(run);
          writer.putRun(record(writer, view, evaluation.toConfig(), results, key));
          return results;
        });
  }

  /** A field that an earlier run of the key wrote with another type goes first. */
  private static void declare(DatasetWriter writer, Map<String, FieldType> written) {
    written.forEach(
        (name, type) -> {
          FieldSpec known = writer.info().field(name).orElse(null);
          if (known != null && known.type() != type) {
            writer.deleteField(name);
          }
        });
    writer.putInfo(Declarations.declare(writer.info(), written));
  }

  private static ClassificationResults finished(ClassificationRun run) {
    List<Problem> problems = run.problems();
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
    return run.results();
  }

  private static RunRecord record(
      StoredDataset dataset,
      ViewDefinition view,
      Document config,
      EvaluationResults results,
      String key) {
    List<String> stages =
        view.stages().isEmpty()
            ? null
            : view.stages().stream().map(s -> Json.write(s.toDocument())).toList();
    ObjectId id =
        dataset.run(RunRecord.EVALUATION, key).map(RunRecord::id).orElseGet(ObjectId::create);
    return new RunRecord(
        id,
        RunRecord.EVALUATION,
        key,
        "postil",
        Instant.ofEpochMilli(System.currentTimeMillis()),
        config,
        stages,
        results.toDocument(),
        Document.empty());
  }

  // --- stored runs ----------------------------------------------------------------------------

  /** The keys of the evaluations. */
  public List<String> list() {
    return runs().stream().map(RunRecord::key).toList();
  }

  /** The records of the evaluations, by key. */
  public List<RunRecord> runs() {
    return dataset.runs(RunRecord.EVALUATION);
  }

  /**
   * The record of an evaluation.
   *
   * @throws PostilException with {@code UNKNOWN_EVAL_KEY}, naming the nearest key
   */
  public RunRecord info(String key) {
    return dataset
        .run(RunRecord.EVALUATION, key)
        .orElseThrow(
            () ->
                new PostilException(
                    ErrorCode.UNKNOWN_EVAL_KEY,
                    "there is no evaluation '" + key + "'",
                    Nearest.hint(key, list())));
  }

  /** The results of an evaluation. */
  public EvaluationResults results(String key) {
    return results(info(key));
  }

  /** The results of a record. */
  static EvaluationResults results(RunRecord run) {
    Document results = run.results();
    if (results == null) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS,
          "the evaluation '" + run.key() + "' has no results",
          "Evaluate again under the same key.");
    }
    if (!isReadable(run)) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS,
          "the results of the evaluation '" + run.key() + "' are of a kind that Postil cannot read",
          "Load them with FiftyOne.");
    }
    return EvaluationResults.fromDocument(results);
  }

  /** The view an evaluation was made on. */
  public ViewDefinition view(String key) {
    return view(info(key));
  }

  static ViewDefinition view(RunRecord run) {
    List<String> stages = run.viewStages();
    return stages == null ? ViewDefinition.ALL : StageDocuments.view(Values.list(stages));
  }

  /** An evaluation with all its numbers, to be looked at. */
  public EvaluationData data(String key) {
    return EvaluationData.of(info(key));
  }

  /**
   * What each evaluation was, by key, with its numbers about all classes where Postil can read its
   * results: FiftyOne has kinds of evaluations that Postil has not.
   */
  public List<Document> summaries() {
    return runs().stream()
        .map(
            run ->
                isReadable(run)
                    ? EvaluationData.of(run).summary()
                    : EvaluationData.identity(run.key(), run.timestamp(), run.config()))
        .toList();
  }

  private static boolean isReadable(RunRecord run) {
    return run.results() != null && EvaluationResults.isKnown(run.results());
  }

  /**
   * Renames an evaluation with all it wrote.
   *
   * @throws PostilException with {@code KEY_EXISTS} if the new key is taken: by an evaluation, a
   *     field, or a property of labels
   */
  public void rename(String key, String newKey) {
    Problem invalid = EvaluationChecks.invalidKey(newKey);
    if (invalid != null) {
      throw PostilException.of(List.of(invalid));
    }
    RunRecord run = info(key);
    if (dataset.run(RunRecord.EVALUATION, newKey).isPresent()) {
      throw new PostilException(
          ErrorCode.KEY_EXISTS, "there is already an evaluation '" + newKey + "'");
    }
    dataset.write(
        writer -> {
          WrittenOutcome outcome = new WrittenOutcome(writer, run);
          EvaluationChecks checks = new EvaluationChecks(dataset, ViewDefinition.ALL);
          checks.free(newKey, outcome.fields(newKey), outcome.isOnLabels());
          checks.done();
          outcome.rename(newKey);
          writer.putRun(run.withKey(newKey));
          return null;
        });
  }

  /** Deletes an evaluation with all it wrote. */
  public void delete(String key) {
    RunRecord run = info(key);
    dataset.write(
        writer -> {
          new WrittenOutcome(writer, run).delete();
          writer.deleteRun(run.id());
          return null;
        });
  }
}
