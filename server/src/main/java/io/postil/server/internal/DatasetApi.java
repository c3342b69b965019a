package io.postil.server.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.dataset.Skeleton;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.core.viewtext.ViewText;
import io.postil.engine.SavedViews;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the App asks about datasets. Thread-safe. */
final class DatasetApi {
  /** Most frames of one answer. */
  private static final int MAX_FRAMES = 500;

  private final DatasetStore store;
  private final Snapshots snapshots = new Snapshots();
  private final VideoFiles videos = new VideoFiles();

  DatasetApi(DatasetStore store) {
    this.store = store;
  }

  List<@Nullable Object> list() {
    List<@Nullable Object> out = new ArrayList<>();
    for (DatasetInfo info : store.list()) {
      out.add(
          Document.builder()
              .append("name", info.name())
              .append("mediaType", info.mediaType().id())
              .append("samples", store.open(info.name()).count(ViewDefinition.ALL))
              .build());
    }
    return out;
  }

  Document dataset(String name) {
    StoredDataset dataset = store.open(name);
    DatasetInfo info = dataset.info();
    Document.Builder classes = Document.builder();
    info.classes().forEach(classes::put);
    Document.Builder skeletons = Document.builder();
    for (FieldSpec field : info.sampleFields()) {
      Skeleton skeleton = info.skeletons().getOrDefault(field.name(), info.defaultSkeleton());
      if (skeleton != null && field.describe().startsWith("Keypoint")) {
        skeletons.put(
            field.name(), Document.of("labels", skeleton.labels(), "edges", skeleton.edges()));
      }
    }
    return Document.builder()
        .append("name", info.name())
        .append("mediaType", info.mediaType().id())
        .append("samples", dataset.count(ViewDefinition.ALL))
        .append("fields", RunWire.list(info.sampleFields(), f -> field(f.name(), f)))
        .append(
            "frameFields",
            RunWire.list(info.frameFields(), f -> field(DatasetInfo.FRAMES + f.name(), f)))
        .append("classes", classes.build())
        .append("skeletons", skeletons.build())
        .append("savedViews", RunWire.list(dataset.savedViews(), DatasetApi::savedView))
        .build();
  }

  /** The saved views, by name. */
  List<@Nullable Object> savedViews(String name) {
    return RunWire.list(new SavedViews(store.open(name)).list(), DatasetApi::savedView);
  }

  Document savedView(String name, String view) {
    return savedView(new SavedViews(store.open(name)).get(view));
  }

