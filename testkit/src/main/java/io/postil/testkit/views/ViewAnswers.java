package io.postil.testkit.views;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers questions about views of one dataset: a store, or {@link NaiveViews}. */
public interface ViewAnswers {
  /**
   * One element of a view.
   *
   * @param sample with what the view shows of it
   * @param frames of a video or clip
   * @param rank place in the view's order; elements of one rank are tied
   */
  record Shown(Sample sample, List<Frame> frames, int rank) {}

  /** The dataset. */
  DatasetInfo info();

  /** The elements of a view in order. */
  List<Shown> read(ViewDefinition view);

  /** Their number. */
  long count(ViewDefinition view);

  /** The result of an aggregation. */
  @Nullable Object aggregate(ViewDefinition view, Aggregation aggregation);

  /** The answers of a store. */
  static ViewAnswers of(StoredDataset dataset) {
    return new ViewAnswers() {
      @Override
      public DatasetInfo info() {
        return dataset.info();
      }

      @Override
      public List<Shown> read(ViewDefinition view) {
        List<Shown> shown = new ArrayList<>();
        try (SampleCursor cursor = dataset.read(view, Projection.ALL)) {
          while (cursor.hasNext()) {
            Sample sample = cursor.next();
            List<Frame> frames = new ArrayList<>();
            try (Cursor<Frame> each = cursor.frames()) {
              each.forEachRemaining(frames::add);
            }
            shown.add(new Shown(sample, frames, shown.size()));
          }
        }
        return shown;
      }

      @Override
      public long count(ViewDefinition view) {
        return dataset.count(view);
      }

      @Override
      public @Nullable Object aggregate(ViewDefinition view, Aggregation aggregation) {
        return dataset.aggregate(view, List.of(aggregation)).get(0);
      }
    };
  }
}
