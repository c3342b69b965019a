package io.postil.core.store;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One dataset of a store. Thread-safe. Every read sees a consistent state of its own; reads that
 * must agree with a write belong into {@link #write}.
 */
public interface StoredDataset {
  /** The dataset's document as it is stored now. */
  DatasetInfo info();

  /**
   * Streams the samples of a view, in its order; an empty view is the whole dataset in the order of
   * insertion. Memory does not grow with the number of samples, except for the keys of a sort.
   */
  SampleCursor read(ViewDefinition view, Projection fields);

  /** Number of samples of a view. */
  long count(ViewDefinition view);

  /** Computes several aggregations of a view in one pass; results in their order. */
  List<@Nullable Object> aggregate(ViewDefinition view, List<Aggregation> aggregations);

  /** The samples of the ids that exist, in the order of the ids; whole, whatever a view hides. */
  List<Sample> samples(Collection<ObjectId> ids, Projection fields);

  /**
   * The frames of a video from one number to another, both included, by ascending number; whole,
   * whatever a view hides.
   */
  Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields);

  /**
   * Makes one logical change: all of it or nothing. On a store with transactions the writer's reads
   * see what it wrote and nobody else writes meanwhile.
   *
   * @return what the action returns
   * @throws io.postil.core.PostilException with {@code STORE_LOCKED} if another process holds the
   *     write lock for longer than the store waits
   */
  <T extends @Nullable Object> T write(Function<DatasetWriter, T> action);

  /**
   * A change that another process is making and of which reads may see a part already, or that was
   * interrupted: who, and what becomes of it. Null if there is none, as always on a store whose
   * changes are transactions.
   */
  default @Nullable String changeInProgress() {
    return null;
  }

  /** The runs of a type, by key. */
  List<RunRecord> runs(String type);

  /** The run of a type and key. */
  Optional<RunRecord> run(String type, String key);

  /**
   * What {@link DatasetWriter#putSide} stored of an owner for the given samples, by sample in the
   * order of the ids and within a sample by frame and name.
   */
  List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds);

  /**
   * What {@link DatasetWriter#putSide} stored of an owner for the frames of a sample from one
   * number to another, both included, by frame and name; 0 is the sample itself. Close it.
   */
  Cursor<SideRecord> side(ObjectId owner, ObjectId sampleId, int first, int last);

  /** Everything {@link DatasetWriter#putSide} stored of an owner, by sample, frame and name. */
  Cursor<SideRecord> side(ObjectId owner);

  /** The history, oldest first: who did what and when. */
  List<Document> history();

  /** Saved views by name. */
  List<SavedView> savedViews();

  /**
   * A view under a name.
   *
   * @param id its id
   * @param name its name
   * @param view its stages
   * @param extras what else its document holds: description, color, dates
   */
  record SavedView(ObjectId id, String name, ViewDefinition view, Document extras) {}

  /**
   * Data that belongs to a run or load rather than to the samples: baselines, journals.
   *
   * @param sampleId the sample it is about
   * @param frameNumber the frame, or 0 for the sample itself
   * @param name the field it is about
   * @param value a label or a value
   */
  record SideRecord(ObjectId sampleId, int frameNumber, String name, Object value) {}
}
