package io.postil.backends.labelstudio;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results of the annotations of a task that is a video, read while they arrive: rows without
 * their key frames, which go into a spool. Close it. Not thread-safe.
 */
final class VideoResults implements AutoCloseable {
  /** More frames than this are not filled in, whatever an answer claims. */
  static final int MOST = 1_000_000;

  private static final String SEQUENCE = "sequence";

  /**
   * A row.
   *
   * @param region the row without key frames
   * @param group their group in the spool; -1 if it has none
   * @param isOrdered whether they are by ascending frame, one a frame
   */
  record Row(Region region, int group, boolean isOrdered) {}

  private final List<List<Row>> results = new ArrayList<>();
  private KeySpool spool = new KeySpool();

  /**
   * Reads a result, of which the parser has read the first token.
   *
   * @return its number, by which {@link #rows} knows it
   */
  Integer read(JsonParser json) throws IOException {
    List<Row> rows = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
          Row row = new Reader(json).read();
          if (row != null) {
            rows.add(row);
          }
        } else {
          json.skipChildren();
        }
      }
    } else {
      json.skipChildren();
    }
    results.add(rows);
    return results.size() - 1;
  }

  /** Reads one row. */
  private final class Reader {
    private final JsonParser json;
    private int group = -1;
    private int last;
    private boolean isOrdered = true;

    Reader(JsonParser json) {
      this.json = json;
    }

    @Nullable Row read() throws IOException {
      Document.Builder row = Document.builder();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean isObject = json.nextToken() == JsonToken.START_OBJECT;
        row.put(name, isObject && name.equals("value") ? value() : Json.readValue(json));
      }
      Region region = Region.read(row.build());
      return region == null ? null : new Row(region, group, isOrdered);
    }

    private Document value() throws IOException {
      Document.Builder value = Document.builder();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals(SEQUENCE) && json.currentToken() == JsonToken.START_ARRAY) {
          sequence();
        } else {
          value.put(name, Json.readValue(json));
        }
      }
      return value.build();
    }

    private void sequence() throws IOException {
      group = group < 0 ? spool.newGroup() : group;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (Json.readValue(json) instanceof Document entry) {
          int frame = (int) Math.min(Integer.MAX_VALUE, entry.getLong("frame", 0));
          if (frame > 0) {
            isOrdered &= frame > last;
            last = frame;
            spool.add(group, new KeyFrame(frame, entry.getBoolean("enabled", true), entry));
          }
        }
      }
    }
  }

  /** The rows of a result; none for what {@link #read} did not give. */
  List<Row> rows(@Nullable Object result) {
    return result instanceof Integer number && number >= 0 && number < results.size()
        ? results.get(number)
        : List.of();
  }

  KeySpool spool() {
    return spool;
  }

  /** The group of a row's key frames by ascending frame; of two on one frame the later counts. */
  int ordered(Row row) {
    if (row.isOrdered()) {
      return row.group();
    }
    Map<Integer, KeyFrame> byFrame = new TreeMap<>();
    Iterator<KeyFrame> keys = spool.of(row.group());
    keys.forEachRemaining(key -> byFrame.put(key.frame(), key));
    int group = spool.newGroup();
    byFrame.values().forEach(key -> spool.add(group, key));
    return group;
  }

  /** Forgets the results so far. */
  void clear() {
    results.clear();
    spool.close();
    spool = new KeySpool();
  }

  @Override
  public void close() {
    spool.close();
  }
}
