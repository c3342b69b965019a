package io.postil.store.sqlite;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.LabelColumns;
import io.postil.core.query.RowSource;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers views: the evaluator of the core runs them on a reader's plain streams. Stateless. */
final class Views {
  private Views() {}

  /** The samples of a view; the action runs when the cursor is closed. */
  static SampleCursor read(
      SnapshotReader reader, ViewDefinition view, Projection projection, Runnable onClose) {
    if (view.stages().isEmpty() && reader.info().group() == null) {
      return reader.scan(projection, onClose);
    }
    return evaluator(reader, view).read(projection).onClose(onClose);
  }

  static long count(SnapshotReader reader, ViewDefinition view) {
    return evaluator(reader, view).count();
  }

  static List<@Nullable Object> aggregate(
      SnapshotReader reader, ViewDefinition view, List<Aggregation> aggregations) {
    return evaluator(reader, view).aggregate(aggregations);
  }

  private static ViewEvaluator evaluator(SnapshotReader reader, ViewDefinition view) {
    return new ViewEvaluator(new Source(reader), view);
  }

  /** What a reader's session sees, for the evaluator. */
  private record Source(SnapshotReader reader) implements RowSource {
    @Override
    public DatasetInfo info() {
      return reader.info();
    }

    @Override
    public SampleCursor scan(Projection fields) {
      return reader.scan(fields, () -> {});
    }

    @Override
    public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
      return reader.samples(ids, fields);
    }

    @Override
    public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
      return reader.frames(sampleId, first, last, fields);
    }

    @Override
    public @Nullable Cursor<LabelColumns> columns(String field, Set<String> properties) {
      return reader.columns(field, properties);
    }

    @Override
    public long count() {
      return reader.count();
    }
  }
}
