package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers views from a reader's plain streams. Stateless. */
final class Views {
  private Views() {}

  /** The samples of a view; the action runs when the cursor is closed. */
  static SampleCursor read(
      SnapshotReader reader, ViewDefinition view, Projection projection, Runnable onClose) {
    requireWhole(view);
    return reader.scan(projection, onClose);
  }

  static long count(SnapshotReader reader, ViewDefinition view) {
    requireWhole(view);
    return reader.count();
  }

  static List<@Nullable Object> aggregate(
      SnapshotReader reader, ViewDefinition view, List<Aggregation> aggregations) {
    requireWhole(view);
    if (!aggregations.isEmpty()) {
      throw new PostilException(ErrorCode.INTERNAL, "aggregations need the view evaluator");
    }
    return List.of();
  }

  private static void requireWhole(ViewDefinition view) {
    if (!view.stages().isEmpty()) {
      throw new PostilException(ErrorCode.INTERNAL, "stages need the view evaluator");
    }
  }
}
