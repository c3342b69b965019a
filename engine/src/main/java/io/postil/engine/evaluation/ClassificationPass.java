package io.postil.engine.evaluation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples and frames of a view once, has their classifications compared, and writes the
 * outcome. Not thread-safe.
 */
final class ClassificationPass {
  private final StoredDataset reading;
  private final ViewDefinition view;
  private final EvaluationFields fields;
  private final ClassificationRun run;
  private final @Nullable DatasetWriter writer;
  private final String key;
  private final Projection projection;
  private final Projection written;

  /**
   * Prepares.
   *
   * @param writer where the outcome goes; null writes nothing
   */
  ClassificationPass(
      StoredDataset reading,
      ViewDefinition view,
      EvaluationFields fields,
      ClassificationEvaluation evaluation,
      ClassificationRun run,
      @Nullable DatasetWriter writer) {
    this.reading = reading;
    this.view = view;
    this.fields = fields;
    this.run = run;
    this.writer = writer;
    key = evaluation.key() == null ? "" : evaluation.key();
    Set<String> names = new HashSet<>(List.of(evaluation.predictions(), evaluation.groundTruth()));
    written = writer == null ? Projection.of() : Projection.of(key, DatasetInfo.FRAMES + key);
    if (written.names() != null) {
      names.addAll(written.names());
    }
    projection = new Projection(names);
  }

  /** Goes through all samples. */
  void go() {
    boolean whole = view.stages().isEmpty();
    try (SampleCursor samples = reading.read(view, projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        Object value = fields.ofFrames() ? frames(samples, sample, whole) : outcome(sample);
        if (writer != null) {
          ObjectId id = ViewEvaluator.storedSample(sample);
          Sample stored = whole ? sample : writer.samples(List.of(id), written).get(0);
          writer.set(id, 0, key, stored.property(key), value);
        }
      }
    }
  }

  private Object outcome(Sample sample) {
    return run.add(
            sample.fields().get(fields.predictions()), sample.fields().get(fields.groundTruth()))
        .written();
  }

  /** The share of right frames, or null if there is none. */
  private @Nullable Object frames(SampleCursor samples, Sample sample, boolean whole) {
    long all = 0;
    long correct = 0;
    try (Cursor<Frame> frames = samples.frames()) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        ClassificationRun.Outcome outcome =
            run.add(
                frame.fields().get(fields.predictions()), frame.fields().get(fields.groundTruth()));
        all++;
        correct += outcome.correct() ? 1 : 0;
        if (writer != null) {
          ObjectId id = ViewEvaluator.storedSample(sample);
          Object before = whole ? frame.property(key) : stored(writer, id, frame.number());
          writer.set(id, frame.number(), key, before, outcome.written());
        }
      }
    }
    return all == 0 ? null : (Double) (correct / (double) all);
  }

  private @Nullable Object stored(DatasetWriter writer, ObjectId sample, int number) {
    try (Cursor<Frame> one = writer.frames(sample, number, number, written)) {
      return one.hasNext() ? one.next().property(key) : null;
    }
  }
}
