package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Turns SQLite's errors into ours, each with what to do about it. Stateless. */
final class SqlErrors {
  private SqlErrors() {}

  /** The error of an operation on a database file. */
  static PostilException translate(SQLException e, Path file) {
    SQLiteErrorCode code =
        e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
    // Extended codes carry the primary one in their lowest byte.
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xFF)) {
      case SQLITE_BUSY, SQLITE_LOCKED -> locked(file, e);
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH -> readOnly(file, e);
      case SQLITE_FULL ->
          error(
              ErrorCode.STORE_FULL,
              "the disk that holds the database " + file + " is full",
              "Free some space and repeat the command; nothing of it was applied.",
              e);
      case SQLITE_CORRUPT -> corrupt(file, e);
      case SQLITE_NOTADB -> notADatabase(file, e);
      case SQLITE_CANTOPEN ->
          error(
              ErrorCode.STORE_UNAVAILABLE,
              "the database " + file + " cannot be opened",
              "Check that its directory exists and that you may read and write it.",
              e);
      case SQLITE_IOERR ->
          error(
              ErrorCode.STORE_UNAVAILABLE,
              "reading or writing the database " + file + " failed: " + e.getMessage(),
              "Check the disk. The database needs a local file system, not a network share; choose"
                  + " another place with POSTIL_HOME or --database.",
              e);
      default ->
          error(
              ErrorCode.INTERNAL,
              "an unexpected error of the database " + file + ": " + e.getMessage(),
              null,
              e);
    };
  }

  static PostilException locked(Path file, @Nullable SQLException e) {
    return error(
        ErrorCode.STORE_LOCKED,
        "another process is writing to the database " + file,
        "Wait until it is done and repeat the command.",
        e);
  }

  static PostilException readOnly(Path file, @Nullable SQLException e) {
    return error(
        ErrorCode.STORE_READ_ONLY,
        "the database " + file + " is read-only",
        "Give yourself the right to write the file and its directory, or use another database.",
        e);
  }

  static PostilException corrupt(Path file, SQLException e) {
    return error(
        ErrorCode.STORE_CORRUPT,
        "the database " + file + " is damaged: " + e.getMessage(),
        "Restore it from a backup, or save what can be read with: sqlite3 FILE .recover",
        e);
  }

  static PostilException notADatabase(Path file, @Nullable SQLException e) {
    return error(
        ErrorCode.STORE_CORRUPT,
        file + " is not a Postil database",
        "Name another file with --database; this one was left as it is.",
        e);
  }

  private static PostilException error(
      ErrorCode code, String message, @Nullable String remedy, @Nullable Throwable cause) {
    return new PostilException(code, message, remedy, cause);
  }
}
