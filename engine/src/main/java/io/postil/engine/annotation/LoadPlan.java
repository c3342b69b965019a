package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides where everything of an answer goes and checks, before anything is written, that it can go
 * there. Not thread-safe; for one load.
 */
final class LoadPlan {
  private final DatasetInfo info;
  private final ViewSchema fields;
  private final LabelSchema schema;
  private final boolean framesView;
  private final LoadOptions options;
  private final AnswerSpool answer;
  private final List<LoadTarget> targets = new ArrayList<>();
  private final Set<String> returned = new HashSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * Makes the plan.
   *
   * @param framesView whether frames were sent as images
   * @param kept where earlier loads put unexpected kinds: {@code field:kind} to field
   */
  LoadPlan(
      DatasetInfo info,
      LabelSchema schema,
      boolean framesView,
      LoadOptions options,
      AnswerSpool answer,
      Document kept) {
    this.info = info;
    this.fields = ViewSchema.of(info, ViewDefinition.ALL);
    this.schema = schema;
    this.framesView = framesView;
    this.options = options;
    this.answer = answer;
    checkDestinations();
    for (FieldSchema field : schema.fields()) {
      if (field.type() != null) {
        expected(field);
      }
      Set<AnswerKind> others = new TreeSet<>(answer.kinds(field.field()));
      for (AnswerKind kind : AnswerKind.values()) {
        if (kept.contains(field.field() + ":" + kind.id())) {
          others.add(kind);
        }
      }
      if (field.type() != null) {
        others.remove(field.kind());
      }
      for (AnswerKind kind : others) {
        unexpected(field, kind, kept);
      }
    }
    targets.forEach(this::checkType);
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
  }

  List<LoadTarget> targets() {
    return targets;
  }

  /** Where labels of a field and kind go, or null. */
  @Nullable LoadTarget target(String field, AnswerKind kind) {
    for (LoadTarget target : targets) {
      if (target.kind() == kind && target.schema().field().equals(field)) {
        return target;
      }
    }
    return null;
  }

  List<String> warnings() {
    return warnings;
  }

  /** Whether labels of an unexpected kind are handed back. */
  boolean isReturned(String field, AnswerKind kind) {
    return returned.contains(field + ":" + kind.id());
  }

  private void checkDestinations() {
    for (String field : options.destinations().keySet()) {
      if (!field.isEmpty() && schema.field(field).isEmpty()) {
        problems.add(
            new Problem(
                ErrorCode.INVALID_REQUEST,
                "a destination is given for '" + field + "', which the run does not have",
                "The run has " + schema.fields().stream().map(FieldSchema::field).toList() + "."));
      }
    }
    if (options.destinations().containsKey("") && schema.fields().size() > 1) {
      warnings.add("one destination for several fields is ignored; name one for each field");
    }
  }

  private boolean perFrame(FieldSchema field) {
    return framesView || field.isFrameField();
  }

  /** The name under which labels of a field of the run are loaded, for frames without prefix. */
  String destination(FieldSchema field) {
    String only = schema.fields().size() == 1 ? options.destinations().get("") : null;
    String name =
        options.destinations().getOrDefault(field.field(), only == null ? field.field() : only);
    return framesView && name.startsWith(DatasetInfo.FRAMES)
        ? name.substring(DatasetInfo.FRAMES.length())
        : name;
  }

  private void expected(FieldSchema field) {
    boolean perFrame = perFrame(field);
    String name = destination(field);
    if (framesView) {
      name = DatasetInfo.FRAMES + name;
    }
    if (perFrame != name.startsWith(DatasetInfo.FRAMES)) {
      problems.add(
          new Problem(
              ErrorCode.FIELD_TYPE_CONFLICT,
              "labels of '"
                  + field.field()
                  + "' belong to "
                  + (perFrame ? "frames" : "samples")
                  + " and cannot go to '"
                  + name
                  + "'",
              perFrame ? "Use frames." + name + "." : "Leave out frames."));
      return;
    }
    boolean tracks = perFrame && field.kind().isTrackable();
    boolean keyframes =
        tracks && !framesView && (!field.existing() || Boolean.TRUE.equals(field.onlyKeyframes()));
    targets.add(
        new LoadTarget(
            field,
            field.kind(),
            true,
            name,
            perFrame,
            new MergeRules(
                field.kind(),
                field.type() != null && field.type().isList(),
                field,
                tracks,
                keyframes,
                options.policy())));
  }

