package io.postil.engine;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import io.postil.core.viewtext.ViewText;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.annotation.RunFilter;
import io.postil.engine.edit.EditReport;
import io.postil.engine.evaluation.Evaluations;
import java.util.List;
import java.util.function.Consumer;

/**
 * A dataset: the view of all its samples, and what is kept with them: annotation runs, evaluations,
 * saved views. Thread-safe.
 */
public final class Dataset extends View {
  Dataset(StoredDataset stored, Workspace workspace) {
    super(stored, workspace, ViewDefinition.ALL);
  }

  /** Its name. */
  public String name() {
    return stored.info().name();
  }

  /** Its fields, classes and so on, as they are now. */
  public DatasetInfo info() {
    return stored.info();
  }

  /** The dataset as the store has it, for callers that write samples. */
  public StoredDataset stored() {
    return stored;
  }

  /** A view of stages held as data. */
  public View view(ViewDefinition definition) {
    return new View(stored, workspace, definition);
  }

  /** The view of a text such as {@code match(score > 0.5) | limit(10)}. */
  public View view(String text) {
    return view(ViewText.parse(text, stored.info()));
  }

  // --- fields ---------------------------------------------------------------------------------

  /**
   * Declares a new field of a plain type.
   *
   * @param name with {@code frames.} for a field of frames
   */
  public EditReport addField(String name, FieldType type) {
    return addField(name, FieldSpec.of(name, type));
  }

  /** Declares a new field, such as {@code FieldSpec.embedded("truth", "Detections")}. */
  public EditReport addField(String name, FieldSpec spec) {
    return edits().addField(name, spec);
  }

  /**
   * Renames a field, or an attribute of labels such as {@code predictions.detections.area}.
   *
   * @throws PostilException if every sample has it, the new name is taken, or an annotation run
   *     that is not loaded yet labels it
   */
  public EditReport renameField(String field, String newField) {
    return edits().renameField(field, newField);
  }

  /**
   * Deletes a field, or an attribute of labels, with all values.
   *
   * @throws PostilException if every sample has it, or an annotation run that is not loaded yet
   *     labels it
   */
  public EditReport deleteField(String field) {
    return edits().deleteField(field);
  }

  // --- annotation runs ------------------------------------------------------------------------

  /** Merges the work of a run into the dataset: all of it or nothing. */
  public LoadReport loadAnnotations(String key) {
    return loadAnnotations(key, LoadOptions.DEFAULT);
  }

  /** Merges the work of a run into the dataset in another than the usual way. */
  public LoadReport loadAnnotations(String key, LoadOptions options) {
    return annotations().load(key, options, change -> {});
  }

  /** Says what a load would change; changes nothing. */
  public LoadReport previewAnnotations(String key) {
    return previewAnnotations(key, LoadOptions.DEFAULT, change -> {});
  }

  /**
   * Says what a load would change; changes nothing.
   *
   * @param listener hears of every label; it must not use the dataset
   */
  public LoadReport previewAnnotations(String key, LoadOptions options, Consumer<Change> listener) {
    return annotations().preview(key, options, listener);
  }

  /**
   * Takes the last load of a run back, with those after it that changed no sample.
   *
   * @return the number of samples changed
   * @throws PostilException with {@code LATER_EDITS} if edits made since would be lost
   */
  public long undo(String key) {
    return annotations().undo(key, null);
  }

  /** The annotation runs, by key. */
  public List<AnnotationRun> runs() {
    return annotations().runs();
  }

  /** The annotation runs that a filter accepts, by key. */
  public List<AnnotationRun> runs(RunFilter filter) {
    return annotations().runs(filter);
  }

  /** One annotation run. */
  public AnnotationRun annotationRun(String key) {
    return annotations().run(key);
  }

  /** Removes what a run left on its backend. */
  public AnnotationRun cleanupAnnotationRun(String key) {
    return annotations().cleanup(key, Document.empty());
  }

  /** Forgets a run; its labels stay. */
  public void deleteAnnotationRun(String key) {
    annotations().delete(key);
  }

  /** The evaluations, with everything that can be done with them. */
  public Evaluations evaluations() {
    return new Evaluations(stored);
  }

  // --- saved views ----------------------------------------------------------------------------

  /** The names of the saved views. */
  public List<String> savedViews() {
    return new SavedViews(stored).list().stream().map(SavedView::name).toList();
  }

  /**
   * A saved view.
   *
   * @throws PostilException with {@code UNKNOWN_VIEW}, naming the nearest name
   */
  public View savedView(String name) {
    return view(new SavedViews(stored).get(name).view());
  }

  /** Saves a view under a name, in place of the one that had it. */
  public void saveView(String name, View view) {
    new SavedViews(stored).save(name, view.definition());
  }

  /** Forgets a saved view. */
  public void deleteSavedView(String name) {
    new SavedViews(stored).delete(name);
  }
}
