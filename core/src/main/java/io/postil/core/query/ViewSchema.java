package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Expression;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a view shows: its media type and its visible fields with their types. Stages change it step
 * by step. Immutable from outside.
 */
public final class ViewSchema {
  /** What one element of a view is. */
  public enum Kind {
    /** A sample of the dataset. */
    SAMPLES,
    /** One label of a sample or frame. */
    PATCHES,
    /** One frame of a video. */
    FRAMES,
    /** A range of frames of a video. */
    CLIPS,
    /** The first sample of each group of samples with an equal value. */
    DYNAMIC_GROUPS
  }

  private static final List<String> DEFAULT_FIELDS =
      List.of("id", "filepath", "tags", "metadata", "created_at", "last_modified_at");
  private static final Set<String> DEFAULT_FRAME_FIELDS =
      Set.of("id", "frame_number", "created_at", "last_modified_at");

  final DatasetInfo info;
  Kind kind = Kind.SAMPLES;
  MediaType mediaType;
  Map<String, FieldSpec> sampleFields = new LinkedHashMap<>();
  Map<String, FieldSpec> frameFields = new LinkedHashMap<>();

  /** Whether the samples of a view by {@code group_by} are videos. */
  boolean groupsVideos;

  /** The slices that can be selected; null if the view is not grouped. */
  @Nullable Map<String, MediaType> slices;

  private ViewSchema(DatasetInfo info) {
    this.info = info;
    mediaType = info.mediaType();
    DatasetInfo.GroupInfo group = info.group();
    for (FieldSpec field : info.sampleFields()) {
      if (group == null || !field.name().equals(group.field())) {
        sampleFields.put(field.name(), field);
      }
    }
    info.frameFields().forEach(f -> frameFields.put(f.name(), f));
    slices = group == null ? null : new LinkedHashMap<>(group.slices());
  }

  /**
   * What a view of a dataset shows; nothing is read.
   *
   * @throws PostilException if the view does not fit the dataset
   */
  public static ViewSchema of(DatasetInfo info, ViewDefinition view) {
    return ViewCompiler.compile(new UnreadSource(info), view).schema();
  }

  /** A source that knows the fields only. */
  private record UnreadSource(DatasetInfo info) implements RowSource {
    private static UnsupportedOperationException unread() {
      return new UnsupportedOperationException("a schema is found without reading samples");
    }

    @Override
    public SampleCursor scan(Projection fields) {
      throw unread();
    }

    @Override
    public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
      throw unread();
    }