  private void unexpected(FieldSchema field, AnswerKind kind, Document kept) {
    String key = field.field() + ":" + kind.id();
    if (options.unexpected() == LoadOptions.Unexpected.RETURN) {
      returned.add(key);
      return;
    }
    if (!field.allows(Restriction.ADDITIONS)) {
      return;
    }
    String name = destinationOf(field, kind);
    Object earlier = kept.get(key);
    boolean noMore = !answer.kinds(field.field()).contains(kind);
    if (noMore
        && earlier instanceof String text
        && options.unexpected() instanceof LoadOptions.Unexpected.Ask) {
      name = text;
    }
    if (name == null) {
      return;
    }
    boolean perFrame = perFrame(field);
    if (perFrame && !name.startsWith(DatasetInfo.FRAMES)) {
      name = DatasetInfo.FRAMES + name;
    }
    boolean tracks = perFrame && kind.isTrackable();
    targets.add(
        new LoadTarget(
            field,
            kind,
            false,
            name,
            perFrame,
            new MergeRules(
                kind,
                kind != AnswerKind.SEGMENTATION && kind != AnswerKind.SCALAR,
                null,
                tracks,
                tracks && !framesView,
                options.policy())));
  }

  private @Nullable String destinationOf(FieldSchema field, AnswerKind kind) {
    return switch (options.unexpected()) {
      case LoadOptions.Unexpected.Mode mode ->
          mode.name().equals("keep") ? freeName(field, kind) : null;
      case LoadOptions.Unexpected.Into into -> into.fieldByKind().get(kind.id());
      case LoadOptions.Unexpected.Ask ask ->
          answer.kinds(field.field()).contains(kind) ? asked(ask.prompt(), field, kind) : null;
    };
  }

  /** The kind's own name, or the next free one where a field of another type has it. */
  private String freeName(FieldSchema field, AnswerKind kind) {
    String prefix = perFrame(field) ? DatasetInfo.FRAMES : "";
    String name = kind.id();
    for (int i = 2; !fits(prefix + name, kind); i++) {
      name = kind.id() + "_" + i;
    }
    if (!name.equals(kind.id())) {
      warnings.add(
          "'"
              + prefix
              + kind.id()
              + "' has another type; unexpected "
              + kind.id()
              + " of '"
              + field.field()
              + "' go to '"
              + prefix
              + name
              + "'");
    }
    return name;
  }

  private boolean fits(String name, AnswerKind kind) {
    if (fields.isDefault(name)) {
      return false;
    }
    Optional<FieldSpec> there = info.field(name);
    if (there.isPresent()) {
      return kind == AnswerKind.SCALAR
          ? there.get().documentClass() == null
          : Objects.equals(there.get().documentClass(), kind.fieldClass());
    }
    return targets.stream()
        .filter(t -> t.field().equals(name))
        .allMatch(t -> Objects.equals(t.fieldClass(), kind.fieldClass()));
  }

  private @Nullable String asked(LoadOptions.Prompt prompt, FieldSchema field, AnswerKind kind) {
    String problem = null;
    while (true) {
      String name = prompt.ask(field.field(), kind.id(), problem).strip();
      if (name.isEmpty()) {
        return null;
      }
      String full =
          perFrame(field) && !name.startsWith(DatasetInfo.FRAMES)
              ? DatasetInfo.FRAMES + name
              : name;
      if (schema.field(full).isPresent() || schema.field(name).isPresent()) {
        problem = "'" + name + "' is a field of the run itself";
      } else if (!fits(full, kind)) {
        problem = "'" + full + "' does not hold " + kind.id();
      } else {
        return name;
      }
    }
  }

