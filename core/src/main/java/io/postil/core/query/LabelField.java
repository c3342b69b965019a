package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A field of labels: how to reach them in a sample or frame and how to change them.
 *
 * @param name with {@code frames.} for a frame field
 * @param path names from the sample or frame to the label
 * @param isFrame whether frames have it
 * @param className of the label or list of labels
 * @param listName the property with the labels of a list; null for a single label
 */
record LabelField(
    String name, String[] path, boolean isFrame, String className, @Nullable String listName) {
  static LabelField of(String name, FieldSpec field) {
    boolean frame = name.startsWith(DatasetInfo.FRAMES);
    String[] path = (frame ? name.substring(7) : name).split("\\.", -1);
    String className = String.valueOf(field.documentClass());
    return new LabelField(name, path, frame, className, LabelAttributes.listName(className));
  }

  /** What names in a filter of its labels are relative to. */
  String prefix() {
    String dotted = String.join(".", path);
    return isList() ? "$$this" : isFrame ? "$$frame." + dotted : "$" + dotted;
  }

  boolean isList() {
    return listName != null;
  }

  /** The class of one label. */
  String elementClass() {
    return isList() ? elementClass(className) : className;
  }

  /** The class of the labels of a list class. */
  static String elementClass(String listClass) {
    return listClass.substring(0, listClass.length() - 1);
  }

  /** Whether its labels may carry the index of an object over frames. */
  boolean hasIndexes() {
    return BuiltinFields.isDeclared(elementClass(), "index");
  }

  /** The rows that have the field: the frames of a sample or the sample itself. */
  List<Row> holders(Row sample) {
    return isFrame ? sample.frames() : List.of(sample);
  }

  /** The label or list as stored in a sample or frame; may be missing. */
  @Nullable Object value(Row holder) {
    return Fields.path(holder, path, 0);
  }

  /** The single labels in a sample or frame. */
  List<?> labels(Row holder) {
    Object value = value(holder);
    if (listName == null) {
      return Operators.isNothing(value) ? List.of() : List.of(value);
    }
    return Fields.get(value, listName) instanceof List<?> list ? list : List.of();
  }

  /** Number of labels in a sample, over all its frames. */
  int count(Row sample) {
    int count = 0;
    for (Row holder : holders(sample)) {
      count += labels(holder).size();
    }
    return count;
  }

  /**
   * Keeps only some labels of a sample or frame. As in FiftyOne a missing list becomes one without
   * a value.
   */
  void keep(Row holder, Predicate<@Nullable Object> wanted) {
    Object value = value(holder);
    if (listName == null) {
      if (!Operators.isNothing(value) && !wanted.test(value)) {
        holder.set(path, null);
      }
      return;
    }
    if (!(Fields.get(value, listName) instanceof List<?> labels)) {
      holder.set(path, Writes.with(value, listName, null));
      return;
    }
    List<@Nullable Object> kept = null;
    for (int i = 0; i < labels.size(); i++) {
      boolean keep = wanted.test(labels.get(i));
      if (!keep && kept == null) {
        kept = new ArrayList<>(labels.subList(0, i));
      } else if (keep && kept != null) {
        kept.add(labels.get(i));
      }
    }
    if (kept != null) {
      holder.set(path, Writes.with(value, listName, Values.list(kept)));
    }
  }

  /** Replaces each label of a sample or frame. */
  void replace(Row holder, UnaryOperator<@Nullable Object> change) {
    Object value = value(holder);
    if (listName == null) {
      if (!Operators.isNothing(value)) {
        holder.set(path, change.apply(value));
      }
      return;
    }
    if (Fields.get(value, listName) instanceof List<?> labels) {
      List<@Nullable Object> changed = new ArrayList<>(labels.size());
      for (Object label : labels) {
        changed.add(change.apply(label));
      }
      holder.set(path, Writes.with(value, listName, Values.list(changed)));
    }
  }
}
