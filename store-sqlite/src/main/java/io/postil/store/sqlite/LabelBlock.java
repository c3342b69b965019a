package io.postil.store.sqlite;

import io.postil.core.label.Detection;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.LabelColumns;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a change wrote of one field's labels within one block of rows, by columns. Rows may come in
 * any order and again; the last value of each counts. Not thread-safe.
 */
final class LabelBlock {
  private static final int BLOCK = LabelColumnWriter.BLOCK;

  /** Bytes of a row in the head: its place in the block, its number of labels, the sample's id. */
  static final int ROW_BYTES = 2 + 4 + 12;

  private static final int REMOVED = -1;

  private final StoredField field;
  private final long number;
  private final String listClass;
  private final List<ObjectId> samples = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();

  /** For each row of the block 1 + where it came last, 0 if it did not, or {@link #REMOVED}. */
  private final int[] latest = new int[BLOCK];

  private final Map<String, LabelColumnBuilder> columns = new LinkedHashMap<>();

  /** The columns of attributes in the order in which the last label had them. */
  private final List<LabelColumnBuilder> expected = new ArrayList<>();

  private final LabelColumnBuilder classes;
  private final LabelColumnBuilder confidences;
  private final LabelColumnBuilder indexes;

  /** Properties of which no column is tried; what is given up is added. */
  private final Set<String> givenUp;

  private boolean inOrder = true;
  private int lastRow = -1;
  private int labels;

  /** Whether a value is no list of labels of the field's class. */
  private boolean odd;

  LabelBlock(StoredField field, long number, Set<String> givenUp) {
    this.field = field;
    this.number = number;
    this.givenUp = givenUp;
    this.listClass = String.valueOf(field.columnClass());
    classes = column("label");
    confidences = column("confidence");
    indexes = column("index");
  }

  StoredField field() {
    return field;
  }

  long number() {
    return number;
  }

  boolean isAt(StoredField field, long number) {
    return this.number == number && this.field.number() == field.number();
  }

  private LabelColumnBuilder column(String name) {
    LabelColumnBuilder column = columns.get(name);
    if (column == null) {
      column = new LabelColumnBuilder(name);
      if (givenUp.contains(name) || !LabelColumns.mayHold(listClass, name)) {
        column.giveUp();
      }
      columns.put(name, column);
    }
    return column;
  }

  /** The value of a row; null if it is no list of labels. */
  void put(long row, ObjectId sample, @Nullable LabelList<?> list) {
    int place = place(row);
    if (list == null || !list.className().equals(listClass)) {
      odd = true;
    } else {
      for (SingleLabel label : list.labels()) {
        add(label);
      }
    }
    end(place, sample);
  }

  private static int place(long row) {
    return (int) (row % BLOCK);
  }

  private void end(int place, ObjectId sample) {
    inOrder &= place > lastRow;
    lastRow = place;
    samples.add(sample);
    ends.add(labels);
    latest[place] = samples.size();
  }

  private void add(SingleLabel label) {
    int at = labels++;
    // What most labels are is asked without a search by name.
    if (label instanceof Detection d) {
      add(classes, at, d.label());
      add(confidences, at, d.confidence());
      add(indexes, at, d.index());
    } else {
      add(classes, at, label.property("label"));
      add(confidences, at, label.property("confidence"));
      add(indexes, at, label.property("index"));
    }
    Document attributes = label.attributes();
    for (int i = 0; i < attributes.size(); i++) {
      attribute(i, attributes.nameAt(i)).add(at, attributes.valueAt(i));
    }
  }

  private static void add(LabelColumnBuilder column, int label, @Nullable Object value) {
    if (value != null) {
      column.add(label, value);
    }
  }

  /** The column of an attribute: mostly that of the attribute which stood there last time. */
  private LabelColumnBuilder attribute(int place, String name) {
    if (place < expected.size()) {
      LabelColumnBuilder column = expected.get(place);
      if (column.name().equals(name)) {
        return column;
      }
    }
    LabelColumnBuilder column = column(name);
    if (place < expected.size()) {
      expected.set(place, column);
    } else {
      expected.add(column);
    }
    return column;
  }

  /** A row has no value any more. */
  void remove(long row) {
    int place = place(row);
    inOrder &= latest[place] <= 0;
    latest[place] = REMOVED;
  }

  boolean isEmpty() {
    return samples.isEmpty();
  }

  /** Whether each of some rows was written or removed. */
  boolean replaces(int[] rows) {
    for (int row : rows) {
      if (latest[row] == 0) {
        return false;
      }
    }
    return true;
  }

  /** The block as it is with what was stored, in the order of rows. */
  LabelBlock over(LabelBlocks.@Nullable Stored stored) {
    if (stored == null && inOrder) {
      return this;
    }
    LabelBlock whole = new LabelBlock(field, number, givenUp);
    whole.odd = odd || stored != null && stored.head().odd();
    columns.values().forEach(column -> whole.giveUpLike(column));
    if (stored != null) {
      stored.columns().values().forEach(column -> whole.giveUpLike(column));
    }
    int next = 0;
    for (int place = 0; place < BLOCK; place++) {
      boolean isStored =
          stored != null
              && next < stored.head().rows().length
              && stored.head().rows()[next] == place;
      if (latest[place] > 0) {
        int at = latest[place] - 1;
        whole.copy(columns, at == 0 ? 0 : ends.get(at - 1), ends.get(at));
        whole.end(place, samples.get(at));
      } else if (latest[place] == 0 && stored != null && isStored) {
        LabelBlocks.Head head = stored.head();
        whole.copy(stored.columns(), next == 0 ? 0 : head.ends()[next - 1], head.ends()[next]);
        whole.end(place, head.samples().get(next));
      }
      next += isStored ? 1 : 0;
    }
    return whole;
  }

  private void giveUpLike(LabelColumnBuilder column) {
    if (column.isGivenUp()) {
      column(column.name()).giveUp();
    }
  }

  private void copy(Map<String, LabelColumnBuilder> from, int first, int end) {
    for (LabelColumnBuilder column : from.values()) {
      if (!column.isGivenUp()) {
        LabelColumnBuilder own = column(column.name());
        for (int i = first; i < end; i++) {
          Object value = column.get(i);
          if (value != LabelColumnBuilder.NONE) {
            own.add(labels + i - first, value);
          }
        }
      }
    }
    labels += end - first;
  }

  /** Where documents of a block go: the head has number 0, the columns follow. */
  interface Target {
    void write(int number, Document document);
  }

  void write(Target target) {
    List<String> names = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (LabelColumnBuilder column : columns.values()) {
      if (names.size() == LabelBlocks.MOST_COLUMNS) {
        column.giveUp();
      }
      if (column.isGivenUp()) {
        missing.add(column.name());
        givenUp.add(column.name());
      } else if (!column.isEmpty()) {
        names.add(column.name());
        target.write(names.size(), column.document(labels));
      }
    }
    ByteBuffer rows = ByteBuffer.allocate(samples.size() * ROW_BYTES);
    int at = 0;
    int before = 0;
    for (int place = 0; place < BLOCK; place++) {
      if (latest[place] > 0) {
        ObjectId sample = samples.get(at);
        int end = ends.get(at++);
        rows.putShort((short) place).putInt(end - before).putInt(sample.high());
        rows.putLong(sample.low());
        before = end;
      }
    }
    target.write(
        0,
        Document.builder()
            .put("rows", Binary.wrap(rows.array()))
            .put("columns", Values.list(names))
            .put("given_up", Values.list(missing))
            .put("odd", odd)
            .build());
  }
}
