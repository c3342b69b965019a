package io.postil.backends.local;

import io.postil.core.packed.MemoryTexts;
import io.postil.core.packed.TextTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The classes, attribute names and other texts that the labels of a queue name by a number, kept in
 * its file. They only grow, in the transaction whose labels use them first: between {@link #grow}
 * and {@link #store}. At other times new texts stand in the labels. Not thread-safe.
 */
final class QueueTexts implements TextTable {
  static final String TABLE =
      "CREATE TABLE IF NOT EXISTS text (number INTEGER PRIMARY KEY, text TEXT NOT NULL)";

  private final Connection connection;
  private MemoryTexts texts = new MemoryTexts();
  private boolean growing;

  /** How many texts the file has as far as is known. */
  private int stored;

  QueueTexts(Connection connection) {
    this.connection = connection;
  }

  @Override
  public int number(String text, boolean repeats) {
    return growing ? texts.number(text, repeats) : texts.find(text);
  }

  /** The text of a number; another process may have added it meanwhile. */
  @Override
  public @Nullable String text(int number) {
    if (number >= stored && !growing) {
      try {
        read();
      } catch (SQLException e) {
        throw new IllegalStateException("the texts of the queue cannot be read", e);
      }
    }
    return texts.text(number);
  }

  /** Begins to take new texts; in the transaction of the labels that use them. */
  void grow() throws SQLException {
    read();
    growing = true;
  }

  private void read() throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT text FROM text WHERE number >= ? ORDER BY number")) {
      select.setInt(1, stored);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          texts.add(row.getString(1));
        }
      }
    }
    stored = texts.size();
  }

  /** Stores what is new, before the end of the transaction. */
  void store() throws SQLException {
    growing = false;
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO text (number, text) VALUES (?, ?)")) {
      for (; stored < texts.size(); stored++) {
        insert.setInt(1, stored);
        insert.setString(2, texts.text(stored));
        insert.executeUpdate();
      }
    }
  }

  /** Forgets texts that were not stored, after a transaction that failed. */
  void forget() {
    growing = false;
    texts = new MemoryTexts();
    stored = 0;
  }
}
