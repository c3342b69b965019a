package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.ClassSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into a label schema: what it leaves open is taken from the dataset's fields and
 * the labels that are there, and everything is checked against what the backend can do. Collects
 * all problems rather than stopping at the first. The rules are FiftyOne's. Not thread-safe; for
 * one request.
 */
final class SchemaResolver {
  private static final Set<String> SPEC_KEYS =
      Set.of(
          "type",
          "classes",
          "attributes",
          "mask_targets",
          "existing_field",
          "only_keyframes",
          "allow_additions",
          "allow_deletions",
          "allow_label_edits",
          "allow_index_edits",
          "allow_spatial_edits");

  /** Looks at labels: by field the type that counts, and whether it is the view or everything. */
  interface Observer extends BiFunction<Map<String, @Nullable LabelType>, Boolean, Observations> {}

  private final DatasetInfo info;
  private final ViewSchema view;
  private final AnnotationBackend backend;
  private final Capabilities capabilities;
  private final Document arguments;
  private final Observer observer;
  private final Map<String, List<Problem>> problems = new LinkedHashMap<>();
  private String field = "";
  private final List<String> warnings = new ArrayList<>();

  SchemaResolver(
      DatasetInfo info,
      ViewSchema view,
      AnnotationBackend backend,
      Document arguments,
      Observer observer) {
    this.info = info;
    this.view = view;
    this.backend = backend;
    this.capabilities = backend.capabilities();
    this.arguments = arguments;
    this.observer = observer;
  }

  /** Everything found wrong so far, field by field, each in the order of the checks. */
  List<Problem> problems() {
    return problems.values().stream().flatMap(List::stream).toList();
  }

  /** What the user should know though it is not wrong. */
  List<String> warnings() {
    return warnings;
  }

  /** Resolves the whole request; useless where {@link #problems()} is not empty afterwards. */
  LabelSchema resolve() {
    Map<String, Document> specs = specs();
    List<FieldDraft> drafts = new ArrayList<>();
    specs.forEach(
        (name, spec) -> {
          if (name.isEmpty()) {
            return;
          }
          field = name;
          problemsOfField();
          FieldDraft draft = draft(name, spec);
          if (draft != null) {
            drafts.add(draft);
          }
        });
    if (specs.containsKey("")) {
      return new LabelSchema(
          List.of(new FieldSchema("", null, List.of(), List.of(), null, false, Map.of(), null)));
    }
    Map<String, @Nullable LabelType> narrowed = new LinkedHashMap<>();
    Map<String, @Nullable LabelType> classes = new LinkedHashMap<>();
    for (FieldDraft draft : drafts) {
      if (draft.existing() != null && draft.type() != LabelType.SCALAR) {
        if (needsView(draft)) {
          boolean all = draft.type().isBoxes() && backend.boxesKeepMasks();
          narrowed.put(draft.name(), all ? null : draft.type());
        }
        if (needsClasses(draft)) {
          classes.put(draft.name(), null);
        }
      }
    }
    Observations inView = observer.apply(narrowed, true);
    Observations everywhere = observer.apply(classes, false);
    List<FieldSchema> fields = new ArrayList<>();
    for (FieldDraft draft : drafts) {
      field = draft.name();
      fields.add(resolve(draft, inView.of(draft.name()), everywhere.of(draft.name())));
    }
    return new LabelSchema(fields);
  }

  private boolean needsClasses(FieldDraft draft) {
    Object classes = value(draft, "classes");
    return draft.type() != LabelType.SEGMENTATION
        && (classes == null || Values.same(classes, List.of()));
  }

  private boolean needsView(FieldDraft draft) {
    return draft.type() != LabelType.SEGMENTATION;
  }

  // --- the request ----------------------------------------------------------------------------

