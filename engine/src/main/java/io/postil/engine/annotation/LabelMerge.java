package io.postil.engine.annotation;

import io.postil.core.annotation.Restriction;
import io.postil.core.label.Classifications;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoints;
import io.postil.core.label.LabelList;
import io.postil.core.label.Polylines;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges the labels of one field of one sample or frame three-way: what was sent (the base), what
 * the dataset holds now, and what came back. Only what the annotator changed is written. Reads and
 * writes nothing. The rules are those of FiftyOne's {@code load_annotations}, except that changes
 * made in the dataset meanwhile survive. Stateless between calls.
 */
final class LabelMerge {
  /** Hears what became of each label. */
  interface Listener {
    void label(
        Change.Kind kind,
        ObjectId id,
        @Nullable SingleLabel before,
        @Nullable SingleLabel after,
        @Nullable String note);
  }

  /**
   * The outcome for one field.
   *
   * @param value the new value of the field; the given one if nothing changed
   * @param base what the tool is known to hold now
   */
  record Result(@Nullable Object value, List<SingleLabel> base) {}

  /** What is said of a label that the restrictions of the run keep out. */
  static final String NO_ADDITIONS = "additions are not allowed";

  /** What is said of a label that the restrictions of the run keep in. */
  static final String NO_DELETIONS = "deletions are not allowed";

  private static final String GONE = "the label is gone from the dataset";

  private final MergeRules rules;
  private final Listener listener;
  private long expected;

  LabelMerge(MergeRules rules, Listener listener) {
    this.rules = rules;
    this.listener = listener;
  }

  /** How many labels were sent or came back in all, each of which the listener must hear of. */
  long expected() {
    return expected;
  }

  /**
   * Merges into the field the labels were sent from, or a new one.
   *
   * @param base what was sent or came back last
   * @param current the field's value now
   * @param answer what came back, ids resolved; null if the answer does not name the sample
   */
  Result merge(
      List<SingleLabel> base, @Nullable Object current, @Nullable List<SingleLabel> answer) {
    List<SingleLabel> answers = answer == null ? List.of() : answer;
    Map<ObjectId, SingleLabel> sent = byId(base);
    Set<ObjectId> answered = new HashSet<>();
    answers.forEach(a -> answered.add(a.id()));
    expected += sent.size() + answers.stream().filter(a -> !sent.containsKey(a.id())).count();

    @Nullable Object value = delete(sent, answered, current);
    Map<ObjectId, SingleLabel> newBase = new LinkedHashMap<>(sent);
    if (answer == null) {
      return new Result(value, base);
    }
    if (value == null) {
      return new Result(create(answers, sent, newBase), List.copyOf(newBase.values()));
    }
    value = edit(value, answers, sent, newBase);
    if (rules.isList()) {
      value = append(value, answers, sent, newBase);
    } else {
      for (SingleLabel a : answers) {
        if (!sent.containsKey(a.id())) {
          String note =
              rules.allows(Restriction.ADDITIONS)
                  ? "the field holds one label and is occupied"
                  : NO_ADDITIONS;
          listener.label(Change.Kind.REFUSED, a.id(), null, null, note);
        }
      }
    }
    return new Result(value, List.copyOf(newBase.values()));
  }

  /**
   * Merges into another field than the labels were sent from: restrictions apply to the source, the
   * result goes to the destination.
   *
   * @param source what was sent or came back last
   * @param written what an earlier load wrote to the destination; null at the first load
   * @param current the destination's value now
   */
  Result mergeElsewhere(
      List<SingleLabel> source,
      @Nullable List<SingleLabel> written,
      @Nullable Object current,
      @Nullable List<SingleLabel> answer) {
    Map<ObjectId, SingleLabel> sent = byId(source);
    List<SingleLabel> allowed = new ArrayList<>();
    Set<ObjectId> answered = new HashSet<>();
    for (SingleLabel a : answer == null ? List.<SingleLabel>of() : answer) {
      answered.add(a.id());
      SingleLabel b = sent.get(a.id());
      if (b != null) {
        allowed.add(restricted(b, a));
      } else if (rules.allows(Restriction.ADDITIONS)) {
        allowed.add(a);
      } else {
        listener.label(Change.Kind.REFUSED, a.id(), null, null, NO_ADDITIONS);
        expected++;
      }
    }
    if (!rules.allows(Restriction.DELETIONS)) {
      source.stream().filter(b -> !answered.contains(b.id())).forEach(allowed::add);
    }
    List<SingleLabel> base = written;
    if (base == null) {
      Map<ObjectId, SingleLabel> there = byId(labels(current));
      base = source.stream().filter(b -> there.containsKey(b.id())).toList();
    }
    boolean nothing = allowed.isEmpty() && (answer == null || current == null && !answer.isEmpty());
    LabelMerge merge = new LabelMerge(rules.unrestricted(), listener);
    Result result = merge.merge(base, current, nothing ? null : allowed);
    expected += merge.expected();
    return result;
  }