  private void checkType(LoadTarget target) {
    if (fields.isDefault(target.field())) {
      problems.add(
          new Problem(
              ErrorCode.DEFAULT_FIELD,
              "'" + target.field() + "' is what every sample has; no annotations go there",
              "Give another field as destination."));
      return;
    }
    checkOthers(target);
    Optional<FieldSpec> there = info.field(target.field());
    String wanted = target.fieldClass();
    if (wanted == null) {
      scalarType(target, there.orElse(null));
      return;
    }
    if (there.isPresent() && !wanted.equals(there.get().documentClass())) {
      problems.add(
          new Problem(
              ErrorCode.FIELD_TYPE_CONFLICT,
              "'" + target.field() + "' holds " + there.get().describe() + ", not " + wanted,
              "Give another field as destination."));
    }
  }

  /** A new field has the type of the first that goes there. */
  private void checkOthers(LoadTarget target) {
    targets.stream()
        .takeWhile(t -> t != target)
        .filter(t -> t.field().equals(target.field()) && info.field(t.field()).isEmpty())
        .filter(t -> !Objects.equals(t.fieldClass(), target.fieldClass()))
        .findFirst()
        .ifPresent(
            first ->
                problems.add(
                    new Problem(
                        ErrorCode.FIELD_TYPE_CONFLICT,
                        "both "
                            + first.kind().id()
                            + " and "
                            + target.kind().id()
                            + " would go to the new field '"
                            + target.field()
                            + "'",
                        "Give each a field of its own.")));
  }

  /** The type of the field that a scalar target needs, refused if the values do not fit. */
  @Nullable FieldType scalarType(LoadTarget target, @Nullable FieldSpec there) {
    Set<Class<?>> types = answer.scalarTypes(target.schema().field());
    Set<FieldType> found = new TreeSet<>();
    for (Class<?> type : types) {
      if (type == Boolean.class) {
        found.add(FieldType.BOOLEAN);
      } else if (type == Double.class || type == Float.class) {
        found.add(FieldType.FLOAT);
      } else if (Number.class.isAssignableFrom(type)) {
        found.add(FieldType.INT);
      } else if (type == String.class) {
        found.add(FieldType.STRING);
      } else {
        found.add(List.class.isAssignableFrom(type) ? FieldType.LIST : FieldType.DICT);
      }
    }
    if (found.equals(Set.of(FieldType.INT, FieldType.FLOAT))) {
      found = Set.of(FieldType.FLOAT);
    }
    if (there != null) {
      for (FieldType type : found) {
        if (!accepts(there.type(), type)) {
          problems.add(
              new Problem(
                  ErrorCode.VALUE_TYPE_MISMATCH,
                  "'"
                      + target.field()
                      + "' holds "
                      + there.describe()
                      + ", but the answer has "
                      + type.id()
                      + " values",
                  "Correct them in the annotation tool, or load into another field."));
        }
      }
      return there.type();
    }
    boolean isScalar = !found.contains(FieldType.LIST) && !found.contains(FieldType.DICT);
    if (found.size() > 1 || !isScalar) {
      problems.add(
          new Problem(
              ErrorCode.VALUE_TYPE_MISMATCH,
              "the values for the new field '"
                  + target.field()
                  + (isScalar ? "' have several types: " : "' are no scalars: ")
                  + found.stream().map(FieldType::id).toList(),
              "Correct them in the annotation tool."));
    }
    return found.isEmpty() ? null : found.iterator().next();
  }

  private static boolean accepts(FieldType field, FieldType value) {
    return field == value
        || field == FieldType.FLOAT && value == FieldType.INT
        || field == FieldType.INT && value == FieldType.FLOAT
        || field == FieldType.OTHER;
  }
}
