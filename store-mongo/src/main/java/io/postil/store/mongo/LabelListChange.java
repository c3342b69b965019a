package io.postil.store.mongo;

import io.postil.core.label.LabelDocuments;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The updates that turn one list of labels into another: edits, removals and additions by the
 * labels' ids, never by position. Not thread-safe; for one list.
 */
final class LabelListChange {
  private final String path;
  private final String list;
  private final boolean apart;
  private final List<FieldUpdate> updates = new ArrayList<>();

  private LabelListChange(String path, String list, boolean apart) {
    this.path = path;
    this.list = list;
    this.apart = apart;
  }

  /**
   * The updates, to be made in this order.
   *
   * @param path of the field
   * @param list the name of its labels
   * @param apart whether edits, removals and additions must be updates of their own
   */
  static List<FieldUpdate> updates(
      String path,
      String list,
      List<? extends SingleLabel> before,
      List<? extends SingleLabel> after,
      boolean apart) {
    LabelListChange change = new LabelListChange(path, path + "." + list, apart);
    change.compare(before, after);
    return change.updates;
  }

  private void compare(List<? extends SingleLabel> before, List<? extends SingleLabel> after) {
    if (haveSameIds(before, after)) {
      updates.addAll(edits(list, editsInPlace(before, after)));
      return;
    }
    Map<ObjectId, SingleLabel> old = byId(before);
    Map<ObjectId, SingleLabel> wanted = byId(after);
    if (old.isEmpty()) {
      List<Document> all = wanted.values().stream().map(LabelDocuments::toDocument).toList();
      updates.add(
          FieldUpdate.of(FieldConditions.emptyList(path, list), Document.of(list, all), List.of()));
      return;
    }
    List<LabelEdit> edits = edits(old, wanted);
    List<SingleLabel> removed = new ArrayList<>(old.values());
    removed.removeIf(label -> wanted.containsKey(label.id()));
    List<SingleLabel> added = apart ? List.of() : addedBehind(old, wanted);
    boolean onlySets = edits.stream().allMatch(LabelEdit::onlySets);
    if (onlySets && kinds(edits, removed, added) > 1) {
      together(edits, removed, added);
      added.forEach(label -> old.put(label.id(), label));
    } else {
      updates.addAll(edits(list, edits));
      removals(removed);
    }
    additions(old, wanted);
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
  private void together(List<LabelEdit> edits, List<SingleLabel> removed, List<SingleLabel> added) {
    List<Document> conditions = new ArrayList<>();
    edits.forEach(edit -> conditions.add(edit.condition()));
    removed.forEach(
        l -> conditions.add(FieldConditions.elementMatch(LabelDocuments.toDocument(l), null)));
    Document condition = Document.of(list, Document.of("$all", conditions));
    Object result = "$" + list;
    if (!removed.isEmpty()) {
      Document gone = op("$in", "$$label._id", Document.of("$literal", ids(removed)));
      result = filter(result, op("$not", gone));
    }
    if (!edits.isEmpty()) {
      result = MergedEdits.expression(result, edits);
    }
    if (!added.isEmpty()) {
      condition = condition.with(list + "._id", Document.of("$nin", ids(added)));
      List<Document> all = added.stream().map(LabelDocuments::toDocument).toList();
      result = op("$concatArrays", result, Document.of("$literal", all));
    }
    updates.add(FieldUpdate.computed(Condition.of(condition), list, (Document) result));
  }

  private static List<Object> ids(List<SingleLabel> labels) {
    List<Object> ids = new ArrayList<>(labels.size());
    labels.forEach(label -> ids.add(label.id()));
    return ids;
  }

  private static Map<ObjectId, SingleLabel> byId(List<? extends SingleLabel> list) {
    Map<ObjectId, SingleLabel> labels = new LinkedHashMap<>();
    list.forEach(l -> labels.put(l.id(), l));
    return labels;
  }

  /** Whether both lists have the same labels in the same order, edited or not. */
  static boolean haveSameIds(List<? extends SingleLabel> a, List<? extends SingleLabel> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).id().equals(b.get(i).id())) {
        return false;
      }
    }
    return true;
  }

  private static List<LabelEdit> editsInPlace(
      List<? extends SingleLabel> before, List<? extends SingleLabel> after) {
    List<LabelEdit> edits = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      add(edits, before.get(i), after.get(i), i);
    }
    return edits;
  }

  private static void add(List<LabelEdit> edits, SingleLabel was, SingleLabel label, int place) {
    if (was != label) {
      LabelEdit edit = LabelEdit.of(was, label, place);
      if (!edit.names().isEmpty()) {
        edits.add(edit);
      }
    }
  }

  private static List<LabelEdit> edits(
      Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<LabelEdit> edits = new ArrayList<>();
    for (SingleLabel label : wanted.values()) {
      SingleLabel was = old.get(label.id());
      if (was != null) {
        add(edits, was, label, LabelEdit.NOWHERE);
      }
    }
    return edits;
  }

  /**
   * The updates that edit labels in place. Where properties are only set, the server merges each
   * label with the new values for its id; where some are removed, or have names that are no paths,
   * array filters find each label.
   */
  static List<FieldUpdate> edits(String list, List<LabelEdit> edits) {
    List<FieldUpdate> updates = new ArrayList<>();
    List<LabelEdit> set = new ArrayList<>(edits.size());
    List<LabelEdit> rewritten = new ArrayList<>();
    for (LabelEdit edit : edits) {
      (edit.onlySets() ? set : rewritten).add(edit);
    }
    if (!set.isEmpty()) {
      updates.add(FieldUpdate.edits(MergedEdits.of(list, set), list, set));
    }
    if (!rewritten.isEmpty()) {
      updates.add(rewrite(list, rewritten));
    }
    return updates;
  }

  private static FieldUpdate rewrite(String list, List<LabelEdit> edits) {
    Document.Builder set = Document.builder();
    List<String> unset = new ArrayList<>();
    List<Document> filters = new ArrayList<>();
    List<Document> conditions = new ArrayList<>();
    for (LabelEdit edit : edits) {
      boolean plain = edit.names().stream().allMatch(FieldConditions::isPlainName);
      conditions.add(plain ? edit.condition() : FieldConditions.elementMatch(edit.before(), null));
      String placeholder = "l" + filters.size();
      String at = list + ".$[" + placeholder + "]";
      filters.add(Document.of(placeholder + "._id", edit.id()));
      if (!plain) {
        set.append(at, edit.after());
        continue;
      }
      for (String name : edit.names()) {
        if (edit.after().contains(name)) {
          set.append(at + "." + name, edit.after().get(name));
        } else {
          unset.add(at + "." + name);
        }
      }
    }
    Document condition = Document.of(list, Document.of("$all", conditions));
    return FieldUpdate.other(condition, FieldUpdate.operators(set.build(), unset), filters);
  }

  private void removals(List<SingleLabel> removed) {
    if (!removed.isEmpty()) {
      List<Document> conditions = new ArrayList<>();
      removed.forEach(
          l -> conditions.add(FieldConditions.elementMatch(LabelDocuments.toDocument(l), null)));
      Document pull = Document.of(list, Document.of("_id", Document.of("$in", ids(removed))));
      updates.add(
          FieldUpdate.other(
              Document.of(list, Document.of("$all", conditions)),
              Document.of("$pull", pull),
              List.of()));
    }
  }

  private void additions(Map<ObjectId, SingleLabel> old, Map<ObjectId, SingleLabel> wanted) {
    List<ObjectId> kept = old.keySet().stream().filter(wanted::containsKey).toList();
    List<ObjectId> keptAfter = wanted.keySet().stream().filter(old::containsKey).toList();
    boolean sameOrder = kept.equals(keptAfter);
    List<SingleLabel> run = new ArrayList<>();
    int at = 0;
    for (SingleLabel label : wanted.values()) {
      if (old.containsKey(label.id())) {
        push(run, sameOrder ? at - run.size() : -1);
      } else {
        run.add(label);
      }
      at++;
    }
    push(run, -1);
    if (!sameOrder) {
      reorder(wanted.keySet());
    }
  }

  /** Adds labels at a position of the list, or at its end if that is negative. */
  private void push(List<SingleLabel> labels, int position) {
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
        FieldUpdate.other(
            Document.of(list + "._id", Document.of("$nin", ids)),
            Document.of("$push", Document.of(list, value)),
            List.of()));
    labels.clear();
  }

  /** Puts labels in an order by their ids; those of others follow. */
  private void reorder(Set<ObjectId> order) {
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
    Document set = Document.of(list, all, FieldUpdate.MODIFIED, "$$NOW");
    updates.add(FieldUpdate.other(Document.empty(), List.of(Document.of("$set", set)), List.of()));
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