  private Map<String, Document> specs() {
    Object schema = arguments.get("label_schema");
    Map<String, Document> specs = new LinkedHashMap<>();
    if (schema == null) {
      Object field = arguments.get("label_field");
      if (field == null) {
        if (capabilities.requiresSchema()) {
          problem(
              ErrorCode.MISSING_SCHEMA,
              "the request names no field to annotate",
              "Give label_field or label_schema.");
        } else {
          specs.put("", Document.empty());
        }
      } else if (field instanceof String name) {
        specs.put(name, Document.empty());
      } else {
        problem(ErrorCode.INVALID_SCHEMA, "label_field is not a name: " + field, null);
      }
    } else if (schema instanceof Document document) {
      document.forEach((name, spec) -> spec(specs, name, spec));
    } else if (schema instanceof List<?> names) {
      for (Object name : names) {
        if (name instanceof String text) {
          specs.put(text, Document.empty());
        } else {
          problem(
              ErrorCode.INVALID_SCHEMA,
              "label_schema lists something that is no name: " + name,
              null);
        }
      }
    } else {
      problem(
          ErrorCode.INVALID_SCHEMA,
          "label_schema must be a map of fields or a list of names, but is '" + schema + "'",
          "For one field, give label_field.");
    }
    return specs;
  }

  private void spec(Map<String, Document> specs, String name, @Nullable Object spec) {
    field = name;
    problemsOfField();
    if (!(spec instanceof Document document)) {
      problem(
          ErrorCode.INVALID_SCHEMA,
          "label_schema has no map for the field '" + name + "' but " + spec,
          "Write {} to leave everything open.");
      return;
    }
    for (String key : document.names()) {
      if (!SPEC_KEYS.contains(key)
          && (key.startsWith("allow") || Nearest.to(key, SPEC_KEYS) != null)) {
        problem(
            ErrorCode.INVALID_SCHEMA,
            "label_schema of '" + name + "' has the unknown key '" + key + "'",
            Nearest.hint(key, SPEC_KEYS));
      }
    }
    specs.put(name, document);
  }

  private @Nullable Object value(FieldDraft draft, String name) {
    return draft.spec().contains(name) ? draft.spec().get(name) : arguments.get(name);
  }

  // --- type -----------------------------------------------------------------------------------

  private @Nullable FieldDraft draft(String name, Document spec) {
    FieldSpec existing = existing(name);
    Object given = spec.contains("type") ? spec.get("type") : arguments.get("label_type");
    LabelType type;
    if (existing == null && !hidden(name)) {
      if (name.contains(".") && !isFrame(name)
          || name.startsWith("frames.") && name.lastIndexOf('.') > 6) {
        problem(
            ErrorCode.UNSUPPORTED_FIELD_TYPE,
            "'" + name + "' leads into another field and cannot be annotated by itself",
            "Name the label field and give the attribute among its attributes.");
        return null;
      }
    }
    if (existing == null) {
      if (given == null) {
        problem(
            ErrorCode.MISSING_TYPE,
            "'" + name + "' is a new field, so its label type must be given",
            hintField(name));
        return null;
      }
      type = LabelType.ofId(String.valueOf(given));
      if (type == null) {
        problem(
            ErrorCode.UNSUPPORTED_LABEL_TYPE,
            "'" + given + "', asked for '" + name + "', is no label type",
            Nearest.hint(String.valueOf(given), typeNames()));
        return null;
      }
    } else {
      type = typeOfExisting(name, existing, given);
      if (type == null) {
        return null;
      }
    }
    if (!capabilities.labelTypes().contains(type)) {
      problem(
          ErrorCode.UNSUPPORTED_LABEL_TYPE,
          "the backend does not support " + type.id() + ", asked for '" + name + "'",
          null);
      return null;
    }
    if (view.mediaType() == MediaType.VIDEO && !name.startsWith(DatasetInfo.FRAMES)) {
      if (type.kind().isSpatial()) {
        problem(
            ErrorCode.SPATIAL_SAMPLE_FIELD_ON_VIDEO,
            "'" + name + "' is a field of whole videos, which have no place for " + type.id(),
            "Use frames." + name + " to annotate the frames.");
        return null;
      }
      if (!capabilities.videoSampleFields()) {
        problem(
            ErrorCode.VIDEO_SAMPLE_FIELD_UNSUPPORTED,
            "the backend cannot annotate whole videos, as '" + name + "' asks",
            "Use frames." + name + " to annotate the frames.");
        return null;
      }
    }
    return new FieldDraft(name, spec, existing, type);
  }

