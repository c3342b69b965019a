package io.postil.backends.labelstudio;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.postil.backends.spool.RecordSpool;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results of the annotations of a task that is a video, read while they arrive: rows without
 * their key frames, which go into a spool. Boxes that were sent as rows of their own are spooled
 * whole, by their frames. Close it. Not thread-safe.
 */
final class VideoResults implements AutoCloseable {
  /** More frames than this are not filled in, whatever an answer claims. */
  static final int MOST = 1_000_000;

  /** Boxes of no track are held for so many frames at once. */
  static final int WINDOW = 64;

  private static final String SEQUENCE = "sequence";

  /**
   * A row.
   *
   * @param place its place in the result
   * @param region the row without key frames
   * @param group their group in the spool; -1 if it has none there
   * @param isOrdered whether they are by ascending frame, one a frame
   * @param only the only key frame, after which nothing is seen; else null
   */
  record Row(int place, Region region, int group, boolean isOrdered, @Nullable KeyFrame only) {}

  /** One result. */
  final class Result {
    private final List<Row> rows = new ArrayList<>();
    private final Map<Integer, Integer> windows = new HashMap<>();
    private int last;

    /** The rows that are held. */
    List<Row> rows() {
      return rows;
    }

    /** The last frame with boxes of no track. */
    int last() {
      return last;
    }

    /** The rows of boxes of no track in a window of {@link #WINDOW} frames, by their place. */
    Iterator<Row> singles(int window) {
      Integer group = windows.get(window);
      return group == null ? Collections.emptyIterator() : singles.of(group);
    }

    private void add(int frame, Row row) {
      last = Math.max(last, frame);
      singles.add(windows.computeIfAbsent(frame / WINDOW, w -> singles.newGroup()), row);
    }
  }

  private final List<Result> results = new ArrayList<>();
  private final Result none = new Result();
  private RecordSpool<KeyFrame> spool = new RecordSpool<>(KeyFrameCodec.INSTANCE);
  private RecordSpool<Row> singles = new RecordSpool<>(RowCodec.INSTANCE);

  /**
   * Reads a result, of which the parser has read the first token.
   *
   * @return its number, by which {@link #result} knows it
   */
  Integer read(JsonParser json) throws IOException {
    Result result = new Result();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      Row single = null;
      for (int place = 0; json.nextToken() != JsonToken.END_ARRAY; place++) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
          json.skipChildren();
          continue;
        }
        Row row = new Reader(json).read(place);
        if (row == null) {
          continue;
        }
        KeyFrame only = row.only();
        if (only != null) {
          single = row;
          result.add(only.frame(), row);
        } else if (single != null
            && single.only() != null
            && row.group() < 0
            && row.region().id().equals(single.region().id())) {
          // What the box has besides, such as an attribute.
          result.add(single.only().frame(), row);
        } else {
          single = null;
          result.rows.add(row);
        }
      }
    } else {
      json.skipChildren();
    }
    results.add(result);
    return results.size() - 1;
  }

  /** Reads one row. */
  private final class Reader {
    private final JsonParser json;
    private int group = -1;
    private int last;
    private int count;
    private @Nullable KeyFrame first;
    private boolean isOrdered = true;

    Reader(JsonParser json) {
      this.json = json;
    }

    @Nullable Row read(int place) throws IOException {
      Document.Builder row = Document.builder();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean isObject = json.nextToken() == JsonToken.START_OBJECT;
        row.put(name, isObject && name.equals("value") ? value() : Json.readValue(json));
      }
      Region region = Region.read(row.build());
      if (region == null) {
        return null;
      }
      KeyFrame key = first;
      if (key != null && count == 1) {
        if (!key.enabled() && key.frame() <= MOST && region.isOurs()) {
          return new Row(place, region, -1, true, key);
        }
        group = spool.newGroup();
        spool.add(group, key);
      }
      return new Row(place, region, group, isOrdered, null);
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
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (Json.readValue(json) instanceof Document entry) {
          int frame = (int) Math.min(Integer.MAX_VALUE, entry.getLong("frame", 0));
          if (frame > 0) {
            isOrdered &= frame > last;
            last = frame;
            add(new KeyFrame(frame, entry.getBoolean("enabled", true), entry));
          }
        }
      }
    }

    private void add(KeyFrame key) {
      // The group is made for the second one: most boxes of no track need none.
      if (count++ == 0) {
        first = key;
        return;
      }
      if (count == 2) {
        group = spool.newGroup();
        spool.add(group, Objects.requireNonNull(first));
      }
      spool.add(group, key);
    }
  }

  /** A result; an empty one for what {@link #read} did not give. */
  Result result(@Nullable Object result) {
    return result instanceof Integer number && number >= 0 && number < results.size()
        ? results.get(number)
        : none;
  }

  RecordSpool<KeyFrame> spool() {
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
    close();
    spool = new RecordSpool<>(KeyFrameCodec.INSTANCE);
    singles = new RecordSpool<>(RowCodec.INSTANCE);
  }

  @Override
  public void close() {
    spool.close();
    singles.close();
  }
}
