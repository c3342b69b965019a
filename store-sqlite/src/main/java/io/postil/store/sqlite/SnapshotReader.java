package io.postil.store.sqlite;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.TextTable;
import io.postil.core.query.LabelColumns;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.store.sqlite.Catalog.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples and frames of a dataset as one session sees them. A frame's key is its sample's
 * row number and its own number; the tables of the projected fields are read in step with the table
 * of samples or frames, so that a pass over the dataset holds one sample at a time.
 */
final class SnapshotReader {
  private final Session session;
  private final Entry entry;
  private final TextTable texts;
  private final PackedReader packed;
  private final @Nullable RecentReads recent;

  SnapshotReader(Session session, Entry entry, TextTable texts) {
    this(session, entry, texts, null);
  }

  /** A reader that notes what it read. */
  SnapshotReader(Session session, Entry entry, TextTable texts, @Nullable RecentReads recent) {
    this.recent = recent;
    this.session = session;
    this.entry = entry;
    this.texts = texts;
    this.packed = new PackedReader(texts);
  }

  DatasetInfo info() {
    return entry.info();
  }

  Session session() {
    return session;
  }

  TextTable texts() {
    return texts;
  }

  static long frameKey(long row, int number) {
    return row << 32 | number & 0xFFFF_FFFFL;
  }

  long count() {
    return session.number("SELECT count(*) FROM " + entry.samples(), 0);
  }

  /** Row number of a sample, or -1. */
  long row(ObjectId id) {
    return session.number("SELECT row FROM " + entry.samples() + " WHERE id = ?", -1, id);
  }

  /** All samples in the order of insertion. */
  SampleCursor scan(Projection projection, Runnable onClose) {
    long last = session.number("SELECT max(row) FROM " + entry.samples(), -1);
    Rows rows =
        session.query(
            "SELECT row, id, path, meta, fields FROM "
                + entry.samples()
                + " WHERE row <= ? ORDER BY row",
            last);
    return new Scan(rows, fieldRows(false, projection, Long.MIN_VALUE, last), projection, onClose);
  }

  /** Those samples that exist, in the order of the ids. */
  List<Sample> samples(Collection<ObjectId> ids, Projection projection) {
    List<Sample> samples = new ArrayList<>();
    for (ObjectId id : new LinkedHashSet<>(ids)) {
      String sql = "SELECT row, id, path, meta, fields FROM " + entry.samples() + " WHERE id = ?";
      try (Rows rows = session.query(sql, id)) {
        if (rows.next()) {
          long row = rows.integer(0);
          List<FieldRows> fields = fieldRows(false, projection, row, row);
          try {
            samples.add(sample(rows, row, fields, projection.fieldsOnly()));
          } finally {
            fields.forEach(FieldRows::close);
          }
        }
      }
    }
    return samples;
  }

