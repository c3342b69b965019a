package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The views, changes and answers that steps of recorded cases name. */
final class GoldenSteps {
  private final StoredDataset dataset;
  private final GoldenValues values;
  private final java.util.Map<String, ObjectId> items;

  /** Steps on a dataset; {@code items} has the ids of clips by their symbols. */
  GoldenSteps(StoredDataset dataset, GoldenValues values, java.util.Map<String, ObjectId> items) {
    this.dataset = dataset;
    this.values = values;
    this.items = items;
  }

  static ViewDefinition view(StoredDataset dataset, List<?> stages, GoldenValues values) {
    ViewDefinition view = ViewDefinition.ALL;
    for (Object entry : stages) {
      List<?> stage = (List<?>) Objects.requireNonNull(entry);
      String name = String.valueOf(stage.get(0));
      view =
          view.then(
              name.equals("filterLabels")
                  ? filterLabels(
                      DatasetViews.schema(dataset, view),
                      String.valueOf(stage.get(1)),
                      stage.get(2))
                  : stage(name, stage, values));
    }
    return view;
  }

  private static Stage filterLabels(ViewSchema schema, String field, @Nullable Object labels) {
    return Stages.filterLabels(
        field,
        Expression.F("label").isIn((List<?>) Objects.requireNonNull(labels)),
        schema.labelPrefix(field),
        true,
        false);
  }

