package io.postil.store.mongo;

import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers views. Stateless. */
final class Views {
  private Views() {}

  /** The samples of a view; the action runs when the cursor is closed. */
  static SampleCursor read(
      DatasetReader reader, ViewDefinition view, Projection projection, Runnable onClose) {
    if (view.stages().isEmpty() && reader.info().group() == null) {
      return new Closing(reader.scan(projection), onClose);
    }
    return new Closing(new ViewEvaluator(reader, view).read(projection), onClose);
  }

  static long count(DatasetReader reader, ViewDefinition view) {
    return new ViewEvaluator(reader, view).count();
  }

  static List<@Nullable Object> aggregate(
      DatasetReader reader, ViewDefinition view, List<Aggregation> aggregations) {
    return new ViewEvaluator(reader, view).aggregate(aggregations);
  }

  /** A cursor that runs an action when it is closed. */
  private record Closing(SampleCursor rows, Runnable onClose) implements SampleCursor {
    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Sample next() {
      return rows.next();
    }

    @Override
    public Cursor<Frame> frames() {
      return rows.frames();
    }

    @Override
    public void close() {
      try {
        rows.close();
      } finally {
        onClose.run();
      }
    }
  }
}
