package io.postil.core.packed;

import org.jspecify.annotations.Nullable;

/** Texts that packed documents name by a number instead of holding them. */
@FunctionalInterface
public interface TextTable {
  /** Holds no text: every document stands alone. */
  TextTable NONE =
      new TextTable() {
        @Override
        public @Nullable String text(int number) {
          return null;
        }

        @Override
        public boolean isLasting() {
          return true;
        }
      };

  /** Most texts a table takes; beyond it texts stand in the documents. */
  int MAX_TEXTS = 100_000;

  /**
   * Whether a table should take a text: names and classes, and while there are few, short values.
   *
   * @param repeats whether it likely occurs in many documents
   * @param size how many texts the table has
   */
  static boolean isWorth(String text, boolean repeats, int size) {
    return repeats
        ? size < MAX_TEXTS && text.length() <= 256
        : size < MAX_TEXTS / 10 && text.length() <= 24;
  }

  /**
   * The number of a text, given to it if it is worth it.
   *
   * @param repeats whether it likely occurs in many documents, as names and classes do
   * @return -1 if the text must stand in the document
   */
  default int number(String text, boolean repeats) {
    return -1;
  }

  /** The text of a number, or null if there is none. */
  @Nullable String text(int number);

  /**
   * Whether a text that a document names can still be asked for long after the document was read;
   * attributes of labels are then decoded when they are needed.
   */
  default boolean isLasting() {
    return false;
  }

  /** Whether the numbers that documents read with another table name stand for the same here. */
  default boolean hasTextsOf(TextTable other) {
    return other == this;
  }
}
