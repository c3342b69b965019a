package io.postil.engine.annotation;

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
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The scripted backend of the recorded cases: remembers what it is sent, answers what it is told.
 */
final class GoldenBackend implements AnnotationBackendProvider {
  static final String CLASS = "golden_backend.GoldenBackendConfig";

  /** Hands over a scripted answer. */
  interface Script {
    void answer(AnswerSink sink);
  }

  final Map<ObjectId, List<UploadItem>> uploads = new LinkedHashMap<>();
  final List<String> cleaned = new ArrayList<>();
  Document caps = Document.empty();
  boolean uploadFails;
  boolean downloadFails;

  /** Called at the start of {@code prepare}, which goes on with what it gives. */
  BiFunction<RunContext, Document, Document> preparing = (run, state) -> state;

  /** Hears what is sent. */
  Consumer<List<UploadItem>> uploading = items -> {};

  /** The state after a download. */
  UnaryOperator<Document> afterDownload = state -> state;

  /** States that {@code cleanup} was called with. */
  final List<Document> cleanedStates = new ArrayList<>();

  Script script = sink -> {};

  @Override
  public String name() {
    return "golden";
  }

  @Override
  public String title() {
    return "Golden";
  }

  @Override
  public List<String> configClasses() {
    return List.of(CLASS);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter("caps", Parameter.Type.ANY, false, null, "what it can do"),
        new Parameter("project", Parameter.Type.ANY, false, null, "a name"));
  }

  @Override
  public AnnotationBackend open(BackendConfig config) {
    return new Open();
  }

  private Capabilities capabilities() {
    Set<MediaType> media = new HashSet<>();
    for (Object name : list("mediaTypes", List.of("image", "video"))) {
      media.add(MediaType.of(String.valueOf(name)));
    }
    Set<LabelType> types = new HashSet<>(EnumSet.allOf(LabelType.class));
    if (caps.contains("labelTypes")) {
      types.clear();
      caps.getList("labelTypes").forEach(t -> types.add(LabelType.ofId(String.valueOf(t))));
      types.remove(null);
    }
    Set<FieldType> scalars = new HashSet<>();
    for (Object name : list("scalarTypes", List.of("int", "float", "str", "bool"))) {
      scalars.add(FieldType.ofId(String.valueOf(name)));
    }
    return new Capabilities(
        media,
        types,
        scalars,
        strings("attrTypes", List.of("text", "select", "radio", "checkbox")),
        strings("attrTypesNeedingValues", List.of("select", "radio")),
        caps.getBoolean("clips", false),
        caps.getBoolean("keyframes", true),
        caps.getBoolean("videoSampleFields", true),
        caps.getBoolean("requiresSchema", true),
        2);
  }

  private List<?> list(String name, List<?> usual) {
    return caps.contains(name) ? caps.getList(name) : usual;
  }

  private Set<String> strings(String name, List<?> usual) {
    Set<String> strings = new HashSet<>();
    list(name, usual).forEach(s -> strings.add(String.valueOf(s)));
    return strings;
  }

  private final class Open implements AnnotationBackend {
    @Override
    public Capabilities capabilities() {
      return GoldenBackend.this.capabilities();
    }

    @Override
    public boolean annotatesNewFrames() {
      return false;
    }

    @Override
    public Document recommendAttribute(String name, @Nullable Object value) {
      return Document.of("type", value instanceof Boolean ? "checkbox" : "text");
    }

    @Override
    public Document prepare(RunContext run, Document state) {
      uploads.put(run.id(), new ArrayList<>());
      return preparing.apply(run, state);
    }

    @Override
    public Document upload(RunContext run, List<UploadItem> items, Document state) {
      if (uploadFails) {
        throw new IllegalStateException("scripted upload error");
      }
      uploading.accept(items);
      uploads.computeIfAbsent(run.id(), r -> new ArrayList<>()).addAll(items);
      return state;
    }

    @Override
    public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
      if (downloadFails) {
        throw new IllegalStateException("scripted download error");
      }
      uploads.getOrDefault(run.id(), List.of()).forEach(i -> answer.delivered(i.id()));
      script.answer(answer);
      return afterDownload.apply(state);
    }

    @Override
    public RunProgress progress(RunContext run, Document state) {
      return new RunProgress(uploads.getOrDefault(run.id(), List.of()).size(), 0, 0);
    }

    @Override
    public @Nullable String address(RunContext run, Document state) {
      return null;
    }

    @Override
    public void cleanup(RunContext run, Document state) {
      uploads.remove(run.id());
      cleaned.add(run.key());
      cleanedStates.add(state);
    }
  }
}
