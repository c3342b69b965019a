package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates views of one source. Making an evaluator checks the view against the dataset's fields
 * and reads nothing; the methods read as a stream, in memory that does not grow with the number of
 * samples but for the keys of sorts and groups. Not thread-safe: use one evaluator in one thread.
 */
public final class ViewEvaluator {
  private static final FieldSpec METADATA = FieldSpec.embedded("metadata", "Metadata");

  private final Pipeline pipeline;

  /**
   * Checks a view.
   *
   * @throws io.postil.core.PostilException if a stage names an unknown field, slice or operator or
   *     does not fit what the stages before it show
   */
  public ViewEvaluator(RowSource source, ViewDefinition view) {
    pipeline = ViewCompiler.compile(source, view);
  }

  /** What the view shows. */
  public ViewSchema schema() {
    return pipeline.schema();
  }

  /** The samples of the view in its order, with what it shows of their fields. */
  public SampleCursor read(Projection fields) {
    return new Output(pipeline, fields);
  }

  /** Number of samples of the view. */
  public long count() {
    if (pipeline.steps().isEmpty()) {
      return pipeline.source().count();
    }
    ColumnPass columns = ColumnPass.of(pipeline, null);
    long known = columns != null && columns.isWhole(pipeline) ? columns.samples() : -1;
    if (known >= 0) {
      return known;
    }
    try (Pipeline.Run run = pipeline.runForFields(Set.of())) {
      long count = 0;
      for (Iterator<Row> rows = run.rows(); rows.hasNext(); rows.next()) {
        count++;
      }
      return count;
    }
  }

  /**
   * Computes aggregations in one pass.
   *
   * @return their results in their order
   */
  public List<@Nullable Object> aggregate(List<Aggregation> aggregations) {
    return AggregationEvaluator.evaluate(pipeline, aggregations);
  }

  /** The rows of a pipeline as samples. */
  private static final class Output implements SampleCursor {
    private final Pipeline.Run run;
    private final Iterator<Row> rows;
    private final List<FieldSpec> fields = new ArrayList<>();
    private final List<FieldSpec> frameFields = new ArrayList<>();
    private final Set<String> frameNames = new HashSet<>();
    private final boolean whole;
    private final @Nullable String groupField;
    private @Nullable Row current;

    Output(Pipeline pipeline, Projection projection) {
      ViewSchema schema = pipeline.schema();
      Set<String> reads = new HashSet<>();
      for (FieldSpec field : schema.sampleFields()) {
        if (projection.includes(field.name())) {
          fields.add(field);
          reads.add(field.name());
        }
      }
      for (FieldSpec field : schema.frameFields()) {
        if (projection.includes(DatasetInfo.FRAMES + field.name())) {
          frameFields.add(field);
          frameNames.add(field.name());
          reads.add(DatasetInfo.FRAMES + field.name());
        }
      }
      DatasetInfo.GroupInfo group = pipeline.source().info().group();
      groupField = group == null ? null : group.field();
      whole =
          schema.kind() == ViewSchema.Kind.SAMPLES
              && projection.names() == null
              && fields.size() == pipeline.source().info().sampleFields().size();
      run = pipeline.run(reads);
      rows = run.rows();
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Sample next() {
      Row row = rows.next();
      current = row;
      Sample stored = row.sample();
      return stored != null && whole && !row.isChanged() ? stored : sample(row, stored);
    }

    private Sample sample(Row row, @Nullable Sample stored) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (FieldSpec field : fields) {
        put(
            values,
            field,
            row.property(field.name().equals("frame_id") ? "_frame_id" : field.name()));
      }
      if (groupField != null && stored != null && stored.fields().containsKey(groupField)) {
        values.put(groupField, stored.fields().get(groupField));
      }
      List<String> tags = new ArrayList<>();
      if (row.property("tags") instanceof List<?> list) {
        list.forEach(tag -> tags.add(String.valueOf(tag)));
      }
      Object metadata = DeclaredValues.fit(METADATA, Writes.plain(row.property("metadata")));
      return new Sample(
          row.id(),
          row.property("filepath") instanceof String path ? path : "",
          tags,
          metadata instanceof Document d ? d : null,
          values,
          stored != null ? stored.system() : Document.of(DerivedStages.system(row)));
    }

    private static void put(Map<String, Object> values, FieldSpec field, @Nullable Object value) {
      if (value == null || value == Missing.MISSING) {
        return;
      }
      if (field.isLabel() && !(value instanceof Label)) {
        Object plain = DeclaredValues.fit(field, Writes.plain(value));
        if (plain instanceof Document d) {
          values.put(
              field.name(), LabelDocuments.fromDocument(d, String.valueOf(field.documentClass())));
        }
        return;
      }
      Object plain =
          DeclaredValues.fit(field, value instanceof Label ? value : Writes.plain(value));
      if (plain != null) {
        values.put(field.name(), plain);
      }
    }

    @Override
    public Cursor<Frame> frames() {
      Row row = current;
      if (row == null || !row.hasFrameSource()) {
        return Cursor.of(List.of());
      }
      Iterator<Row> frames = row.frames().iterator();
      return new Cursor<>() {
        @Override
        public boolean hasNext() {
          return frames.hasNext();
        }

        @Override
        public Frame next() {
          return frame(frames.next());
        }

        @Override
        public void close() {}
      };
    }

    private Frame frame(Row row) {
      Frame stored = java.util.Objects.requireNonNull(row.frame());
      if (!row.isChanged() && frameNames.containsAll(stored.fields().keySet())) {
        return stored;
      }
      Map<String, Object> values = new LinkedHashMap<>();
      for (FieldSpec field : frameFields) {
        put(values, field, row.property(field.name()));
      }
      return stored.withFields(values);
    }

    @Override
    public void close() {
      run.close();
    }
  }

  /**
   * The id of a clip that no label gives one: always the same for a range of frames of a sample,
   * and made so that MongoDB can make it, too.
   */
  public static ObjectId clipId(ObjectId sample, int first, int last) {
    return ObjectId.of(digits(first) + digits(last) + sample.toString().substring(10));
  }

  /** The last five digits of a frame's number. */
  private static String digits(int number) {
    return String.valueOf(100_000 + number % 100_000).substring(1);
  }

  /** The id of the stored sample behind a sample of a patches, frames or clips view. */
  public static ObjectId storedSample(Sample sample) {
    return sample.system().get("_sample_id") instanceof ObjectId id ? id : sample.id();
  }
}
