package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import io.postil.core.run.RunRecord;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs, saved views and side records as documents, and back. A run is the document FiftyOne knows,
 * and a second one with what FiftyOne has no place for: the state, our own results, and what was
 * added so that FiftyOne can read the first. Stateless.
 */
final class RunDocuments {
  private static final Set<String> HIDDEN_OF_VIEWS =
      Set.of("_id", "_dataset_id", "name", "slug", "view_stages");
  private static final Set<String> STAMPS_OF_VIEWS =
      Set.of("created_at", "last_modified_at", "last_loaded_at");

  private RunDocuments() {}

  /** The key of a dataset's document under which runs of a type are listed. */
  static String listName(String type) {
    return switch (type) {
      case RunRecord.ANNOTATION -> "annotation_runs";
      case RunRecord.EVALUATION -> "evaluations";
      case "brain" -> "brain_methods";
      default -> "runs";
    };
  }

  // --- writing ----------------------------------------------------------------------------------

  /** FiftyOne's part of a run. */
  static Document toDocument(RunRecord run, ObjectId datasetId, @Nullable ObjectId results) {
    List<String> stages = run.viewStages();
    return Document.builder()
        .put("_id", run.id())
        .put("_dataset_id", datasetId)
        .put("key", run.key())
        .put("version", DatasetDocuments.VERSION)
        .put("timestamp", run.timestamp())
        .put("config", config(run))
        .putIfPresent("view_stages", stages == null ? null : Values.list(stages))
        .put("results_meta", Document.empty())
        .putIfPresent("results", results)
        .build();
  }

  /** FiftyOne finds the class of a configuration by its name, so that must be one it knows. */
  private static Document config(RunRecord run) {
    return run.config().withAll(added(run));
  }

  /** What differs from our configuration. */
  private static Document added(RunRecord run) {
    Document config = run.config();
    Document.Builder added = Document.builder();
    if (!config.getString("cls", "").startsWith("fiftyone.")) {
      added.put("cls", configClass(run));
    }
    if (!config.contains("type")) {
      added.put("type", run.type());
    }
    if (run.type().equals(RunRecord.ANNOTATION)) {
      String backend = config.getString("method", config.getString("name", "local"));
      if (!config.contains("method")) {
        added.put("method", backend);
      }
      if (!config.contains("name")) {
        added.put("name", backend);
      }
    }
    return added.build();
  }

  /** Our values of what differs; absent ones as null. */
  private static Document replaced(RunRecord run) {
    Document.Builder replaced = Document.builder();
    added(run).names().forEach(name -> replaced.put(name, run.config().get(name)));
    return replaced.build();
  }

  private static String configClass(RunRecord run) {
    Document config = run.config();
    return switch (config.getString("method", config.getString("name", ""))) {
      case "cvat" -> "fiftyone.utils.cvat.CVATBackendConfig";
      case "labelstudio" -> "fiftyone.utils.labelstudio.LabelStudioBackendConfig";
      case "labelbox" -> "fiftyone.utils.labelbox.LabelboxBackendConfig";
      case "coco" -> "fiftyone.utils.eval.coco.COCOEvaluationConfig";
      case "simple" -> "fiftyone.utils.eval.classification.SimpleEvaluationConfig";
      case "top-k" -> "fiftyone.utils.eval.classification.TopKEvaluationConfig";
      case "binary" -> "fiftyone.utils.eval.classification.BinaryEvaluationConfig";
      case "activitynet" -> "fiftyone.utils.eval.activitynet.ActivityNetEvaluationConfig";
      default ->
          run.type().equals(RunRecord.ANNOTATION)
              ? "fiftyone.utils.annotations.AnnotationBackendConfig"
              : "fiftyone.core.runs.RunConfig";
    };
  }

  /** Our part of a run. */
  static Document ours(RunRecord run, ObjectId datasetId, @Nullable ObjectId results) {
    return Document.builder()
        .put("_id", run.id())
        .put("dataset", datasetId)
        .put("version", run.version())
        .put("state", run.state())
        .put("config", replaced(run))
        .put("results", run.results())
        .put("results_file", results)
        .build();
  }

  static Document toDocument(SavedView view, ObjectId datasetId, @Nullable Document known) {
    Document before = known == null ? Document.empty() : known;
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    List<Object> stages = new ArrayList<>();
    StageDocuments.toList(view.view()).forEach(stage -> stages.add(Json.write(stage)));
    Document.Builder out = Document.builder();
    out.put("_id", view.id())
        .put("_dataset_id", datasetId)
        .put("name", view.name())
        .put("description", null)
        .put("slug", DatasetDocuments.slug(view.name()))
        .put("color", null)
        .put("view_stages", Values.list(stages))
        .put("created_at", before.contains("created_at") ? before.get("created_at") : now)
        .put("last_modified_at", now)
        .put("last_loaded_at", before.get("last_loaded_at"));
    view.extras().forEach(out::put);
    return out.build();
  }

