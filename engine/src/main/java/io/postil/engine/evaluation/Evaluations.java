package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
   * nothing.
   *
   * @param view what is evaluated
   * @throws PostilException before anything is written if a field is unknown or of another type,
   *     the key or the method is invalid, or masks or confidences are missing
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
    DatasetInfo info = dataset.info();
    EvaluationFields fields = EvaluationFields.check(ViewSchema.of(info, view), evaluation);
    DetectionRun run = new DetectionRun(fields, evaluation, listener);
    String key = evaluation.key();
    if (key == null) {
      evaluate(dataset, view, fields, evaluation, run, null);
      return run.results();
    }
    return dataset.write(
        writer -> {
          writer.putInfo(Declarations.declare(writer.info(), fields, key));
          evaluate(writer, view, fields, evaluation, run, writer);
          DetectionResults results = run.results();
          writer.putRun(record(writer, view, evaluation, fields, results, key));
          return results;
        });
  }

  private static RunRecord record(
      StoredDataset dataset,
      ViewDefinition view,
      DetectionEvaluation evaluation,
      EvaluationFields fields,
      DetectionResults results,
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
        evaluation.toConfig(fields.method()),
        stages,
        results.toDocument(),
        Document.empty());
  }

  private static void evaluate(
      StoredDataset reading,
      ViewDefinition view,
      EvaluationFields fields,
      DetectionEvaluation evaluation,
      DetectionRun run,
      @Nullable DatasetWriter writer) {
    String[] counters =
        evaluation.key() == null ? new String[0] : EvaluationFields.counters(evaluation.key());
    List<String> names =
        new ArrayList<>(List.of(evaluation.predictions(), evaluation.groundTruth()));
    for (String counter : counters) {
      names.add(counter);
      names.add(DatasetInfo.FRAMES + counter);
    }
    Projection projection = Projection.of(names.toArray(new String[0]));
    boolean whole = view.stages().isEmpty();
    try (SampleCursor samples = reading.read(view, projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        DetectionRun.Marks marks =
            fields.ofFrames()
                ? frames(samples, sample, fields, evaluation, run, writer, projection, whole)
                : run.add(
                    sample.fields().get(fields.predictions()),
                    sample.fields().get(fields.groundTruth()));
        if (writer != null && evaluation.key() != null) {
          Sample stored = whole ? sample : stored(writer, sample, projection);
          if (!fields.ofFrames()) {
            writeLabels(writer, stored.id(), 0, stored::property, fields, evaluation.key(), marks);
          }
          writeCounts(writer, stored.id(), 0, stored::property, counters, marks);
        }
      }
    }
  }

  private static Sample stored(DatasetWriter writer, Sample sample, Projection projection) {
    ObjectId id = ViewEvaluator.storedSample(sample);
    return writer.samples(List.of(id), projection).get(0);
  }

  private static DetectionRun.Marks frames(
      SampleCursor samples,
      Sample sample,
      EvaluationFields fields,
      DetectionEvaluation evaluation,
      DetectionRun run,
      @Nullable DatasetWriter writer,
      Projection projection,
      boolean whole) {
    DetectionRun.Marks sums = new DetectionRun.Marks();
    try (Cursor<Frame> frames = samples.frames()) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        DetectionRun.Marks marks =
            run.add(
                frame.fields().get(fields.predictions()), frame.fields().get(fields.groundTruth()));
        sums.tp += marks.tp;
        sums.fp += marks.fp;
        sums.fn += marks.fn;
        if (writer != null && evaluation.key() != null) {
          Frame stored = whole ? frame : stored(writer, sample, frame, projection);
          ObjectId id = ViewEvaluator.storedSample(sample);
          writeLabels(
              writer, id, stored.number(), stored::property, fields, evaluation.key(), marks);
          String[] counters = EvaluationFields.counters(evaluation.key());
          writeCounts(writer, id, stored.number(), stored::property, counters, marks);
        }
      }
    }
    return sums;
  }

  private static Frame stored(
      DatasetWriter writer, Sample sample, Frame frame, Projection projection) {
    ObjectId id = ViewEvaluator.storedSample(sample);
    try (Cursor<Frame> one = writer.frames(id, frame.number(), frame.number(), projection)) {
      return one.next();
    }
  }

  /** The stored value of a field. */
  private interface Stored {
    @Nullable Object field(String name);
  }

  private static void writeLabels(
      DatasetWriter writer,
      ObjectId sample,
      int frame,
      Stored stored,
      EvaluationFields fields,
      String key,
      DetectionRun.Marks marks) {
    Object predictions = stored.field(fields.predictions());
    if (predictions != null && !marks.predictions.isEmpty()) {
      Label marked = DetectionRun.mark(predictions, marks.predictions, key);
      writer.set(sample, frame, fields.predictions(), predictions, marked);
    }
    Object truths = stored.field(fields.groundTruth());
    if (truths != null && !marks.truths.isEmpty()) {
      Label marked = DetectionRun.mark(truths, marks.truths, key);
      writer.set(sample, frame, fields.groundTruth(), truths, marked);
    }
  }

  private static void writeCounts(
      DatasetWriter writer,
      ObjectId sample,
      int frame,
      Stored stored,
      String[] counters,
      DetectionRun.Marks marks) {
    int[] values = {marks.tp, marks.fp, marks.fn};
    for (int i = 0; i < counters.length; i++) {
      writer.set(sample, frame, counters[i], stored.field(counters[i]), values[i]);
    }
  }

  // --- stored runs ----------------------------------------------------------------------------

  /** The keys of the evaluations. */
  public List<String> list() {
    return dataset.runs(RunRecord.EVALUATION).stream().map(RunRecord::key).toList();
  }

  /** The record of an evaluation. */
  public RunRecord info(String key) {
    return dataset
        .run(RunRecord.EVALUATION, key)
        .orElseThrow(
            () ->
                new PostilException(
                    ErrorCode.UNKNOWN_EVAL_KEY,
                    "there is no evaluation '" + key + "'",
                    list().isEmpty()
                        ? "The dataset has none."
                        : "The keys are: " + String.join(", ", list())));
  }

  /** The results of an evaluation. */
  public DetectionResults results(String key) {
    Document results = info(key).results();
    if (results == null) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS, "the evaluation '" + key + "' has no results");
    }
    return DetectionResults.fromDocument(results);
  }

  /** The view an evaluation was made on. */
  public ViewDefinition view(String key) {
    List<String> stages = info(key).viewStages();
    return stages == null ? ViewDefinition.ALL : StageDocuments.view(Values.list(stages));
  }

  /** Renames an evaluation with all it wrote. */
  public void rename(String key, String newKey) {
    EvaluationFields.checkKey(newKey);
    RunRecord run = info(key);
    if (dataset.run(RunRecord.EVALUATION, newKey).isPresent()) {
      throw new PostilException(
          ErrorCode.KEY_EXISTS, "there is already an evaluation '" + newKey + "'");
    }
    dataset.write(
        writer -> {
          rewriteLabels(writer, run, attributes -> renamed(attributes, key, newKey));
          String[] counters = EvaluationFields.counters(key);
          String[] newCounters = EvaluationFields.counters(newKey);
          for (int i = 0; i < counters.length; i++) {
            for (String prefix : List.of("", DatasetInfo.FRAMES)) {
              if (writer.info().field(prefix + counters[i]).isPresent()) {
                writer.renameField(prefix + counters[i], prefix + newCounters[i]);
              }
            }
          }
          DatasetInfo info = writer.info();
          for (String field : labelFields(run)) {
            info = Declarations.remember(Declarations.forget(info, field, key), field, newKey);
          }
          writer.putInfo(info);
          writer.putRun(run.withKey(newKey));
          return null;
        });
  }

  private static Document renamed(Document attributes, String key, String newKey) {
    Document.Builder out = Document.builder();
    attributes.forEach(
        (name, value) -> {
          boolean ours = name.equals(key) || name.equals(key + "_id") || name.equals(key + "_iou");
          out.put(ours ? newKey + name.substring(key.length()) : name, value);
        });
    return out.build();
  }

  /** Deletes an evaluation with all it wrote. */
  public void delete(String key) {
    RunRecord run = info(key);
    dataset.write(
        writer -> {
          rewriteLabels(
              writer,
              run,
              attributes -> attributes.without(key).without(key + "_id").without(key + "_iou"));
          for (String counter : EvaluationFields.counters(key)) {
            for (String prefix : List.of("", DatasetInfo.FRAMES)) {
              if (writer.info().field(prefix + counter).isPresent()) {
                writer.deleteField(prefix + counter);
              }
            }
          }
          DatasetInfo info = writer.info();
          for (String field : labelFields(run)) {
            info = Declarations.forget(info, field, key);
          }
          writer.putInfo(info);
          writer.deleteRun(run.id());
          return null;
        });
  }

  private static List<String> labelFields(RunRecord run) {
    return List.of(
        run.config().getString("pred_field", ""), run.config().getString("gt_field", ""));
  }

  private static void rewriteLabels(
      DatasetWriter writer, RunRecord run, UnaryOperator<Document> change) {
    List<String> fields = new ArrayList<>();
    for (String name : List.of("pred_field", "gt_field")) {
      String field = run.config().getString(name, "");
      if (writer.info().field(field).isPresent()) {
        fields.add(field);
      }
    }
    Projection projection = Projection.of(fields.toArray(new String[0]));
    try (SampleCursor samples = writer.read(allSlices(writer.info()), projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        boolean frames = fields.stream().anyMatch(f -> f.startsWith(DatasetInfo.FRAMES));
        if (frames) {
          try (Cursor<Frame> each = samples.frames()) {
            while (each.hasNext()) {
              Frame frame = each.next();
              rewrite(writer, sample.id(), frame.number(), frame::property, fields, change);
            }
          }
        }
        rewrite(writer, sample.id(), 0, sample::property, fields, change);
      }
    }
  }

  private static ViewDefinition allSlices(DatasetInfo info) {
    return info.group() == null
        ? ViewDefinition.ALL
        : new ViewDefinition(
            List.of(new io.postil.core.view.Stage.SelectGroupSlices(null, null, true, true, true)));
  }

  private static void rewrite(
      DatasetWriter writer,
      ObjectId sample,
      int frame,
      Stored stored,
      List<String> fields,
      UnaryOperator<Document> change) {
    for (String field : fields) {
      boolean ofFrame = field.startsWith(DatasetInfo.FRAMES);
      if (ofFrame != frame > 0) {
        continue;
      }
      String plain = ofFrame ? field.substring(DatasetInfo.FRAMES.length()) : field;
      if (stored.field(plain) instanceof LabelList<?> list) {
        List<SingleLabel> changed = new ArrayList<>(list.labels().size());
        boolean any = false;
        for (SingleLabel label : list.labels()) {
          Document attributes = change.apply(label.attributes());
          any |= !Objects.equals(attributes, label.attributes());
          changed.add(label.withAttributes(attributes));
        }
        if (any) {
          writer.set(sample, frame, plain, list, list.withLabels(changed));
        }
      }
    }
  }
}