  private static Stage stage(String name, List<?> args, GoldenValues values) {
    Object first = args.size() > 1 ? args.get(1) : null;
    return switch (name) {
      case "select" -> new Stage.Select(ids(first, values), false);
      case "exclude" -> new Stage.Exclude(ids(first, values));
      case "limit" -> parsed("Limit", "limit", first);
      case "skip" -> parsed("Skip", "skip", first);
      case "selectFields" -> parsed("SelectFields", "field_names", first);
      case "sortBy" -> Stages.sortBy(String.valueOf(first), false);
      case "matchTags" -> parsed("MatchTags", "tags", first);
      case "toPatches" -> parsed("ToPatches", "field", first);
      case "toFrames" -> parsed("ToFrames", "config", Document.empty());
      case "toClips" -> parsed("ToClips", "field_or_expr", first);
      case "selectGroupSlices" -> new Stage.SelectGroupSlices(first, null, true, false, false);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static List<ObjectId> ids(@Nullable Object symbols, GoldenValues values) {
    return ((List<?>) Objects.requireNonNull(symbols))
        .stream().map(s -> values.id(String.valueOf(s))).toList();
  }

  private static Stage parsed(String name, String parameter, @Nullable Object value) {
    return StageDocuments.parse(
        Document.of(
            "_cls",
            "fiftyone.core.stages." + name,
            "kwargs",
            Values.listOf(Values.listOf(parameter, value))));
  }

  // --- changes --------------------------------------------------------------------------------

  void mutate(List<?> op) {
    String name = String.valueOf(op.get(0));
    String a = op.size() > 1 ? String.valueOf(op.get(1)) : "";
    dataset.write(
        writer -> {
          switch (name) {
            case "deleteSample" -> writer.deleteSamples(List.of(values.id(a)));
            case "deleteLabel" -> deleteLabel(writer, a, String.valueOf(op.get(2)));
            case "setField" ->
                set(writer, values.id(a), String.valueOf(op.get(2)), values.value(op.get(3)));
            case "setLabel" -> setLabel(writer, op);
            case "addLabel" ->
                addLabel(
                    writer,
                    values.id(a),
                    String.valueOf(op.get(2)),
                    (Document) Objects.requireNonNull(op.get(3)));
            case "addSample" -> addSample(writer, a, (Document) Objects.requireNonNull(op.get(2)));
            case "deleteFrame" ->
                writer.deleteFrames(
                    values.id(a), List.of(((Number) Objects.requireNonNull(op.get(2))).intValue()));
            case "deleteField" -> writer.deleteField(a);
            case "renameField" -> writer.renameField(a, String.valueOf(op.get(2)));
            case "cloneField" -> cloneField(writer, a, String.valueOf(op.get(2)));
            case "reopen" -> {}
            default -> throw new IllegalArgumentException(name);
          }
          return null;
        });
  }

  private static List<ObjectId> all(DatasetWriter writer) {
    List<ObjectId> ids = new ArrayList<>();
    try (SampleCursor cursor = writer.read(ViewDefinition.ALL, Projection.of("id"))) {
      while (cursor.hasNext()) {
        ids.add(cursor.next().id());
      }
    }
    return ids;
  }

  private static void change(
      DatasetWriter writer, ObjectId sample, String field, UnaryOperator<@Nullable Object> change) {
    if (!field.startsWith(DatasetInfo.FRAMES)) {
      // A sample that an earlier step deleted has nothing to change.
      for (Sample s : writer.samples(List.of(sample), Projection.ALL)) {
        Object before = s.fields().get(field);
        Object after = change.apply(before);
        if (!Objects.equals(before, after)) {
          writer.set(sample, 0, field, before, after);
        }
      }
      return;
    }
    String plain = field.substring(DatasetInfo.FRAMES.length());
    List<Frame> frames;
    try (Cursor<Frame> cursor = writer.frames(sample, 1, Integer.MAX_VALUE, Projection.ALL)) {
      frames = cursor.toList();
    }
    for (Frame frame : frames) {
      Object before = frame.fields().get(plain);
      Object after = change.apply(before);
      if (!Objects.equals(before, after)) {
        writer.set(sample, frame.number(), plain, before, after);
      }
    }
  }

  private void deleteLabel(DatasetWriter writer, String field, String symbol) {
    ObjectId id = values.id(symbol);
    for (ObjectId sample : all(writer)) {
      change(
          writer,
          sample,
          field,
          value ->
              value instanceof LabelList<?> list
                  ? list.withLabels(list.labels().stream().filter(l -> !l.id().equals(id)).toList())
                  : value instanceof SingleLabel label && label.id().equals(id) ? null : value);
    }
  }

  private void set(DatasetWriter writer, ObjectId sample, String field, @Nullable Object value) {
    if (value != null && writer.info().field(field).isEmpty()) {
      writer.putInfo(writer.info().withField(field, GoldenValues.fieldOf(field, value)));
    }
    change(writer, sample, field, before -> value);
  }

  private void setLabel(DatasetWriter writer, List<?> op) {
    ObjectId id = values.id(String.valueOf(op.get(3)));
    Document properties = (Document) Objects.requireNonNull(op.get(4));
    change(
        writer,
        values.id(String.valueOf(op.get(1))),
        String.valueOf(op.get(2)),
        value -> {
          if (value instanceof LabelList<?> list) {
            return list.withLabels(
                list.labels().stream()
                    .map(l -> l.id().equals(id) ? edited(l, properties) : l)
                    .toList());
          }
          return value instanceof SingleLabel label && label.id().equals(id)
              ? edited(label, properties)
              : value;
        });
  }

  private SingleLabel edited(SingleLabel label, Document properties) {
    Document recorded = (Document) Objects.requireNonNull(values.recorded(label));
    for (String name : properties.names()) {
      boolean own =
          List.of(
                  "label",
                  "bounding_box",
                  "mask",
                  "confidence",
                  "index",
                  "points",
                  "closed",
                  "filled",
                  "tags",
                  "keyframe",
                  "mask_path",
                  "instance",
                  "attrs")
              .contains(name);
      recorded =
          own
              ? recorded.with(name, properties.get(name))
              : recorded.with(
                  "attrs", recorded.getDocument("attrs").with(name, properties.get(name)));
    }
    return (SingleLabel) values.label(recorded);
  }

  private void addLabel(DatasetWriter writer, ObjectId sample, String field, Document recorded) {
    Label added = values.label(recorded);
    change(
        writer,
        sample,
        field,
        value -> {
          if (value instanceof LabelList<?> list) {
            List<SingleLabel> longer = new ArrayList<>(list.labels());
            longer.add((SingleLabel) added);
            return list.withLabels(longer);
          }
          String declared = writer.info().field(field).orElseThrow().documentClass();
          return String.valueOf(declared).endsWith("s")
              ? LabelDocuments.fromDocument(
                  Document.of(
                      "_cls",
                      declared,
                      AnswerKind.of((SingleLabel) added).id(),
                      Values.listOf(LabelDocuments.toDocument(added))))
              : added;
        });
  }

  private void addSample(DatasetWriter writer, String symbol, Document fields) {
    Sample sample =
        Sample.of("/data/" + symbol + ".png")
            .withId(values.id(symbol))
            .withSystem(Document.of("_media_type", "image"));
    for (String name : fields.names()) {
      sample = sample.with(name, values.value(fields.get(name)));
    }
    writer.insert(sample);
  }

  private static void cloneField(DatasetWriter writer, String from, String to) {
    writer.putInfo(writer.info().withField(to, writer.info().field(from).orElseThrow()));
    for (Sample sample : writer.samples(all(writer), Projection.ALL)) {
      Object value = sample.fields().get(from);
      if (value != null) {
        writer.set(sample.id(), 0, to, null, value);
      }
    }
  }

  // --- answers --------------------------------------------------------------------------------

  void answer(Document response, AnswerSink sink, LabelSchema schema) {
    response.forEach(
        (field, kinds) ->
            ((Document) Objects.requireNonNull(kinds))
                .forEach(
                    (kindName, items) -> {
                      AnswerKind kind = Objects.requireNonNull(AnswerKind.ofId(kindName));
                      ((Document) Objects.requireNonNull(items))
                          .forEach((item, content) -> answer(sink, field, kind, item, content));
                    }));
  }

  private void answer(
      AnswerSink sink, String field, AnswerKind kind, String item, @Nullable Object content) {
    ObjectId clip = items.get(item);
    ObjectId id = clip == null ? values.id(item) : clip;
    sink.delivered(id);
    boolean byFrame = field.startsWith(DatasetInfo.FRAMES) && content instanceof Document;
    if (!byFrame) {
      give(sink, id, 0, field, kind, content);
      return;
    }
    ((Document) content)
        .forEach((number, inner) -> give(sink, id, Integer.parseInt(number), field, kind, inner));
  }

  private void give(
      AnswerSink sink,
      ObjectId item,
      int frame,
      String field,
      AnswerKind kind,
      @Nullable Object content) {
    if (kind == AnswerKind.SCALAR) {
      if (content != null) {
        sink.scalar(item, frame, field, content);
      }
      return;
    }
    List<SingleLabel> labels = new ArrayList<>();
    if (content instanceof Document byId) {
      byId.forEach(
          (symbol, label) ->
              labels.add(
                  (SingleLabel)
                      values.label(((Document) Objects.requireNonNull(label)).with("id", symbol))));
    }
    sink.labels(item, frame, field, kind, labels);
  }
}