  /** Labels are packed: nobody queries them here, and they are a third as long. */
  static Document toDocument(ObjectId datasetId, ObjectId owner, SideRecord record) {
    boolean label = record.value() instanceof Label || holdsLabels(record.value());
    Object value =
        label
            ? Binary.wrap((byte) 0, new PackedWriter(TextTable.NONE).write(record.value(), null))
            : record.value();
    return Document.builder()
        .append("_id", sideId(owner, record.sampleId(), record.frameNumber(), record.name()))
        .append("dataset", datasetId)
        .append("value", value)
        .append("label", label)
        .build();
  }

  /** Whether a value is a document with labels in it, as in the journal of a load. */
  private static boolean holdsLabels(Object value) {
    if (value instanceof Document document) {
      for (int i = 0; i < document.size(); i++) {
        Object held = document.valueAt(i);
        if (held instanceof Label || held != null && holdsLabels(held)) {
          return true;
        }
      }
    }
    return false;
  }

  static Document sideId(ObjectId owner, Object sample, Object frame, Object name) {
    return Document.builder()
        .append("o", owner)
        .append("s", sample)
        .append("f", frame)
        .append("n", name)
        .build();
  }

  // --- reading ----------------------------------------------------------------------------------

  /**
   * A run.
   *
   * @param ours our part; null if FiftyOne made the run
   * @param results what FiftyOne stored last, unless that is what we wrote
   */
  static RunRecord run(
      String type, Document theirs, @Nullable Document ours, @Nullable Document results) {
    Document config = theirs.getDocument("config");
    if (ours != null) {
      Document.Builder own = config.toBuilder();
      ours.getDocument("config")
          .forEach(
              (name, value) -> {
                if (value == null) {
                  own.remove(name);
                } else {
                  own.put(name, value);
                }
              });
      config = own.build();
    }
    List<String> stages =
        theirs.get("view_stages") instanceof List<?> list
            ? list.stream().map(Objects::toString).toList()
            : null;
    return new RunRecord(
        Objects.requireNonNull(theirs.get("_id", ObjectId.class)),
        type,
        theirs.getString("key", ""),
        (ours == null ? theirs : ours).getString("version", ""),
        theirs.get("timestamp") instanceof Instant t ? t : Instant.EPOCH,
        config,
        stages,
        results != null || ours == null ? results : ours.get("results", Document.class),
        ours == null ? Document.empty() : ours.getDocument("state"));
  }

  static SavedView savedView(Document document) {
    Document.Builder extras = Document.builder();
    document.forEach(
        (name, value) -> {
          if (value != null && !HIDDEN_OF_VIEWS.contains(name) && !STAMPS_OF_VIEWS.contains(name)) {
            extras.put(name, value);
          }
        });
    return new SavedView(
        Objects.requireNonNull(document.get("_id", ObjectId.class)),
        document.getString("name", ""),
        StageDocuments.view(document.getList("view_stages")),
        extras.build());
  }

  static SideRecord side(Document document) {
    Document key = document.getDocument("_id");
    Object value = Objects.requireNonNull(document.get("value"));
    return new SideRecord(
        Objects.requireNonNull(key.get("s", ObjectId.class)),
        (int) key.getLong("f", 0),
        key.getString("n", ""),
        document.getBoolean("label", false) ? unpacked(key, value) : value);
  }

  /** Labels that were stored before they were packed are documents. */
  private static Object unpacked(Document key, Object value) {
    if (value instanceof Document stored) {
      return LabelDocuments.fromDocument(stored);
    }
    try {
      Object read =
          value instanceof Binary packed
              ? new PackedReader(TextTable.NONE).read(packed.bytes(), null)
              : null;
      if (read instanceof Label || read instanceof Document) {
        return read;
      }
    } catch (PackedReader.Malformed e) {
      throw damaged(key, e);
    }
    throw damaged(key, null);
  }

  private static PostilException damaged(Document key, @Nullable Exception cause) {
    return new PostilException(
        ErrorCode.STORE_CORRUPT,
        "the document " + key + " of collection " + Connection.SIDES + " cannot be read",
        "Delete the run it belongs to, or restore that collection from a backup.",
        cause);
  }
}
