package io.postil.server;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.RunFilter;
import java.util.List;
import java.util.Map;

/** The annotation service of a server without backends: there are no runs and none can be made. */
final class NoRuns implements AnnotationService {
  private static PostilException unknown(String key) {
    return new PostilException(ErrorCode.UNKNOWN_ANNO_KEY, "there is no run '" + key + "'");
  }

  @Override
  public List<Backend> backends() {
    return List.of();
  }

  @Override
  public Plan plan(String dataset, Request request) {
    throw new PostilException(ErrorCode.UNKNOWN_BACKEND, "there are no backends");
  }

  @Override
  public Run annotate(String dataset, Request request) {
    throw new PostilException(ErrorCode.UNKNOWN_BACKEND, "there are no backends");
  }

  @Override
  public List<Run> runs(String dataset, RunFilter filter) {
    return List.of();
  }

  @Override
  public Run run(String dataset, String key) {
    throw unknown(key);
  }

  @Override
  public List<WorkUnit> units(String dataset, String key, int offset, int limit) {
    throw unknown(key);
  }

  @Override
  public List<AnnotationRun.Load> loads(String dataset, String key) {
    throw unknown(key);
  }

  @Override
  public List<Change> diff(String dataset, String key, ObjectId first, ObjectId second, int limit) {
    throw unknown(key);
  }

  @Override
  public List<Document> history(String dataset) {
    return List.of();
  }

  @Override
  public boolean webhook(String dataset, String key, Map<String, String> headers, byte[] body) {
    throw unknown(key);
  }

  @Override
  public ViewDefinition view(String dataset, String key) {
    throw unknown(key);
  }

  @Override
  public Preview preview(String dataset, String key, LoadOptions options, ChangeQuery query) {
    throw unknown(key);
  }

  @Override
  public Report load(String dataset, String key, LoadOptions options) {
    throw unknown(key);
  }

  @Override
  public Report undo(String dataset, String key) {
    throw unknown(key);
  }

  @Override
  public Run rename(String dataset, String key, String newKey) {
    throw unknown(key);
  }

  @Override
  public void cleanup(String dataset, String key) {
    throw unknown(key);
  }

  @Override
  public void delete(String dataset, String key) {
    throw unknown(key);
  }

  @Override
  public TaskPage tasks(String dataset, String key, int offset, int limit) {
    throw unknown(key);
  }

  @Override
  public Task task(String dataset, String key, ObjectId sampleId) {
    throw unknown(key);
  }

  @Override
  public List<TaskFrame> frames(
      String dataset, String key, ObjectId sampleId, int first, int last) {
    throw unknown(key);
  }

  @Override
  public Saved save(String dataset, String key, ObjectId sampleId, Save save) {
    throw unknown(key);
  }
}
