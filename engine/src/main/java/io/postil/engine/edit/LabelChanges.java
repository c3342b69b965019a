package io.postil.engine.edit;

import io.postil.core.dataset.LabelAttributes;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes labels inside the value of a field. Stateless. */
final class LabelChanges {
  private LabelChanges() {}

  /** What becomes of one label. */
  interface LabelEdit {
    /**
     * The label after the edit.
     *
     * @param stored the label as it is stored
     * @param shown the same label as the view shows it
     * @return null if it goes; the stored one itself if nothing changes
     */
    @Nullable SingleLabel apply(SingleLabel stored, SingleLabel shown);
  }

  /** The labels in a value: of a list, or the one label itself. */
  static List<? extends SingleLabel> labels(@Nullable Object value) {
    return switch (value) {
      case LabelList<?> list -> list.labels();
      case SingleLabel single -> List.of(single);
      case null -> List.of();
      default -> List.of();
    };
  }

  private static Map<ObjectId, SingleLabel> byId(@Nullable Object value) {
    Map<ObjectId, SingleLabel> labels = new HashMap<>();
    labels(value).forEach(label -> labels.put(label.id(), label));
    return labels;
  }

  /**
   * The stored value with an edit made to the labels that are shown; the others stay.
   *
   * @return the stored value itself if nothing changes
   */
  static @Nullable Object edit(@Nullable Object stored, @Nullable Object shown, LabelEdit edit) {
    if (stored == null || shown == null) {
      return stored;
    }
    Map<ObjectId, SingleLabel> visible = stored == shown ? Map.of() : byId(shown);
    if (stored instanceof SingleLabel single) {
      SingleLabel seen = stored == shown ? single : visible.get(single.id());
      return seen == null ? stored : edit.apply(single, seen);
    }
    if (!(stored instanceof LabelList<?> list)) {
      return stored;
    }
    List<SingleLabel> after = new ArrayList<>(list.labels().size());
    boolean changed = false;
    for (SingleLabel label : list.labels()) {
      SingleLabel seen = stored == shown ? label : visible.get(label.id());
      SingleLabel edited = seen == null ? label : edit.apply(label, seen);
      changed |= !label.equals(edited);
      if (edited != null) {
        after.add(edited);
      }
    }
    return changed ? list.withLabels(after) : stored;
  }

  /** How many labels two values of a field differ in. */
  static long differing(@Nullable Object before, @Nullable Object after) {
    if (before == after) {
      return 0;
    }
    Map<ObjectId, SingleLabel> old = byId(before);
    Set<ObjectId> kept = new HashSet<>();
    long count = 0;
    for (SingleLabel label : labels(after)) {
      kept.add(label.id());
      count += label.equals(old.get(label.id())) ? 0 : 1;
    }
    return count + old.keySet().stream().filter(id -> !kept.contains(id)).count();
  }

  /**
   * A label with a property set; null removes it.
   *
   * @return an {@code UnknownLabel} if labels of this type cannot have that value
   */
  static Label with(SingleLabel label, String property, @Nullable Object value) {
    Document document = LabelDocuments.toDocument(label);
    return LabelDocuments.fromDocument(
        value == null ? document.without(property) : document.with(property, value),
        label.className());
  }

  /** Whether a name is free for an attribute, rather than a property of every label of a class. */
  static boolean isAttribute(String className, String name) {
    String single = isList(className) ? className.substring(0, className.length() - 1) : className;
    Document only = Document.of("_id", ObjectId.create(), name, null);
    return !name.equals("attributes")
        && !name.equals("id")
        && LabelDocuments.fromDocument(only, single) instanceof SingleLabel label
        && label.attributes().contains(name);
  }

  private static boolean isList(String className) {
    return LabelAttributes.listName(className) != null;
  }

  /** A label with the differences between two others. */
  static Label rebased(SingleLabel stored, SingleLabel shown, SingleLabel changed) {
    if (stored == shown) {
      return changed;
    }
    Document from = LabelDocuments.toDocument(shown);
    Document to = LabelDocuments.toDocument(changed);
    Document.Builder out = LabelDocuments.toDocument(stored).toBuilder();
    to.forEach(
        (name, value) -> {
          if (!from.contains(name) || !Values.same(from.get(name), value)) {
            out.put(name, value);
          }
        });
    from.names().stream().filter(name -> !to.contains(name)).forEach(out::remove);
    return LabelDocuments.fromDocument(out.build(), stored.className());
  }

  /**
   * What is stored after somebody changed what was shown: labels that were hidden stay as they are,
   * of the others only what was changed is changed.
   */
  static @Nullable Object merge(
      @Nullable Object stored, @Nullable Object shown, @Nullable Object changed) {
    if (!(stored instanceof LabelList<?> before) || !(shown instanceof LabelList<?> seen)) {
      return stored instanceof SingleLabel a
              && shown instanceof SingleLabel b
              && changed instanceof SingleLabel c
              && a.id().equals(b.id())
              && a.id().equals(c.id())
          ? rebased(a, b, c)
          : changed;
    }
    Map<ObjectId, SingleLabel> visible = byId(seen);
    Map<ObjectId, SingleLabel> wanted = byId(changed);
    List<SingleLabel> after = new ArrayList<>();
    Set<ObjectId> known = new HashSet<>();
    for (SingleLabel label : before.labels()) {
      known.add(label.id());
      SingleLabel was = visible.get(label.id());
      SingleLabel now = wanted.get(label.id());
      if (was == null) {
        after.add(label);
      } else if (now != null && rebased(label, was, now) instanceof SingleLabel edited) {
        after.add(edited);
      }
    }
    for (SingleLabel label : labels(changed)) {
      if (!known.contains(label.id())) {
        after.add(label);
      }
    }
    return before.withLabels(after);
  }
}
