package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stages that show labels, frames or ranges of frames as samples of their own. Stateless. */
final class DerivedStages {
  private static final Set<String> PATCHES = Set.of("Detections", "Polylines", "Keypoints");

  private DerivedStages() {}

  private static Document config(@Nullable Object config) {
    return config instanceof Document d ? d : Document.empty();
  }

  /** The other fields to show beside: named ones, or all with {@code true}. */
  private static List<FieldSpec> otherFields(ViewCompiler view, Document config, String own) {
    Object other = config.get("other_fields");
    List<FieldSpec> fields = new ArrayList<>();
    if (Boolean.TRUE.equals(other)) {
      view.schema.sampleFields.values().stream()
          .filter(f -> !f.name().equals(own))
          .forEach(fields::add);
      return fields;
    }
    List<?> names =
        other instanceof List<?> l ? l : other instanceof String s ? List.of(s) : List.of();
    for (Object name : names) {
      String field = String.valueOf(name);
      if (field.equals(own)) {
        continue;
      }
      FieldSpec spec = view.schema.sampleFields.get(field);
      if (spec == null) {
        throw view.schema.unknownField(field);
      }
      fields.add(spec);
    }
    return fields;
  }

  /** A row that shares path, tags and metadata with the one it is made from. */
  private static Row derive(Row parent, int ordinal, @Nullable Object id) {
    Row row = parent.derive(ordinal);
    row.set("_id", id);
    for (String name : List.of("filepath", "tags", "metadata", "_media_type", "_rand")) {
      Object value = parent.property(name);
      if (value != Missing.MISSING) {
        row.set(name, value);
      }
    }
    Object sample = parent.property("_sample_id");
    row.set("_sample_id", sample == Missing.MISSING ? parent.property("_id") : sample);
    return row;
  }

  private static void copy(Row from, Row to, List<FieldSpec> fields) {
    for (FieldSpec field : fields) {
      Object value = from.property(field.name());
      if (value != Missing.MISSING) {
        to.set(field.name(), value);
      }
    }
  }

  private static Set<String> reads(String own, List<FieldSpec> others) {
    Set<String> reads = new HashSet<>();
    reads.add(own);
    others.forEach(f -> reads.add(f.name()));
    return reads;
  }

