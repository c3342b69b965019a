package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * A database file: opens connections, keeps idle ones, and runs transactions. Any number of threads
 * and processes read at once; writers take turns. Thread-safe.
 */
final class Database implements AutoCloseable {
  private static final int BUSY_MILLISECONDS = 5_000;
  private static final int MAX_IDLE = 8;
  private static final long BULK = 64L << 20;
  private static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of("nfs", "nfs4", "cifs", "smbfs", "smb3", "afs", "fuse.sshfs", "9p", "ncpfs");

  private final Path file;
  private final boolean readOnly;
  private final Dictionary dictionary = new Dictionary();
  private final Deque<Session> idle = new ArrayDeque<>();
  private final ReentrantLock writeLock = new ReentrantLock(true);
  private @Nullable Session writer;
  private boolean closed;

  private Database(Path file, boolean readOnly) {
    this.file = file;
    this.readOnly = readOnly;
  }

  /** Opens a file, making or upgrading it unless it is to be read only. */
  static Database open(Path file, boolean readOnly, Schema schema) {
    checkPlace(file, readOnly);
    Database database = new Database(file, readOnly || isWriteProtected(file));
    try {
      database.prepare(schema);
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static boolean isWriteProtected(Path file) {
    return Files.exists(file) && !Files.isWritable(file);
  }

  private static void checkPlace(Path file, boolean readOnly) {
    if (Files.isDirectory(file)) {
      throw new PostilException(
          ErrorCode.STORE_UNAVAILABLE,
          file + " is a directory, not a database file",
          "Name a file, for instance " + file.resolve("postil.db") + ".");
    }
    Path directory = file.toAbsolutePath().getParent();
    try {
      if (readOnly) {
        if (!Files.exists(file)) {
          throw new PostilException(
              ErrorCode.STORE_UNAVAILABLE, "there is no database " + file, "Check its path.");
        }
      } else if (directory != null) {
        Files.createDirectories(directory);
      }
      if (directory != null) {
        checkFileSystem(file, Files.getFileStore(directory).type());
      }
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.STORE_UNAVAILABLE,
          "the directory of the database " + file + " cannot be used: " + e,
          "Choose another place with POSTIL_HOME or --database.",
          e);
    }
  }

  /** Several processes share memory beside the file, which no network share can offer. */
  static void checkFileSystem(Path file, String type) {
    if (NETWORK_FILE_SYSTEMS.contains(type.toLowerCase(Locale.ROOT))) {
      throw new PostilException(
          ErrorCode.STORE_UNAVAILABLE,
          "the database " + file + " is on a network share (" + type + ")",
          "It needs a local file system: choose another place with POSTIL_HOME or --database.");
    }
  }

  private void prepare(Schema schema) {
    Session session = connect();
    writer = session;
    boolean current = schema.isCurrent(session, file);
    if (readOnly) {
      if (!current) {
        throw SqlErrors.readOnly(file, null);
      }
      return;
    }
    useWriteAheadLog(session);
    if (!current) {
      write(
          s -> {
            schema.upgrade(s, file);
            return true;
          });
    }
  }

  private Session connect() {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    // A session is used by one thread at a time, so SQLite need not lock.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    config.setPageSize(8192);
    config.setGetGeneratedKeys(false);
    config.setBusyTimeout(BUSY_MILLISECONDS);
    config.setCacheSize(writer == null ? -64_000 : -4_000);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setJournalSizeLimit((int) BULK);
    try {
      return new Session(config.createConnection("jdbc:sqlite:" + file), file);
    } catch (SQLException e) {
      throw SqlErrors.translate(e, file);
    }
  }

  /** Switching the mode does not wait for other processes by itself, so it is tried for a while. */
  private void useWriteAheadLog(Session session) {
    long deadline = System.nanoTime() + BUSY_MILLISECONDS * 1_000_000L;
    while (true) {
      try (Rows rows = session.query("PRAGMA journal_mode = WAL")) {
        if (rows.next() && rows.text(0).equalsIgnoreCase("wal")) {
          return;
        }
        throw new PostilException(
            ErrorCode.STORE_UNAVAILABLE,
            "the file system of the database " + file + " cannot be shared by processes",
            "It needs a local file system: choose another place with POSTIL_HOME or --database.");
      } catch (PostilException e) {
        if (e.code() != ErrorCode.STORE_LOCKED || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  Path file() {
    return file;
  }

  Dictionary dictionary() {
    return dictionary;
  }

  /** Takes a session that sees one state of the database until {@link #endRead}. */
  Session beginRead() {
    Session session = idleSession();
    try {
      session.execute("BEGIN");
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private Session idleSession() {
    synchronized (idle) {
      if (closed) {
        throw new PostilException(ErrorCode.STORE_UNAVAILABLE, "the database is closed: " + file);
      }
      Session session = idle.poll();
      if (session != null) {
        return session;
      }
    }
    return connect();
  }

  /** Gives a session back. */
  void endRead(Session session) {
    boolean usable = false;
    try {
      session.execute("ROLLBACK");
      usable = true;
    } finally {
      synchronized (idle) {
        if (usable && !closed && idle.size() < MAX_IDLE) {
          idle.push(session);
        } else {
          session.close();
        }
      }
    }
  }

  /** Reads one state of the database. */
  <T extends @Nullable Object> T read(Function<Session, T> action) {
    Session session = beginRead();
    try {
      return action.apply(session);
    } finally {
      endRead(session);
    }
  }

  /** Runs one write transaction: all of it or, after an exception, nothing. */
  <T extends @Nullable Object> T write(Function<Session, T> action) {
    if (readOnly) {
      throw SqlErrors.readOnly(file, null);
    }
    if (writeLock.isHeldByCurrentThread()) {
      throw new PostilException(ErrorCode.INTERNAL, "a write within a write of " + file);
    }
    try {
      if (!writeLock.tryLock(BUSY_MILLISECONDS, TimeUnit.MILLISECONDS)) {
        throw SqlErrors.locked(file, null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostilException(ErrorCode.INTERRUPTED, "interrupted", null, e);
    }
    try {
      if (closed || writer == null) {
        throw new PostilException(ErrorCode.STORE_UNAVAILABLE, "the database is closed: " + file);
      }
      T result = transact(writer, action);
      shrinkLog(writer);
      return result;
    } finally {
      writeLock.unlock();
    }
  }

  private static <T extends @Nullable Object> T transact(
      Session session, Function<Session, T> action) {
    session.execute("BEGIN IMMEDIATE");
    try {
      T result = action.apply(session);
      session.execute("COMMIT");
      return result;
    } catch (Throwable e) {
      try {
        session.execute("ROLLBACK");
      } catch (PostilException rolledBackAlready) {
        // A full disk or a failed read ends the transaction by itself.
        e.addSuppressed(rolledBackAlready);
      }
      throw e;
    }
  }

  /** After bulk work the log is copied into the file and cut, unless readers still need it. */
  private void shrinkLog(Session session) {
    if (file.resolveSibling(file.getFileName() + "-wal").toFile().length() > BULK) {
      session.execute("PRAGMA busy_timeout = 0");
      session.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      session.execute("PRAGMA busy_timeout = " + BUSY_MILLISECONDS);
    }
  }

  @Override
  public void close() {
    writeLock.lock();
    try {
      synchronized (idle) {
        closed = true;
        idle.forEach(Session::close);
        idle.clear();
      }
      if (writer != null) {
        writer.close();
        writer = null;
      }
    } finally {
      writeLock.unlock();
    }
  }
}