  /** The answer with what the annotator may not change taken from what was sent. */
  private SingleLabel restricted(SingleLabel sent, SingleLabel answer) {
    // Merging the answer into what was sent applies exactly what is allowed; the rest of a label
    // that goes to a new place is as the tool has it.
    SingleLabel merged = LabelOverlay.merge(rules, sent, sent, answer).result();
    SingleLabel free = LabelOverlay.merge(rules.unrestricted(), sent, sent, answer).result();
    return merged.equals(free) ? withoutReadOnly(sent, answer) : merged;
  }

  private SingleLabel withoutReadOnly(SingleLabel sent, SingleLabel answer) {
    Document attributes = answer.attributes();
    for (var attribute : rules.attributes(answer.label(), answer)) {
      if (attribute.isReadOnly()) {
        Object value = LabelOverlay.attribute(sent, attribute.name());
        attributes =
            value == null
                ? attributes.without(attribute.name())
                : attributes.with(attribute.name(), value);
      }
    }
    return answer.withAttributes(attributes);
  }

  private @Nullable Object delete(
      Map<ObjectId, SingleLabel> sent, Set<ObjectId> answered, @Nullable Object current) {
    List<SingleLabel> kept = null;
    List<SingleLabel> labels = labels(current);
    tellGone(sent, answered, labels);
    for (int i = 0; i < labels.size(); i++) {
      SingleLabel c = labels.get(i);
      SingleLabel b = sent.get(c.id());
      boolean delete = b != null && !answered.contains(c.id()) && mayDelete(b, c);
      if (delete && kept == null) {
        kept = new ArrayList<>(labels.subList(0, i));
      } else if (!delete && kept != null) {
        kept.add(c);
      }
    }
    if (kept == null) {
      return current;
    }
    return current instanceof LabelList<?> list ? list.withLabels(kept) : null;
  }

  /** Labels that are gone on both sides. */
  private void tellGone(
      Map<ObjectId, SingleLabel> sent, Set<ObjectId> answered, List<SingleLabel> labels) {
    if (answered.containsAll(sent.keySet())) {
      return;
    }
    Set<ObjectId> present = new HashSet<>();
    labels.forEach(l -> present.add(l.id()));
    for (ObjectId id : sent.keySet()) {
      if (!answered.contains(id) && !present.contains(id)) {
        listener.label(Change.Kind.UNCHANGED, id, null, null, "gone on both sides");
      }
    }
  }

  private boolean mayDelete(SingleLabel base, SingleLabel current) {
    if (!rules.allows(Restriction.DELETIONS)) {
      listener.label(Change.Kind.REFUSED, current.id(), current, current, NO_DELETIONS);
      return false;
    }
    if (!base.equals(current)) {
      boolean keep = rules.policy() == ConflictPolicy.OURS;
      listener.label(
          Change.Kind.CONFLICTING,
          current.id(),
          current,
          keep ? current : null,
          "deleted by the annotator, edited in the dataset meanwhile");
      return !keep;
    }
    listener.label(Change.Kind.DELETED, current.id(), current, null, null);
    return true;
  }

  private @Nullable Object create(
      List<SingleLabel> answers,
      Map<ObjectId, SingleLabel> sent,
      Map<ObjectId, SingleLabel> newBase) {
    if (!rules.allows(Restriction.ADDITIONS)) {
      for (SingleLabel a : answers) {
        listener.label(
            Change.Kind.REFUSED,
            a.id(),
            null,
            null,
            sent.containsKey(a.id()) ? GONE : NO_ADDITIONS);
      }
      return null;
    }
    if (rules.isList()) {
      for (SingleLabel a : answers) {
        listener.label(Change.Kind.ADDED, a.id(), null, a, null);
        newBase.put(a.id(), a);
      }
      return listOf(answers);
    }
    for (int i = 0; i < answers.size(); i++) {
      SingleLabel a = answers.get(i);
      if (i == 0) {
        listener.label(Change.Kind.ADDED, a.id(), null, a, null);
        newBase.put(a.id(), a);
      } else {
        listener.label(Change.Kind.REFUSED, a.id(), null, null, "the field holds one label");
      }
    }
    return answers.isEmpty() ? null : answers.get(0);
  }

