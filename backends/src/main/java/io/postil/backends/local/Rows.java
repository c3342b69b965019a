package io.postil.backends.local;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Goes through the rows of a question to the queue. Stateless. */
final class Rows {
  /** What is done with a row. */
  interface Action {
    void on(ResultSet row) throws SQLException;
  }

  private Rows() {}

  /** Does something with each row of a question, whose parameters are numbers. */
  static void forEach(Connection connection, String sql, Action action, int... parameters)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setInt(i + 1, parameters[i]);
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          action.on(row);
        }
      }
    }
  }
}
