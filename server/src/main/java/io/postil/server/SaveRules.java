package io.postil.server;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What may be saved of one sample of a run: compares the work with the labels that were sent.
 * Refuses early what a load would refuse, so that an annotator hears of it.
 */
final class SaveRules {
  private static final List<String> SPATIAL =
      List.of("bounding_box", "mask", "mask_path", "points", "closed", "filled");

  private final LabelSchema schema;
  private final Map<String, List<SingleLabel>> sent;
  private final List<Problem> problems = new ArrayList<>();

  SaveRules(LabelSchema schema, Map<String, List<SingleLabel>> sent) {
    this.schema = schema;
    this.sent = sent;
  }

  /**
   * Checks all labels of the sample; a field that is absent has none.
   *
   * @throws PostilException with everything that is not allowed
   */
  void check(Map<String, List<SingleLabel>> work) {
    for (String field : work.keySet()) {
      if (schema.field(field).isEmpty()) {
        refuse("the run is not about the field '" + field + "'", "Leave it out.");
      }
    }
    for (FieldSchema field : schema.fields()) {
      check(
          field,
          sent.getOrDefault(field.field(), List.of()),
          work.getOrDefault(field.field(), List.of()));
    }
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
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
    if (!Values.same(was.label(), now.label())
        || !Values.same(was.attributes(), now.attributes())) {
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