    @Override
    public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
      throw unread();
    }

    @Override
    public long count() {
      throw unread();
    }
  }

  /** What a whole dataset shows. */
  static ViewSchema of(DatasetInfo info) {
    return new ViewSchema(info);
  }

  ViewSchema copy() {
    ViewSchema copy = new ViewSchema(info);
    copy.kind = kind;
    copy.mediaType = mediaType;
    copy.groupsVideos = groupsVideos;
    copy.sampleFields = new LinkedHashMap<>(sampleFields);
    copy.frameFields = new LinkedHashMap<>(frameFields);
    copy.slices = slices == null ? null : new LinkedHashMap<>(slices);
    return copy;
  }

  /** What one element is. */
  public Kind kind() {
    return kind;
  }

  /** What the samples are. */
  public MediaType mediaType() {
    return mediaType;
  }

  /** The visible fields beyond those every sample has, in order. */
  public Collection<FieldSpec> sampleFields() {
    return List.copyOf(sampleFields.values());
  }

  /** The visible fields of frames beyond those every frame has, in order. */
  public Collection<FieldSpec> frameFields() {
    return List.copyOf(frameFields.values());
  }

  /** The slices that can be selected, in order; null if the view is not grouped. */
  public @Nullable Map<String, MediaType> slices() {
    return slices == null ? null : Collections.unmodifiableMap(slices);
  }

  /** Whether the frames of each element can be read. */
  public boolean hasFrames() {
    return mediaType == MediaType.VIDEO
        || groupsVideos
        || slices != null && slices.containsValue(MediaType.VIDEO);
  }

  static boolean isFrame(String path) {
    return path.equals("frames") || path.startsWith(DatasetInfo.FRAMES);
  }

  /** The dataset's document. */
  public DatasetInfo info() {
    return info;
  }

  /** Whether a field is one that every sample, or with {@code frames.} every frame, has. */
  public boolean isDefault(String path) {
    DatasetInfo.GroupInfo group = info.group();
    return isFrame(path)
        ? DEFAULT_FRAME_FIELDS.contains(path.substring(Math.min(path.length(), 7)))
        : DEFAULT_FIELDS.contains(path)
            || group != null && path.equals(group.field())
            || kind == Kind.CLIPS && path.equals("support")
            || kind == Kind.PATCHES && path.equals("frame_id");
  }

  /**
   * Whether a value can be at a path: it is declared, or stands in a document that takes any
   * properties, such as a label or a dictionary.
   */
  boolean mayHold(String path) {
    if (isDefault(path) || find(path).isPresent()) {
      return true;
    }
    int dot = path.lastIndexOf('.');
    String parent = dot < 0 ? "" : path.substring(0, dot);
    return !parent.isEmpty()
        && !parent.equals("frames")
        && mayHold(parent)
        && find(parent).map(ViewSchema::takesAnyProperty).orElse(true);
  }

  /**
   * A field that an expression on samples reads although nothing of this view can have it; null if
   * there is none. Names that begin with {@code _} are those of stored documents and not looked at.
   */
  public @Nullable String unknownIn(Expression expression) {
    for (String name : Compiled.expression(expression.toValue(), null).reads()) {
      if (!name.equals("*") && !name.startsWith("_") && !name.equals("frames") && !mayHold(name)) {
        return name;
      }
    }
    return null;
  }

  private static boolean takesAnyProperty(FieldSpec field) {
    FieldSpec held = field.held();
    String className = held.documentClass();
    return held.type() == FieldType.DICT
        || held.type() == FieldType.EMBEDDED
            && (className == null || LabelAttributes.listName(className) == null);
  }

  /** The declaration a path leads to, through label lists; empty if it leads nowhere known. */
  public Optional<FieldSpec> find(String path) {
    String plain = path.replace("[]", "");
    boolean frame = plain.startsWith(DatasetInfo.FRAMES) && hasFrames();
    String[] names = (frame ? plain.substring(7) : plain).split("\\.", -1);
    FieldSpec field = top(names[0], frame);
    for (int i = 1; i < names.length && field != null; i++) {
      field = BuiltinFields.property(field, names[i]);
    }
    return Optional.ofNullable(field);
  }

  private @Nullable FieldSpec top(String name, boolean frame) {
    FieldSpec field = (frame ? frameFields : sampleFields).get(name);
    if (field != null) {
      return field;
    }
    DatasetInfo.GroupInfo group = info.group();
    if (group != null && name.equals(group.field())) {
      return FieldSpec.embedded(name, "Group");
    }
    if (name.equals("frames") && hasFrames()) {
      return FieldSpec.listOf("frames", FieldType.EMBEDDED);
    }
    return BuiltinFields.ofSample(name, frame, kind);
  }

  /** Whether the first name of a path is known. */
  boolean isKnown(String path) {
    String plain = path.replace("[]", "");
    if (plain.startsWith(DatasetInfo.FRAMES)) {
      return hasFrames() && top(plain.substring(7).split("\\.", -1)[0], true) != null;
    }
    return top(plain.split("\\.", -1)[0], false) != null;
  }

  /** The label field of a name, refused if it is unknown or no label field. */
  LabelField labelField(String name) {
    FieldSpec field = find(name).orElse(null);
    if (field == null) {
      throw unknownField(name);
    }
    if (field.type() == FieldType.LIST && field.held().isLabel()) {
      // The list of a field of labels, such as gt.detections, stands for the field.
      String holder = name.substring(0, Math.max(name.lastIndexOf('.'), 0));
      FieldSpec whole = holder.isEmpty() ? null : find(holder).orElse(null);
      if (whole != null && whole.isLabel()) {
        return LabelField.of(holder, whole);
      }
    }
    if (!field.isLabel()) {
      throw wrongType(name, field, "labels");
    }
    return LabelField.of(name, field);
  }

  /** A field of labels of samples; null if there is none of that name. */
  @Nullable LabelField labelFieldOfSamples(String name) {
    FieldSpec field = sampleFields.get(name);
    return field != null && field.isLabel() ? LabelField.of(name, field) : null;
  }

  /**
   * What names in a filter of a field's labels are relative to when it is serialised: {@code
   * $$this} for the labels of a list, the field's own path for a single label.
   *
   * @throws PostilException if the field is unknown or holds no labels
   */
  public String labelPrefix(String field) {
    return labelField(field).prefix();
  }

  /**
   * What names in a value to be set are relative to when it is serialised.
   *
   * @param parent the path of the document whose property is set; empty for the sample
   */
  public @Nullable String parentPrefix(String parent) {
    if (parent.isEmpty()) {
      return null;
    }
    String list = null;
    for (int dot = 0; dot >= 0; ) {
      dot = parent.indexOf('.', dot + 1);
      String path = dot < 0 ? parent : parent.substring(0, dot);
      boolean isList = find(path).map(f -> f.type() == FieldType.LIST).orElse(false);
      list = path.equals("frames") || isList ? path : list;
    }
    return list == null ? "$" + parent : "$$this" + parent.substring(list.length());
  }

  /** All visible label fields. */
  List<LabelField> labelFields() {
    List<LabelField> fields = new ArrayList<>();
    sampleFields.forEach(
        (name, f) -> {
          if (f.isLabel()) {
            fields.add(LabelField.of(name, f));
          }
        });
    if (hasFrames()) {
      frameFields.forEach(
          (name, f) -> {
            if (f.isLabel()) {
              fields.add(LabelField.of(DatasetInfo.FRAMES + name, f));
            }
          });
    }
    return fields;
  }

  static PostilException wrongType(String name, FieldSpec field, String wanted) {
    return new PostilException(
        ErrorCode.WRONG_FIELD_TYPE,
        "field '" + name + "' holds " + field.describe() + ", but " + wanted + " are needed");
  }

  /** The error of an unknown field or path, with the nearest known name. */
  public PostilException unknownField(String name) {
    Set<String> known = new LinkedHashSet<>(sampleFields.keySet());
    known.addAll(DEFAULT_FIELDS);
    if (hasFrames()) {
      frameFields.keySet().forEach(f -> known.add(DatasetInfo.FRAMES + f));
    }
    return new PostilException(
        ErrorCode.UNKNOWN_FIELD,
        "there is no field '" + name + "' in this view",
        hint(name, known));
  }

  /** For a path whose field is mistyped, the same path behind the field that is meant. */
  private static String hint(String path, Set<String> known) {
    int dot =
        path.indexOf('.', path.startsWith(DatasetInfo.FRAMES) ? DatasetInfo.FRAMES.length() : 0);
    String field = dot < 0 ? path : path.substring(0, dot);
    String near = dot < 0 || known.contains(field) ? null : Nearest.to(field, known);
    return near == null
        ? Nearest.hint(path, known)
        : "Did you mean " + near + path.substring(dot) + "?";
  }
}
