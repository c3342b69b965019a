package io.postil.server.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.label.Label;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.server.AnnotationService.Attribute;
import io.postil.server.AnnotationService.Backend;
import io.postil.server.AnnotationService.Change;
import io.postil.server.AnnotationService.ClassSpec;
import io.postil.server.AnnotationService.Counts;
import io.postil.server.AnnotationService.FieldRequest;
import io.postil.server.AnnotationService.FieldSchema;
import io.postil.server.AnnotationService.LoadEntry;
import io.postil.server.AnnotationService.LoadOptions;
import io.postil.server.AnnotationService.Plan;
import io.postil.server.AnnotationService.Preview;
import io.postil.server.AnnotationService.Report;
import io.postil.server.AnnotationService.Request;
import io.postil.server.AnnotationService.Restrictions;
import io.postil.server.AnnotationService.Run;
import io.postil.server.AnnotationService.Task;
import io.postil.server.AnnotationService.TaskPage;
import io.postil.server.AnnotationService.TaskSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The records of annotation runs as JSON and back. Stateless. */
final class RunWire {
  private RunWire() {}

  static <T> List<@Nullable Object> list(List<T> values, Function<T, Document> wire) {
    return Values.list(values.stream().map(wire).toList());
  }

  static Document problem(PostilException.Problem problem) {
    return Document.builder()
        .append("code", problem.code().name())
        .append("message", problem.message())
        .putIfPresent("remedy", problem.remedy())
        .build();
  }

  static Document backend(Backend backend) {
    return Document.builder()
        .append("name", backend.name())
        .append("title", backend.title())
        .append("labelTypes", backend.labelTypes())
        .append("attributeTypes", backend.attributeTypes())
        .append("video", backend.video())
        .append("local", backend.local())
        .build();
  }

  static Document run(Run run) {
    return Document.builder()
        .append("key", run.key())
        .append("backend", run.backend())
        .append("local", run.local())
        .append("state", run.state())
        .append("createdAt", run.createdAt().toString())
        .append("samples", run.samples())
        .append("uploaded", run.uploaded())
        .append("completed", run.completed())
        .append("started", run.started())
        .append("fields", run.fields())
        .putIfPresent("url", run.url())
        .putIfPresent("problem", run.problem())
        .putIfPresent("remedy", run.remedy())
        .append("canUndo", run.canUndo())
        .append("loads", list(run.loads(), RunWire::load))
        .build();
  }

  private static Document load(LoadEntry load) {
    return Document.builder()
        .append("at", load.at().toString())
        .append("by", load.by())
        .append("undone", load.undone())
        .append("counts", counts(load.counts()))
        .build();
  }

  static Document counts(Counts counts) {
    return Document.builder()
        .append("added", counts.added())
        .append("edited", counts.edited())
        .append("deleted", counts.deleted())
        .append("unchanged", counts.unchanged())
        .append("refused", counts.refused())
        .append("conflicting", counts.conflicting())
        .append("unexpected", counts.unexpected())
        .build();
  }

  private static Document countsByField(Map<String, Counts> fields) {
    Document.Builder out = Document.builder();
    fields.forEach((field, counts) -> out.put(field, counts(counts)));
    return out.build();
  }

  static Document plan(Plan plan) {
    return Document.builder()
        .append("backend", plan.backend())
        .append("samples", plan.samples())
        .append("labels", Document.of(plan.labels()))
        .append("schema", list(plan.schema(), RunWire::schema))
        .append("problems", list(plan.problems(), RunWire::problem))
        .append("warnings", plan.warnings())
        .build();
  }

  static Document schema(FieldSchema schema) {
    return Document.builder()
        .append("field", schema.field())
        .append("type", schema.type())
        .append("existing", schema.existing())
        .putIfPresent("valueType", schema.valueType())
        .append("classes", list(schema.classes(), RunWire::classSpec))
        .append("attributes", list(schema.attributes(), RunWire::attribute))
        .append("maskTargets", Document.of(schema.maskTargets()))
        .append("restrictions", restrictions(schema.restrictions()))
        .build();
  }

  private static Document classSpec(ClassSpec spec) {
    return Document.of(
        "name", spec.name(), "attributes", list(spec.attributes(), RunWire::attribute));
  }

  private static Document attribute(Attribute attribute) {
    return Document.builder()
        .append("name", attribute.name())
        .append("type", attribute.type())
        .append("values", attribute.values())
        .putIfPresent("default", attribute.defaultValue())
        .append("readOnly", attribute.readOnly())
        .append("mutable", attribute.mutable())
        .build();
  }

  private static Document restrictions(Restrictions restrictions) {
    return Document.builder()
        .append("additions", restrictions.additions())
        .append("deletions", restrictions.deletions())
        .append("labelEdits", restrictions.labelEdits())
        .append("indexEdits", restrictions.indexEdits())
        .append("spatialEdits", restrictions.spatialEdits())
        .build();
  }

  static Document preview(Preview preview) {
    return Document.builder()
        .append("total", counts(preview.total()))
        .append("fields", countsByField(preview.fields()))
        .append("samples", preview.samples())
        .append("problems", list(preview.problems(), RunWire::problem))
        .append("changes", list(preview.changes(), RunWire::change))
        .append("matching", preview.matching())
        .build();
  }

  static Document change(Change change) {
    return Document.builder()
        .append("kind", change.kind())
        .append("sample", change.sampleId().toString())
        .append("frame", change.frameNumber())
        .append("field", change.field())
        .append("label", change.labelId().toString())
        .putIfPresent("before", side(change.before()))
        .putIfPresent("after", side(change.after()))
        .putIfPresent("note", change.note())
        .build();
  }

