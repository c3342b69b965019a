package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Edits what a view shows: only the samples, frames and labels it shows are touched. Each edit is
 * one change of the dataset, all of it or nothing, with an entry in the history; it reads the view
 * as a stream. {@link #preview()} gives the same edits that only say what they would change. Views
 * of patches, clips and frames edit the labels they are made of. Immutable; thread-safe as far as
 * the dataset is.
 */
public final class Edits {
  /** From so many samples on, deleting is done in parts. */
  private static final int PART = 50_000;

  private final StoredDataset dataset;
  private final ViewDefinition view;
  private final boolean previewing;

  /** The edits of a view of a dataset. */
  public Edits(StoredDataset dataset, ViewDefinition view) {
    this(dataset, view, false);
  }

  private Edits(StoredDataset dataset, ViewDefinition view, boolean previewing) {
    this.dataset = dataset;
    this.view = view;
    this.previewing = previewing;
  }

  /** The same edits, which write nothing and say what they would change. */
  public Edits preview() {
    return new Edits(dataset, view, true);
  }

  // --- tags -----------------------------------------------------------------------------------

  /**
   * Adds tags to samples.
   *
   * @throws PostilException if the view shows no samples but patches, clips, frames or groups
   */
  public EditReport tagSamples(Collection<String> tags) {
    return tagSamples("tag_samples", tags, old -> LabelTags.added(old, tags));
  }

  /** Removes tags from samples. */
  public EditReport untagSamples(Collection<String> tags) {
    return tagSamples("untag_samples", tags, old -> LabelTags.removed(old, tags));
  }

  private EditReport tagSamples(
      String name, Collection<String> tags, UnaryOperator<List<String>> change) {
    LabelTags.check(tags);
    return edit(
        name,
        Document.of("tags", Values.list(List.copyOf(tags))),
        pass -> {
          requireSamples(pass, "tags of samples", "Tag the labels instead.");
          pass.each(
              List.of(),
              holder -> {
                Sample sample = sample(holder);
                List<String> after = change.apply(sample.tags());
                if (!after.equals(sample.tags())) {
                  pass.putSample(sample.withTags(after));
                }
              },
              frame -> {});
        });
  }

  /**
   * Adds tags to the labels that are shown.
   *
   * @param fields the label fields; none means those whose labels the view chooses, or all if it
   *     chooses none
   */
  public EditReport tagLabels(Collection<String> tags, String... fields) {
    LabelTags.check(tags);
    return editLabels(
        "tag_labels",
        Document.of("tags", Values.list(List.copyOf(tags))),
        fields,
        (stored, shown) -> stored.withTags(LabelTags.added(stored.tags(), tags)));
  }

  /** Removes tags from the labels that are shown. */
  public EditReport untagLabels(Collection<String> tags, String... fields) {
    LabelTags.check(tags);
    return editLabels(
        "untag_labels",
        Document.of("tags", Values.list(List.copyOf(tags))),
        fields,
        (stored, shown) -> stored.withTags(LabelTags.removed(stored.tags(), tags)));
  }

  // --- labels ---------------------------------------------------------------------------------

  /**
   * Deletes the labels that are shown. Lists stay, with what is left in them.
   *
   * @param fields the label fields; none means those whose labels the view chooses
   * @throws PostilException if no field is named and the view chooses no labels
   */
  public EditReport deleteLabels(String... fields) {
    boolean chosen =
        fields.length > 0
            || !SetPaths.hiding(dataset.info(), view).isEmpty()
            || view.stages().stream().anyMatch(s -> s instanceof Stage.ToPatches);
    if (!chosen) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "which labels to delete is not said: the view shows all labels of its samples",
          "Name the label fields, or choose labels with filterLabels or selectLabels.");
    }
    return editLabels("delete_labels", Document.empty(), fields, (stored, shown) -> null);
  }

  /**
   * Sets an attribute of labels by the labels' ids.
   *
   * @param path of the attribute, such as {@code ground_truth.detections.occluded}; an attribute
   *     that is not declared yet is declared
   * @param values by id of the label; null removes the attribute
   * @throws PostilException if an id is not among the labels that are shown, or a value does not
   *     fit; then nothing is changed
   */
  public EditReport setLabelValues(String path, Map<ObjectId, ?> values) {
    return edit("set_label_values", Document.of("field", path), new LabelValues(path, values)::run);
  }

  private EditReport editLabels(
      String name, Document details, String[] fields, LabelChanges.LabelEdit edit) {
    return edit(
        name,
        fields.length == 0 ? details : details.with("fields", List.of(fields)),
        pass -> {
          List<String> chosen = labelFields(pass.schema(), fields);
          pass.each(
              chosen,
              sample ->
                  chosen.stream()
                      .filter(f -> !f.startsWith(DatasetInfo.FRAMES))
                      .forEach(f -> pass.editLabels(sample, f, edit)),
              frame ->
                  chosen.stream()
                      .filter(f -> f.startsWith(DatasetInfo.FRAMES))
                      .forEach(f -> pass.editLabels(frame, f.substring(7), edit)));
        });
  }

  /** The label fields of a request, checked; without names those the view is about. */
  private List<String> labelFields(ViewSchema schema, String[] names) {
    requireNoGroups(schema);
    if (names.length > 0) {
      for (String name : names) {
        schema.labelPrefix(name);
      }
      return List.of(names);
    }
    Set<@Nullable String> narrowed = SetPaths.hiding(schema.info(), view);
    return allLabelFields(schema).stream()
        .filter(f -> narrowed.isEmpty() || narrowed.contains(null) || narrowed.contains(f))
        .toList();
  }

  private List<String> allLabelFields(ViewSchema schema) {
    for (Stage stage : view.stages().reversed()) {
      if (stage instanceof Stage.ToPatches patches) {
        return List.of(patches.field());
      }
    }
    List<String> all = new ArrayList<>();
    schema.sampleFields().stream().filter(FieldSpec::isLabel).forEach(f -> all.add(f.name()));
    if (schema.hasFrames()) {
      schema.frameFields().stream()
          .filter(FieldSpec::isLabel)
          .forEach(f -> all.add(DatasetInfo.FRAMES + f.name()));
    }
    return all;
  }

  // --- values ---------------------------------------------------------------------------------

  /**
   * Writes what the stages {@code setField}, {@code mapLabels} and {@code mapValues} of the view
   * show into the samples. Values and labels that the view hides stay, and so do labels that are
   * missing.
   *
   * @param fields only these fields; none means all that the stages set
   * @throws PostilException if the view sets none of the fields, or a value does not fit the type
   *     of its field; then nothing is changed
   */
  public EditReport save(String... fields) {
    return edit(
        "save",
        fields.length == 0 ? Document.empty() : Document.of("fields", List.of(fields)),
        pass -> {
          requireNoGroups(pass.schema());
          new SavedValues(pass, SetPaths.of(pass.schema().info(), view), List.of(fields)).run();
        });
  }

  /**
   * Sets the values of a field.
   *
   * @param path a field, or a path into documents or single labels; {@code filepath}, {@code tags}
   *     and {@code metadata}, too
   * @param values by id of the sample, or for {@code frames.} of the frame; null removes the value
   * @throws PostilException if the field is unknown, an id is not in the view, or a value does not
   *     fit; then nothing is changed
   */
  public EditReport setValues(String path, Map<ObjectId, ?> values) {
    return edit(
        "set_values",
        Document.of("field", path),
        pass -> {
          requireSamplesOrFrames(pass);
          new SampleValues(path, values).run(pass);
        });
  }

  /**
   * Removes the values of a field from the samples that are shown; the field stays.
   *
   * @param field a field, with {@code frames.} if frames have it
   */
  public EditReport clearField(String field) {
    return edit(
        "clear_field",
        Document.of("field", field),
        pass -> {
          requireSamplesOrFrames(pass);
          FieldNames.requireOwn(pass.schema(), field);
          String plain = FieldNames.plain(field);
          boolean ofFrame = field.startsWith(DatasetInfo.FRAMES);
          pass.each(
              List.of(field),
              sample -> {
                if (!ofFrame) {
                  pass.set(sample, plain, null);
                }
              },
              frame -> pass.set(frame, plain, null));
        });
  }

  /**
   * Changes samples one by one and saves them.
   *
   * @param change gives a sample, as the view shows it, back with other fields, tags, path or
   *     metadata. Labels it leaves out are deleted; labels that the view hides stay
   * @throws PostilException if a value does not fit its field; then nothing is changed
   */
  public EditReport updateSamples(UnaryOperator<Sample> change) {
    return edit(
        "update_samples",
        Document.empty(),
        pass -> {
          requireSamples(pass, "samples", "Edit the labels instead.");
          new ChangedSamples(change).run(pass);
        });
  }

  // --- samples --------------------------------------------------------------------------------

  /** Deletes the samples of the view with their frames; their files stay. */
  public EditReport deleteSamples() {
    return deleteSamples(
        "delete_samples",
        pass -> {
          requireSamples(pass, "samples", "Delete the labels instead.");
          return ids(pass, view);
        });
  }

  /** Deletes all samples of the dataset but those of the view; their files stay. */
  public EditReport keep() {
    return deleteSamples(
        "keep",
        pass -> {
          if (pass.schema().info().group() != null) {
            throw new PostilException(
                ErrorCode.INVALID_VIEW,
                "a view of a grouped dataset hides the other slices, so it cannot be kept alone",
                "Delete the samples of the opposite view.");
          }
          requireSamples(pass, "samples", "Delete the labels that the view hides instead.");
          Set<ObjectId> kept = ids(pass, view);
          List<ObjectId> others = new ArrayList<>();
          for (ObjectId id : ids(pass, ViewDefinition.ALL)) {
            if (!kept.contains(id)) {
              others.add(id);
            }
          }
          return others;
        });
  }

  private static Set<ObjectId> ids(EditPass pass, ViewDefinition of) {
    Set<ObjectId> ids = new LinkedHashSet<>();
    try (SampleCursor samples = pass.reading().read(of, Projection.of())) {
      samples.forEachRemaining(sample -> ids.add(sample.id()));
    }
    return ids;
  }

  private EditReport deleteSamples(String name, Function<EditPass, Collection<ObjectId>> chosen) {
    return edit(
        name,
        Document.empty(),
        pass -> {
          List<ObjectId> ids = List.copyOf(chosen.apply(pass));
          ids.forEach(pass::touch);
          DatasetWriter writer = pass.writer();
          for (int from = 0; writer != null && from < ids.size(); from += PART) {
            writer.deleteSamples(ids.subList(from, Math.min(ids.size(), from + PART)));
          }
        });
  }

  // --- fields ---------------------------------------------------------------------------------

  /**
   * Declares a new field.
   *
   * @param name with {@code frames.} for a field of frames
   * @throws PostilException if there is one of that name, or the name cannot be a field's
   */
  public EditReport addField(String name, FieldSpec spec) {
    return edit(
        "add_field",
        Document.of("field", name, "type", spec.describe()),
        pass -> new FieldEdits(pass).add(name, spec));
  }

  /**
   * Copies what the view shows in a field into a new one, or an attribute of labels into a new
   * attribute. Labels keep their ids.
   *
   * @param field such as {@code predictions}, {@code frames.objects} or {@code
   *     predictions.detections.area}
   * @param newField of the same kind
   */
  public EditReport cloneField(String field, String newField) {
    return edit(
        "clone_field",
        Document.of("field", field, "new_field", newField),
        pass -> new FieldEdits(pass).copy(field, newField));
  }

  /**
   * Renames a field, or an attribute of its labels, in the whole dataset. Evaluations that compare
   * the field follow.
   *
   * @throws PostilException if it is a field every sample has, the new name is taken, or an
   *     annotation run that is not loaded yet labels it
   */
  public EditReport renameField(String field, String newField) {
    requireWhole();
    return edit(
        "rename_field",
        Document.of("field", field, "new_field", newField),
        pass -> new FieldEdits(pass).rename(field, newField));
  }

  /**
   * Deletes a field, or an attribute of its labels, from the whole dataset.
   *
   * @throws PostilException if it is a field every sample has, or an annotation run that is not
   *     loaded yet labels it
   */
  public EditReport deleteField(String field) {
    requireWhole();
    return edit(
        "delete_field", Document.of("field", field), pass -> new FieldEdits(pass).delete(field));
  }

  private void requireWhole() {
    if (!view.stages().isEmpty()) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "fields belong to the whole dataset, not to a view",
          "Rename or delete the field of the dataset; clearField removes its values from a view.");
    }
  }

  // --- one edit -------------------------------------------------------------------------------

  private EditReport edit(String name, Document details, Consumer<EditPass> action) {
    if (previewing) {
      EditPass pass = new EditPass(dataset, null, view);
      action.accept(pass);
      return pass.report();
    }
    return dataset.write(
        writer -> {
          EditPass pass = new EditPass(writer, writer, view);
          action.accept(pass);
          EditReport report = pass.report();
          if (pass.isChanged()) {
            Document all =
                view.stages().isEmpty()
                    ? details
                    : details.with("view", StageDocuments.toList(view));
            History.add(writer, name, all, report);
          }
          return report;
        });
  }

  private static Sample sample(Holder holder) {
    return Objects.requireNonNull(holder.stored().sample());
  }

  private static void requireNoGroups(ViewSchema schema) {
    if (schema.kind() == ViewSchema.Kind.DYNAMIC_GROUPS) {
      throw new PostilException(
          ErrorCode.INVALID_VIEW,
          "a view of groups shows only the first sample of each, so it cannot be edited",
          "Flatten the groups first.");
    }
  }

  private static void requireSamples(EditPass pass, String what, String remedy) {
    requireNoGroups(pass.schema());
    if (pass.schema().kind() != ViewSchema.Kind.SAMPLES) {
      throw new PostilException(
          ErrorCode.INVALID_VIEW,
          what
              + " cannot be edited through a view of "
              + pass.schema().kind().name().toLowerCase(Locale.ROOT),
          remedy);
    }
  }

  private static void requireSamplesOrFrames(EditPass pass) {
    if (pass.schema().kind() != ViewSchema.Kind.FRAMES) {
      requireSamples(pass, "values of samples", "Set values of the labels instead.");
    }
  }
}
