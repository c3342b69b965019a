package io.postil.engine;

import io.postil.core.dataset.Sample;
import io.postil.core.value.ObjectId;
import io.postil.engine.edit.EditReport;
import io.postil.engine.edit.Edits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Edits of what a view shows, and of nothing else; each is one change of the dataset with an entry
 * in its history. {@code edits().preview()} has the same edits, which only say what they would
 * change.
 */
abstract sealed class ViewEdits extends ViewQuestions permits View {
  /** The edits of this view. */
  public abstract Edits edits();

  /** Adds tags to the samples. */
  public EditReport tagSamples(String... tags) {
    return edits().tagSamples(List.of(tags));
  }

  /** Removes tags from the samples. */
  public EditReport untagSamples(String... tags) {
    return edits().untagSamples(List.of(tags));
  }

  /**
   * Adds a tag to the labels that are shown.
   *
   * @param fields the label fields; none means those whose labels this view chooses, or all if it
   *     chooses none
   */
  public EditReport tagLabels(String tag, String... fields) {
    return tagLabels(List.of(tag), fields);
  }

  /** Adds tags to the labels that are shown. */
  public EditReport tagLabels(Collection<String> tags, String... fields) {
    return edits().tagLabels(tags, fields);
  }

  /** Removes a tag from the labels that are shown. */
  public EditReport untagLabels(String tag, String... fields) {
    return untagLabels(List.of(tag), fields);
  }

  /** Removes tags from the labels that are shown. */
  public EditReport untagLabels(Collection<String> tags, String... fields) {
    return edits().untagLabels(tags, fields);
  }

  /**
   * Sets an attribute of labels, such as {@code predictions.detections.occluded}, by the labels'
   * ids.
   *
   * @see Edits#setLabelValues
   */
  public EditReport setLabelValues(String path, Map<ObjectId, ?> values) {
    return edits().setLabelValues(path, values);
  }

  /**
   * Sets the values of a field by the ids of samples, or of frames for a field of frames.
   *
   * @see Edits#setValues
   */
  public EditReport setValues(String field, Map<ObjectId, ?> values) {
    return edits().setValues(field, values);
  }

  /**
   * Writes what {@code setField}, {@code mapLabels} and {@code mapValues} show into the samples:
   * {@code dataset.mapLabels("predictions", Map.of("car", "vehicle")).save()}. What the view hides
   * stays as it is.
   *
   * @param fields only these fields; none means all that the stages set
   * @see Edits#save
   */
  public EditReport save(String... fields) {
    return edits().save(fields);
  }

  /**
   * Changes the samples one by one and saves them. Labels the function leaves out are deleted;
   * labels that the view hides stay.
   *
   * @param change gives a sample back with other fields, tags, path or metadata
   */
  public EditReport updateSamples(UnaryOperator<Sample> change) {
    return edits().updateSamples(change);
  }

  /** Removes the values of a field from the samples; the field stays. */
  public EditReport clearField(String field) {
    return edits().clearField(field);
  }

  /** Copies what this view shows in a field into a new field. */
  public EditReport cloneField(String field, String newField) {
    return edits().cloneField(field, newField);
  }

  /**
   * Deletes the labels that are shown.
   *
   * @param fields the label fields; none means those whose labels this view chooses
   */
  public EditReport deleteLabels(String... fields) {
    return edits().deleteLabels(fields);
  }

  /** Deletes the samples; their files stay. */
  public EditReport deleteSamples() {
    return edits().deleteSamples();
  }

  /** Deletes all samples of the dataset but these; their files stay. */
  public EditReport keep() {
    return edits().keep();
  }
}
