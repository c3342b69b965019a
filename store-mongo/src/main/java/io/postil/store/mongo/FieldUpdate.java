package io.postil.store.mongo;

import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One update of a document, or a part of one.
 *
 * @param condition what must hold of the document
 * @param set values to set, by path
 * @param unset paths to remove
 * @param computed expressions to set, by path
 * @param edits edits of labels, which are an expression as well or, in the transaction that read
 *     the labels, values to set at their places
 * @param other an update of another kind, then alone: operators, or the stages of a pipeline
 * @param arrayFilters what the placeholders in the paths of {@code other} stand for
 */
record FieldUpdate(
    Condition condition,
    Document set,
    List<String> unset,
    Document computed,
    @Nullable Edits edits,
    @Nullable Object other,
    List<Document> arrayFilters) {
  /**
   * Edits of labels that only set properties.
   *
   * @param list the path of the labels
   */
  record Edits(String list, List<LabelEdit> labels) {
    /** Whether it is known where in the list each label is. */
    boolean havePlaces() {
      for (LabelEdit label : labels) {
        if (label.place() == LabelEdit.NOWHERE) {
          return false;
        }
      }
      return true;
    }
  }

  /** Set by the server's clock with every update, as FiftyOne does by the client's. */
  static final String MODIFIED = "last_modified_at";

  static FieldUpdate of(Document condition, Document set, List<String> unset) {
    return new FieldUpdate(
        Condition.of(condition), set, unset, Document.empty(), null, null, List.of());
  }

  static FieldUpdate computed(Condition condition, String path, Document expression) {
    return new FieldUpdate(
        condition,
        Document.empty(),
        List.of(),
        Document.of(path, expression),
        null,
        null,
        List.of());
  }

  static FieldUpdate edits(Condition condition, String list, List<LabelEdit> labels) {
    return new FieldUpdate(
        condition,
        Document.empty(),
        List.of(),
        Document.empty(),
        new Edits(list, labels),
        null,
        List.of());
  }

  static FieldUpdate other(Document condition, Object other, List<Document> arrayFilters) {
    return new FieldUpdate(
        Condition.of(condition),
        Document.empty(),
        List.of(),
        Document.empty(),
        null,
        other,
        arrayFilters);
  }

  /** This update with a condition that means the same. */
  FieldUpdate with(Condition same) {
    return new FieldUpdate(same, set, unset, computed, edits, other, arrayFilters);
  }

  /** The expressions to set, by path; labels are found by their ids. */
  Document expressions() {
    return edits == null
        ? computed
        : Document.of(edits.list, MergedEdits.expression("$" + edits.list, edits.labels));
  }

  /** Whether both can be made at once. */
  boolean canJoin(FieldUpdate next) {
    return other == null && next.other == null && condition.isApartFrom(next.condition);
  }

  /**
   * An update as the server wants it: a document of operators, or the stages of a pipeline.
   *
   * @param parts that can be made at once
   */
  static Object body(List<FieldUpdate> parts) {
    Object other = parts.get(0).other;
    if (other instanceof Document operators) {
      return operators.with("$currentDate", Document.of(MODIFIED, true));
    }
    if (other != null) {
      return other;
    }
    List<String> unset = new ArrayList<>();
    parts.forEach(part -> unset.addAll(part.unset));
    Document.Builder set = Document.builder();
    if (parts.stream().allMatch(part -> part.computed.isEmpty() && part.edits == null)) {
      parts.forEach(part -> part.set.forEach(set::append));
      return operators(set.build(), unset).with("$currentDate", Document.of(MODIFIED, true));
    }
    for (FieldUpdate part : parts) {
      part.expressions().forEach(set::append);
      part.set.forEach((path, value) -> set.append(path, Document.of("$literal", value)));
    }
    return stages(set.append(MODIFIED, "$$NOW").build(), unset);
  }

  /** The operators that set values and remove paths. */
  static Document operators(Document set, List<String> unset) {
    Document.Builder operators = Document.builder();
    if (!set.isEmpty()) {
      operators.put("$set", set);
    }
    if (!unset.isEmpty()) {
      Document.Builder names = Document.builder();
      unset.forEach(path -> names.put(path, true));
      operators.put("$unset", names.build());
    }
    return operators.build();
  }

  /** The stages of a pipeline that set expressions and remove paths. */
  static List<Object> stages(Document set, List<String> unset) {
    List<Object> stages = new ArrayList<>();
    stages.add(Document.of("$set", set));
    if (!unset.isEmpty()) {
      stages.add(Document.of("$unset", unset));
    }
    return stages;
  }
}
