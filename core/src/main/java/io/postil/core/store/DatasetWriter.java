package io.postil.core.store;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of one change. It also reads: {@link #samples}, {@link #frames} and {@link
 * #info} see the state the change starts from plus what it wrote itself. Valid only inside {@link
 * StoredDataset#write}; not thread-safe.
 */
public interface DatasetWriter extends StoredDataset {
  /** Replaces the dataset's document: fields declared, classes and so on; not its name. */
  void putInfo(DatasetInfo info);

  /** Adds a sample behind the others. Its fields must be declared. */
  void insert(Sample sample);

  /** Adds a frame, or replaces the one of the same sample and number. */
  void insertFrame(Frame frame);

  /** Replaces tags, metadata, path and system data of a sample; its fields stay. */
  void putSample(Sample sample);

  /** Deletes samples with their frames. */
  void deleteSamples(List<ObjectId> ids);

  /** Deletes frames of a video. */
  void deleteFrames(ObjectId sampleId, List<Integer> numbers);

  /**
   * Sets the value of a declared field. A store that shares its database with other programs
   * compares {@code before} and {@code after} by label id and writes just the difference.
   *
   * @param frameNumber the frame, made if it has no content yet; 0 for the sample itself
   * @param field without {@code frames.}
   * @param before the value as this change read it
   * @param after the new value; null removes it
   */
  void set(
      ObjectId sampleId,
      int frameNumber,
      String field,
      @Nullable Object before,
      @Nullable Object after);

  /**
   * Gives labels of a list further attributes, as {@link #set} does with the list so changed. A
   * store that writes labels one by one need not make that list.
   *
   * @param frameNumber the frame; 0 for the sample itself
   * @param field without {@code frames.}
   * @param before the list as this change read it
   * @param attributes those of each label that gets some, by its id
   */
  default void addAttributes(
      ObjectId sampleId,
      int frameNumber,
      String field,
      LabelList<?> before,
      Map<ObjectId, Document> attributes) {
    List<SingleLabel> labels = new ArrayList<>(before.labels().size());
    for (SingleLabel label : before.labels()) {
      Document added = attributes.get(label.id());
      labels.add(added == null ? label : label.withAttributes(label.attributes().withAll(added)));
    }
    set(sampleId, frameNumber, field, before, before.withLabels(labels));
  }

  /** Removes a declared field with its values; a frame field has the prefix {@code frames.}. */
  void deleteField(String name);

  /** Renames a declared field, values included; both names with the prefix or both without. */
  void renameField(String name, String newName);

  /**
   * Removes attributes from all labels of a declared label field; what the field declares of them
   * stays. A store may do so at the end of the change: its reads may still see them, and it must
   * not set or rename the field afterwards.
   *
   * @param field a frame field has the prefix {@code frames.}
   * @param names of attributes, as {@link io.postil.core.label.SingleLabel#attributes} has them
   */
  void deleteAttributes(String field, List<String> names);

  /** Adds or replaces a run by its id. */
  void putRun(RunRecord run);

  /** Removes a run; its side records are removed by {@link #deleteSide}. */
  void deleteRun(ObjectId id);

  /** Adds or replaces data that belongs to an owner (a run or a load). */
  void putSide(ObjectId owner, SideRecord record);

  /** Removes all data of an owner. */
  void deleteSide(ObjectId owner);

  /** Adds an entry to the history. */
  void appendHistory(Document entry);

  /** Adds or replaces a saved view by its id. */
  void putSavedView(SavedView view);

  /** Removes a saved view. */
  void deleteSavedView(ObjectId id);
}
