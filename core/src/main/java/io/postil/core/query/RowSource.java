package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.ObjectId;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the evaluator reads a dataset through; a store provides it. All reads of one source see one
 * state of the dataset. A source may be read by several cursors at once.
 */
public interface RowSource {
  /** The dataset's document. */
  DatasetInfo info();

  /** All samples, of all slices, in the order of insertion. */
  SampleCursor scan(Projection fields);

  /** The samples of the ids that exist, in the order of the ids. */
  List<Sample> samples(Collection<ObjectId> ids, Projection fields);

  /** The frames of a video from one number to another, both included, by ascending number. */
  Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields);

  /**
   * The labels of a list field of samples by columns, block by block in the order of insertion; or
   * null if the source does not keep these properties so.
   *
   * @param properties those that are wanted, see {@link LabelColumns#mayHold}
   */
  default @Nullable Cursor<LabelColumns> columns(String field, Set<String> properties) {
    return null;
  }

  /** Number of samples of all slices. */
  long count();
}
