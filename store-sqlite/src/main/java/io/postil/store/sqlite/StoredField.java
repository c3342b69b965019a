package io.postil.store.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * Where the values of a field are: in their own table, or within the rows of the samples or frames.
 * Immutable.
 */
final class StoredField {
  private final long number;
  private final boolean frames;
  private final String name;
  private final boolean beside;
  private final @Nullable String columnClass;
  private final String table;
  private final String upsert;

  /**
   * A field.
   *
   * @param number its number in the database
   * @param frames whether it is one of frames
   * @param name its name, without a prefix
   * @param beside whether its values have a table of their own
   * @param columnClass the class of its lists of labels, if their properties are kept by columns,
   *     too; else null
   */
  StoredField(
      long number, boolean frames, String name, boolean beside, @Nullable String columnClass) {
    this.number = number;
    this.frames = frames;
    this.name = name;
    this.beside = beside;
    this.columnClass = columnClass;
    this.table = "field_" + number;
    this.upsert =
        "INSERT INTO "
            + table
            + " (key, labels, doc) VALUES (?, ?, ?) ON CONFLICT (key)"
            + " DO UPDATE SET labels = excluded.labels, doc = excluded.doc";
  }

  long number() {
    return number;
  }

  boolean frames() {
    return frames;
  }

  String name() {
    return name;
  }

  boolean beside() {
    return beside;
  }

  String table() {
    return table;
  }

  String partTable() {
    return "part_" + number;
  }

  /** The class of the lists of labels in its columns, such as {@code Detections}; null: none. */
  @Nullable String columnClass() {
    return columnClass;
  }

  /** The table of its columns, see {@link LabelColumnWriter}. */
  String columnTable() {
    return "column_" + number;
  }

  /** The statement that stores a value: key, number of labels, packed value. */
  String upsert() {
    return upsert;
  }
}
