package io.postil.server;

import io.postil.backends.local.SentTrack;
import io.postil.backends.local.VideoChanges;
import io.postil.backends.local.VideoEdit;
import io.postil.core.PostilException;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.RunFilter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the App does with annotation runs. Implementations are thread-safe, enforce the restrictions
 * of a run whatever the App sends, and throw {@link PostilException} for what a request gets wrong.
 */
public interface AnnotationService {
  /** The backends a run can be sent to. */
  List<Backend> backends();

  /** Says what a request would do, with everything that is wrong about it; writes nothing. */
  Plan plan(String dataset, Request request);

  /** Makes a run and sends it to its backend. */
  Run annotate(String dataset, Request request);

  /** The runs of a dataset that a filter accepts, newest first, with their present state. */
  List<Run> runs(String dataset, RunFilter filter);

  /** One run. */
  Run run(String dataset, String key);

  /** The pieces of work of a run that people are assigned, a page of them. */
  List<WorkUnit> units(String dataset, String key, int offset, int limit);

  /** The loads of a run, oldest first. */
  List<AnnotationRun.Load> loads(String dataset, String key);

  /**
   * The labels and values that differ after two loads of a run, the first {@code limit} of them.
   */
  List<Change> diff(String dataset, String key, ObjectId first, ObjectId second, int limit);

  /** Who loaded and undid what and when, oldest first. */
  List<Document> history(String dataset);

  /**
   * Takes a webhook call of a backend; it is the backend that checks the signature.
   *
   * @param headers by name in lower case
   * @return whether it told anything about the run
   */
  boolean webhook(String dataset, String key, Map<String, String> headers, byte[] body);

  /** The view a run was made on. */
  ViewDefinition view(String dataset, String key);

  /** Says what a load would change; changes nothing. */
  Preview preview(String dataset, String key, LoadOptions options, ChangeQuery query);

  /** Merges the work of a run into the dataset. */
  Report load(String dataset, String key, LoadOptions options);

  /** Takes the last load of a run back. */
  Report undo(String dataset, String key);

  /** Gives a run another key. */
  Run rename(String dataset, String key, String newKey);

  /** Removes what a run left on its backend. */
  void cleanup(String dataset, String key);

  /** Forgets a run. */
  void delete(String dataset, String key);

  /** The queue of a run of the local backend. */
  TaskPage tasks(String dataset, String key, int offset, int limit);

  /** One sample of the queue, to be edited. */
  Task task(String dataset, String key, ObjectId sampleId);

  /** What was sent of some frames of a video of the queue; those that hold nothing are left out. */
  List<TaskFrame> frames(String dataset, String key, ObjectId sampleId, int first, int last);

  /**
   * Saves the work on one sample.
   *
   * @throws PostilException with {@code STALE_REVISION} if somebody else saved since the revision
   */
  Saved save(String dataset, String key, ObjectId sampleId, Save save);

  /**
   * A place where people annotate.
   *
   * @param name the name it is configured under
   * @param title a readable name
   * @param labelTypes the label types it takes
   * @param attributeTypes the kinds of attributes it takes
   * @param video whether it takes videos
   * @param local whether the work is done in this App's editor
   */
  record Backend(
      String name,
      String title,
      List<String> labelTypes,
      List<String> attributeTypes,
      boolean video,
      boolean local) {}

  /**
   * What the user asked for.
   *
   * @param key the name of the run
   * @param view the samples
   * @param backend null means the default one
   * @param fields one entry a label field; what it leaves open is inferred
   * @param parameters parameters of the backend by name
   */
  record Request(
      String key,
      ViewDefinition view,
      @Nullable String backend,
      List<FieldRequest> fields,
      Document parameters) {}

  /**
   * One label field of a request.
   *
   * @param field its name
   * @param type the label type, or null if the field exists
   * @param classes the classes, or null for those of the field
   * @param maskTargets of a segmentation the names of pixel values, or null for those of the field
   * @param attributes the attributes, or null for those observed on the field
   * @param restrictions what annotators may do
   */
  record FieldRequest(
      String field,
      @Nullable String type,
      @Nullable List<String> classes,
      @Nullable Map<String, String> maskTargets,
      @Nullable List<Attribute> attributes,
      Restrictions restrictions) {}

