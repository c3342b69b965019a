package io.postil.store.mongo;

import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The updates that turn one value of a field into another. Labels of a list are edited, removed and
 * added by their id, each edit property by property, so that what another program did to other
 * labels, or to other properties, stays. Each update holds only where the database still has what
 * the change started from; labels that somebody added meanwhile do not matter. Stateless.
 */
final class FieldChange {
  /** Set by the server's clock with every update, as FiftyOne does by the client's. */
  static final String MODIFIED = "last_modified_at";

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
  record Update(
      Document condition,
      Document set,
      List<String> unset,
      Document computed,
      @Nullable Object other,
      List<Document> arrayFilters) {
    static Update of(Document condition, Document set, List<String> unset) {
      return new Update(condition, set, unset, Document.empty(), null, List.of());
    }

    static Update computed(Document condition, String path, Document expression) {
      return new Update(
          condition, Document.empty(), List.of(), Document.of(path, expression), null, List.of());
    }

    static Update other(Document condition, Object other, List<Document> arrayFilters) {
      return new Update(
          condition, Document.empty(), List.of(), Document.empty(), other, arrayFilters);
    }

    /** Both in one, or null if they cannot be one update. */
    @Nullable Update and(Update next) {
      if (other != null
          || next.other != null
          || next.condition.names().stream().anyMatch(condition::contains)) {
        return null;
      }
      List<String> both = new ArrayList<>(unset);
      both.addAll(next.unset);
      return new Update(
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

  private final String path;
  private final List<Update> updates = new ArrayList<>();

  private FieldChange(String path) {
    this.path = path;
  }

  /**
   * The updates, to be made in this order.
   *
   * @param field its name in the document
   */
  static List<Update> updates(String field, @Nullable Object before, @Nullable Object after) {
    FieldChange change = new FieldChange(field);
    if (before == null && after == null || before != null && before.equals(after)) {
      return List.of();
    }
    change.compare(before, after);
    return change.updates;
  }

  private void compare(@Nullable Object before, @Nullable Object after) {
    if (before instanceof LabelList<?> a
        && after instanceof LabelList<?> b
        && a.className().equals(b.className())
        && hasUniqueIds(a)
        && hasUniqueIds(b)) {
      lists(a, b);
    } else if (before instanceof SingleLabel a
        && after instanceof SingleLabel b
        && a.className().equals(b.className())
        && a.id().equals(b.id())
        && single(a, b)) {
      return;
    } else if (after == null) {
      updates.add(Update.of(whole(before), Document.empty(), List.of(path)));
    } else {
      Document set = Document.of(path, SampleDocuments.stored(after));
      updates.add(Update.of(whole(before), set, List.of()));
    }
  }

  private static boolean hasUniqueIds(LabelList<?> list) {
    Set<ObjectId> ids = new HashSet<>();
    return list.labels().stream().allMatch(l -> ids.add(l.id()));
  }

  // --- conditions -------------------------------------------------------------------------------

  /** That the field still has a value as a whole. */
  private Document whole(@Nullable Object value) {
    if (value == null) {
      return Document.of(path, null);
    }
    if (value instanceof LabelList<?> list) {
      String labels = path + "." + list.listName();
      if (list.labels().isEmpty()) {
        return Document.of(
            labels,
            Document.of("$in", Values.listOf(Values.listOf(), null)),
            path,
            Document.of("$ne", null));
      }
      List<Document> all = new ArrayList<>();
      list.labels().forEach(l -> all.add(elementMatch(LabelDocuments.toDocument(l), null)));
      return Document.of(labels, Document.of("$all", all, "$size", list.labels().size()));
    }
    if (value instanceof SingleLabel label) {
      Document.Builder condition = Document.builder();
      properties(LabelDocuments.toDocument(label), null)
          .forEach((name, wanted) -> condition.append(path + "." + name, wanted));
      return condition.build();
    }
    Object plain = value instanceof Label label ? LabelDocuments.toDocument(label) : value;
    return Document.of(path, Document.of("$eq", plain));
  }

  /** That an element of a list has an id and properties; all of them if no names are given. */
  private static Document elementMatch(Document label, @Nullable Set<String> names) {
    return Document.of("$elemMatch", properties(label, names));
  }

  private static Document properties(Document label, @Nullable Set<String> names) {
    Document.Builder condition = Document.builder();
    condition.append("_id", label.get("_id"));
    for (String name : names == null ? label.names() : names) {
      // Whether a class is written out does not matter.
      if (isPlainName(name) && !name.equals("_cls") && !name.equals("_id")) {
        condition.append(name, expected(label.get(name)));
      }
    }
    return condition.build();
  }

  /** A stored value may leave away what is empty or false. */
  private static @Nullable Object expected(@Nullable Object value) {
    boolean mayBeMissing =
        value instanceof List<?> list && list.isEmpty()
            || value instanceof Document d && d.isEmpty()
            || Boolean.FALSE.equals(value);
    if (mayBeMissing) {
      return Document.of("$in", Values.listOf(value, null));
    }
    return value == null || value instanceof String || value instanceof Number
        ? value
        : Document.of("$eq", value);
  }

  /** Whether a name can be part of a path. */
  private static boolean isPlainName(String name) {
    return !name.isEmpty() && name.indexOf('.') < 0 && name.charAt(0) != '$';
  }

  // --- single labels ----------------------------------------------------------------------------

  private boolean single(SingleLabel before, SingleLabel after) {
    Document old = LabelDocuments.toDocument(before);
    Document wanted = LabelDocuments.toDocument(after);
    Set<String> names = differing(old, wanted);
    if (!names.stream().allMatch(FieldChange::isPlainName)) {
      return false;
    }
    Document.Builder condition = Document.builder();
    properties(old, names).forEach((name, value) -> condition.append(path + "." + name, value));
    assign(condition.build(), wanted, names);
    return true;
  }

  private static Set<String> differing(Document a, Document b) {
    Set<String> names = new LinkedHashSet<>();
    a.forEach(
        (name, value) -> {
          if (!b.contains(name) || !Values.same(value, b.get(name))) {
            names.add(name);
          }
        });
    b.forEach(
        (name, value) -> {
          if (!a.contains(name)) {
            names.add(name);
          }
        });
    return names;
  }

  /** Sets and removes properties of the field's own document. */
  private void assign(Document condition, Document wanted, Set<String> names) {
    Document.Builder set = Document.builder();
    List<String> unset = new ArrayList<>();
    for (String name : names) {
      if (wanted.contains(name)) {
        set.append(path + "." + name, wanted.get(name));
      } else {
        unset.add(path + "." + name);
      }
    }
    updates.add(Update.of(condition, set.build(), unset));
  }

  // --- lists of labels --------------------------------------------------------------------------

  private void lists(LabelList<?> before, LabelList<?> after) {
    String list = path + "." + before.listName();
    Map<ObjectId, SingleLabel> old = byId(before);
    Map<ObjectId, SingleLabel> wanted = byId(after);
    extras(before.extras(), after.extras());
    if (old.isEmpty()) {
      if (!wanted.isEmpty()) {
        List<Document> all = wanted.values().stream().map(LabelDocuments::toDocument).toList();
        updates.add(Update.of(whole(before), Document.of(list, all), List.of()));
      }
      return;
    }
    edits(list, old, wanted);
    removals(list, old, wanted);
    additions(list, old, wanted);
  }

  private static Map<ObjectId, SingleLabel> byId(LabelList<?> list) {
    Map<ObjectId, SingleLabel> labels = new LinkedHashMap<>();
    list.labels().forEach(l -> labels.put(l.id(), l));
    return labels;
  }

  private void extras(Document before, Document after) {
    Set<String> names = differing(before, after);
    names.removeIf(name -> !isPlainName(name));
    if (!names.isEmpty()) {
      Document.Builder condition = Document.builder();
      names.forEach(name -> condition.append(path + "." + name, expected(before.get(name))));
      assign(condition.build(), after, names);
    }
  }

  /**
   * Edits labels in place. Where properties are only set, the server merges each label with the new
   * values for its id; where some are removed, or have names that are no paths, array filters find
   * each label.
   */
  private void edits(
      String list, Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<Document> conditions = new ArrayList<>();
    List<Object> ids = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    Set<String> fresh = new LinkedHashSet<>();
    boolean allFresh = true;
    List<Document> rewritten = new ArrayList<>();
    List<Set<String>> rewrittenNames = new ArrayList<>();
    List<Document> rewrittenConditions = new ArrayList<>();
    for (SingleLabel label : wanted.values()) {
      SingleLabel was = old.get(label.id());
      if (was == null || was.equals(label)) {
        continue;
      }
      Document a = LabelDocuments.toDocument(was);
      Document b = LabelDocuments.toDocument(label);
      Set<String> names = differing(a, b);
      if (names.isEmpty()) {
        continue;
      }
      boolean plain = names.stream().allMatch(FieldChange::isPlainName);
      if (plain && names.stream().allMatch(b::contains)) {
        conditions.add(elementMatch(a, names));
        Document.Builder changed = Document.builder();
        names.forEach(name -> changed.append(name, b.get(name)));
        ids.add(label.id());
        values.add(changed.build());
        if (names.stream().allMatch(name -> a.get(name) == null)) {
          fresh.addAll(names);
        } else {
          allFresh = false;
        }
      } else {
        rewritten.add(b);
        rewrittenNames.add(plain ? names : Set.of());
        rewrittenConditions.add(elementMatch(a, plain ? names : null));
      }
    }
    if (!conditions.isEmpty()) {
      Document condition =
          !allFresh
              ? Document.of(list, Document.of("$all", conditions))
              : without(list, List.copyOf(ids), fresh);
      updates.add(Update.computed(condition, list, merged(list, ids, values)));
    }
    if (!rewritten.isEmpty()) {
      rewrite(list, rewritten, rewrittenNames, rewrittenConditions);
    }
  }

  /**
   * That labels are there and have no value for any of the names yet: the same as a condition for
   * each label, but one pass through the list, as when an evaluation marks all of them.
   */
  private static Document without(String list, List<Object> ids, Set<String> names) {
    List<Document> any = new ArrayList<>();
    names.forEach(name -> any.add(Document.of(name, Document.of("$ne", null))));
    Document taken = Document.of("_id", Document.of("$in", ids), "$or", any);
    return Document.of(
        list,
        Document.of("$not", Document.of("$elemMatch", taken)),
        list + "._id",
        Document.of("$all", ids));
  }

  /** An index of -1, for a label that is not meant, finds the last value, which is empty. */
  private static Document merged(String list, List<Object> ids, List<Object> values) {
    values.add(Document.empty());
    Document index = op("$indexOfArray", Document.of("$literal", ids), "$$this._id");
    Document found = op("$arrayElemAt", Document.of("$literal", values), index);
    return Document.of(
        "$map", Document.of("input", "$" + list, "in", op("$mergeObjects", "$$this", found)));
  }

  private void rewrite(
      String list, List<Document> labels, List<Set<String>> names, List<Document> conditions) {
    Document.Builder set = Document.builder();
    Document.Builder unset = Document.builder();
    List<Document> filters = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      Document label = labels.get(i);
      String at = list + ".$[l" + i + "]";
      filters.add(Document.of("l" + i + "._id", label.get("_id")));
      if (names.get(i).isEmpty()) {
        set.append(at, label);
      }
      for (String name : names.get(i)) {
        if (label.contains(name)) {
          set.append(at + "." + name, label.get(name));
        } else {
          unset.append(at + "." + name, true);
        }
      }
    }
    Document.Builder operators = Document.builder();
    if (!set.build().isEmpty()) {
      operators.put("$set", set.build());
    }
    if (!unset.build().isEmpty()) {
      operators.put("$unset", unset.build());
    }
    Document condition = Document.of(list, Document.of("$all", conditions));
    updates.add(Update.other(condition, operators.build(), filters));
  }

  private void removals(
      String list, Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<Object> ids = new ArrayList<>();
    List<Document> conditions = new ArrayList<>();
    for (SingleLabel label : old.values()) {
      if (!wanted.containsKey(label.id())) {
        ids.add(label.id());
        conditions.add(elementMatch(LabelDocuments.toDocument(label), null));
      }
    }
    if (!ids.isEmpty()) {
      Document pull = Document.of(list, Document.of("_id", Document.of("$in", ids)));
      updates.add(
          Update.other(
              Document.of(list, Document.of("$all", conditions)),
              Document.of("$pull", pull),
              List.of()));
    }
  }

  private void additions(
      String list, Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<ObjectId> kept = old.keySet().stream().filter(wanted::containsKey).toList();
    List<ObjectId> keptAfter = wanted.keySet().stream().filter(old::containsKey).toList();
    boolean sameOrder = kept.equals(keptAfter);
    List<SingleLabel> run = new ArrayList<>();
    int at = 0;
    for (SingleLabel label : wanted.values()) {
      if (old.containsKey(label.id())) {
        push(list, run, sameOrder ? at - run.size() : -1);
      } else {
        run.add(label);
      }
      at++;
    }
    push(list, run, -1);
    if (!sameOrder) {
      reorder(list, wanted.keySet());
    }
  }

  /** Adds labels at a position of the list, or at its end if that is negative. */
  private void push(String list, List<SingleLabel> labels, int position) {
    if (labels.isEmpty()) {
      return;
    }
    List<Document> each = new ArrayList<>();
    List<Object> ids = new ArrayList<>();
    for (SingleLabel label : labels) {
      each.add(LabelDocuments.toDocument(label));
      ids.add(label.id());
    }
    Document value = Document.of("$each", each);
    if (position >= 0) {
      value = value.with("$position", position);
    }
    updates.add(
        Update.other(
            Document.of(list + "._id", Document.of("$nin", ids)),
            Document.of("$push", Document.of(list, value)),
            List.of()));
    labels.clear();
  }

  /** Puts labels in an order by their ids; those of others follow. */
  private void reorder(String list, Set<ObjectId> order) {
    List<Object> ids = new ArrayList<>(order);
    String labels = "$" + list;
    Document found = filter(labels, op("$eq", "$$label._id", "$$id"));
    Document known =
        Document.of(
            "$map",
            Document.builder()
                .put("input", ids)
                .put("as", "id")
                .put("in", Document.of("$first", found))
                .build());
    Document others = filter(labels, op("$not", op("$in", "$$label._id", ids)));
    Document all = filter(op("$concatArrays", known, others), op("$gt", "$$label", (Object) null));
    Document set = Document.of(list, all, MODIFIED, "$$NOW");
    updates.add(Update.other(Document.empty(), List.of(Document.of("$set", set)), List.of()));
  }

  private static Document filter(Object input, Object condition) {
    return Document.of(
        "$filter",
        Document.builder().put("input", input).put("as", "label").put("cond", condition).build());
  }

  private static Document op(String name, @Nullable Object... arguments) {
    return Document.of(name, Values.listOf(arguments));
  }
}
