package io.postil.engine.annotation;

import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records in which a load's journal keeps what it did to one field of a sample or frame. Most
 * labels of a list stay as they are, and the base mostly was what the dataset held; so one record
 * has the list before, the labels that became others, and whether the base was that list. Loads
 * made by earlier versions have a record for each of value before, value after and base. Stateless.
 */
final class JournalRecord {
  /** Begins the name of a record of a field that was written. */
  private static final String CHANGE = "change:";

  /** Begin the names of records that hold one value; those of the base, and of earlier versions. */
  private static final String BEFORE = "before:";

  private static final String AFTER = "after:";
  private static final String BASE = "base:";

  private JournalRecord() {}

  /**
   * What a load wrote to a field.
   *
   * @param base the name of the base that was the same as the value before; null if none was
   */
  record Written(
      ObjectId sample,
      int frame,
      String field,
      @Nullable Object before,
      @Nullable Object after,
      @Nullable String base) {}

  // --- making -----------------------------------------------------------------------------------

  /** The record of a field that is written for the first time in a load. */
  static SideRecord of(Written written) {
    Document.Builder out = Document.builder().append("before", written.before);
    if (written.before instanceof LabelList<?> before
        && written.after instanceof LabelList<?> after
        && before.className().equals(after.className())
        && before.extras().equals(after.extras())) {
      out.append("edited", edited(before, after));
    } else {
      out.append("after", written.after);
    }
    if (written.base != null) {
      out.append("base", written.base);
    }
    return new SideRecord(written.sample, written.frame, CHANGE + written.field, out.build());
  }

  /** The record of a field's value that takes the place of what a load wrote to it before. */
  static SideRecord after(ObjectId sample, int frame, String field, @Nullable Object value) {
    return new SideRecord(sample, frame, AFTER + field, RunData.stored(value));
  }

  /** The record of a base as it was before a load moved it. */
  static SideRecord base(ObjectId sample, int frame, String name, @Nullable Object value) {
    return new SideRecord(sample, frame, BASE + name, RunData.stored(value));
  }

  /** The labels of a list that another has not, and where each of its labels is found. */
  private static Document edited(LabelList<?> before, LabelList<?> after) {
    List<? extends SingleLabel> old = before.labels();
    List<? extends SingleLabel> labels = after.labels();
    Map<ObjectId, Integer> positions = null;
    List<SingleLabel> others = new ArrayList<>();
    List<Integer> order = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      SingleLabel label = labels.get(i);
      Integer at = i < old.size() && old.get(i) == label ? (Integer) i : null;
      if (at == null) {
        positions = positions == null ? positions(old) : positions;
        at = positions.get(label.id());
        at = at != null && old.get(at).equals(label) ? at : null;
      }
      if (at == null) {
        others.add(label);
        order.add(-others.size());
      } else {
        order.add(at);
      }
    }
    return Document.of("order", order, "labels", after.withLabels(others));
  }

  private static Map<ObjectId, Integer> positions(List<? extends SingleLabel> labels) {
    Map<ObjectId, Integer> positions = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      positions.putIfAbsent(labels.get(i).id(), i);
    }
    return positions;
  }

  // --- reading ----------------------------------------------------------------------------------

  /** What was written to each field, of the records of some samples and frames. */
  static Collection<Written> written(List<SideRecord> records) {
    Map<String, Written> written = new LinkedHashMap<>();
    Map<String, Object> befores = new HashMap<>();
    for (SideRecord record : records) {
      String name = record.name();
      if (name.startsWith(CHANGE) && record.value() instanceof Document change) {
        String field = name.substring(CHANGE.length());
        written.put(place(record, field), written(record, field, change));
      } else if (name.startsWith(BEFORE)) {
        befores.put(place(record, name.substring(BEFORE.length())), record.value());
      }
    }
    for (SideRecord record : records) {
      if (record.name().startsWith(AFTER)) {
        String field = record.name().substring(AFTER.length());
        String place = place(record, field);
        Written first = written.get(place);
        written.put(
            place,
            new Written(
                record.sampleId(),
                record.frameNumber(),
                field,
                first == null ? RunData.value(befores.get(place)) : first.before,
                RunData.value(record.value()),
                first == null ? null : first.base));
      }
    }
    return written.values();
  }

  private static String place(SideRecord record, String field) {
    return record.sampleId() + "/" + record.frameNumber() + "/" + field;
  }

  private static Written written(SideRecord record, String field, Document change) {
    Object before = change.get("before");
    Object after = change.get("after");
    if (before instanceof LabelList<?> list && change.get("edited") instanceof Document edited) {
      after = after(list.labels(), edited);
    }
    return new Written(
        record.sampleId(), record.frameNumber(), field, before, after, change.getString("base"));
  }

  private static @Nullable Object after(List<? extends SingleLabel> before, Document edited) {
    if (!(edited.get("labels") instanceof LabelList<?> others)) {
      return null;
    }
    List<SingleLabel> labels = new ArrayList<>();
    for (Object position : edited.getList("order")) {
      int at = position instanceof Number n ? n.intValue() : 0;
      labels.add(at < 0 ? others.labels().get(-1 - at) : before.get(at));
    }
    return others.withLabels(labels);
  }

  /** The name of the base that a record has the former value of; null if it has none. */
  static @Nullable String baseOf(SideRecord record) {
    return record.name().startsWith(BASE) ? record.name().substring(BASE.length()) : null;
  }

  /** How many labels a record holds. */
  static int labels(SideRecord record) {
    return record.value() instanceof Document change
        ? LabelList.count(change.get("before"))
            + LabelList.count(change.getDocument("edited").get("labels"))
            + LabelList.count(change.get("after"))
        : LabelList.count(record.value());
  }
}