  // --- patches --------------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.ToPatches s) {
    LabelField field = view.schema.labelField(s.field());
    if (field.isFrame() || !PATCHES.contains(field.className())) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE,
          "patches are made of detections, polylines or keypoints of samples, but '"
              + s.field()
              + "' holds "
              + field.className(),
          field.isFrame() ? "Make a frames view first, then patches of it." : null);
    }
    Document config = config(s.config());
    boolean keepLists = config.getBoolean("keep_label_lists", false);
    List<FieldSpec> others = otherFields(view, config, s.field());
    String listName = java.util.Objects.requireNonNull(field.listName());
    boolean ofFrames = view.schema.kind == ViewSchema.Kind.FRAMES;
    view.steps.add(
        Step.expand(
            reads(field.path()[0], others),
            row -> {
              List<Row> patches = new ArrayList<>();
              Object holder = field.value(row);
              for (Object label : field.labels(row)) {
                Row patch = derive(row, patches.size(), id(label));
                patch.set(
                    field.path(),
                    keepLists ? Writes.with(holder, listName, Values.listOf(label)) : label);
                if (ofFrames) {
                  patch.set("_frame_id", row.property("_id"));
                  patch.set("frame_number", row.property("frame_number"));
                }
                copy(row, patch, others);
                patches.add(patch);
              }
              return patches;
            }));
    ViewSchema schema = view.schema.copy();
    FieldSpec shown = view.schema.find(s.field()).orElseThrow();
    schema.kind = ViewSchema.Kind.PATCHES;
    schema.mediaType = MediaType.IMAGE;
    schema.slices = null;
    schema.frameFields.clear();
    schema.sampleFields.clear();
    if (ofFrames) {
      schema.sampleFields.put("frame_id", FieldSpec.of("frame_id", FieldType.OBJECT_ID));
    }
    schema.sampleFields.put(s.field(), keepLists ? shown : elementOf(shown, field));
    others.forEach(f -> schema.sampleFields.put(f.name(), f));
    view.schema = schema;
  }

  private static ObjectId id(@Nullable Object label) {
    return Fields.get(label, "_id") instanceof ObjectId id ? id : ObjectId.create();
  }

  private static FieldSpec elementOf(FieldSpec list, LabelField field) {
    List<FieldSpec> dynamic = new ArrayList<>();
    for (FieldSpec inner : list.fields()) {
      if (inner.name().equals(field.listName())) {
        dynamic.addAll(inner.fields());
        if (inner.element() != null) {
          dynamic.addAll(inner.element().fields());
        }
      }
    }
    return FieldSpec.embedded(list.name(), field.elementClass()).withFields(dynamic);
  }

  // --- frames ---------------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.ToFrames s) {
    if (view.schema.mediaType != MediaType.VIDEO) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE,
          "frames can be shown of videos only, but these are "
              + view.schema.mediaType.id()
              + " samples");
    }
    List<FieldSpec> fields = List.copyOf(view.schema.frameFields.values());
    // A frame that several clips share is shown once, with the first.
    Map<Object, Row.Ref> first = new HashMap<>();
    boolean ofClips = view.schema.kind == ViewSchema.Kind.CLIPS;
    view.steps.add(
        Step.expand(
            Set.of("frames"),
            row -> {
              List<Row> frames = new ArrayList<>();
              for (Row frame : row.frames()) {
                if (ofClips
                    && !first
                        .computeIfAbsent(frame.property("_id"), i -> row.ref())
                        .equals(row.ref())) {
                  continue;
                }
                Row shown = derive(row, frames.size(), frame.property("_id"));
                Object path = frame.property("filepath");
                if (path != Missing.MISSING) {
                  shown.set("filepath", path);
                }
                shown.set("metadata", Missing.MISSING);
                shown.set("frame_number", frame.property("frame_number"));
                copy(frame, shown, fields);
                frames.add(shown);
              }
              return frames;
            }));
    ViewSchema schema = view.schema.copy();
    schema.kind = ViewSchema.Kind.FRAMES;
    schema.mediaType = MediaType.IMAGE;
    schema.slices = null;
    schema.sampleFields = new LinkedHashMap<>();
    fields.stream()
        .filter(f -> !f.name().equals("filepath"))
        .forEach(f -> schema.sampleFields.put(f.name(), f));
    schema.frameFields.clear();
    view.schema = schema;
  }

  // --- clips ----------------------------------------------------------------------------------

  static void add(ViewCompiler view, Stage.ToClips s) {
    if (view.schema.mediaType != MediaType.VIDEO) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE,
          "clips can be made of videos only, but these are "
              + view.schema.mediaType.id()
              + " samples");
    }
    Document config = config(s.config());
    ViewSchema schema = view.schema.copy();
    schema.kind = ViewSchema.Kind.CLIPS;
    schema.slices = null;
    schema.frameFields = ViewSchema.of(view.source.info()).frameFields;
    schema.sampleFields = new LinkedHashMap<>();
    schema.sampleFields.put("support", FieldSpec.listOf("support", FieldType.INT));
    String own = s.fieldOrExpr() instanceof String f && !f.startsWith("$") ? f : "";
    List<FieldSpec> others = otherFields(view, config, own);
    if (s.fieldOrExpr() instanceof List<?> supports) {
      view.steps.add(listedClips(supports, others));
    } else if (!own.isEmpty() && !own.startsWith(DatasetInfo.FRAMES)) {
      LabelField field = view.schema.labelField(own);
      if (!field.elementClass().equals("TemporalDetection")) {
        throw new PostilException(
            ErrorCode.WRONG_FIELD_TYPE,
            "clips are made of temporal detections or of frames, but '"
                + own
                + "' holds "
                + field.className());
      }
      schema.sampleFields.put(own, FieldSpec.embedded(own, "Classification"));
      view.steps.add(Step.expand(reads(own, others), row -> labelClips(row, field, others)));
    } else {
      view.steps.add(frameClips(view, own, s.fieldOrExpr(), config, others));
    }
    others.forEach(f -> schema.sampleFields.put(f.name(), f));
    view.schema = schema;
  }

  private static List<Row> labelClips(Row row, LabelField field, List<FieldSpec> others) {
    List<Row> clips = new ArrayList<>();
    for (Object label : field.labels(row)) {
      if (Fields.get(label, "support") instanceof List<?> support
          && support.size() == 2
          && support.get(0) instanceof Number first
          && support.get(1) instanceof Number last) {
        Row clip = clip(row, clips.size(), id(label), first.intValue(), last.intValue(), others);
        Object event =
            Writes.with(Writes.with(label, "support", Missing.MISSING), "_cls", "Classification");
        clip.set(field.path(), event);
        clips.add(clip);
      }
    }
    return clips;
  }

  /** The clips that are listed for each sample, in the order of the view. */
  private static Step listedClips(List<?> supports, List<FieldSpec> others) {
    Map<Row.Ref, Integer> places = new HashMap<>();
    return Step.expand(
        reads("frames", others),
        row -> {
          int place = places.computeIfAbsent(row.ref(), r -> places.size());
          List<Row> clips = new ArrayList<>();
          Object listed = place < supports.size() ? supports.get(place) : null;
          for (Object support : listed instanceof List<?> l ? l : List.of()) {
            if (!(support instanceof List<?> range)
                || range.size() != 2
                || !(range.get(0) instanceof Number first)
                || !(range.get(1) instanceof Number last)) {
              throw ViewCompiler.invalid("a clip is [first frame, last frame], not " + support);
            }
            clips.add(numberedClip(row, clips.size(), first.intValue(), last.intValue(), others));
          }
          return clips;
        });
  }

  /** A clip that no label gives an id. */
  private static Row numberedClip(
      Row row, int ordinal, int first, int last, List<FieldSpec> others) {
    return clip(row, ordinal, ViewEvaluator.clipId(row.id(), first, last), first, last, others);
  }

  private static Row clip(
      Row row, int ordinal, ObjectId id, int first, int last, List<FieldSpec> others) {
    Row clip = derive(row, ordinal, id);
    clip.set("support", Values.listOf(first, last));
    copy(row, clip, others);
    // A clip has the frames as they are stored, whatever earlier stages made of them.
    clip.framesFrom(
        () ->
            row.storedFrames().stream()
                .filter(
                    f ->
                        f.property("frame_number") instanceof Number n
                            && n.intValue() >= first
                            && n.intValue() <= last)
                .toList());
    return clip;
  }

  /** Clips of the longest runs of frames that have labels or for which an expression holds. */
  private static Step frameClips(
      ViewCompiler view, String own, Object expression, Document config, List<FieldSpec> others) {
    Compiled condition;
    if (own.isEmpty()) {
      condition = Compiled.expression(expression, null);
    } else {
      LabelField field = view.schema.labelField(own);
      if (!field.isList()) {
        throw EvaluationError.of(
            17124,
            "clips of '" + own + "' need a list of labels in each frame, not " + field.className());
      }
      String path = "$" + String.join(".", field.path()) + "." + field.listName();
      Document size = Document.of("$size", Document.of("$ifNull", Values.listOf(path, List.of())));
      condition = Compiled.expression(Document.of("$gt", Values.listOf(size, 0)), null);
    }
    long tolerance = config.getLong("tol", 0);
    long least = config.getLong("min_len", 0);
    Set<String> reads = reads("frames", others);
    return Step.expand(
        reads,
        row -> {
          List<Row> clips = new ArrayList<>();
          for (int[] run : runs(row, condition, tolerance)) {
            if (run[1] - run[0] + 1 >= least) {
              clips.add(numberedClip(row, clips.size(), run[0], run[1], others));
            }
          }
          return clips;
        });
  }

  private static List<int[]> runs(Row row, Compiled condition, long tolerance) {
    List<int[]> runs = new ArrayList<>();
    for (Row frame : row.frames()) {
      if (!(frame.property("frame_number") instanceof Number n) || !condition.test(frame)) {
        continue;
      }
      int number = n.intValue();
      int[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && number - last[1] <= tolerance + 1) {
        last[1] = number;
      } else {
        runs.add(new int[] {number, number});
      }
    }
    return runs;
  }

  /** Names of the properties of derived samples that are no fields. */
  static Map<String, Object> system(Row row) {
    Map<String, Object> system = new LinkedHashMap<>();
    for (String name : List.of("_sample_id", "_frame_id", "frame_number", "_media_type", "_rand")) {
      Object value = row.property(name);
      if (value != null && value != Missing.MISSING) {
        system.put(name, value);
      }
    }
    return system;
  }
}
