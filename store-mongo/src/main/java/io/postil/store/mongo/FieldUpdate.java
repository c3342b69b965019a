package io.postil.store.mongo;

import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One update of a document.
 *
 * @param condition what must hold of the document
 * @param set values to set, by path
 * @param unset paths to remove
 * @param computed expressions to set, by path
 * @param other an update of another kind, then alone: operators, or the stages of a pipeline
 * @param arrayFilters what the placeholders in the paths of {@code other} stand for
 */
record FieldUpdate(
    Document condition,
    Document set,
    List<String> unset,
    Document computed,
    @Nullable Object other,
    List<Document> arrayFilters) {
  /** Set by the server's clock with every update, as FiftyOne does by the client's. */
  static final String MODIFIED = "last_modified_at";

  static FieldUpdate of(Document condition, Document set, List<String> unset) {
    return new FieldUpdate(condition, set, unset, Document.empty(), null, List.of());
  }

  static FieldUpdate computed(Document condition, String path, Document expression) {
    return new FieldUpdate(
        condition, Document.empty(), List.of(), Document.of(path, expression), null, List.of());
  }

  static FieldUpdate other(Document condition, Object other, List<Document> arrayFilters) {
    return new FieldUpdate(
        condition, Document.empty(), List.of(), Document.empty(), other, arrayFilters);
  }

  /** Both in one, or null if they cannot be one update. */
  @Nullable FieldUpdate and(FieldUpdate next) {
    if (other != null
        || next.other != null
        || next.condition.names().stream().anyMatch(condition::contains)) {
      return null;
    }
    List<String> both = new ArrayList<>(unset);
    both.addAll(next.unset);
    return new FieldUpdate(
        condition.withAll(next.condition),
        set.withAll(next.set),
        both,
        computed.withAll(next.computed),
        null,
        List.of());
  }

  /** As the server wants it: a document of operators, or the stages of a pipeline. */
  Object body() {
    if (other instanceof Document operators) {
      return operators.with("$currentDate", Document.of(MODIFIED, true));
    }
    if (other != null) {
      return other;
    }
    return computed.isEmpty() ? operators() : stages();
  }

  private Document operators() {
    Document.Builder body = Document.builder();
    if (!set.isEmpty()) {
      body.put("$set", set);
    }
    if (!unset.isEmpty()) {
      Document.Builder names = Document.builder();
      unset.forEach(path -> names.put(path, true));
      body.put("$unset", names.build());
    }
    return body.put("$currentDate", Document.of(MODIFIED, true)).build();
  }

  private List<Object> stages() {
    Document.Builder all = computed.toBuilder();
    set.forEach((path, value) -> all.append(path, Document.of("$literal", value)));
    all.append(MODIFIED, "$$NOW");
    List<Object> stages = new ArrayList<>();
    stages.add(Document.of("$set", all.build()));
    if (!unset.isEmpty()) {
      stages.add(Document.of("$unset", unset));
    }
    return stages;
  }
}