  /** Frames of a sample by ascending number. */
  Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection projection) {
    long row = row(sampleId);
    return row < 0
        ? Cursor.of(List.of())
        : frames(sampleId, row, first, last, projection, () -> {});
  }

  /** As the other, with an action for the end. */
  Cursor<Frame> frames(
      ObjectId sampleId, int first, int last, Projection projection, Runnable onClose) {
    long row = row(sampleId);
    if (row < 0) {
      onClose.run();
      return Cursor.of(List.of());
    }
    return frames(sampleId, row, first, last, projection, onClose);
  }

  private Cursor<Frame> frames(
      ObjectId sampleId, long row, int first, int last, Projection projection, Runnable onClose) {
    long from = frameKey(row, Math.max(first, 0));
    long to = frameKey(row, last);
    Rows rows =
        session.query(
            "SELECT key, id, meta, fields FROM "
                + entry.frames()
                + " WHERE key BETWEEN ? AND ? ORDER BY key",
            from,
            last < first ? from - 1 : to);
    return new FrameScan(sampleId, rows, fieldRows(true, projection, from, to), onClose);
  }

  /**
   * The columns of a field, see {@link LabelBlocks}; null if there are none, or a change is under
   * way, which writes them at its end.
   */
  @Nullable Cursor<LabelColumns> columns(String name, Set<String> properties) {
    StoredField field = entry.fields().get(name);
    String listClass = field == null ? null : field.columnClass();
    if (field == null || listClass == null || recent != null) {
      return null;
    }
    boolean isDeclared =
        entry.info().field(name).filter(f -> listClass.equals(f.documentClass())).isPresent();
    return isDeclared ? new LabelBlocks(session, texts, field).columns(properties) : null;
  }

  /** The stored value of a field beside; reading it tells {@code parts} what it refers to. */
  @Nullable Object value(StoredField field, long key, FieldParts parts) {
    try (Rows rows = session.query("SELECT doc FROM " + field.table() + " WHERE key = ?", key)) {
      return rows.next()
          ? Decoding.value(texts, rows.bytes(0), parts, "field " + field.name())
          : null;
    }
  }

  /**
   * The values that stand within a row, by field number; some may be of deleted fields. It can be
   * changed.
   *
   * @param number that of a frame, or 0
   */
  Map<Long, Object> inline(byte @Nullable [] document, ObjectId sampleId, int number) {
    try {
      return inline(document);
    } catch (PackedReader.Malformed e) {
      throw Decoding.damaged(place(sampleId, number), e);
    }
  }

  private Map<Long, Object> inline(byte @Nullable [] document) throws PackedReader.Malformed {
    Map<Long, Object> values = new LinkedHashMap<>();
    if (document == null || document.length == 0) {
      return values;
    }
    packed.start(document, null);
    for (long n = packed.unsigned(); n > 0; n--) {
      long number = packed.unsigned();
      Object value = packed.value();
      if (value != null) {
        values.put(number, value);
      }
    }
    packed.end();
    return values;
  }

  private List<FieldRows> fieldRows(boolean frames, Projection projection, long from, long to) {
    List<FieldRows> open = new ArrayList<>();
    String prefix = frames ? DatasetInfo.FRAMES : "";
    for (StoredField field : entry.declared(frames)) {
      if (projection.includes(prefix + field.name())) {
        open.add(new FieldRows(field, from, to));
      }
    }
    return open;
  }

  private Map<String, Object> fields(
      List<FieldRows> open, byte @Nullable [] inline, long key, ObjectId sampleId, int number) {
    Map<Long, Object> within = null;
    Map<String, Object> values = new LinkedHashMap<>();
    for (FieldRows rows : open) {
      Object value;
      if (rows.field.beside()) {
        value = rows.at(key, sampleId, number);
      } else {
        if (within == null) {
          within = inline(inline, sampleId, number);
        }
        value = within.get(rows.field.number());
      }
      if (value != null) {
        values.put(rows.field.name(), value);
      }
    }
    return values;
  }

  /** Where something is damaged; the number is that of a frame, or 0. */
  private String place(ObjectId sampleId, int number) {
    return number > 0
        ? "frame " + number + " of sample " + sampleId
        : "sample " + sampleId + " of dataset " + entry.info().name();
  }

  /** The current sample; all but its id and fields are left out if only those are wanted. */
  private Sample sample(Rows rows, long row, List<FieldRows> open, boolean fieldsOnly) {
    ObjectId id = rows.id(1);
    if (fieldsOnly && recent == null) {
      byte[] inline = open.stream().allMatch(f -> f.field.beside()) ? null : rows.bytes(4);
      Map<String, Object> fields = fields(open, inline, row, id, 0);
      return new Sample(id, "", List.of(), null, fields, Document.empty());
    }
    List<String> tags;
    Document metadata;
    Document system;
    try {
      packed.start(rows.bytes(3), null);
      tags = packed.names();
      if (packed.hasSizes()) {
        metadata = packed.sized(id);
        system = packed.sized(id);
      } else {
        metadata = packed.value() instanceof Document d ? d : null;
        system = packed.document();
      }
      packed.end();
    } catch (PackedReader.Malformed e) {
      throw Decoding.damaged(place(id, 0), e);
    }
    byte[] inline = rows.bytes(4);
    if (recent != null) {
      recent.samples().put(id, row, inline);
    }
    Map<String, Object> fields = fields(open, inline, row, id, 0);
    return new Sample(
        id, rows.text(2), tags, metadata, fields, system == null ? Document.empty() : system);
  }

  private Frame frame(ObjectId sampleId, Rows rows, List<FieldRows> open) {
    long key = rows.integer(0);
    int number = (int) key;
    Object system;
    try {
      system = packed.read(rows.bytes(2), null);
    } catch (PackedReader.Malformed e) {
      throw Decoding.damaged(place(sampleId, number), e);
    }
    return new Frame(
        rows.id(1),
        sampleId,
        number,
        fields(open, rows.bytesOrNull(3), key, sampleId, number),
        system instanceof Document d ? d : Document.empty());
  }

  /** The table of one field, read in step with that of its samples or frames. */
  private final class FieldRows implements AutoCloseable {
    private final StoredField field;
    private final @Nullable Rows rows;
    private final FieldParts parts;
    private long key = Long.MIN_VALUE;

    FieldRows(StoredField field, long from, long to) {
      this.field = field;
      this.parts = new FieldParts(session, field);
      this.rows =
          field.beside()
              ? session.query(
                  "SELECT key, doc FROM "
                      + field.table()
                      + " WHERE key BETWEEN ? AND ? ORDER BY key",
                  from,
                  to)
              : null;
    }

    @Nullable Object at(long wanted, ObjectId sampleId, int number) {
      Rows in = Objects.requireNonNull(rows);
      while (key < wanted) {
        key = in.next() ? in.integer(0) : Long.MAX_VALUE;
      }
      if (key != wanted) {
        if (recent != null) {
          recent.put(field, wanted, null, 0);
        }
        return null;
      }
      try {
        byte[] doc = in.bytes(1);
        Object value = packed.read(doc, parts);
        if (recent != null && !PackedReader.hasParts(doc)) {
          recent.put(field, wanted, value, doc.length);
        }
        return value;
      } catch (PackedReader.Malformed e) {
        throw Decoding.damaged("field " + field.name() + " of " + place(sampleId, number), e);
      } finally {
        parts.forget();
      }
    }

    @Override
    public void close() {
      if (rows != null) {
        rows.close();
      }
    }
  }

  /** Steps through rows, one ahead at most. */
  private abstract static class Steps<T> implements Cursor<T> {
    private final Rows rows;
    private final List<FieldRows> fields;
    private final Runnable onClose;
    private @Nullable Boolean ready;
    private boolean closed;

    Steps(Rows rows, List<FieldRows> fields, Runnable onClose) {
      this.rows = rows;
      this.fields = fields;
      this.onClose = onClose;
    }

    abstract T current(Rows rows, List<FieldRows> fields);

    @Override
    public boolean hasNext() {
      if (closed) {
        return false;
      }
      if (ready == null) {
        ready = rows.next();
      }
      return ready;
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ready = null;
      return current(rows, fields);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        try {
          rows.close();
          fields.forEach(FieldRows::close);
        } finally {
          onClose.run();
        }
      }
    }
  }

  private final class FrameScan extends Steps<Frame> {
    private final ObjectId sampleId;

    FrameScan(ObjectId sampleId, Rows rows, List<FieldRows> fields, Runnable onClose) {
      super(rows, fields, onClose);
      this.sampleId = sampleId;
    }

    @Override
    Frame current(Rows rows, List<FieldRows> fields) {
      return frame(sampleId, rows, fields);
    }
  }

  private final class Scan extends Steps<Sample> implements SampleCursor {
    private final Projection projection;
    private @Nullable ObjectId id;
    private long row;

    Scan(Rows rows, List<FieldRows> fields, Projection projection, Runnable onClose) {
      super(rows, fields, onClose);
      this.projection = projection;
    }

    @Override
    Sample current(Rows rows, List<FieldRows> fields) {
      row = rows.integer(0);
      Sample sample = sample(rows, row, fields, projection.fieldsOnly());
      id = sample.id();
      return sample;
    }

    @Override
    public Cursor<Frame> frames() {
      if (id == null) {
        throw new IllegalStateException("no sample was read yet");
      }
      return SnapshotReader.this.frames(id, row, 0, Integer.MAX_VALUE, projection, () -> {});
    }
  }
}
