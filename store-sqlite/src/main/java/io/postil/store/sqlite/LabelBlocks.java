package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.packed.TextTable;
import io.postil.core.query.LabelColumn;
import io.postil.core.query.LabelColumns;
import io.postil.core.store.Cursor;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a field's columns as {@link LabelBlock} writes them. In the table of columns
 * each block has a head under its key and its columns behind it, in the order the head names them.
 */
final class LabelBlocks {
  /** Most columns of a block. */
  static final int MOST_COLUMNS = 1000;

  private static final int KEYS = 1024;

  private final Session session;
  private final TextTable texts;
  private final StoredField field;

  LabelBlocks(Session session, TextTable texts, StoredField field) {
    this.session = session;
    this.texts = texts;
    this.field = field;
  }

  /** The key of a column of a block, counted from 1, or of its head, which is 0. */
  static long key(long block, int column) {
    return block * KEYS + column;
  }

  /**
   * The head of a block.
   *
   * @param block its number
   * @param rows the places of its rows within the block, ascending
   * @param ends for each row the number of labels up to and with its own
   * @param samples the sample of each row
   * @param columns the names of its columns
   * @param givenUp the properties that some label has and no column holds
   * @param odd whether not all values are lists of labels of the field's class
   */
  record Head(
      long block,
      int[] rows,
      int[] ends,
      List<ObjectId> samples,
      List<String> columns,
      Set<String> givenUp,
      boolean odd) {
    int labels() {
      return ends.length == 0 ? 0 : ends[ends.length - 1];
    }
  }

  /** A block with all its columns, to be changed. */
  record Stored(Head head, Map<String, LabelColumnBuilder> columns) {}

  /** The head of a block; null if there is none. */
  @Nullable Head head(long block) {
    try (Rows rows = query(key(block, 0))) {
      return rows.next() ? head(block, document(rows.bytes(0))) : null;
    }
  }

  private Rows query(long key) {
    return session.query("SELECT doc FROM " + field.columnTable() + " WHERE key = ?", key);
  }

  private List<Head> heads() {
    List<Head> heads = new ArrayList<>();
    String sql =
        "SELECT key, doc FROM "
            + field.columnTable()
            + " WHERE key % "
            + KEYS
            + " = 0 ORDER BY key";
    try (Rows rows = session.query(sql)) {
      while (rows.next()) {
        heads.add(head(rows.integer(0) / KEYS, document(rows.bytes(1))));
      }
    }
    return heads;
  }

  private Document document(byte[] bytes) {
    Object value = Decoding.value(texts, bytes, null, place());
    if (value instanceof Document document) {
      return document;
    }
    throw damaged();
  }

  private Head head(long block, Document head) {
    byte[] bytes = binary(head, "rows");
    int samples = bytes.length / LabelBlock.ROW_BYTES;
    int[] rows = new int[samples];
    int[] ends = new int[samples];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int end = 0;
    for (int i = 0; i < samples; i++) {
      int at = i * LabelBlock.ROW_BYTES;
      rows[i] = buffer.getShort(at);
      end += buffer.getInt(at + 2);
      ends[i] = end;
    }
    return new Head(
        block,
        rows,
        ends,
        new Samples(buffer, samples),
        names(head, "columns"),
        new LinkedHashSet<>(names(head, "given_up")),
        head.getBoolean("odd", false));
  }

  /** The ids within a head, made when they are asked for. */
  private static final class Samples extends AbstractList<ObjectId> {
    private final ByteBuffer rows;
    private final int size;

    Samples(ByteBuffer rows, int size) {
      this.rows = rows;
      this.size = size;
    }

    @Override
    public ObjectId get(int index) {
      int at = java.util.Objects.checkIndex(index, size) * LabelBlock.ROW_BYTES + 6;
      return ObjectId.of(rows.getInt(at), rows.getLong(at + 4));
    }

    @Override
    public int size() {
      return size;
    }
  }

  private static List<String> names(Document head, String list) {
    List<String> names = new ArrayList<>();
    head.getList(list).forEach(name -> names.add(String.valueOf(name)));
    return names;
  }

  private byte[] binary(Document document, String name) {
    if (document.get(name) instanceof Binary binary) {
      return binary.bytes();
    }
    throw damaged();
  }

  private String place() {
    return "the columns of field " + field.name();
  }

  private PostilException damaged() {
    return new PostilException(
        ErrorCode.STORE_CORRUPT,
        "the stored data of " + place() + " is damaged",
        "Restore the database from a backup.");
  }

  /** A block with all its columns. */
  Stored read(Head head) {
    Map<String, LabelColumnBuilder> columns = new LinkedHashMap<>();
    for (String name : head.columns()) {
      LabelColumnBuilder builder = new LabelColumnBuilder(name);
      LabelColumn column = column(head, name);
      for (int i = 0; i < head.labels(); i++) {
        add(builder, column, i);
      }
      columns.put(name, builder);
    }
    for (String name : head.givenUp()) {
      LabelColumnBuilder builder = new LabelColumnBuilder(name);
      builder.giveUp();
      columns.put(name, builder);
    }
    return new Stored(head, columns);
  }

  private static void add(LabelColumnBuilder builder, LabelColumn column, int label) {
    if (column instanceof LabelColumn.Coded coded) {
      int code = coded.codes()[label];
      if (code > 0) {
        builder.add(label, coded.values().get(code - 1));
      }
    } else if (column instanceof LabelColumn.Reals reals
        && (reals.missing() == null || !reals.missing().get(label))) {
      builder.add(label, reals.values()[label]);
    }
  }

  private LabelColumn column(Head head, String name) {
    Document document;
    try (Rows rows = query(key(head.block(), head.columns().indexOf(name) + 1))) {
      if (!rows.next()) {
        throw damaged();
      }
      document = document(rows.bytes(0));
    }
    LabelColumn column = document.contains("reals") ? reals(document) : coded(document);
    if (column.size() != head.labels()) {
      throw damaged();
    }
    return column;
  }

  private LabelColumn reals(Document document) {
    byte[] bytes = binary(document, "reals");
    double[] values = new double[bytes.length / 8];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
    return new LabelColumn.Reals(
        values, document.contains("missing") ? BitSet.valueOf(binary(document, "missing")) : null);
  }

  private LabelColumn coded(Document document) {
    List<@Nullable Object> values = document.getList("values");
    byte[] bytes = binary(document, "codes");
    char[] codes;
    if (values.size() < 256) {
      codes = new char[bytes.length];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (char) (bytes[i] & 0xFF);
      }
    } else {
      codes = new char[bytes.length / 2];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().get(codes);
    }
    for (char code : codes) {
      if (code > values.size()) {
        throw damaged();
      }
    }
    return new LabelColumn.Coded(values, codes);
  }

  /** The wanted columns of all blocks; null if some block does not have them. */
  @Nullable Cursor<LabelColumns> columns(Set<String> wanted) {
    List<Head> heads = heads();
    for (Head head : heads) {
      if (head.odd()) {
        return null;
      }
      for (String property : wanted) {
        if (head.givenUp().contains(property)) {
          return null;
        }
      }
    }
    Iterator<Head> rest = heads.iterator();
    return new Cursor<>() {
      @Override
      public boolean hasNext() {
        return rest.hasNext();
      }

      @Override
      public LabelColumns next() {
        Head head = rest.next();
        Map<String, LabelColumn> columns = new LinkedHashMap<>();
        for (String property : wanted) {
          if (head.columns().contains(property)) {
            columns.put(property, column(head, property));
          }
        }
        return new LabelColumns(head.samples(), head.ends(), columns);
      }

      @Override
      public void close() {}
    };
  }
}
