package io.postil.store.sqlite;

import io.postil.core.value.ObjectId;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The answer of a query; columns count from 0. Closing it gives its statement back. */
final class Rows implements AutoCloseable {
  private final Session session;
  private final String sql;
  private final PreparedStatement statement;
  private final ResultSet result;
  private boolean closed;

  Rows(Session session, String sql, PreparedStatement statement, ResultSet result) {
    this.session = session;
    this.sql = sql;
    this.statement = statement;
    this.result = result;
  }

  boolean next() {
    try {
      return result.next();
    } catch (SQLException e) {
      throw session.error(e);
    }
  }

  long integer(int column) {
    try {
      return result.getLong(column + 1);
    } catch (SQLException e) {
      throw session.error(e);
    }
  }

  String text(int column) {
    return Objects.requireNonNull(textOrNull(column));
  }

  @Nullable String textOrNull(int column) {
    try {
      return result.getString(column + 1);
    } catch (SQLException e) {
      throw session.error(e);
    }
  }

  byte @Nullable [] bytesOrNull(int column) {
    try {
      return result.getBytes(column + 1);
    } catch (SQLException e) {
      throw session.error(e);
    }
  }

  byte[] bytes(int column) {
    byte[] bytes = bytesOrNull(column);
    return bytes == null ? new byte[0] : bytes;
  }

  ObjectId id(int column) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes(column));
    return ObjectId.of(buffer.getInt(), buffer.getLong());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.giveBack(sql, statement, result);
    }
  }
}
