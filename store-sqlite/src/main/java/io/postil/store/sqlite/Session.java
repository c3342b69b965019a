package io.postil.store.sqlite;

import io.postil.core.PostilException;
import io.postil.core.value.ObjectId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection with its prepared statements. Used by one thread at a time. */
final class Session implements AutoCloseable {
  private static final int MAX_STATEMENTS = 200;

  private final Connection connection;
  private final Path file;
  private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();

  Session(Connection connection, Path file) {
    this.connection = connection;
    this.file = file;
  }

  /** Runs a statement without parameters or answer. */
  void execute(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw error(e);
    }
  }

  /** Runs a statement; parameters are numbers, texts, bytes, ids or null. */
  long update(String sql, @Nullable Object... parameters) {
    PreparedStatement statement = take(sql);
    try {
      bind(statement, parameters);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw error(e);
    } finally {
      giveBack(sql, statement, null);
    }
  }

  /** Runs a query. */
  Rows query(String sql, @Nullable Object... parameters) {
    PreparedStatement statement = take(sql);
    try {
      bind(statement, parameters);
      return new Rows(this, sql, statement, statement.executeQuery());
    } catch (SQLException e) {
      giveBack(sql, statement, null);
      throw error(e);
    }
  }

  /** The number that a query gives, or the default if it gives no row. */
  long number(String sql, long defaultValue, @Nullable Object... parameters) {
    try (Rows rows = query(sql, parameters)) {
      return rows.next() ? rows.integer(0) : defaultValue;
    }
  }

  /** Row number of the last insertion. */
  long lastRow() {
    return number("SELECT last_insert_rowid()", 0);
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      bind(statement, i + 1, parameters[i]);
    }
  }

  /** A chain of tests: every command comes here, and a pattern switch is linked at each start. */
  private static void bind(PreparedStatement statement, int at, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(at, java.sql.Types.NULL);
    } else if (value instanceof Integer n) {
      statement.setInt(at, n);
    } else if (value instanceof Long n) {
      statement.setLong(at, n);
    } else if (value instanceof String s) {
      statement.setString(at, s);
    } else if (value instanceof byte[] b) {
      statement.setBytes(at, b);
    } else if (value instanceof ObjectId id) {
      statement.setBytes(at, bytes(id));
    } else {
      throw new IllegalArgumentException("parameter " + value.getClass());
    }
  }

  /** The twelve bytes of an id, which sort as ids do. */
  static byte[] bytes(ObjectId id) {
    return ByteBuffer.allocate(12).putInt(id.high()).putLong(id.low()).array();
  }

  private PreparedStatement take(String sql) {
    PreparedStatement statement = idle.remove(sql);
    try {
      return statement != null ? statement : connection.prepareStatement(sql);
    } catch (SQLException e) {
      throw error(e);
    }
  }

  void giveBack(String sql, PreparedStatement statement, @Nullable ResultSet result) {
    try {
      if (result != null) {
        result.close();
      }
      PreparedStatement other = idle.put(sql, statement);
      if (other != null) {
        other.close();
      }
      if (idle.size() > MAX_STATEMENTS) {
        String eldest = idle.keySet().iterator().next();
        PreparedStatement removed = idle.remove(eldest);
        if (removed != null) {
          removed.close();
        }
      }
    } catch (SQLException e) {
      throw error(e);
    }
  }

  PostilException error(SQLException e) {
    return SqlErrors.translate(e, file);
  }

  @Override
  public void close() {
    try {
      for (PreparedStatement statement : idle.values()) {
        statement.close();
      }
      connection.close();
    } catch (SQLException e) {
      throw error(e);
    }
  }
}
