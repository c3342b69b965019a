package io.postil.backends.local;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * The work of one run: its items in order, what was sent of each and what people made of it. Kept
 * in a file {@code runs/<run id>.db} of Postil's home; several processes may use it at once. One
 * object is for one thread; open one for each request and close it.
 */
public final class LocalQueue implements AutoCloseable {
  private static final int VERSION = 5;

  /** The oldest version that can be brought to this one: it knew no videos. */
  private static final int OLDEST = 4;

  private static final int BUSY_MILLISECONDS = 5_000;
  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS task (
        position INTEGER PRIMARY KEY,
        item TEXT NOT NULL UNIQUE,
        media TEXT NOT NULL,
        metadata BLOB,
        sent BLOB NOT NULL,
        answer BLOB,
        state TEXT NOT NULL DEFAULT 'new',
        revision INTEGER NOT NULL DEFAULT 0,
        updated_at INTEGER NOT NULL
      )""";
  private static final String INSERT =
      """
      INSERT INTO task (position, item, media, metadata, sent, updated_at)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (item) DO NOTHING""";
  private static final String SELECT =
      "SELECT position, item, media, metadata, coalesce(answer, sent), state, revision";

  private final Connection connection;
  private final Path file;
  private final QueueTexts texts;
  private final PackedWork packed;
  private final QueueVideos videos;

  private LocalQueue(Connection connection, Path file) {
    this.connection = connection;
    this.file = file;
    this.texts = new QueueTexts(connection);
    this.packed = new PackedWork(texts);
    this.videos = new QueueVideos(connection, packed);
  }

  // --- files ----------------------------------------------------------------------------------

  private static Path file(Path home, ObjectId run) {
    return home.resolve("runs").resolve(run + ".db").toAbsolutePath();
  }

  /** Whether there is a queue of a run. */
  public static boolean exists(Path home, ObjectId run) {
    return Files.exists(file(home, run));
  }

  /** Opens the queue of a run, making it if there is none. */
  static LocalQueue create(Path home, ObjectId run) {
    Path file = file(home, run);
    try {
      Files.createDirectories(home.resolve("runs"));
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          "cannot make the directory " + home.resolve("runs") + ": " + e.getMessage(),
          "Make " + home + " writable, or set POSTIL_HOME to a directory that is.",
          e);
    }
    LocalQueue queue = connect(file);
    try (Statement statement = queue.connection.createStatement()) {
      statement.execute(TABLE);
      statement.execute(QueueTexts.TABLE);
      queue.addVideos(statement);
      return queue;
    } catch (SQLException e) {
      queue.close();
      throw failed(file, e);
    }
  }

  private void addVideos(Statement statement) throws SQLException {
    for (String table : QueueVideos.TABLES) {
      statement.execute(table);
    }
    statement.execute("PRAGMA user_version = " + VERSION);
  }

  /**
   * Opens the queue of a run.
   *
   * @throws PostilException with {@code RUN_HAS_NO_RESULTS} if there is none
   */
  public static LocalQueue open(Path home, ObjectId run) {
    Path file = file(home, run);
    if (!Files.exists(file)) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS,
          "the queue of the run is gone: there is no file " + file,
          "Was it made with another POSTIL_HOME, or cleaned up?");
    }
    LocalQueue queue = connect(file);
    try (Statement statement = queue.connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      int version = row.getInt(1);
      if (version < OLDEST) {
        throw new PostilException(
            ErrorCode.STORE_UNAVAILABLE,
            "the queue " + file + " was made by an older Postil that was never released",
            "Delete the run and annotate again.");
      }
      if (version > VERSION) {
        throw new PostilException(
            ErrorCode.STORE_TOO_NEW,
            "the queue " + file + " was made by a newer Postil",
            "Update Postil.");
      }
      if (version < VERSION) {
        row.close();
        queue.addVideos(statement);
      }
      return queue;
    } catch (SQLException e) {
      queue.close();
      throw failed(file, e);
    } catch (PostilException e) {
      queue.close();
      throw e;
    }
  }

  /** Removes the queue of a run; no error if there is none. */
  public static void delete(Path home, ObjectId run) {
    Path file = file(home, run);
    try {
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
      }
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          "cannot delete the queue " + file + ": " + e.getMessage(),
          "Give yourself the right to delete it.",
          e);
    }
  }

  private static LocalQueue connect(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    // A queue is used by one thread at a time, so SQLite need not lock.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    config.setPageSize(8192);
    config.setBusyTimeout(BUSY_MILLISECONDS);
    config.setGetGeneratedKeys(false);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    try {
      return new LocalQueue(config.createConnection("jdbc:sqlite:" + file), file);
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  // --- work -----------------------------------------------------------------------------------

  /**
   * Appends items; one that is there already stays as it is. All of them, or after an error none.
   */
  void add(List<UploadItem> items, LabelSchema schema) {
    atOnce(
        () -> {
          insert(items, schema);
          return true;
        });
  }

  private interface Work {
    boolean perform() throws SQLException;
  }

  /** Does all of something, or after an error nothing; answers what it answers. */
  private boolean atOnce(Work work) {
    try {
      connection.setAutoCommit(false);
      try {
        boolean done = work.perform();
        connection.commit();
        return done;
      } catch (SQLException | RuntimeException e) {
        texts.forget();
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private void insert(List<UploadItem> items, LabelSchema schema) throws SQLException {
    texts.grow();
    try (Statement last = connection.createStatement();
        ResultSet row = last.executeQuery("SELECT coalesce(max(position), -1) FROM task");
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      int next = row.getInt(1) + 1;
      for (UploadItem item : items) {
        List<UploadItem.Content> own = new ArrayList<>();
        boolean framed = own(item, own);
        insert.setInt(1, next);
        insert.setString(2, item.id().toString());
        insert.setString(3, item.media());
        insert.setBytes(4, packed.metadata(item.metadata()));
        insert.setBytes(5, packed.write(LocalWork.of(own)));
        insert.setLong(6, System.currentTimeMillis());
        int added = insert.executeUpdate();
        if (framed && added > 0) {
          videos.add(next, item, schema);
        }
        next += added;
      }
    }
    texts.store();
  }

  /** Collects what is sent of an item itself; answers whether frames follow. */
  private static boolean own(UploadItem item, List<UploadItem.Content> own) {
    for (UploadItem.Content content : item.content()) {
      if (content.frameNumber() > 0) {
        return true;
      }
      own.add(content);
    }
    return false;
  }

  /** The place of an item; -1 if it is not there. */
  private int position(ObjectId item) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT position FROM task WHERE item = ?")) {
      select.setString(1, item.toString());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getInt(1) : -1;
      }
    }
  }

  /** How far people have come. */
  public RunProgress progress() {
    String sql =
        "SELECT count(*), coalesce(sum(state <> 'new'), 0), coalesce(sum(state = 'completed'), 0)"
            + " FROM task";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return new RunProgress(row.getLong(1), row.getLong(2), row.getLong(3));
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  /** A part of the queue, in order. */
  public List<LocalTask.Summary> page(int offset, int limit) {
    List<LocalTask.Summary> page = new ArrayList<>();
    try {
      Rows.forEach(
          connection,
          "SELECT position, item, media, state FROM task WHERE position >= ? ORDER BY position"
              + " LIMIT ?",
          row ->
              page.add(
                  new LocalTask.Summary(
                      row.getInt(1),
                      ObjectId.of(row.getString(2)),
                      row.getString(3),
                      state(row.getString(4)))),
          offset,
          limit);
      return page;
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  /**
   * One item with the work on it.
   *
   * @throws PostilException with {@code UNKNOWN_SAMPLE}
   */
  public LocalTask task(ObjectId item) {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + ", sent FROM task WHERE item = ?")) {
      select.setString(1, item.toString());
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          return task(row, packed.read(row.getBytes(8)));
        }
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
    throw new PostilException(
        ErrorCode.UNKNOWN_SAMPLE,
        "the run has no sample " + item,
        "Open the run's queue from its dataset's runs.");
  }

  /**
   * Every item in order, one at a time.
   *
   * @param untouched hears of items that nobody saved, with their state
   * @param saved hears of the others, with the work but without what was sent of samples
   */
  void forEach(BiConsumer<ObjectId, LocalTask.State> untouched, Consumer<LocalTask> saved) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SELECT + " FROM task ORDER BY position")) {
      while (row.next()) {
        if (row.getLong(7) == 0) {
          untouched.accept(ObjectId.of(row.getString(2)), state(row.getString(6)));
        } else {
          saved.accept(task(row, LocalWork.EMPTY));
        }
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  /**
   * Saves the work on an item that has no frames.
   *
   * @see #save(ObjectId, long, LocalTask.State, LocalWork, VideoChanges)
   */
  public long save(ObjectId item, long revision, LocalTask.State state, LocalWork work) {
    return save(item, revision, state, work, VideoChanges.NONE);
  }

  /**
   * Saves the work on an item.
   *
   * @param item the item
   * @param revision the revision the work is based on
   * @param state how far it is now
   * @param work all of the work on the sample itself
   * @param changes what changed in the frames of a video since the revision
   * @return the new revision
   * @throws PostilException with {@code STALE_REVISION} if somebody else saved since
   */
  public long save(
      ObjectId item, long revision, LocalTask.State state, LocalWork work, VideoChanges changes) {
    boolean saved = atOnce(() -> update(item, revision, state, work, changes));
    if (saved) {
      return revision + 1;
    }
    LocalTask now = task(item);
    throw new PostilException(
        ErrorCode.STALE_REVISION,
        "somebody else saved sample "
            + item
            + " meanwhile: it is at revision "
            + now.revision()
            + ", the work is based on "
            + revision,
        "Take over what is there, or merge the work with it.");
  }

  private boolean update(
      ObjectId item, long revision, LocalTask.State state, LocalWork work, VideoChanges changes)
      throws SQLException {
    String sql =
        "UPDATE task SET answer = ?, state = ?, revision = revision + 1, updated_at = ?"
            + " WHERE item = ? AND revision = ?";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setBytes(1, packed.write(work));
      update.setString(2, state.id());
      update.setLong(3, System.currentTimeMillis());
      update.setString(4, item.toString());
      update.setLong(5, revision);
      if (update.executeUpdate() == 0) {
        return false;
      }
    }
    if (!changes.equals(VideoChanges.NONE)) {
      videos.change(position(item), changes);
    }
    return true;
  }

  /**
   * What was sent of some frames of a video, in order, one at a time.
   *
   * @param task the video
   * @param first the first frame, from 1
   * @param last the last frame
   * @param action hears of each frame that was sent with something
   */
  public void frames(LocalTask task, int first, int last, ObjIntConsumer<LocalWork> action) {
    try {
      videos.frames(task.position(), first, last, action);
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  /** Hears of the frames of a video. */
  public interface FrameVisitor {
    /** A frame: its number, what was sent of it, and what it holds now. */
    void visit(int number, LocalWork sent, LocalWork now);
  }

  /**
   * Some frames of a video as people left them, in order, one at a time: those that were sent with
   * something and those that an edit is about.
   */
  public void edited(
      LocalTask task, LabelSchema schema, int first, int last, FrameVisitor visitor) {
    EditedFrames now = new EditedFrames(schema, task);
    int[] next = {now.nextEdited(first)};
    frames(
        task,
        first,
        last,
        (sent, number) -> {
          for (; next[0] > 0 && next[0] < number; next[0] = now.nextEdited(next[0] + 1)) {
            visitor.visit(next[0], LocalWork.EMPTY, now.at(next[0], LocalWork.EMPTY));
          }
          if (next[0] == number) {
            next[0] = now.nextEdited(number + 1);
          }
          visitor.visit(number, sent, now.at(number, sent));
        });
    for (; next[0] > 0 && next[0] <= last; next[0] = now.nextEdited(next[0] + 1)) {
      visitor.visit(next[0], LocalWork.EMPTY, now.at(next[0], LocalWork.EMPTY));
    }
  }

  private LocalTask task(ResultSet row, LocalWork sent) throws SQLException {
    ObjectId item = ObjectId.of(row.getString(2));
    int position = row.getInt(1);
    return new LocalTask(
        position,
        item,
        row.getString(3),
        packed.metadata(row.getBytes(4), item),
        sent,
        packed.read(row.getBytes(5)),
        state(row.getString(6)),
        row.getLong(7),
        videos.tracks(position),
        videos.edits(position));
  }

  private static LocalTask.State state(String id) {
    LocalTask.State state = LocalTask.State.ofId(id);
    return state == null ? LocalTask.State.NEW : state;
  }

  // --- end ------------------------------------------------------------------------------------

  private static PostilException failed(Path file, SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException s
            ? SQLiteErrorCode.getErrorCode(s.getResultCode().code & 0xFF)
            : SQLiteErrorCode.UNKNOWN_ERROR;
    return switch (code) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new PostilException(
              ErrorCode.STORE_LOCKED,
              "another process is writing to the queue " + file,
              "Repeat it when that is done.",
              e);
      case SQLITE_FULL ->
          new PostilException(
              ErrorCode.STORE_FULL,
              "the disk that holds the queue " + file + " is full",
              "Free some space and repeat; nothing of it was applied.",
              e);
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          new PostilException(
              ErrorCode.STORE_CORRUPT,
              "the queue " + file + " is damaged: " + e.getMessage(),
              "Restore it from a backup.",
              e);
      default ->
          new PostilException(
              ErrorCode.STORE_UNAVAILABLE,
              "the queue " + file + " cannot be used: " + e.getMessage(),
              "Check the disk and your right to read and write the file.",
              e);
    };
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }
}
