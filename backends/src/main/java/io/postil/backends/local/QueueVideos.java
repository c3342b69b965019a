package io.postil.backends.local;

import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.UploadItem.Content;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a queue knows of the frames of videos: what was sent, a row a frame; the tracks of that; and
 * what people changed, a row an edit. Rows of frames are never changed, so that a video may be of
 * any length. Not thread-safe.
 */
final class QueueVideos {
  static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS frame (
            position INTEGER NOT NULL,
            number INTEGER NOT NULL,
            sent BLOB NOT NULL,
            PRIMARY KEY (position, number)
          ) WITHOUT ROWID""",
          """
          CREATE TABLE IF NOT EXISTS track (
            position INTEGER NOT NULL,
            number INTEGER NOT NULL,
            sent BLOB NOT NULL,
            PRIMARY KEY (position, number)
          ) WITHOUT ROWID""",
          """
          CREATE TABLE IF NOT EXISTS edit (
            position INTEGER NOT NULL,
            id TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (position, id)
          ) WITHOUT ROWID""");

  private final Connection connection;
  private final PackedWork packed;
  private @Nullable Boolean used;

  QueueVideos(Connection connection, PackedWork packed) {
    this.connection = connection;
    this.packed = packed;
  }

  /** Adds the frames of a video, in the transaction that adds the video. */
  void add(int position, UploadItem item, LabelSchema schema) throws SQLException {
    SentTracks tracks = new SentTracks(schema);
    List<Content> frame = new ArrayList<>();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO frame (position, number, sent) VALUES (?, ?, ?)")) {
      for (Content content : item.content()) {
        if (content.frameNumber() == 0) {
          continue;
        }
        if (!frame.isEmpty() && frame.get(0).frameNumber() != content.frameNumber()) {
          insert(insert, position, frame);
        }
        frame.add(content);
        tracks.add(content.frameNumber(), content.field(), content.labels());
      }
      if (!frame.isEmpty()) {
        insert(insert, position, frame);
      }
    }
    insert(position, tracks.found());
  }

  /** Whether anything is known of frames; a queue of pictures need not be asked for each. */
  private boolean isUsed() throws SQLException {
    if (used == null) {
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT EXISTS (SELECT 1 FROM track) OR EXISTS (SELECT 1 FROM edit)")) {
        used = row.getBoolean(1);
      }
    }
    return used;
  }

  private void insert(PreparedStatement insert, int position, List<Content> frame)
      throws SQLException {
    insert.setInt(1, position);
    insert.setInt(2, frame.get(0).frameNumber());
    insert.setBytes(3, packed.write(LocalWork.of(frame)));
    insert.executeUpdate();
    frame.clear();
  }

  private void insert(int position, List<SentTrack> tracks) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO track (position, number, sent) VALUES (?, ?, ?)")) {
      for (int i = 0; i < tracks.size(); i++) {
        insert.setInt(1, position);
        insert.setInt(2, i);
        insert.setBytes(3, packed.write(tracks.get(i)));
        insert.executeUpdate();
      }
    }
  }

  List<SentTrack> tracks(int position) throws SQLException {
    if (!isUsed()) {
      return List.of();
    }
    List<SentTrack> tracks = new ArrayList<>();
    Rows.forEach(
        connection,
        "SELECT sent FROM track WHERE position = ? ORDER BY number",
        row -> tracks.add(packed.track(row.getBytes(1))),
        position);
    return tracks;
  }

  List<VideoEdit> edits(int position) throws SQLException {
    if (!isUsed()) {
      return List.of();
    }
    List<VideoEdit> edits = new ArrayList<>();
    Rows.forEach(
        connection,
        "SELECT id, body FROM edit WHERE position = ? ORDER BY id",
        row -> edits.add(packed.edit(row.getString(1), row.getBytes(2))),
        position);
    return edits;
  }

  /** What was sent of some frames, in order; frames that hold nothing are left out. */
  void frames(int position, int first, int last, ObjIntConsumer<LocalWork> action)
      throws SQLException {
    Rows.forEach(
        connection,
        "SELECT number, sent FROM frame WHERE position = ? AND number BETWEEN ? AND ?"
            + " ORDER BY number",
        row -> action.accept(packed.read(row.getBytes(2)), row.getInt(1)),
        position,
        first,
        last);
  }

  /** Stores edits and removes others, in the transaction of a save. */
  void change(int position, VideoChanges changes) throws SQLException {
    used = null;
    try (PreparedStatement remove =
            connection.prepareStatement("DELETE FROM edit WHERE position = ? AND id = ?");
        PreparedStatement put =
            connection.prepareStatement(
                "INSERT OR REPLACE INTO edit (position, id, body) VALUES (?, ?, ?)")) {
      for (String id : changes.removed()) {
        remove.setInt(1, position);
        remove.setString(2, id);
        remove.executeUpdate();
      }
      for (VideoEdit edit : changes.put()) {
        put.setInt(1, position);
        put.setString(2, edit.id());
        put.setBytes(3, packed.write(edit));
        put.executeUpdate();
      }
    }
  }
}