  private static List<String> typeNames() {
    List<String> names = new ArrayList<>();
    for (LabelType type : LabelType.values()) {
      names.add(type.id());
    }
    return names;
  }

  private @Nullable String hintField(String name) {
    List<String> names = new ArrayList<>();
    view.sampleFields().forEach(f -> names.add(f.name()));
    view.frameFields().forEach(f -> names.add(DatasetInfo.FRAMES + f.name()));
    return Nearest.hint(name, names);
  }

  private static boolean isFrame(String name) {
    return name.startsWith(DatasetInfo.FRAMES);
  }

  private boolean hidden(String name) {
    return info.field(name).isPresent() && existing(name) == null;
  }

  private @Nullable FieldSpec existing(String name) {
    if (isFrame(name)) {
      String plain = name.substring(DatasetInfo.FRAMES.length());
      return view.frameFields().stream()
          .filter(f -> f.name().equals(plain))
          .findFirst()
          .orElse(null);
    }
    for (FieldSpec field : view.sampleFields()) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    return name.contains(".") ? null : view.find(name).orElse(null);
  }

  private @Nullable LabelType typeOfExisting(
      String name, FieldSpec existing, @Nullable Object given) {
    List<LabelType> candidates = candidates(name, existing);
    if (candidates.isEmpty()) {
      return null;
    }
    if (given == null) {
      LabelType chosen = candidates.get(0);
      if (candidates.size() > 1 && !(chosen.isBoxes() && backend.boxesKeepMasks())) {
        warnings.add(
            "'"
                + name
                + "' can hold "
                + candidates.get(0).id()
                + " and "
                + candidates.get(1).id()
                + "; sending its "
                + chosen.id()
                + " only. Give label_type to choose.");
      }
      return chosen;
    }
    LabelType type = LabelType.ofId(String.valueOf(given));
    if (type == null || !candidates.contains(type)) {
      problem(
          ErrorCode.TYPE_MISMATCH,
          "'" + name + "' holds " + existing.describe() + ", which cannot be annotated as " + given,
          "Leave the label type out, or give "
              + String.join(" or ", candidates.stream().map(LabelType::id).toList())
              + ".");
      return null;
    }
    return type;
  }

  private List<LabelType> candidates(String name, FieldSpec existing) {
    String documentClass = existing.documentClass();
    if (documentClass != null) {
      List<LabelType> types = LabelType.ofFieldClass(documentClass);
      if (types.isEmpty()) {
        problem(
            ErrorCode.UNSUPPORTED_FIELD_TYPE,
            "'" + name + "' holds " + documentClass + ", which cannot be annotated",
            null);
      }
      return types;
    }
    boolean identity = name.equals("id") || name.equals("filepath") || name.endsWith(".id");
    if (!capabilities.scalarTypes().contains(existing.type()) || identity) {
      problem(
          ErrorCode.UNSUPPORTED_SCALAR_TYPE,
          "'"
              + name
              + "' is a field of type "
              + existing.describe()
              + ", which the backend cannot edit",
          null);
      return List.of();
    }
    return List.of(LabelType.SCALAR);
  }

  // --- classes, attributes, flags -------------------------------------------------------------