  /**
   * What annotators may do to the labels of a field.
   *
   * @param additions add labels
   * @param deletions delete labels
   * @param labelEdits change the class and the attributes of labels
   * @param indexEdits change the index of labels
   * @param spatialEdits change boxes, points and masks
   */
  record Restrictions(
      boolean additions,
      boolean deletions,
      boolean labelEdits,
      boolean indexEdits,
      boolean spatialEdits) {
    /** Everything is allowed. */
    public static final Restrictions NONE = new Restrictions(true, true, true, true, true);
  }

  /**
   * An attribute of labels.
   *
   * @param name its name
   * @param type {@code text}, {@code select}, {@code radio} or {@code checkbox}
   * @param values what can be chosen
   * @param defaultValue what new labels have, or null
   * @param readOnly whether annotators see it only
   * @param mutable whether it may differ between frames of a track
   */
  record Attribute(
      String name,
      String type,
      List<? extends @Nullable Object> values,
      @Nullable Object defaultValue,
      boolean readOnly,
      boolean mutable) {}

  /**
   * A class with the attributes only it has.
   *
   * @param name the class
   * @param attributes attributes beside those of the field
   */
  record ClassSpec(String name, List<Attribute> attributes) {}

  /**
   * How one field is annotated, all questions answered.
   *
   * @param field its name
   * @param type the label type of the annotation contract, such as {@code detections}
   * @param existing whether the dataset has the field
   * @param valueType of a scalar field {@code int}, {@code float}, {@code str} or {@code bool};
   *     null for a new one, whose first values decide, and for labels
   * @param classes the classes
   * @param attributes attributes of all classes
   * @param maskTargets of a segmentation the names of pixel values, by integers in text or {@code
   *     #rrggbb}; else empty
   * @param restrictions what annotators may do
   */
  record FieldSchema(
      String field,
      String type,
      boolean existing,
      @Nullable String valueType,
      List<ClassSpec> classes,
      List<Attribute> attributes,
      Map<String, String> maskTargets,
      Restrictions restrictions) {}

  /**
   * What a request would do.
   *
   * @param backend the backend it would go to
   * @param samples number of samples
   * @param labels number of labels that would be sent, by field
   * @param schema how each field would be annotated; empty if there are problems with it
   * @param problems everything that is wrong; nothing is sent unless it is empty
   * @param warnings what the backend cannot hold, and other things to know
   */
  record Plan(
      String backend,
      long samples,
      Map<String, Long> labels,
      List<FieldSchema> schema,
      List<PostilException.Problem> problems,
      List<String> warnings) {}

  /**
   * A run as the App shows it.
   *
   * @param key its key
   * @param backend its backend
   * @param local whether this App's editor works on it
   * @param state {@code planned}, {@code uploading}, {@code waiting}, {@code loading}, {@code
   *     loaded}, {@code failed} or {@code cleaned}
   * @param createdAt when it was made
   * @param samples number of samples
   * @param uploaded number of samples the backend has
   * @param completed number of samples finished by annotators
   * @param started number of samples somebody touched
   * @param fields the label fields
   * @param url where to work on it outside this App, or null
   * @param problem why it failed, or null
   * @param remedy what to do about the problem, or null
   * @param canUndo whether there is a load that can be taken back
   * @param loads the loads so far, oldest first
   */
  record Run(
      String key,
      String backend,
      boolean local,
      String state,
      Instant createdAt,
      long samples,
      long uploaded,
      long completed,
      long started,
      List<String> fields,
      @Nullable String url,
      @Nullable String problem,
      @Nullable String remedy,
      boolean canUndo,
      List<LoadEntry> loads) {}

  /** One load in the history of a run. */
  record LoadEntry(Instant at, String by, boolean undone, Counts counts) {}

