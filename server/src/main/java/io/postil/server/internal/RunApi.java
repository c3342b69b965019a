package io.postil.server.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.StageDocuments;
import io.postil.engine.annotation.RunFilter;
import io.postil.server.AnnotationService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the App does with annotation runs. Thread-safe as the service is. */
final class RunApi {
  private final AnnotationService service;

  RunApi(AnnotationService service) {
    this.service = service;
  }

  List<@Nullable Object> backends() {
    return RunWire.list(service.backends(), RunWire::backend);
  }

  Document plan(String dataset, Document body) {
    return RunWire.plan(service.plan(dataset, RunWire.request(body)));
  }

  Document annotate(String dataset, Document body) {
    return RunWire.run(service.annotate(dataset, RunWire.request(body)));
  }

  List<@Nullable Object> runs(
      String dataset, @Nullable String backend, @Nullable String state, @Nullable String field) {
    return RunWire.list(service.runs(dataset, RunFilter.of(backend, state, field)), RunWire::run);
  }

  Document run(String dataset, String key) {
    return RunWire.run(service.run(dataset, key));
  }

  List<@Nullable Object> units(String dataset, String key, int offset, int limit) {
    return RunWire.list(service.units(dataset, key, offset, Math.min(1000, limit)), RunWire::unit);
  }

  List<@Nullable Object> results(String dataset, String key) {
    return RunWire.list(service.loads(dataset, key), RunWire::load);
  }

  List<@Nullable Object> diff(String dataset, String key, String first, String second) {
    return RunWire.list(
        service.diff(dataset, key, loadId(first), loadId(second), 1000), RunWire::change);
  }

  List<@Nullable Object> history(String dataset) {
    return RunWire.list(service.history(dataset), entry -> entry);
  }

  Document webhook(String dataset, String key, Map<String, String> headers, byte[] body) {
    return Document.of("taken", service.webhook(dataset, key, headers, body));
  }

  private static ObjectId loadId(String text) {
    if (!ObjectId.isValid(text)) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "'" + text + "' is no id of a load", "See the run's results.");
    }
    return ObjectId.of(text);
  }

  List<@Nullable Object> view(String dataset, String key) {
    return StageDocuments.toList(service.view(dataset, key));
  }

  Document preview(String dataset, String key, Document body) {
    var query =
        new AnnotationService.ChangeQuery(
            body.getString("kind"),
            Requests.integer(body, "offset", 0, Integer.MAX_VALUE),
            Requests.integer(body, "limit", 0, 1000));
    var options = RunWire.options(body.getDocument("options"));
    return RunWire.preview(service.preview(dataset, key, options, query));
  }

  Document load(String dataset, String key, Document body) {
    return RunWire.report(service.load(dataset, key, RunWire.options(body)));
  }

  Document undo(String dataset, String key) {
    return RunWire.report(service.undo(dataset, key));
  }

  Document rename(String dataset, String key, Document body) {
    return RunWire.run(service.rename(dataset, key, body.getString("key", "")));
  }

  Document cleanup(String dataset, String key) {
    service.cleanup(dataset, key);
    return Document.empty();
  }

  Document delete(String dataset, String key) {
    service.delete(dataset, key);
    return Document.empty();
  }

  Document tasks(String dataset, String key, int offset, int limit) {
    return RunWire.tasks(service.tasks(dataset, key, offset, Math.min(1000, limit)));
  }

  Document task(String dataset, String key, String sample) {
    return RunWire.task(service.task(dataset, key, id(sample)));
  }

  List<@Nullable Object> frames(String dataset, String key, String sample, int first, int last) {
    DatasetApi.checkFrames(first, last);
    return RunWire.list(service.frames(dataset, key, id(sample), first, last), VideoWire::frame);
  }

  Document save(String dataset, String key, String sample, Document body) {
    AnnotationService.Task known = service.task(dataset, key, id(sample));
    Map<String, Label> labels = new LinkedHashMap<>();
    Document sent = body.getDocument("labels");
    for (String field : sent.names()) {
      MaskForm masks =
          known.schema().stream()
              .filter(f -> f.field().equals(field))
              .findFirst()
              .map(MaskForm::of)
              .orElse(MaskForm.NONE);
      Label before = known.labels().get(field);
      labels.put(field, LabelWire.read(field, sent.getDocument(field), before, masks));
    }
    Map<String, Object> values =
        body.contains("values")
            ? ScalarWire.read(body.getDocument("values"), known.values())
            : known.values();
    var saved =
        service.save(
            dataset,
            key,
            id(sample),
            new AnnotationService.Save(
                body.getLong("revision", -1),
                body.getString("state", "started"),
                labels,
                values,
                VideoWire.changes(body.getDocument("edits"))));
    return Document.of("revision", saved.revision(), "state", saved.state());
  }

  private static ObjectId id(String text) {
    if (!ObjectId.isValid(text)) {
      throw new PostilException(ErrorCode.UNKNOWN_SAMPLE, "'" + text + "' is no sample id");
    }
    return ObjectId.of(text);
  }
}
