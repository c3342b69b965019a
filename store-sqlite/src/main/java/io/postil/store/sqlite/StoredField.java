package io.postil.store.sqlite;

/**
 * Where the values of a field are: in their own table, or within the rows of the samples or frames.
 * Immutable.
 */
final class StoredField {
  private final long number;
  private final boolean frames;
  private final String name;
  private final boolean beside;
  private final String table;
  private final String upsert;

  /**
   * A field.
   *
   * @param number its number in the database
   * @param frames whether it is one of frames
   * @param name its name, without a prefix
   * @param beside whether its values have a table of their own
   */
  StoredField(long number, boolean frames, String name, boolean beside) {
    this.number = number;
    this.frames = frames;
    this.name = name;
    this.beside = beside;
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

  /** The statement that stores a value: key, number of labels, packed value. */
  String upsert() {
    return upsert;
  }
}
