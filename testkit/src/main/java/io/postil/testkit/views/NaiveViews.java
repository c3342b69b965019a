package io.postil.testkit.views;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.query.DeclaredValues;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.views.NaiveRows.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers views in the simplest way that follows the rules: every stage on all samples, whole
 * documents in memory, nothing remembered, nothing skipped. It shares no code with the product's
 * evaluator, so that the two can be compared. What it does not know it refuses with {@link
 * NotCovered}. Immutable and thread-safe.
 */
public final class NaiveViews implements ViewAnswers {
  private final DatasetInfo info;
  private final List<Document> samples;

  private NaiveViews(DatasetInfo info, List<Document> samples) {
    this.info = info;
    this.samples = List.copyOf(samples);
  }

  /** The views of a dataset, of which everything is read now. */
  public static NaiveViews of(ViewAnswers dataset) {
    List<Document> samples = new ArrayList<>();
    boolean video = dataset.info().mediaType() == MediaType.VIDEO;
    for (Shown stored : dataset.read(all(dataset.info()))) {
      Document sample = document(stored.sample());
      List<Document> frames = stored.frames().stream().map(NaiveViews::document).toList();
      samples.add(video ? sample.with("frames", Values.list(frames)) : sample);
    }
    return new NaiveViews(dataset.info(), samples);
  }

  /** Everything, of all slices. */
  private static ViewDefinition all(DatasetInfo info) {
    DatasetInfo.GroupInfo group = info.group();
    if (group == null) {
      return ViewDefinition.ALL;
    }
    if (group.slices().containsValue(MediaType.VIDEO)) {
      throw new NotCovered("groups with videos");
    }
    List<String> slices = List.copyOf(group.slices().keySet());
    return new ViewDefinition(List.of(new Stage.SelectGroupSlices(slices, null, true, true, true)));
  }

  private static Document document(Sample sample) {
    Document.Builder out =
        Document.builder()
            .put("_id", sample.id())
            .put("filepath", sample.filepath())
            .put("tags", Values.list(sample.tags()))
            .putIfPresent("metadata", sample.metadata());
    sample.system().forEach(out::put);
    sample.fields().forEach((name, value) -> out.put(name, plain(value)));
    return out.build();
  }

  private static Document document(Frame frame) {
    Document.Builder out =
        Document.builder()
            .put("_id", frame.id())
            .put("_sample_id", frame.sampleId())
            .put("frame_number", frame.number());
    frame.system().forEach(out::put);
    frame.fields().forEach((name, value) -> out.put(name, plain(value)));
    return out.build();
  }

  private static Object plain(Object value) {
    return value instanceof Label label ? LabelDocuments.toDocument(label) : value;
  }

  @Override
  public DatasetInfo info() {
    return info;
  }

  /**
   * What a view shows.
   *
   * @throws NotCovered if it needs something this does not know
   * @throws RuntimeException of another class if the view must fail
   */
  @Override
  public List<Shown> read(ViewDefinition view) {
    NaiveRows rows = rows(view);
    List<Shown> shown = new ArrayList<>();
    for (Row row : rows.rows()) {
      if (!row.document().contains("filepath")) {
        throw new NotCovered("documents that are no samples");
      }
      List<Frame> frames = new ArrayList<>();
      NaiveStages.frames(row.document()).forEach(f -> frames.add(frame(rows.schema(), f)));
      shown.add(new Shown(sample(rows.schema(), row.document()), frames, row.rank()));
    }
    return shown;
  }

  /** The number of a view's elements; fails as {@link #read} does. */
  @Override
  public long count(ViewDefinition view) {
    return rows(view).rows().size();
  }

  /** The result of an aggregation; fails as {@link #read} does. */
  @Override
  public @Nullable Object aggregate(ViewDefinition view, Aggregation aggregation) {
    return NaiveAggregations.aggregate(rows(view), aggregation);
  }

  private NaiveRows rows(ViewDefinition view) {
    NaiveSlices slices = NaiveSlices.of(info, samples, view.stages());
    List<Row> rows = new ArrayList<>();
    slices.first().forEach(d -> rows.add(new Row(d, rows.size(), List.of())));
    NaiveRows shown = new NaiveRows(NaiveSchema.of(info), List.copyOf(rows));
    for (Stage stage : view.stages()) {
      shown =
          stage instanceof Stage.Concat s
              ? NaiveGroups.concat(shown, rows(NaiveGroups.added(info, s)))
              : slices.apply(shown, stage);
      shown = stage instanceof Stage.ToClips ? withStoredFrames(shown) : shown;
    }
    return shown;
  }

  /** Clips show the frames as they are stored, whatever stages before made of them. */
  private NaiveRows withStoredFrames(NaiveRows clips) {
    NaiveSchema schema =
        new NaiveSchema(clips.schema().fields(), NaiveSchema.of(info).frameFields(), true);
    return clips.map(d -> d.with("frames", Values.list(storedFrames(d)))).with(schema);
  }

  private List<Document> storedFrames(Document clip) {
    List<?> support = clip.getList("support");
    long first = ((Number) Objects.requireNonNull(support.get(0))).longValue();
    long last = ((Number) Objects.requireNonNull(support.get(1))).longValue();
    return samples.stream()
        .filter(s -> Objects.equals(s.get("_id"), clip.get("_sample_id")))
        .flatMap(s -> NaiveStages.frames(s).stream())
        .filter(f -> f.getLong("frame_number", 0) >= first)
        .filter(f -> f.getLong("frame_number", 0) <= last)
        .toList();
  }

  // --- documents as samples ----------------------------------------------------------------------

  private static Sample sample(NaiveSchema schema, Document document) {
    Document.Builder system = Document.builder();
    for (String name : List.of("_sample_id", "frame_number")) {
      system.putIfPresent(name, document.get(name));
    }
    List<String> tags = document.getList("tags").stream().map(String::valueOf).toList();
    return new Sample(
        NaiveStages.id(document),
        document.getString("filepath", ""),
        tags,
        document.get("metadata", Document.class),
        fields(schema.fields(), document),
        system.build());
  }

  private static Frame frame(NaiveSchema schema, Document document) {
    return new Frame(
        NaiveStages.id(document),
        document.get("_sample_id") instanceof ObjectId id ? id : NaiveStages.id(document),
        (int) document.getLong("frame_number", 0),
        fields(schema.frameFields(), document),
        Document.empty());
  }

  private static Map<String, Object> fields(Map<String, FieldSpec> shown, Document document) {
    Map<String, Object> fields = new LinkedHashMap<>();
    shown.forEach(
        (name, field) -> {
          Object value = DeclaredValues.fit(field, document.get(name));
          if (value instanceof Document d && field.isLabel()) {
            fields.put(name, LabelDocuments.fromDocument(d, String.valueOf(field.documentClass())));
          } else if (value != null) {
            fields.put(name, value);
          }
        });
    return fields;
  }
}
