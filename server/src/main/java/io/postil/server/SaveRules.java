package io.postil.server;

import io.postil.backends.local.LocalWork;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may be saved of one sample of a run, or of one frame of a video: compares the work with what
 * was sent. Refuses early what a load would refuse, so that an annotator hears of it.
 */
final class SaveRules {
  private static final List<String> SPATIAL =
      List.of("bounding_box", "mask", "mask_path", "points", "closed", "filled");

  private final LabelSchema schema;
  private final LocalWork sent;
  private final Map<String, FieldType> types;
  private final List<Problem> problems = new ArrayList<>();

  /** Rules of a run; {@code types} are those of the scalar fields that the dataset has. */
  SaveRules(LabelSchema schema, LocalWork sent, Map<String, FieldType> types) {
    this.schema = schema;
    this.sent = sent;
    this.types = types;
  }

  /**
   * Checks all the work on the sample.
   *
   * @throws PostilException with everything that is not allowed
   */
  void check(LocalWork work) {
    List<Problem> found = problems(work);
    if (!found.isEmpty()) {
      throw PostilException.of(found);
    }
  }

  /** Everything that is not allowed of the work; to be asked once. */
  List<Problem> problems(LocalWork work) {
    work.labels().keySet().forEach(field -> known(field, false));
    work.values().keySet().forEach(field -> known(field, true));
    for (FieldSchema field : schema.fields()) {
      String name = field.field();
      check(
          field,
          sent.labels().getOrDefault(name, List.of()),
          work.labels().getOrDefault(name, List.of()));
      check(field, sent.values().get(name), work.values().get(name));
    }
    return problems;
  }

  private void known(String name, boolean scalar) {
    FieldSchema field = schema.field(name).orElse(null);
    if (field == null) {
      refuse("the run is not about the field '" + name + "'", "Leave it out.");
    } else if (scalar != (field.kind() == AnswerKind.SCALAR)) {
      refuse(
          "'" + name + "' holds " + (scalar ? "labels, not a value" : "a value, not labels"),
          "The run asks for " + field.kind().id() + ".");
    }
  }

  /** Checks the value of a scalar field; null for none. */
  private void check(FieldSchema field, @Nullable Object before, @Nullable Object now) {
    if (Values.same(before, now)) {
      return;
    }
    if (before == null && !field.allows(Restriction.ADDITIONS)) {
      refuse(
          "'" + field.field() + "' has no value and must not get one",
          "The run was made with " + Restriction.ADDITIONS.id() + " = false.");
    }
    if (now == null && !field.allows(Restriction.DELETIONS)) {
      refuse(
          "the value of '" + field.field() + "' must not be taken away",
          "The run was made with " + Restriction.DELETIONS.id() + " = false.");
    }
    FieldType type = types.get(field.field());
    if (now != null && !fits(type, now)) {
      refuse(
          "'" + now + "' is no value for '" + field.field() + "'",
          type == null
              ? "Give a number, a text or a boolean."
              : "The field is of type " + type.id() + ".");
    }
  }

  /** Whether a field of a type, or a new field, takes a value. */
  static boolean fits(@Nullable FieldType type, Object value) {
    boolean whole = value instanceof Integer || value instanceof Long;
    if (type == null) {
      return value instanceof Number || value instanceof String || value instanceof Boolean;
    }
    return switch (type) {
      case INT -> whole;
      case FLOAT -> value instanceof Number;
      case BOOLEAN -> value instanceof Boolean;
      case STRING -> value instanceof String;
      default -> false;
    };
  }

  private void check(FieldSchema field, List<SingleLabel> before, List<SingleLabel> now) {
    Map<ObjectId, SingleLabel> left = new LinkedHashMap<>();
    before.forEach(label -> left.put(label.id(), label));
    Map<ObjectId, SingleLabel> seen = new LinkedHashMap<>();
    for (SingleLabel label : now) {
      if (seen.put(label.id(), label) != null) {
        refuse(
            "the label " + label.id() + " is there twice in '" + field.field() + "'",
            "Give the copy an id of its own.");
      }
      if (AnswerKind.of(label) != field.kind()) {
        refuse(
            "a " + label.className() + " does not belong into '" + field.field() + "'",
            "The run asks for " + field.kind().id() + ".");
      }
      SingleLabel was = left.remove(label.id());
      if (was == null) {
        require(field, Restriction.ADDITIONS, "added", label);
      } else {
        compare(field, was, label);
      }
    }
    left.values().forEach(gone -> require(field, Restriction.DELETIONS, "deleted", gone));
  }

  private void compare(FieldSchema field, SingleLabel was, SingleLabel now) {
    if (!Values.same(was.label(), now.label()) || !Values.same(unmarked(was), unmarked(now))) {
      require(field, Restriction.LABEL_EDITS, "changed in class or attributes", now);
    }
    if (!Values.same(was.index(), now.index())) {
      require(field, Restriction.INDEX_EDITS, "changed in index", now);
    }
    if (SPATIAL.stream().anyMatch(p -> !Values.same(was.property(p), now.property(p)))) {
      require(field, Restriction.SPATIAL_EDITS, "moved or reshaped", now);
    }
    Document attributes = now.attributes();
    for (AttributeSchema attribute : field.attributesOf(now.label())) {
      String name = attribute.name();
      if (attribute.isReadOnly()
          && !Values.same(was.attributes().get(name), attributes.get(name))) {
        refuse(
            "the attribute '" + name + "' of label " + now.id() + " is read-only",
            "Put it back to " + was.attributes().get(name) + ".");
      }
    }
  }

  /** A mark of a key frame is nothing that annotators are asked about. */
  private static Document unmarked(SingleLabel label) {
    return label.attributes().without(SingleLabel.KEYFRAME);
  }

  private void require(FieldSchema field, Restriction restriction, String what, SingleLabel label) {
    if (!field.allows(restriction)) {
      refuse(
          "labels of '" + field.field() + "' must not be " + what + ": " + label.id(),
          "The run was made with " + restriction.id() + " = false.");
    }
  }

  private void refuse(String message, String remedy) {
    problems.add(new Problem(ErrorCode.INVALID_REQUEST, message, remedy));
  }
}
