package io.postil.engine.evaluation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples and frames of a view once, has their detections matched, and writes the
 * outcome. Not thread-safe.
 */
final class DetectionPass {
  private final StoredDataset reading;
  private final ViewDefinition view;
  private final EvaluationFields fields;
  private final DetectionRun run;
  private final @Nullable DatasetWriter writer;
  private final String key;
  private final String[] counters;
  private final Projection projection;
  private final boolean whole;

  /**
   * Prepares.
   *
   * @param writer where the outcome goes; null writes nothing
   */
  DetectionPass(
      StoredDataset reading,
      ViewDefinition view,
      EvaluationFields fields,
      DetectionEvaluation evaluation,
      DetectionRun run,
      @Nullable DatasetWriter writer) {
    this.reading = reading;
    this.view = view;
    this.fields = fields;
    this.run = run;
    this.writer = writer;
    key = evaluation.key() == null ? "" : evaluation.key();
    counters = writer == null ? new String[0] : EvaluationFields.counters(key);
    List<String> names =
        new ArrayList<>(List.of(evaluation.predictions(), evaluation.groundTruth()));
    for (String counter : counters) {
      names.add(counter);
      names.add(DatasetInfo.FRAMES + counter);
    }
    projection = new Projection(Set.copyOf(names));
    whole = view.stages().isEmpty();
  }

  /** Goes through all samples. */
  void go() {
    try (SampleCursor samples = reading.read(view, projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        DetectionRun.Marks marks =
            fields.ofFrames()
                ? frames(samples, sample)
                : run.add(
                    sample.fields().get(fields.predictions()),
                    sample.fields().get(fields.groundTruth()),
                    sample.metadata());
        if (writer != null) {
          Sample stored = whole ? sample : stored(writer, sample);
          if (!fields.ofFrames()) {
            writeLabels(writer, stored.id(), 0, stored::property, marks);
          }
          writeCounts(writer, stored.id(), 0, stored::property, marks);
        }
      }
    }
  }

  private Sample stored(DatasetWriter writer, Sample sample) {
    ObjectId id = ViewEvaluator.storedSample(sample);
    return writer.samples(List.of(id), projection).get(0);
  }

  private DetectionRun.Marks frames(SampleCursor samples, Sample sample) {
    DetectionRun.Marks sums = new DetectionRun.Marks();
    try (Cursor<Frame> frames = samples.frames()) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        DetectionRun.Marks marks =
            run.add(
                frame.fields().get(fields.predictions()),
                frame.fields().get(fields.groundTruth()),
                sample.metadata());
        sums.tp += marks.tp;
        sums.fp += marks.fp;
        sums.fn += marks.fn;
        if (writer != null) {
          Frame stored = whole ? frame : stored(writer, sample, frame);
          ObjectId id = ViewEvaluator.storedSample(sample);
          writeLabels(writer, id, stored.number(), stored::property, marks);
          writeCounts(writer, id, stored.number(), stored::property, marks);
        }
      }
    }
    return sums;
  }

  private Frame stored(DatasetWriter writer, Sample sample, Frame frame) {
    ObjectId id = ViewEvaluator.storedSample(sample);
    try (Cursor<Frame> one = writer.frames(id, frame.number(), frame.number(), projection)) {
      return one.next();
    }
  }

  /** The stored value of a field. */
  private interface Stored {
    @Nullable Object field(String name);
  }

  private void writeLabels(
      DatasetWriter writer, ObjectId sample, int frame, Stored stored, DetectionRun.Marks marks) {
    Object predictions = stored.field(fields.predictions());
    if (predictions instanceof LabelList<?> list && !marks.predictions.isEmpty()) {
      writer.addAttributes(sample, frame, fields.predictions(), list, marks.predictions);
    }
    Object truths = stored.field(fields.groundTruth());
    if (truths instanceof LabelList<?> list && !marks.truths.isEmpty()) {
      writer.addAttributes(sample, frame, fields.groundTruth(), list, marks.truths);
    }
  }

  private void writeCounts(
      DatasetWriter writer, ObjectId sample, int frame, Stored stored, DetectionRun.Marks marks) {
    int[] values = {marks.tp, marks.fp, marks.fn};
    for (int i = 0; i < counters.length; i++) {
      writer.set(sample, frame, counters[i], stored.field(counters[i]), values[i]);
    }
  }
}
