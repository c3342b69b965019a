package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.Capabilities;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a request says of attributes into their schema. The rules are FiftyOne's. Not
 * thread-safe; for one request.
 */
final class AttributeResolver {
  private static final Map<AnswerKind, Set<String>> BUILT_IN = builtIn();

  private final AnnotationBackend backend;
  private final Capabilities capabilities;
  private final List<Problem> problems;
  private final List<String> warnings;

  /** Adds what it finds to two lists. */
  AttributeResolver(AnnotationBackend backend, List<Problem> problems, List<String> warnings) {
    this.backend = backend;
    this.capabilities = backend.capabilities();
    this.problems = problems;
    this.warnings = warnings;
  }

  private static Map<AnswerKind, Set<String>> builtIn() {
    Map<AnswerKind, Set<String>> names = new EnumMap<>(AnswerKind.class);
    names.put(AnswerKind.CLASSIFICATIONS, Set.of("id", "tags", "label", "confidence", "logits"));
    names.put(
        AnswerKind.DETECTIONS,
        Set.of(
            "id",
            "tags",
            "label",
            "bounding_box",
            "mask",
            "mask_path",
            "confidence",
            "index",
            "attributes"));
    names.put(
        AnswerKind.POLYLINES,
        Set.of(
            "id",
            "tags",
            "label",
            "points",
            "closed",
            "filled",
            "confidence",
            "index",
            "attributes"));
    names.put(
        AnswerKind.KEYPOINTS,
        Set.of("id", "tags", "label", "points", "confidence", "index", "attributes"));
    return names;
  }

  /**
   * The attributes of a field or of a group of its classes.
   *
   * @param given what the request says: true, false, names, or descriptions by name
   * @param defaulted whether the request says nothing at all, so that those seen are meant
   * @param ofClasses the classes of a group; null for the whole field
   */
  List<AttributeSchema> resolve(
      FieldDraft draft,
      @Nullable Object given,
      boolean defaulted,
      Observations.Seen inView,
      @Nullable List<String> ofClasses) {
    Object wanted = given == null && defaulted ? true : given;
    if (wanted == null
        || Boolean.FALSE.equals(wanted)
        || Values.same(wanted, List.of())
        || wanted instanceof Document d && d.isEmpty()) {
      return List.of();
    }
    if (capabilities.attributeTypes().isEmpty()) {
      warnings.add("the backend has no attributes; those of '" + draft.name() + "' are left out");
      return List.of();
    }
    boolean trackable = draft.type().kind().isTrackable() && draft.isFrameField();
    Map<String, Object> seen = new LinkedHashMap<>(inView.attributes(ofClasses));
    if (trackable) {
      seen.remove("keyframe");
    }
    List<AttributeSchema> attributes = new ArrayList<>();
    if (Boolean.TRUE.equals(wanted)) {
      if (draft.existing() != null) {
        seen.forEach((name, value) -> add(attributes, recommended(draft, name, value)));
      }
      return attributes;
    }
    if (wanted instanceof Document specs) {
      specs.forEach((name, spec) -> add(attributes, attribute(draft, name, spec)));
      return attributes;
    }
    List<?> names = wanted instanceof List<?> list ? list : List.of(wanted);
    for (Object name : names) {
      if (name instanceof String text) {
        reserved(draft, text);
        add(attributes, recommended(draft, text, seen.get(text)));
      } else {
        problem(
            ErrorCode.INVALID_SCHEMA,
            "attributes of '" + draft.name() + "' hold " + name + ", which is no name",
            null);
      }
    }
    return attributes;
  }

  private static void add(List<AttributeSchema> attributes, @Nullable AttributeSchema attribute) {
    if (attribute != null) {
      attributes.add(attribute);
    }
  }

  private void reserved(FieldDraft draft, String name) {
    if (BUILT_IN.getOrDefault(draft.type().kind(), Set.of()).contains(name)) {
      problem(
          ErrorCode.ATTRIBUTE_RESERVED_NAME,
          "'" + name + "' of '" + draft.name() + "' is a property of every label, not an attribute",
          "Choose another name.");
    }
  }

  private @Nullable AttributeSchema attribute(
      FieldDraft draft, String name, @Nullable Object given) {
    String where = "attribute '" + name + "' of '" + draft.name() + "'";
    if (given == null || given instanceof Document d && d.isEmpty()) {
      reserved(draft, name);
      return recommended(draft, name, null);
    }
    if (!(given instanceof Document spec)) {
      problem(ErrorCode.INVALID_SCHEMA, where + " is not described by a map but by " + given, null);
      return null;
    }
    AttributeSchema described = described(where, name, spec);
    if (described != null) {
      reserved(draft, name);
    }
    return described;
  }

  /** As the backend proposes it, which must itself be what the backend can do. */
  private @Nullable AttributeSchema recommended(
      FieldDraft draft, String name, @Nullable Object value) {
    String where = "attribute '" + name + "' of '" + draft.name() + "'";
    return described(where, name, backend.recommendAttribute(name, value));
  }

  private @Nullable AttributeSchema described(String where, String name, Document spec) {
    if (!(spec.get("type") instanceof String type)) {
      problem(ErrorCode.ATTRIBUTE_MISSING_TYPE, where + " has no type", supportedTypes());
      return null;
    }
    if (!capabilities.attributeTypes().contains(type)) {
      problem(
          ErrorCode.ATTRIBUTE_UNSUPPORTED_TYPE,
          where + " has the type '" + type + "', which the backend does not have",
          supportedTypes());
      return null;
    }
    boolean needsValues = capabilities.attributeTypesWithValues().contains(type);
    if (needsValues && spec.getList("values").isEmpty()) {
      problem(ErrorCode.ATTRIBUTE_MISSING_VALUES, where + " needs values to choose from", null);
      return null;
    }
    Object defaultValue = spec.get("default");
    List<?> allowed = spec.getList("values");
    if (defaultValue != null && spec.get("values") != null && !contains(allowed, defaultValue)) {
      problem(
          ErrorCode.ATTRIBUTE_DEFAULT_NOT_IN_VALUES,
          where + " has the default " + defaultValue + ", which is not among its values " + allowed,
          null);
      return null;
    }
    if (type.equals("checkbox")
        && spec.get("values") == null
        && defaultValue != null
        && !(defaultValue instanceof Boolean)) {
      problem(
          ErrorCode.ATTRIBUTE_DEFAULT_NOT_IN_VALUES,
          where + " is a checkbox, so its default must be true or false, not " + defaultValue,
          null);
      return null;
    }
    Document.Builder out = Document.builder();
    List<String> known = List.of("type", "values", "default", "mutable", "read_only");
    spec.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            out.put(key, value);
          }
        });
    known.forEach(key -> out.putIfPresent(key, spec.get(key)));
    return new AttributeSchema(name, out.build());
  }

  private String supportedTypes() {
    return "The backend has "
        + String.join(", ", new TreeSet<>(capabilities.attributeTypes()))
        + ".";
  }

  private static boolean contains(List<?> values, Object value) {
    return values.stream().anyMatch(v -> Values.same(number(v), number(value)));
  }

  /** In Python, which users of the format know, 1 equals true. */
  private static @Nullable Object number(@Nullable Object value) {
    if (value instanceof Boolean b) {
      return b ? 1.0 : 0.0;
    }
    return value instanceof Number n ? (Object) n.doubleValue() : value;
  }

  private void problem(ErrorCode code, String message, @Nullable String remedy) {
    problems.add(new Problem(code, message, remedy));
  }
}
