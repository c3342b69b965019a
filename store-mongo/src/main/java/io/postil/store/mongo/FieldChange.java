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
  private final boolean apart;
  private final List<Update> updates = new ArrayList<>();

  private FieldChange(String path, boolean apart) {
    this.path = path;
    this.apart = apart;
  }

  /**
   * The updates, to be made in this order.
   *
   * @param field its name in the document
   */
  static List<Update> updates(String field, @Nullable Object before, @Nullable Object after) {
    return updates(field, before, after, false);
  }

  /**
   * The updates that take a change back: edits, removals and additions apart, so that each is made
   * where its own condition still holds.
   */
  static List<Update> undo(String field, @Nullable Object before, @Nullable Object after) {
    return updates(field, after, before, true);
  }

  private static List<Update> updates(
      String field, @Nullable Object before, @Nullable Object after, boolean apart) {
    FieldChange change = new FieldChange(field, apart);
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
    Edits edits = edits(old, wanted);
    List<SingleLabel> removed = new ArrayList<>(old.values());
    removed.removeIf(label -> wanted.containsKey(label.id()));
    List<SingleLabel> added = apart ? List.of() : addedBehind(old, wanted);
    if (edits.rewritten.isEmpty() && kinds(edits.set, removed, added) > 1) {
      together(list, edits, removed, added);
      added.forEach(label -> old.put(label.id(), label));
    } else {
      edits(list, edits);
      removals(list, removed);
    }
    additions(list, old, wanted);
  }

  private static int kinds(List<?>... changes) {
    int kinds = 0;
    for (List<?> change : changes) {
      kinds += change.isEmpty() ? 0 : 1;
    }
    return kinds;
  }

  /** The labels that are new, if they follow all others and nothing else moves. */
  private static List<SingleLabel> addedBehind(
      Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<SingleLabel> added = new ArrayList<>();
    List<ObjectId> kept = new ArrayList<>();
    for (SingleLabel label : wanted.values()) {
      if (!old.containsKey(label.id())) {
        added.add(label);
      } else if (added.isEmpty()) {
        kept.add(label.id());
      } else {
        return List.of();
      }
    }
    List<ObjectId> before = old.keySet().stream().filter(wanted::containsKey).toList();
    return before.equals(kept) ? added : List.of();
  }

  /** Edits, removals and additions as one expression: the server goes over the labels once. */
  private void together(
      String list, Edits edits, List<SingleLabel> removed, List<SingleLabel> added) {
    List<Document> conditions = new ArrayList<>();
    edits.set.forEach(edit -> conditions.add(edit.condition()));
    removed.forEach(l -> conditions.add(elementMatch(LabelDocuments.toDocument(l), null)));
    Document condition = Document.of(list, Document.of("$all", conditions));
    Object result = "$" + list;
    if (!removed.isEmpty()) {
      Document gone = op("$in", "$$label._id", Document.of("$literal", ids(removed)));
      result = filter(result, op("$not", gone));
    }
    if (!edits.set.isEmpty()) {
      result = merged(result, edits.set);
    }
    if (!added.isEmpty()) {
      condition = condition.with(list + "._id", Document.of("$nin", ids(added)));
      List<Document> all = added.stream().map(LabelDocuments::toDocument).toList();
      result = op("$concatArrays", result, Document.of("$literal", all));
    }
    updates.add(Update.computed(condition, list, (Document) result));
  }

  private static List<Object> ids(List<SingleLabel> labels) {
    List<Object> ids = new ArrayList<>(labels.size());
    labels.forEach(label -> ids.add(label.id()));
    return ids;
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
   * What differs of one label.
   *
   * @param before its properties before, or those among which all differences are
   * @param after the same afterwards
   */
  private record Edit(ObjectId id, Document before, Document after, Set<String> names) {
    Document condition() {
      Document.Builder condition = Document.builder().append("_id", id);
      names.forEach(name -> condition.append(name, expected(before.get(name))));
      return Document.of("$elemMatch", condition.build());
    }

    Document changed() {
      Document.Builder changed = Document.builder();
      names.forEach(name -> changed.append(name, after.get(name)));
      return changed.build();
    }

    boolean onlySets() {
      for (String name : names) {
        if (!isPlainName(name) || !after.contains(name)) {
          return false;
        }
      }
      return true;
    }

    boolean isFresh() {
      for (String name : names) {
        if (before.get(name) != null) {
          return false;
        }
      }
      return true;
    }
  }

  /** Edits that only set properties, and all others. */
  private record Edits(List<Edit> set, List<Edit> rewritten) {}

  private static Edits edits(Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    Edits edits = new Edits(new ArrayList<>(), new ArrayList<>());
    for (SingleLabel label : wanted.values()) {
      SingleLabel was = old.get(label.id());
      if (was == null || was.equals(label)) {
        continue;
      }
      Edit edit = ofAttributes(was, label);
      if (edit == null) {
        edit = ofAll(was, label);
      }
      if (!edit.names.isEmpty()) {
        (edit.onlySets() ? edits.set : edits.rewritten).add(edit);
      }
    }
    return edits;
  }

  private static Edit ofAll(SingleLabel was, SingleLabel label) {
    Document before = LabelDocuments.toDocument(was);
    Document after = LabelDocuments.toDocument(label);
    return new Edit(label.id(), before, after, differing(before, after));
  }

  /** The edit if it sets attributes and nothing else, as an evaluation does; else null. */
  private static @Nullable Edit ofAttributes(SingleLabel was, SingleLabel label) {
    Document before = was.attributes();
    Document after = label.attributes();
    if (!was.withAttributes(after).equals(label)) {
      return null;
    }
    Edit edit = new Edit(label.id(), before, after, differing(before, after));
    return edit.onlySets() && edit.names.stream().noneMatch(LabelDocuments::isOwnProperty)
        ? edit
        : null;
  }

  /**
   * Edits labels in place. Where properties are only set, the server merges each label with the new
   * values for its id; where some are removed, or have names that are no paths, array filters find
   * each label.
   */
  private void edits(String list, Edits edits) {
    List<Edit> set = edits.set;
    if (!set.isEmpty()) {
      Document condition =
          set.stream().allMatch(Edit::isFresh)
              ? without(list, set)
              : Document.of(list, Document.of("$all", set.stream().map(Edit::condition).toList()));
      updates.add(Update.computed(condition, list, merged("$" + list, set)));
    }
    if (!edits.rewritten.isEmpty()) {
      List<Document> labels = new ArrayList<>();
      List<Set<String>> names = new ArrayList<>();
      List<Document> conditions = new ArrayList<>();
      for (Edit edit : edits.rewritten) {
        boolean plain = edit.names.stream().allMatch(FieldChange::isPlainName);
        labels.add(edit.after);
        names.add(plain ? edit.names : Set.of());
        conditions.add(elementMatch(edit.before, plain ? edit.names : null));
      }
      rewrite(list, labels, names, conditions);
    }
  }

  /**
   * That labels are there and have no value for any of the names yet: the same as a condition for
   * each label, but one pass through the list, as when an evaluation marks all of them.
   */
  private static Document without(String list, List<Edit> edits) {
    Set<String> names = new LinkedHashSet<>();
    List<Object> ids = new ArrayList<>();
    for (Edit edit : edits) {
      names.addAll(edit.names);
      ids.add(edit.id);
    }
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
  private static Document merged(Object labels, List<Edit> edits) {
    List<Object> ids = new ArrayList<>(edits.size());
    List<Object> values = new ArrayList<>(edits.size() + 1);
    for (Edit edit : edits) {
      ids.add(edit.id);
      values.add(edit.changed());
    }
    values.add(Document.empty());
    Document index = op("$indexOfArray", Document.of("$literal", ids), "$$this._id");
    Document found = op("$arrayElemAt", Document.of("$literal", values), index);
    return Document.of(
        "$map", Document.of("input", labels, "in", op("$mergeObjects", "$$this", found)));
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

  private void removals(String list, List<SingleLabel> removed) {
    if (!removed.isEmpty()) {
      List<Document> conditions = new ArrayList<>();
      removed.forEach(l -> conditions.add(elementMatch(LabelDocuments.toDocument(l), null)));
      Document pull = Document.of(list, Document.of("_id", Document.of("$in", ids(removed))));
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
