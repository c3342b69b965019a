package io.postil.testkit;

import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A backend in memory: it holds what it is sent and hands it over, edited as a test says by {@link
 * #edit}. Every object shares the runs, so that the one that a service loader made can be reached.
 */
public final class MemoryBackend implements AnnotationBackendProvider {
  private static final Map<ObjectId, Map<ObjectId, List<Content>>> RUNS = new ConcurrentHashMap<>();

  /** Edits the labels of a field in all items of all runs, as an annotator would. */
  public static void edit(String field, UnaryOperator<List<SingleLabel>> edit) {
    for (Map<ObjectId, List<Content>> items : RUNS.values()) {
      for (List<Content> content : items.values()) {
        content.replaceAll(
            c ->
                c.field().equals(field)
                    ? new Content(
                        c.frameNumber(), field, c.kind(), edit.apply(c.labels()), c.scalar())
                    : c);
      }
    }
  }

  /** Forgets all runs. */
  public static void clear() {
    RUNS.clear();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String title() {
    return "Memory";
  }

  @Override
  public List<String> configClasses() {
    return List.of(MemoryBackend.class.getName());
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter("project", Parameter.Type.TEXT, false, null, "Name of the project."),
        new Parameter("api_key", Parameter.Type.TEXT, true, null, "Key of the account."));
  }

  @Override
  public AnnotationBackend open(BackendConfig config) {
    return new Open();
  }

  private static final class Open implements AnnotationBackend {
    @Override
    public Capabilities capabilities() {
      return new Capabilities(
          Set.of(MediaType.IMAGE, MediaType.VIDEO),
          EnumSet.allOf(LabelType.class),
          Set.of(FieldType.INT, FieldType.FLOAT, FieldType.STRING, FieldType.BOOLEAN),
          Set.of("text", "select", "radio", "checkbox"),
          Set.of("select", "radio"),
          false,
          true,
          true,
          true,
          2);
    }

    @Override
    public Document recommendAttribute(String name, @Nullable Object value) {
      return Document.of("type", value instanceof Boolean ? "checkbox" : "text");
    }

    @Override
    public Document prepare(RunContext run, Document state) {
      RUNS.put(run.id(), new LinkedHashMap<>());
      return state;
    }

    private static Map<ObjectId, List<Content>> items(RunContext run) {
      return RUNS.computeIfAbsent(run.id(), r -> new LinkedHashMap<>());
    }

    @Override
    public Document upload(RunContext run, List<UploadItem> items, Document state) {
      for (UploadItem item : items) {
        List<Content> content = new ArrayList<>();
        item.content().forEach(content::add);
        items(run).put(item.id(), content);
      }
      return state;
    }

    @Override
    public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
      items(run)
          .forEach(
              (item, content) -> {
                if (!only.accepts("new", null, null)) {
                  answer.undelivered(item, "state new");
                  return;
                }
                for (Content c : content) {
                  if (c.scalar() != null) {
                    answer.scalar(item, c.frameNumber(), c.field(), c.scalar());
                  } else {
                    answer.labels(item, c.frameNumber(), c.field(), c.kind(), c.labels());
                  }
                }
                answer.delivered(item);
              });
      return state;
    }

    @Override
    public RunProgress progress(RunContext run, Document state) {
      return new RunProgress(items(run).size(), 0, 0);
    }

    @Override
    public @Nullable String address(RunContext run, Document state) {
      return "memory:" + run.key();
    }

    @Override
    public void cleanup(RunContext run, Document state) {
      RUNS.remove(run.id());
    }
  }
}