  private FieldSchema resolve(
      FieldDraft draft, Observations.Seen inView, Observations.Seen everywhere) {
    List<ClassSchema> classes = List.of();
    List<AttributeSchema> attributes = List.of();
    Map<String, String> targets = null;
    if (draft.type() == LabelType.SEGMENTATION) {
      targets = maskTargets(draft);
      classes = targetNames(targets).stream().map(ClassSchema::of).toList();
    } else {
      classes = classes(draft, inView, everywhere);
      if (draft.type() != LabelType.SCALAR) {
        attributes =
            attributes()
                .resolve(
                    draft,
                    value(draft, "attributes"),
                    !draft.spec().contains("attributes") && !arguments.contains("attributes"),
                    inView,
                    null);
      }
    }
    return new FieldSchema(
        draft.name(),
        draft.type(),
        classes,
        attributes,
        targets,
        draft.existing() != null,
        flags(draft),
        onlyKeyframes(draft, inView));
  }

  private List<ClassSchema> classes(
      FieldDraft draft, Observations.Seen inView, Observations.Seen everywhere) {
    Object given = value(draft, "classes");
    if (given != null && !(given instanceof List<?>)) {
      problem(
          ErrorCode.INVALID_SCHEMA,
          "classes of '" + draft.name() + "' must be a list, but is '" + given + "'",
          "Write [\"" + given + "\"].");
      return List.of();
    }
    if (given instanceof List<?> list && !list.isEmpty()) {
      List<ClassSchema> classes = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      for (Object entry : list) {
        ClassSchema schema = classEntry(draft, entry, inView);
        if (schema == null) {
          continue;
        }
        if (!schema.isGroup() && !seen.add(schema.classes().get(0))) {
          problem(
              ErrorCode.INVALID_SCHEMA,
              "classes of '" + draft.name() + "' list '" + schema.classes().get(0) + "' twice",
              "Remove one.");
        }
        classes.add(schema);
      }
      return classes;
    }
    if (draft.type() == LabelType.SCALAR) {
      return List.of();
    }
    if (draft.existing() == null) {
      problem(
          ErrorCode.MISSING_CLASSES,
          "'" + draft.name() + "' is a new field, so its classes must be given",
          null);
      return List.of();
    }
    Set<String> names = everywhere.classes();
    names.addAll(inView.classes());
    return names.stream().map(ClassSchema::of).toList();
  }

  private @Nullable ClassSchema classEntry(
      FieldDraft draft, @Nullable Object entry, Observations.Seen inView) {
    if (entry instanceof String name) {
      return ClassSchema.of(name);
    }
    if (!(entry instanceof Document group)) {
      problem(
          ErrorCode.INVALID_SCHEMA,
          "classes of '" + draft.name() + "' hold " + entry + ", which is no text",
          null);
      return null;
    }
    if (!group.contains("classes") || !group.contains("attributes")) {
      problem(
          ErrorCode.INVALID_CLASS_GROUP,
          "a class group of '"
              + draft.name()
              + "' has no "
              + (group.contains("classes") ? "attributes" : "classes"),
          "A group needs both classes and attributes.");
      return null;
    }
    List<String> names = new ArrayList<>();
    Object members = group.get("classes");
    if (members instanceof String name) {
      names.add(name);
    } else if (members instanceof List<?> list) {
      list.forEach(m -> names.add(String.valueOf(m)));
    } else {
      problem(
          ErrorCode.INVALID_CLASS_GROUP,
          "a class group of '" + draft.name() + "' has classes " + members,
          null);
      return null;
    }
    List<AttributeSchema> attributes =
        attributes().resolve(draft, group.get("attributes"), false, inView, names);
    return new ClassSchema(names, attributes, true);
  }

  private AttributeResolver attributes() {
    return new AttributeResolver(backend, problemsOfField(), warnings);
  }

