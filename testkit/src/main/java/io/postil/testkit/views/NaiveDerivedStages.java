package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.isTrue;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.testkit.views.NaiveRows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stages that show labels, frames or ranges of frames as samples. Stateless. */
final class NaiveDerivedStages {
  private NaiveDerivedStages() {}

  private static Document config(@Nullable Object config) {
    return config instanceof Document d ? d : Document.empty();
  }

  private static List<FieldSpec> others(NaiveRows view, Document config, String own) {
    Object others = config.get("other_fields");
    List<FieldSpec> fields = new ArrayList<>();
    if (Boolean.TRUE.equals(others)) {
      view.schema().fields().values().stream()
          .filter(f -> !f.name().equals(own))
          .forEach(fields::add);
      return fields;
    }
    for (Object name : others instanceof List<?> l ? l : Values.listOf(others)) {
      FieldSpec field = name == null ? null : view.schema().fields().get(String.valueOf(name));
      if (field != null) {
        fields.add(field);
      } else if (name != null) {
        throw new NaiveError("unknown field " + name);
      }
    }
    return fields;
  }

  /** A sample made of another: with its path, tags and metadata. */
  private static Document derived(Document parent, @Nullable Object id, List<FieldSpec> copied) {
    Document.Builder out = Document.builder().put("_id", id);
    for (String name : List.of("filepath", "tags", "metadata", "_media_type", "_rand")) {
      out.putIfPresent(name, parent.get(name));
    }
    Object origin = parent.get("_sample_id");
    out.put("_sample_id", origin == null ? parent.get("_id") : origin);
    copied.stream()
        .filter(f -> parent.contains(f.name()))
        .forEach(f -> out.put(f.name(), parent.get(f.name())));
    return out.build();
  }

  private static NaiveRows rows(
      NaiveRows view,
      NaiveSchema schema,
      java.util.function.Function<Document, List<Document>> parts) {
    List<Row> rows = new ArrayList<>();
    int previous = -1;
    for (Row row : view.rows()) {
      boolean tied = view.rows().stream().filter(r -> r.rank() == row.rank()).count() > 1;
      for (Document part : parts.apply(row.document())) {
        int rank = tied && row.rank() == previous ? rows.get(rows.size() - 1).rank() : rows.size();
        rows.add(new Row(part, rank, List.of()));
        previous = row.rank();
      }
    }
    return new NaiveRows(schema, rows);
  }

  static NaiveRows patches(NaiveRows view, Stage.ToPatches s) {
    NaiveLabels field = view.schema().labels(s.field());
    if (field.isFrame() || !Set.of("Detections", "Polylines").contains(field.className())) {
      throw new NaiveError("patches of " + field.className());
    }
    Document config = config(s.config());
    boolean lists = config.getBoolean("keep_label_lists", false);
    List<FieldSpec> others = others(view, config, s.field());
    List<FieldSpec> shown = new ArrayList<>();
    if (view.rows().stream().anyMatch(r -> r.document().contains("frame_number"))) {
      shown.add(FieldSpec.of("frame_id", FieldType.OBJECT_ID));
    }
    shown.add(FieldSpec.embedded(s.field(), lists ? field.className() : field.elementClass()));
    shown.addAll(others);
    return rows(
        view,
        view.schema().ofImages(shown),
        d -> {
          List<Document> patches = new ArrayList<>();
          for (Document label : field.labels(d)) {
            Document patch = derived(d, label.get("_id"), others);
            Object value =
                lists
                    ? d.getDocument(s.field())
                        .with(String.valueOf(NaiveSchema.listOf(field.className())), List.of(label))
                    : label;
            if (d.contains("frame_number")) {
              patch =
                  patch.with("frame_number", d.get("frame_number")).with("frame_id", d.get("_id"));
            }
            patches.add(patch.with(s.field(), value));
          }
          return patches;
        });
  }

  static NaiveRows frames(NaiveRows view) {
    if (!view.schema().video()) {
      throw new NaiveError("frames of images");
    }
    List<FieldSpec> fields = List.copyOf(view.schema().frameFields().values());
    return rows(
        view,
        view.schema().ofImages(fields),
        d -> {
          List<Document> frames = new ArrayList<>();
          for (Document frame : NaiveStages.frames(d)) {
            Document shown =
                derived(d, frame.get("_id"), List.of())
                    .without("metadata")
                    .with("frame_number", frame.get("frame_number"));
            if (frame.contains("filepath")) {
              shown = shown.with("filepath", frame.get("filepath"));
            }
            for (FieldSpec field : fields) {
              if (frame.contains(field.name())) {
                shown = shown.with(field.name(), frame.get(field.name()));
              }
            }
            frames.add(shown);
          }
          return frames;
        });
  }

