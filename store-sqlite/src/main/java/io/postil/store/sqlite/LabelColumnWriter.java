package io.postil.store.sqlite;

import io.postil.core.label.LabelList;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the columns of label lists in step with their documents, within the same transaction: what
 * queries ask of labels most, as texts, numbers and truth values, once more by property, for blocks
 * of {@value #BLOCK} row numbers. Nothing is read from columns that is not in the documents. Not
 * thread-safe; for one change.
 */
final class LabelColumnWriter {
  /** Row numbers of a block; how many rows it has is another matter. */
  static final int BLOCK = 1024;

  /** Blocks that wait for more rows: most changes go along the samples of a few fields. */
  private static final int MOST_OPEN = 8;

  private final Session session;
  private final PackedWriter packed;
  private final TextTable texts;
  private final List<LabelBlock> open = new ArrayList<>();

  /** For each field the properties that were given up: in the next block they will be, too. */
  private final Map<Long, Set<String>> givenUp = new HashMap<>();

  LabelColumnWriter(Session session, PackedWriter packed, TextTable texts) {
    this.session = session;
    this.packed = packed;
    this.texts = texts;
  }

  /** The value of a field was written. */
  void put(StoredField field, long row, ObjectId sample, Object value) {
    if (field.columnClass() != null) {
      block(field, row).put(row, sample, value instanceof LabelList<?> list ? list : null);
    }
  }

  /** The values of a field were removed from one row to another. */
  void remove(StoredField field, long from, long to) {
    if (field.columnClass() != null) {
      for (long row = from; row <= to; row++) {
        block(field, row).remove(row);
      }
    }
  }

  private LabelBlock block(StoredField field, long row) {
    long number = row / BLOCK;
    for (int i = 0; i < open.size(); i++) {
      if (open.get(i).isAt(field, number)) {
        return open.get(i);
      }
    }
    if (open.size() == MOST_OPEN) {
      write(open.remove(0));
    }
    LabelBlock block =
        new LabelBlock(
            field, number, givenUp.computeIfAbsent(field.number(), f -> new HashSet<>()));
    open.add(block);
    return block;
  }

  /** Writes all blocks that changed. */
  void flush() {
    open.forEach(this::write);
    open.clear();
  }

  private void write(LabelBlock block) {
    LabelBlock whole = block.over(stored(block));
    StoredField field = block.field();
    session.update(
        "DELETE FROM " + field.columnTable() + " WHERE key BETWEEN ? AND ?",
        LabelBlocks.key(block.number(), 0),
        LabelBlocks.key(block.number(), LabelBlocks.MOST_COLUMNS));
    if (!whole.isEmpty()) {
      String sql = "INSERT INTO " + field.columnTable() + " (key, doc) VALUES (?, ?)";
      whole.write(
          (number, document) ->
              session.update(
                  sql, LabelBlocks.key(block.number(), number), packed.write(document, null)));
    }
  }

  /** What is stored of a block; null if nothing is, or nothing of it stays. */
  private LabelBlocks.@Nullable Stored stored(LabelBlock block) {
    LabelBlocks blocks = new LabelBlocks(session, texts, block.field());
    LabelBlocks.Head head = blocks.head(block.number());
    return head == null || block.replaces(head.rows()) ? null : blocks.read(head);
  }
}