  private Map<String, String> maskTargets(FieldDraft draft) {
    Object given = value(draft, "mask_targets");
    if (given instanceof Document targets) {
      if (targets.isEmpty()) {
        problem(
            ErrorCode.MISSING_MASK_TARGETS,
            "mask_targets of '" + draft.name() + "' are empty",
            null);
      }
      Map<String, String> read = new LinkedHashMap<>();
      targets.forEach((key, name) -> read.put(key, String.valueOf(name)));
      read.keySet().stream()
          .filter(key -> !key.matches("-?[0-9]+|#[0-9a-fA-F]{6}"))
          .forEach(
              key ->
                  problem(
                      ErrorCode.INVALID_SCHEMA,
                      "mask_targets of '" + draft.name() + "' name the pixel value '" + key + "'",
                      "Pixel values are whole numbers, or colours such as #ff8000."));
      return read;
    }
    if (given != null) {
      problem(
          ErrorCode.INVALID_SCHEMA,
          "mask_targets of '" + draft.name() + "' must be a map of pixel values to names",
          null);
      return Map.of();
    }
    if (draft.existing() == null) {
      problem(
          ErrorCode.MISSING_MASK_TARGETS,
          "'" + draft.name() + "' is a new field of segmentations, so mask_targets must be given",
          null);
      return Map.of();
    }
    Map<String, String> ofField = info.maskTargets().get(draft.name());
    if (ofField != null && !ofField.isEmpty()) {
      return ofField;
    }
    if (!info.defaultMaskTargets().isEmpty()) {
      return info.defaultMaskTargets();
    }
    Map<String, String> numbers = new LinkedHashMap<>();
    for (int i = 1; i < 256; i++) {
      numbers.put(String.valueOf(i), String.valueOf(i));
    }
    numbers.put("0", "background");
    return numbers;
  }

  private static List<String> targetNames(Map<String, String> targets) {
    List<String> names = new ArrayList<>();
    targets.forEach(
        (key, name) -> {
          if (!key.equals("0")) {
            names.add(name);
          }
        });
    return names;
  }

  private Map<Restriction, Boolean> flags(FieldDraft draft) {
    Map<Restriction, Boolean> flags = new EnumMap<>(Restriction.class);
    for (Restriction restriction : Restriction.values()) {
      Object given =
          draft.spec().get(restriction.id()) == null
              ? arguments.get(restriction.id())
              : draft.spec().get(restriction.id());
      if (given != null && !(given instanceof Boolean)) {
        problem(
            ErrorCode.INVALID_SCHEMA,
            restriction.id() + " of '" + draft.name() + "' must be true or false, but is " + given,
            null);
      } else if (draft.existing() == null) {
        if (Boolean.FALSE.equals(given)) {
          warnings.add(
              restriction.id()
                  + "=false is about fields that exist already; '"
                  + draft.name()
                  + "' is new");
        }
      } else if (applies(restriction, draft)) {
        flags.put(restriction, given == null || (Boolean) given);
      }
    }
    return flags;
  }

  private static boolean applies(Restriction restriction, FieldDraft draft) {
    AnswerKind kind = draft.type().kind();
    return switch (restriction) {
      case ADDITIONS, DELETIONS -> true;
      case LABEL_EDITS -> kind.hasClassName();
      case INDEX_EDITS -> kind.isTrackable() && draft.isFrameField();
      case SPATIAL_EDITS -> kind.isSpatial();
    };
  }

  private @Nullable Boolean onlyKeyframes(FieldDraft draft, Observations.Seen inView) {
    if (draft.existing() == null || !draft.type().kind().isTrackable() || !draft.isFrameField()) {
      return null;
    }
    if (inView.keyframeSet && !capabilities.keyframes()) {
      warnings.add("the backend has no key frames; every frame of '" + draft.name() + "' is sent");
      return false;
    }
    if (inView.keyframeKnown && !inView.keyframeSet) {
      warnings.add("no label of '" + draft.name() + "' is marked as key frame; all are sent");
    }
    return inView.keyframeSet;
  }

  private List<Problem> problemsOfField() {
    return problems.computeIfAbsent(field, f -> new ArrayList<>());
  }

  private void problem(ErrorCode code, String message, @Nullable String remedy) {
    problemsOfField().add(new Problem(code, message, remedy));
  }
}