  private Object edit(
      Object value,
      List<SingleLabel> answers,
      Map<ObjectId, SingleLabel> sent,
      Map<ObjectId, SingleLabel> newBase) {
    List<SingleLabel> labels = labels(value);
    Map<ObjectId, Integer> positions = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      positions.put(labels.get(i).id(), i);
    }
    List<SingleLabel> edited = null;
    for (SingleLabel a : answers) {
      SingleLabel b = sent.get(a.id());
      if (b == null) {
        continue;
      }
      Integer position = positions.get(a.id());
      if (a.equals(b)) {
        tellUntouched(a.id(), position == null ? null : labels.get(position));
        continue;
      }
      LabelOverlay tool = LabelOverlay.merge(rules, b, b, a);
      newBase.put(a.id(), tool.result());
      if (position == null) {
        boolean touched = !tool.changed().isEmpty();
        listener.label(
            touched ? Change.Kind.CONFLICTING : Change.Kind.UNCHANGED,
            a.id(),
            null,
            null,
            touched ? "edited by the annotator, deleted in the dataset meanwhile" : GONE);
        continue;
      }
      SingleLabel c = labels.get(position);
      // Mostly nobody edited the label in the dataset meanwhile.
      LabelOverlay overlay = c.equals(b) ? tool : LabelOverlay.merge(rules, b, c, a);
      report(overlay, c);
      if (!overlay.changed().isEmpty()) {
        if (edited == null) {
          edited = new ArrayList<>(labels);
        }
        edited.set(position, overlay.result());
      }
    }
    if (edited == null) {
      return value;
    }
    return value instanceof LabelList<?> list ? list.withLabels(edited) : edited.get(0);
  }

  /** Most labels come back as they were sent. */
  private void tellUntouched(ObjectId id, @Nullable SingleLabel current) {
    listener.label(Change.Kind.UNCHANGED, id, current, current, current == null ? GONE : null);
  }

  private void report(LabelOverlay overlay, SingleLabel before) {
    Change.Kind kind = Change.Kind.UNCHANGED;
    String note = null;
    if (!overlay.conflicts().isEmpty()) {
      kind = Change.Kind.CONFLICTING;
      note = "also changed in the dataset: " + String.join(", ", overlay.conflicts());
    } else if (!overlay.changed().isEmpty()) {
      kind = Change.Kind.EDITED;
      note = String.join(", ", overlay.changed());
    } else if (!overlay.refused().isEmpty()) {
      kind = Change.Kind.REFUSED;
      note = "may not be changed: " + String.join(", ", overlay.refused());
    }
    listener.label(kind, before.id(), before, overlay.result(), note);
  }

  private Object append(
      Object value,
      List<SingleLabel> answers,
      Map<ObjectId, SingleLabel> sent,
      Map<ObjectId, SingleLabel> newBase) {
    List<SingleLabel> all = null;
    Set<ObjectId> present = new HashSet<>();
    for (SingleLabel a : answers) {
      if (sent.containsKey(a.id())) {
        continue;
      }
      if (!rules.allows(Restriction.ADDITIONS)) {
        listener.label(Change.Kind.REFUSED, a.id(), null, null, NO_ADDITIONS);
        continue;
      }
      if (all == null) {
        all = new ArrayList<>(labels(value));
        all.forEach(l -> present.add(l.id()));
      }
      SingleLabel added = present.add(a.id()) ? a : a.withId(ObjectId.create());
      present.add(added.id());
      all.add(added);
      newBase.put(added.id(), added);
      listener.label(Change.Kind.ADDED, added.id(), null, added, null);
    }
    return all != null && value instanceof LabelList<?> list ? list.withLabels(all) : value;
  }

  private static Map<ObjectId, SingleLabel> byId(List<SingleLabel> labels) {
    Map<ObjectId, SingleLabel> map = new LinkedHashMap<>(labels.size() * 2);
    labels.forEach(l -> map.put(l.id(), l));
    return map;
  }

  /** The labels of a field's value. */
  static List<SingleLabel> labels(@Nullable Object value) {
    if (value instanceof LabelList<?> list) {
      return List.copyOf(list.labels());
    }
    return value instanceof SingleLabel label ? List.of(label) : List.of();
  }

  private Object listOf(List<SingleLabel> labels) {
    return list(rules.kind(), labels);
  }

  /** A list of labels as a field's value. */
  static Object list(io.postil.core.annotation.AnswerKind kind, List<SingleLabel> labels) {
    return switch (kind) {
      case CLASSIFICATIONS -> new Classifications(List.of()).withLabels(labels);
      case DETECTIONS -> new Detections(List.of()).withLabels(labels);
      case POLYLINES -> new Polylines(List.of()).withLabels(labels);
      case KEYPOINTS -> new Keypoints(List.of()).withLabels(labels);
      case SEGMENTATION, SCALAR -> throw new IllegalStateException(kind + " are not kept in lists");
    };
  }
}