  /**
   * How a run is loaded.
   *
   * @param destinations other fields to write to, by the field of the run
   * @param unexpected what to do with labels of an unexpected type: {@code keep}, {@code ignore} or
   *     {@code return}
   * @param onConflict {@code theirs}, {@code ours} or {@code fail}
   * @param only which work to load, such as that in the state {@code completed}
   * @param allowMassDeletion whether more than half of the run's labels may be deleted
   */
  record LoadOptions(
      Map<String, String> destinations,
      String unexpected,
      String onConflict,
      WorkFilter only,
      boolean allowMassDeletion) {}

  /** Which changes of a preview to return: those of a kind, or all if it is null. */
  record ChangeQuery(@Nullable String kind, int offset, int limit) {}

  /** What became of labels. */
  record Counts(
      long added,
      long edited,
      long deleted,
      long unchanged,
      long refused,
      long conflicting,
      long unexpected) {}

  /**
   * What a load would change.
   *
   * @param total counts over all fields
   * @param fields counts by field
   * @param samples number of samples with a change
   * @param problems why it cannot be applied as it is, for instance a mass deletion
   * @param changes the page of changes asked for; unchanged labels are only counted
   * @param matching number of changes of the kind asked for
   */
  record Preview(
      Counts total,
      Map<String, Counts> fields,
      long samples,
      List<PostilException.Problem> problems,
      List<Change> changes,
      long matching) {}

  /**
   * One change.
   *
   * @param kind {@code added}, {@code edited}, {@code deleted}, {@code refused}, {@code
   *     conflicting} or {@code unexpected}
   * @param sampleId the sample
   * @param frameNumber the frame, or 0
   * @param field the destination field
   * @param labelId the label
   * @param before what the dataset holds: a label, or the value of a scalar field; or null
   * @param after what it would hold, or null
   * @param note why, for a refusal or conflict; or null
   */
  record Change(
      String kind,
      ObjectId sampleId,
      int frameNumber,
      String field,
      ObjectId labelId,
      @Nullable Object before,
      @Nullable Object after,
      @Nullable String note) {}

  /** What a load or undo did. */
  record Report(Counts total, Map<String, Counts> fields, long samples, String summary) {}

  /** A part of a queue. */
  record TaskPage(long total, long completed, List<TaskSummary> tasks) {}

  /**
   * One entry of a queue.
   *
   * @param position its place from 0
   * @param sampleId the sample
   * @param name the file's name
   * @param state {@code new}, {@code started}, {@code completed} or {@code skipped}
   */
  record TaskSummary(int position, ObjectId sampleId, String name, String state) {}

  /**
   * A sample to be edited.
   *
   * @param summary where it stands
   * @param total number of samples in the queue
   * @param previous the sample before it, or null
   * @param next the sample after it, or null
   * @param metadata what is known of the picture, or null
   * @param schema how each field is annotated
   * @param labels the present work by field; fields without labels are absent
   * @param values the values of scalar fields; fields without one are absent
   * @param revision number of the last save
   * @param tracks the tracks that a video was sent with
   * @param edits what people changed in the frames of a video
   */
  record Task(
      TaskSummary summary,
      int total,
      @Nullable ObjectId previous,
      @Nullable ObjectId next,
      @Nullable Document metadata,
      List<FieldSchema> schema,
      Map<String, Label> labels,
      Map<String, Object> values,
      long revision,
      List<SentTrack> tracks,
      List<VideoEdit> edits) {}

  /** A frame of a video as it was sent: its number, labels and values. */
  record TaskFrame(int number, Map<String, Label> labels, Map<String, Object> values) {}

  /**
   * Work to be saved.
   *
   * @param revision the revision it is based on
   * @param state the new state of the task
   * @param labels all labels of the task by field, but for those of frames
   * @param values all values of scalar fields, but for those of frames
   * @param changes what changed in the frames of a video since the revision
   */
  record Save(
      long revision,
      String state,
      Map<String, Label> labels,
      Map<String, Object> values,
      VideoChanges changes) {}

  /** The new revision after a save. */
  record Saved(long revision, String state) {}
}
