package io.postil.store.mongo;

import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The updates that turn one value of a field into another. Labels of a list are edited, removed and
 * added by their id, each edit property by property, so that what another program did to other
 * labels, or to other properties, stays. Each update holds only where the database still has what
 * the change started from; labels that somebody added meanwhile do not matter. Not thread-safe; for
 * one change.
 */
final class FieldChange {
  /** How a change is taken back. */
  interface Back {
    /**
     * The updates that do so: edits, removals and additions apart, so that each is made where its
     * own condition still holds.
     *
     * @param set the values and expressions that the change set, by path
     */
    List<FieldUpdate> updates(Document set);

    /** How much memory it takes to know, roughly, in bytes. */
    long held();
  }

  /** Roughly what a label takes in memory. */
  private static final long LABEL = 500;

  private final String path;
  private final boolean apart;
  private final List<FieldUpdate> updates = new ArrayList<>();

  private FieldChange(String path, boolean apart) {
    this.path = path;
    this.apart = apart;
  }

  /**
   * The updates, to be made in this order.
   *
   * @param field its name in the document
   */
  static List<FieldUpdate> updates(String field, @Nullable Object before, @Nullable Object after) {
    return updates(field, before, after, false);
  }

  private static List<FieldUpdate> updates(
      String field, @Nullable Object before, @Nullable Object after, boolean apart) {
    FieldChange change = new FieldChange(field, apart);
    if (before == null && after == null || before != null && before.equals(after)) {
      return List.of();
    }
    change.compare(before, after);
    return change.updates;
  }

  /**
   * How a change is taken back.
   *
   * @param updates that make it
   */
  static Back back(
      List<FieldUpdate> updates, String field, @Nullable Object before, @Nullable Object after) {
    if (updates.size() == 1 && updates.get(0).condition() instanceof MergedEdits edits) {
      return edits;
    }
    return before instanceof LabelList<?> a && after instanceof LabelList<?> b && canCompare(a, b)
        ? ListBack.of(field, a, b)
        : new BetweenValues(field, before, after);
  }

  private record BetweenValues(String field, @Nullable Object before, @Nullable Object after)
      implements Back {
    @Override
    public List<FieldUpdate> updates(Document set) {
      return FieldChange.updates(field, after, before, true);
    }

    @Override
    public long held() {
      return LABEL * (labels(before) + labels(after));
    }

    private static long labels(@Nullable Object value) {
      return value instanceof LabelList<?> list ? 1L + list.labels().size() : 1;
    }
  }

  private void compare(@Nullable Object before, @Nullable Object after) {
    if (before instanceof LabelList<?> a && after instanceof LabelList<?> b && canCompare(a, b)) {
      list(a, a.labels(), b, b.labels());
    } else if (before instanceof SingleLabel a
        && after instanceof SingleLabel b
        && a.className().equals(b.className())
        && a.id().equals(b.id())
        && single(a, b)) {
      return;
    } else if (after == null) {
      updates.add(
          FieldUpdate.of(FieldConditions.whole(path, before), Document.empty(), List.of(path)));
    } else {
      Document set = Document.of(path, SampleDocuments.stored(after));
      updates.add(FieldUpdate.of(FieldConditions.whole(path, before), set, List.of()));
    }
  }

  /** Whether two lists can be compared label by label. */
  private static boolean canCompare(LabelList<?> a, LabelList<?> b) {
    return a.className().equals(b.className())
        && hasUniqueIds(a)
        && (LabelListChange.haveSameIds(a.labels(), b.labels()) || hasUniqueIds(b));
  }

  private void list(
      LabelList<?> before,
      List<? extends SingleLabel> oldLabels,
      LabelList<?> after,
      List<? extends SingleLabel> newLabels) {
    extras(before.extras(), after.extras());
    updates.addAll(LabelListChange.updates(path, before.listName(), oldLabels, newLabels, apart));
  }

  /**
   * The updates that turn one list into another.
   *
   * @param before the list before, for all it has but labels
   * @param oldLabels its labels; one that both states have need only have its id
   * @param apart whether edits, removals and additions must be updates of their own
   */
  static List<FieldUpdate> between(
      String field,
      LabelList<?> before,
      List<SingleLabel> oldLabels,
      LabelList<?> after,
      List<SingleLabel> newLabels,
      boolean apart) {
    FieldChange change = new FieldChange(field, apart);
    change.list(before, oldLabels, after, newLabels);
    return change.updates;
  }

  private static boolean hasUniqueIds(LabelList<?> list) {
    Set<ObjectId> ids = new HashSet<>();
    for (SingleLabel label : list.labels()) {
      if (!ids.add(label.id())) {
        return false;
      }
    }
    return true;
  }

  private boolean single(SingleLabel before, SingleLabel after) {
    Document old = LabelDocuments.toDocument(before);
    Document wanted = LabelDocuments.toDocument(after);
    List<String> names = differing(old, wanted);
    if (!names.stream().allMatch(FieldConditions::isPlainName)) {
      return false;
    }
    Document.Builder condition = Document.builder();
    FieldConditions.properties(old, names)
        .forEach((name, value) -> condition.append(path + "." + name, value));
    assign(condition.build(), wanted, names);
    return true;
  }

  /** The names whose values differ. */
  static List<String> differing(Document a, Document b) {
    List<String> names = new ArrayList<>(4);
    // Where values were only added, what was there before is found in its place.
    int same = 0;
    while (same < a.size()
        && same < b.size()
        && a.valueAt(same) == b.valueAt(same)
        && a.nameAt(same).equals(b.nameAt(same))) {
      same++;
    }
    if (same == a.size()) {
      for (int i = same; i < b.size(); i++) {
        names.add(b.nameAt(i));
      }
      return names;
    }
    for (int i = 0; i < a.size(); i++) {
      String name = a.nameAt(i);
      if (!b.contains(name) || !Values.same(a.valueAt(i), b.get(name))) {
        names.add(name);
      }
    }
    for (int i = 0; i < b.size(); i++) {
      if (!a.contains(b.nameAt(i))) {
        names.add(b.nameAt(i));
      }
    }
    return names;
  }

  /** Sets and removes properties of the field's own document. */
  private void assign(Document condition, Document wanted, List<String> names) {
    Document.Builder set = Document.builder();
    List<String> unset = new ArrayList<>();
    for (String name : names) {
      if (wanted.contains(name)) {
        set.append(path + "." + name, wanted.get(name));
      } else {
        unset.add(path + "." + name);
      }
    }
    updates.add(FieldUpdate.of(condition, set.build(), unset));
  }

  private void extras(Document before, Document after) {
    List<String> names = differing(before, after);
    names.removeIf(name -> !FieldConditions.isPlainName(name));
    if (!names.isEmpty()) {
      Document.Builder condition = Document.builder();
      names.forEach(
          name -> condition.append(path + "." + name, FieldConditions.expected(before.get(name))));
      assign(condition.build(), after, names);
    }
  }
}