  // --- clips -------------------------------------------------------------------------------------

  static NaiveRows clips(NaiveRows view, Stage.ToClips s) {
    if (!view.schema().video()) {
      throw new NaiveError("clips of images");
    }
    Document config = config(s.config());
    boolean field = s.fieldOrExpr() instanceof String f && !f.startsWith("$");
    String own = field ? String.valueOf(s.fieldOrExpr()) : "";
    List<FieldSpec> others = others(view, config, own);
    List<FieldSpec> shown = new ArrayList<>();
    shown.add(FieldSpec.listOf("support", FieldType.INT));
    if (field && !NaiveSchema.isFrame(own)) {
      NaiveLabels labels = view.schema().labels(own);
      if (!labels.elementClass().equals("TemporalDetection")) {
        throw new NaiveError("clips of " + labels.className());
      }
      shown.add(FieldSpec.embedded(own, "Classification"));
      shown.addAll(others);
      return rows(view, ofClips(view, shown), d -> ofLabels(d, labels, others));
    }
    shown.addAll(others);
    Object condition = s.fieldOrExpr();
    if (field) {
      NaiveLabels labels = view.schema().labels(own);
      if (!labels.isList()) {
        throw new NaiveError("clips of single labels");
      }
      condition =
          Document.of(
              "$gt",
              Values.listOf(
                  Document.of(
                      "$size",
                      Document.of(
                          "$ifNull",
                          Values.listOf("$" + String.join(".", labels.labelPath()), List.of()))),
                  0));
    }
    Object wanted = condition;
    long tolerance = config.getLong("tol", 0);
    long least = config.getLong("min_len", 0);
    return rows(
        view,
        ofClips(view, shown),
        d -> {
          List<Document> clips = new ArrayList<>();
          for (int[] run : runs(d, wanted, tolerance)) {
            if (run[1] - run[0] + 1 >= least) {
              clips.add(clip(d, ObjectId.create(), run[0], run[1], others));
            }
          }
          return clips;
        });
  }

  private static NaiveSchema ofClips(NaiveRows view, List<FieldSpec> shown) {
    return new NaiveSchema(
        view.schema().ofImages(shown).fields(), view.schema().frameFields(), true);
  }

  private static Document clip(
      Document sample, @Nullable Object id, int first, int last, List<FieldSpec> others) {
    return derived(sample, id, others)
        .with("support", Values.listOf(first, last))
        .with(
            "frames",
            Values.list(
                NaiveStages.frames(sample).stream()
                    .filter(f -> f.getLong("frame_number", 0) >= first)
                    .filter(f -> f.getLong("frame_number", 0) <= last)
                    .toList()));
  }

  private static List<Document> ofLabels(
      Document sample, NaiveLabels field, List<FieldSpec> others) {
    List<Document> clips = new ArrayList<>();
    for (Document label : field.labels(sample)) {
      if (label.get("support") instanceof List<?> support && support.size() == 2) {
        int first = ((Number) java.util.Objects.requireNonNull(support.get(0))).intValue();
        int last = ((Number) java.util.Objects.requireNonNull(support.get(1))).intValue();
        clips.add(
            clip(sample, label.get("_id"), first, last, others)
                .with(field.name(), label.without("support").with("_cls", "Classification")));
      }
    }
    return clips;
  }

  /** The longest runs of frames for which a condition holds, with gaps up to the tolerance. */
  private static List<int[]> runs(Document sample, @Nullable Object condition, long tolerance) {
    List<int[]> runs = new ArrayList<>();
    for (Document frame : NaiveStages.frames(sample)) {
      int number = (int) frame.getLong("frame_number", 0);
      if (!isTrue(NaiveExpressions.evaluate(condition, frame))) {
        continue;
      }
      if (!runs.isEmpty() && number - runs.get(runs.size() - 1)[1] <= tolerance + 1) {
        runs.get(runs.size() - 1)[1] = number;
      } else {
        runs.add(new int[] {number, number});
      }
    }
    return runs;
  }
}