  Document saveView(String name, String view, Document body) {
    if (!body.contains("view")) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "the body has no view", "Send {\"view\": [stages]}.");
    }
    ViewDefinition stages = StageDocuments.view(body.getList("view"));
    return savedView(new SavedViews(store.open(name)).save(view, stages));
  }

  Document deleteView(String name, String view) {
    new SavedViews(store.open(name)).delete(view);
    return Document.empty();
  }

  /** The stages of a view given as text. */
  List<?> readView(String name, Document body) {
    String text = body.getString("text");
    if (text == null) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the body has no text",
          "Send {\"text\": \"limit(10)\"} or another view.");
    }
    return StageDocuments.toList(ViewText.parse(text, store.open(name).info()));
  }

  private static Document savedView(StoredDataset.SavedView view) {
    return Document.of("name", view.name(), "view", StageDocuments.toList(view.view()));
  }

  private static Document field(String name, FieldSpec field) {
    List<String> properties = new ArrayList<>();
    field.fields().forEach(f -> properties.add(f.name()));
    if (!field.fields().isEmpty() && field.fields().get(0).element() != null) {
      field.fields().forEach(f -> nested(f).forEach(p -> properties.add(p.name())));
    }
    return Document.builder()
        .append("name", name)
        .append("type", field.describe())
        .append("label", field.isLabel())
        .append("list", listName(field))
        .append("properties", properties.stream().distinct().toList())
        .build();
  }

  private static List<FieldSpec> nested(FieldSpec field) {
    FieldSpec element = field.element();
    return element == null ? List.of() : element.fields();
  }

  private static String listName(FieldSpec field) {
    String className = field.documentClass();
    if (className == null || !field.isLabel()) {
      return "";
    }
    Label empty = LabelDocuments.fromDocument(Document.of("_cls", className), className);
    return empty instanceof LabelList<?> list ? list.listName() : "";
  }

  Document page(String name, Document query) {
    ViewDefinition view = StageDocuments.view(query.getList("view"));
    List<String> fields = RunWire.texts(query.getList("fields"));
    Snapshots.Page page =
        snapshots.page(
            store.open(name),
            view,
            query.getString("snapshot"),
            Requests.integer(query, "offset", 0, Integer.MAX_VALUE),
            Requests.integer(query, "limit", 1, 1000),
            new Projection(Set.copyOf(fields)));
    return Document.builder()
        .append("snapshot", page.snapshot())
        .append("total", page.total())
        .append(
            "samples", RunWire.list(page.samples(), s -> sample(s, fields, LabelWire.GRID_MASK)))
        .build();
  }

  Document sample(String name, String id) {
    Sample sample = find(name, id, Projection.ALL);
    return sample(sample, null, LabelWire.FULL_MASK);
  }

  /**
   * The frames of a video from one number on that have labels, at most {@link #MAX_FRAMES} numbers
   * of them.
   */
  List<@Nullable Object> frames(String name, String id, int first, int last) {
    checkFrames(first, last);
    Sample sample = find(name, id, Projection.of());
    List<@Nullable Object> out = new ArrayList<>();
    try (Cursor<Frame> frames = store.open(name).frames(sample.id(), first, last, Projection.ALL)) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        out.add(
            Document.of(
                "number",
                frame.number(),
                "labels",
                RunWire.labels(labels(frame.fields()), LabelWire.GRID_MASK)));
      }
    }
    return out;
  }

  /** Refuses to answer for more frames than a window has. */
  static void checkFrames(int first, int last) {
    if (last < first || last - first >= MAX_FRAMES) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "frames " + first + " to " + last + " are none or too many",
          "Ask for 1 to " + MAX_FRAMES + " frames.");
    }
  }

  /** The media file of a sample; only what a dataset names is ever served. */
  Path media(String name, String id) {
    return Path.of(find(name, id, Projection.of()).filepath());
  }

  /** What the file of a video says of its frames. */
  Document video(String name, String id) {
    return videos.of(find(name, id, Projection.of()));
  }

  private Sample find(String name, String id, Projection fields) {
    List<Sample> samples =
        ObjectId.isValid(id)
            ? store.open(name).samples(List.of(ObjectId.of(id)), fields)
            : List.of();
    if (samples.isEmpty()) {
      throw new PostilException(
          ErrorCode.UNKNOWN_SAMPLE, "dataset '" + name + "' has no sample " + id);
    }
    return samples.get(0);
  }

  /** A sample with the labels of some fields, or of all if {@code fields} is null. */
  static Document sample(Sample sample, @Nullable List<String> fields, int maxMask) {
    Map<String, Label> labels = labels(sample.fields());
    if (fields != null) {
      labels.keySet().retainAll(fields);
    }
    Document.Builder values = Document.builder();
    sample
        .fields()
        .forEach(
            (name, value) -> {
              if (!(value instanceof Label)) {
                values.append(name, value);
              }
            });
    Document metadata = sample.metadata();
    return Document.builder()
        .append("id", sample.id().toString())
        .append("name", fileName(sample.filepath()))
        .append("filepath", sample.filepath())
        .append("tags", Values.list(sample.tags()))
        .append("metadata", metadata == null ? Document.empty() : metadata)
        .append("labels", RunWire.labels(labels, maxMask))
        .append("values", values.build())
        .build();
  }

  private static Map<String, Label> labels(Map<String, Object> fields) {
    Map<String, Label> labels = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (value instanceof Label label) {
            labels.put(name, label);
          }
        });
    return labels;
  }

  private static String fileName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  List<@Nullable Object> facets(String name, Document query) {
    StoredDataset dataset = store.open(name);
    ViewDefinition view = StageDocuments.view(query.getList("view"));
    List<@Nullable Object> out = new ArrayList<>();
    for (String field : RunWire.texts(query.getList("fields"))) {
      FieldSpec spec =
          dataset
              .info()
              .field(field)
              .filter(FieldSpec::isLabel)
              .orElseThrow(
                  () ->
                      new PostilException(
                          ErrorCode.UNKNOWN_FIELD, "there is no label field '" + field + "'"));
      out.add(facet(dataset, view, field, spec));
    }
    return out;
  }

  private static Document facet(
      StoredDataset dataset, ViewDefinition view, String name, FieldSpec field) {
    String list = listName(field);
    String path = name + (list.isEmpty() ? "" : "." + list);
    boolean outcomes = field(name, field).getList("properties").contains("eval") || !list.isEmpty();
    List<Aggregation> questions = new ArrayList<>();
    questions.add(Aggregation.countValues(path + ".label"));
    questions.add(Aggregation.bounds(path + ".confidence"));
    if (outcomes) {
      questions.add(Aggregation.countValues(path + ".eval"));
    }
    List<@Nullable Object> answers = dataset.aggregate(view, questions);
    List<@Nullable Object> classes = counts(answers.get(0));
    Document.Builder out =
        Document.builder()
            .append("field", name)
            .append("labels", classes.stream().mapToLong(c -> count((Document) c)).sum())
            .append("classes", classes.stream().filter(DatasetApi::isNamed).toList())
            .append(
                "outcomes",
                outcomes
                    ? counts(answers.get(2)).stream().filter(DatasetApi::isNamed).toList()
                    : List.of());
    if (answers.get(1) instanceof List<?> bounds
        && bounds.size() == 2
        && bounds.get(0) instanceof Number low
        && bounds.get(1) instanceof Number high) {
      out.append("confidence", Values.listOf(low.doubleValue(), high.doubleValue()));
    }
    return out.build();
  }

  private static long count(@Nullable Document entry) {
    return entry == null ? 0 : entry.getLong("count", 0);
  }

  private static boolean isNamed(@Nullable Object entry) {
    return entry instanceof Document document && document.get("value") != null;
  }

  /** Pairs of value and count as objects, most frequent first. */
  static List<@Nullable Object> counts(@Nullable Object pairs) {
    List<Document> out = new ArrayList<>();
    if (pairs instanceof List<?> list) {
      for (Object pair : list) {
        if (pair instanceof List<?> p && p.size() == 2 && p.get(1) instanceof Number n) {
          Object value = p.get(0);
          out.add(
              Document.of(
                  "value", value == null ? null : value.toString(), "count", n.longValue()));
        }
      }
    }
    out.sort((a, b) -> Long.compare(b.getLong("count", 0), a.getLong("count", 0)));
    return Values.list(out);
  }
}