  private static @Nullable Document side(@Nullable Object value) {
    if (value instanceof SingleLabel single) {
      return LabelWire.single(single, MaskForm.thinned(LabelWire.GRID_MASK));
    }
    return value == null || value instanceof Label ? null : ScalarWire.label(value);
  }

  static Document unit(WorkUnit unit) {
    return Document.builder()
        .append("id", unit.id())
        .append("title", unit.title())
        .append("state", unit.state())
        .append("items", unit.items())
        .append("comments", Values.list(unit.comments()))
        .putIfPresent("stage", unit.stage())
        .putIfPresent("assignee", unit.assignee())
        .putIfPresent("address", unit.address())
        .build();
  }

  static Document load(AnnotationRun.Load load) {
    return Document.builder()
        .append("id", load.id().toString())
        .append("at", load.at().toString())
        .append("by", load.by())
        .append("undone", load.undone())
        .append("counts", load.counts().toDocument())
        .build();
  }

  static Document report(Report report) {
    return Document.builder()
        .append("total", counts(report.total()))
        .append("fields", countsByField(report.fields()))
        .append("samples", report.samples())
        .append("summary", report.summary())
        .build();
  }

  static Document tasks(TaskPage page) {
    return Document.builder()
        .append("total", page.total())
        .append("completed", page.completed())
        .append("tasks", list(page.tasks(), RunWire::summary))
        .build();
  }

  private static Document summary(TaskSummary summary) {
    return Document.builder()
        .append("position", summary.position())
        .append("sample", summary.sampleId().toString())
        .append("name", summary.name())
        .append("state", summary.state())
        .build();
  }

  static Document task(Task task) {
    Document metadata = task.metadata();
    return Document.builder()
        .append("summary", summary(task.summary()))
        .append("total", task.total())
        .putIfPresent("previous", task.previous() == null ? null : task.previous().toString())
        .putIfPresent("next", task.next() == null ? null : task.next().toString())
        .append("metadata", metadata == null ? Document.empty() : metadata)
        .append("schema", list(task.schema(), RunWire::schema))
        .append("labels", labels(task))
        .append("values", ScalarWire.values(task.values()))
        .append("revision", task.revision())
        .append("tracks", list(task.tracks(), VideoWire::track))
        .append("edits", list(task.edits(), VideoWire::edit))
        .build();
  }

  /** The labels of a task; masks that can be painted are exact. */
  private static Document labels(Task task) {
    Document.Builder out = Document.builder();
    for (FieldSchema field : task.schema()) {
      Label label = task.labels().get(field.field());
      if (label != null) {
        out.putIfPresent(field.field(), LabelWire.group(label, MaskForm.of(field)));
      }
    }
    return out.build();
  }

  static Document labels(Map<String, Label> labels, int maxMask) {
    Document.Builder out = Document.builder();
    labels.forEach(
        (field, label) ->
            out.putIfPresent(field, LabelWire.group(label, MaskForm.thinned(maxMask))));
    return out.build();
  }

  static Request request(Document body) {
    List<FieldRequest> fields = new ArrayList<>();
    for (Object field : body.getList("fields")) {
      fields.add(field(document(field, "fields")));
    }
    return new Request(
        body.getString("key", ""),
        StageDocuments.view(body.getList("view")),
        body.getString("backend"),
        fields,
        body.getDocument("parameters"));
  }

  private static FieldRequest field(Document field) {
    Document allowed = field.getDocument("restrictions");
    return new FieldRequest(
        field.getString("field", ""),
        field.getString("type"),
        field.contains("classes") ? texts(field.getList("classes")) : null,
        field.contains("maskTargets") ? targets(field.getDocument("maskTargets")) : null,
        field.contains("attributes") ? attributes(field.getList("attributes")) : null,
        new Restrictions(
            allowed.getBoolean("additions", true),
            allowed.getBoolean("deletions", true),
            allowed.getBoolean("labelEdits", true),
            allowed.getBoolean("indexEdits", true),
            allowed.getBoolean("spatialEdits", true)));
  }

  private static Map<String, String> targets(Document sent) {
    Map<String, String> targets = new LinkedHashMap<>();
    sent.forEach((value, name) -> targets.put(value, String.valueOf(name)));
    return targets;
  }

  private static List<Attribute> attributes(List<@Nullable Object> values) {
    List<Attribute> attributes = new ArrayList<>();
    for (Object value : values) {
      Document attribute = document(value, "attributes");
      attributes.add(
          new Attribute(
              attribute.getString("name", ""),
              attribute.getString("type", "text"),
              attribute.getList("values"),
              attribute.get("default"),
              attribute.getBoolean("readOnly", false),
              attribute.getBoolean("mutable", true)));
    }
    return attributes;
  }

  static List<String> texts(List<@Nullable Object> values) {
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      if (!(value instanceof String text)) {
        throw new PostilException(ErrorCode.INVALID_REQUEST, "a list of texts holds " + value);
      }
      texts.add(text);
    }
    return texts;
  }

  static LoadOptions options(Document body) {
    Map<String, String> destinations = new LinkedHashMap<>();
    Document sent = body.getDocument("destinations");
    for (String field : sent.names()) {
      destinations.put(field, sent.getString(field, field));
    }
    return new LoadOptions(
        destinations,
        body.getString("unexpected", "ignore"),
        body.getString("onConflict", "theirs"),
        new WorkFilter(body.getString("only"), body.getString("stage"), body.getString("assignee")),
        body.getBoolean("allowMassDeletion", false));
  }

  private static Document document(@Nullable Object value, String where) {
    if (value instanceof Document document) {
      return document;
    }
    throw new PostilException(ErrorCode.INVALID_REQUEST, where + " is a list of objects");
  }
}
