package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.LabelRewrite;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.Catalog.Entry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One change of a dataset: a write transaction. Not thread-safe. */
final class SqliteWriter implements DatasetWriter {
  private final Session session;
  private final Catalog catalog;
  private final Dictionary.Editor dictionary;
  private final PackedWriter packed;
  private final RecentReads recent = new RecentReads();
  private final LabelColumnWriter columns;
  private Entry entry;
  private SnapshotReader reader;
  private RecordWriter recordWriter;
  private String insertSample;
  private List<StoredField> sampleFields;
  private List<StoredField> frameFields;
  private boolean open = true;

  /** The row whose inline values are being set; written when another one's turn comes. */
  private @Nullable InlineRow inlineRow;

  /** The inline values of one sample or frame. */
  private static final class InlineRow {
    final ObjectId sampleId;
    final boolean frames;
    final long key;
    final Map<Long, Object> values;
    boolean changed;

    InlineRow(ObjectId sampleId, boolean frames, long key, Map<Long, Object> values) {
      this.sampleId = sampleId;
      this.frames = frames;
      this.key = key;
      this.values = values;
    }
  }

  /** The row number of the next sample; negative until it is known. */
  private long nextRow = -1;

  private SqliteWriter(
      Session session, Catalog catalog, Entry entry, Dictionary.Editor dictionary) {
    this.session = session;
    this.catalog = catalog;
    this.dictionary = dictionary;
    this.packed = new PackedWriter(dictionary);
    this.columns = new LabelColumnWriter(session, packed, dictionary);
    use(entry);
  }

  /** Makes one change of a dataset. */
  static <T extends @Nullable Object> T write(
      Database database,
      Catalog catalog,
      ObjectId id,
      String name,
      Function<DatasetWriter, T> action) {
    return withDictionary(
        database,
        (session, dictionary) -> {
          Entry entry = catalog.find(session, id, name);
          return new SqliteWriter(session, catalog, entry, dictionary).run(action);
        });
  }

  /** Makes a dataset and its content in one change. */
  static <T extends @Nullable Object> T create(
      Database database, Catalog catalog, DatasetInfo info, Function<DatasetWriter, T> action) {
    return withDictionary(
        database,
        (session, dictionary) -> {
          Entry entry = catalog.create(session, info, new PackedWriter(dictionary));
          return new SqliteWriter(session, catalog, entry, dictionary).run(action);
        });
  }

  private <T extends @Nullable Object> T run(Function<DatasetWriter, T> action) {
    try {
      T result = action.apply(this);
      writeInlineRow();
      columns.flush();
      return result;
    } finally {
      open = false;
    }
  }

  /** What a write transaction does with texts of its own. */
  interface Change<T extends @Nullable Object> {
    T apply(Session session, Dictionary.Editor dictionary);
  }

  /** Runs a write transaction and then makes its new texts known. */
  static <T extends @Nullable Object> T withDictionary(Database database, Change<T> change) {
    Dictionary.Editor[] editor = new Dictionary.Editor[1];
    T result =
        database.write(
            session -> {
              editor[0] = database.dictionary().edit(session);
              return change.apply(session, editor[0]);
            });
    editor[0].publish();
    return result;
  }

  private void use(Entry changed) {
    entry = changed;
    reader = new SnapshotReader(session, entry, dictionary, recent);
    recordWriter = new RecordWriter(session, packed, entry);
    insertSample =
        "INSERT OR IGNORE INTO "
            + entry.samples()
            + " (row, id, path, meta, fields) VALUES (?, ?, ?, ?, ?)";
    sampleFields = entry.declared(false);
    frameFields = entry.declared(true);
  }

  private List<StoredField> declared(boolean frames) {
    return frames ? frameFields : sampleFields;
  }

  /** The reader, which sees everything that was written so far. */
  private SnapshotReader reader() {
    requireOpen();
    writeInlineRow();
    return reader;
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the change is over");
    }
  }

  private Records records() {
    return new Records(reader(), entry);
  }

  @Override
  public void putInfo(DatasetInfo info) {
    reader();
    use(catalog.replace(session, entry, info.withName(entry.info().name()), packed));
  }

  @Override
  public void insert(Sample sample) {
    reader();
    requireDeclared(sample.fields(), false);
    if (nextRow < 0) {
      nextRow = session.number("SELECT max(row) FROM " + entry.samples(), 0) + 1;
    }
    long added =
        session.update(
            insertSample,
            nextRow,
            sample.id(),
            sample.filepath(),
            meta(sample),
            inline(inlineOf(sample.fields(), false)));
    if (added == 0) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "dataset " + entry.info().name() + " has a sample " + sample.id() + " already");
    }
    putBeside(nextRow++, sample.id(), sample.fields(), false);
  }

  private byte[] meta(Sample sample) {
    packed.start(null);
    packed.names(sample.tags());
    packed.sized(sample.metadata());
    packed.sized(sample.system());
    return packed.finish();
  }

  private void requireDeclared(Map<String, Object> fields, boolean frames) {
    for (String name : fields.keySet()) {
      entry.field(frames ? DatasetInfo.FRAMES + name : name);
    }
  }

  private Map<Long, Object> inlineOf(Map<String, Object> fields, boolean frames) {
    Map<Long, Object> values = new LinkedHashMap<>();
    for (StoredField field : declared(frames)) {
      Object value = fields.get(field.name());
      if (!field.beside() && value != null) {
        values.put(field.number(), value);
      }
    }
    return values;
  }

  private byte @Nullable [] inline(Map<Long, Object> values) {
    if (values.isEmpty()) {
      return null;
    }
    packed.start(null);
    packed.unsigned(values.size());
    values.forEach(
        (number, value) -> {
          packed.unsigned(number);
          packed.value(value);
        });
    return packed.finish();
  }

  private void putBeside(long key, ObjectId sampleId, Map<String, Object> fields, boolean frames) {
    for (StoredField field : declared(frames)) {
      Object value = fields.get(field.name());
      if (field.beside() && value != null) {
        recent.forget(field, key);
        putBeside(field, key, sampleId, value, new FieldParts(session, field));
      }
    }
  }

  private void putBeside(
      StoredField field, long key, ObjectId sampleId, Object value, FieldParts parts) {
    columns.put(field, key, sampleId, value);
    byte[] doc = packed.write(value, parts);
    parts.deleteUnused();
    session.update(
        field.upsert(), key, value instanceof LabelList<?> list ? list.labels().size() : 1, doc);
  }

  @Override
  public void insertFrame(Frame frame) {
    reader();
    requireDeclared(frame.fields(), true);
    if (frame.number() < 1) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "frame number " + frame.number() + " of sample " + frame.sampleId(),
          "Frames count from 1.");
    }
    long key = SnapshotReader.frameKey(rowOf(frame.sampleId()), frame.number());
    deleteFrames(key, key);
    putFrameRow(key, frame.id(), frame.system(), inlineOf(frame.fields(), true));
    putBeside(key, frame.sampleId(), frame.fields(), true);
  }

  private void putFrameRow(long key, ObjectId id, Document system, Map<Long, Object> values) {
    session.update(
        "INSERT INTO " + entry.frames() + " (key, id, meta, fields) VALUES (?, ?, ?, ?)",
        key,
        id,
        packed.write(system, null),
        inline(values));
  }

  private long rowOf(ObjectId sampleId) {
    requireOpen();
    long known = recent.samples().row(sampleId);
    if (known >= 0) {
      return known;
    }
    long row = reader.row(sampleId);
    if (row < 0) {
      throw new PostilException(
          ErrorCode.UNKNOWN_SAMPLE,
          "dataset " + entry.info().name() + " has no sample " + sampleId);
    }
    recent.samples().put(sampleId, row, null);
    return row;
  }

  @Override
  public void putSample(Sample sample) {
    reader();
    session.update(
        "UPDATE " + entry.samples() + " SET path = ?, meta = ? WHERE row = ?",
        sample.filepath(),
        meta(sample),
        rowOf(sample.id()));
  }

  @Override
  public void deleteSamples(List<ObjectId> ids) {
    recent.forgetAll();
    recent.samples().forgetAll();
    for (ObjectId id : ids) {
      long row = reader().row(id);
      if (row >= 0) {
        deleteFrames(
            SnapshotReader.frameKey(row, 0), SnapshotReader.frameKey(row, Integer.MAX_VALUE));
        for (StoredField field : entry.fields().values()) {
          if (!field.frames()) {
            deleteBeside(field, row, row);
          }
        }
        session.update("DELETE FROM " + entry.samples() + " WHERE row = ?", row);
      }
    }
  }

  @Override
  public void deleteFrames(ObjectId sampleId, List<Integer> numbers) {
    reader();
    long row = rowOf(sampleId);
    for (int number : numbers) {
      long key = SnapshotReader.frameKey(row, number);
      deleteFrames(key, key);
    }
  }

  private void deleteFrames(long from, long to) {
    recent.forgetAll();
    for (StoredField field : entry.fields().values()) {
      if (field.frames()) {
        deleteBeside(field, from, to);
      }
    }
    session.update("DELETE FROM " + entry.frames() + " WHERE key BETWEEN ? AND ?", from, to);
  }

  private void deleteBeside(StoredField field, long from, long to) {
    if (!field.beside()) {
      return;
    }
    columns.remove(field, from, to);
    FieldParts parts = new FieldParts(session, field);
    String range = " FROM " + field.table() + " WHERE key BETWEEN ? AND ?";
    try (Rows rows = session.query("SELECT doc" + range, from, to)) {
      while (rows.next()) {
        byte[] doc = rows.bytes(0);
        if (PackedReader.hasParts(doc)) {
          Decoding.value(dictionary, doc, parts, "field " + field.name());
        }
      }
    }
    parts.deleteUnused();
    session.update("DELETE" + range, from, to);
  }

  @Override
  public void set(
      ObjectId sampleId,
      int frameNumber,
      String field,
      @Nullable Object before,
      @Nullable Object after) {
    String name = frameNumber > 0 ? DatasetInfo.FRAMES + field : field;
    StoredField stored = entry.field(name);
    long row = rowOf(sampleId);
    long key = frameNumber > 0 ? SnapshotReader.frameKey(row, frameNumber) : row;
    if (!stored.beside()) {
      setInline(stored, key, sampleId, frameNumber, before, after);
      return;
    }
    FieldParts parts = new FieldParts(session, stored);
    if (!recent.holds(stored, key, before)
        && !Values.same(reader.value(stored, key, parts), before)) {
      throw changedInBetween(field, sampleId, frameNumber);
    }
    recent.forget(stored, key);
    if (frameNumber > 0 && after != null) {
      requireFrame(key);
    }
    if (after != null) {
      putBeside(stored, key, sampleId, after, parts);
    } else {
      parts.deleteUnused();
      columns.remove(stored, key, key);
      session.update("DELETE FROM " + stored.table() + " WHERE key = ?", key);
    }
  }

  private static PostilException changedInBetween(String field, ObjectId sampleId, int frame) {
    return new PostilException(
        ErrorCode.STALE_REVISION,
        "somebody else changed field "
            + field
            + (frame > 0 ? " of frame " + frame : "")
            + " of sample "
            + sampleId
            + " in between",
        "Read it again and repeat the change.");
  }

  private void requireFrame(long key) {
    if (session.number("SELECT 1 FROM " + entry.frames() + " WHERE key = ?", 0, key) == 0) {
      putFrameRow(key, ObjectId.create(), Document.empty(), Map.of());
    }
  }

  private void setInline(
      StoredField field,
      long key,
      ObjectId sampleId,
      int frame,
      @Nullable Object before,
      @Nullable Object after) {
    InlineRow row = inlineRow(field, key, sampleId);
    if (!Values.same(row.values.get(field.number()), before)) {
      throw changedInBetween(field.name(), sampleId, frame);
    }
    if (frame > 0 && after != null) {
      requireFrame(key);
    }
    if (after == null) {
      row.values.remove(field.number());
    } else {
      row.values.put(field.number(), after);
    }
    row.changed = true;
  }

  private InlineRow inlineRow(StoredField field, long key, ObjectId sampleId) {
    InlineRow row = inlineRow;
    if (row == null || row.frames != field.frames() || row.key != key) {
      writeInlineRow();
      byte[] stored = field.frames() ? null : recent.samples().inline(sampleId);
      if (stored == null) {
        stored = storedInline(field.frames(), key);
      }
      Map<Long, Object> values = reader.inline(stored, sampleId, field.frames() ? (int) key : 0);
      row = new InlineRow(sampleId, field.frames(), key, values);
      inlineRow = row;
    }
    return row;
  }

  private byte @Nullable [] storedInline(boolean frames, long key) {
    try (Rows rows = session.query("SELECT fields FROM " + rowTable(frames) + " = ?", key)) {
      return rows.next() ? rows.bytesOrNull(0) : null;
    }
  }

  private void writeInlineRow() {
    InlineRow row = inlineRow;
    inlineRow = null;
    if (row != null && row.changed) {
      recent.samples().forgetInline(row.sampleId);
      String sql =
          row.frames
              ? "UPDATE " + entry.frames() + " SET fields = ? WHERE key = ?"
              : "UPDATE " + entry.samples() + " SET fields = ? WHERE row = ?";
      session.update(sql, inline(row.values), row.key);
    }
  }

  private String rowTable(boolean frames) {
    return frames ? entry.frames() + " WHERE key" : entry.samples() + " WHERE row";
  }

  @Override
  public void deleteField(String name) {
    reader();
    columns.flush();
    Catalog.drop(session, entry.field(name));
    use(catalog.replace(session, without(name), entry.info().withoutField(name), packed));
  }

  @Override
  public void deleteAttributes(String field, List<String> names) {
    reader();
    entry.field(field);
    LabelRewrite.attributes(
        this,
        List.of(field),
        attributes -> {
          Document.Builder kept = attributes.toBuilder();
          names.forEach(kept::remove);
          return kept.build();
        });
  }

  /** The entry without a field's place, so that one of the same name gets a new place. */
  private Entry without(String name) {
    Map<String, StoredField> fields = new LinkedHashMap<>(entry.fields());
    fields.remove(name);
    return new Entry(entry.number(), entry.revision(), entry.info(), fields);
  }

  @Override
  public void renameField(String name, String newName) {
    reader();
    StoredField field = entry.field(name);
    if (name.startsWith(DatasetInfo.FRAMES) != newName.startsWith(DatasetInfo.FRAMES)) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "field " + name + " cannot become " + newName,
          "Both names must begin with " + DatasetInfo.FRAMES + " or neither.");
    }
    if (entry.fields().containsKey(newName)) {
      throw new PostilException(
          ErrorCode.FIELD_EXISTS,
          "dataset " + entry.info().name() + " has a field " + newName + " already",
          "Choose another name, or delete that field first.");
    }
    String plain = field.frames() ? newName.substring(DatasetInfo.FRAMES.length()) : newName;
    session.update("UPDATE field SET name = ? WHERE number = ?", plain, field.number());
    use(catalog.replace(session, renamed(name, newName), renamedInfo(field, plain), packed));
  }

  private Entry renamed(String name, String newName) {
    Map<String, StoredField> fields = new LinkedHashMap<>(entry.fields());
    StoredField field = fields.remove(name);
    if (field != null) {
      fields.put(newName, field);
    }
    return new Entry(entry.number(), entry.revision(), entry.info(), fields);
  }

  private DatasetInfo renamedInfo(StoredField field, String newName) {
    DatasetInfo info = entry.info();
    List<FieldSpec> specs =
        (field.frames() ? info.frameFields() : info.sampleFields())
            .stream()
                .map(spec -> spec.name().equals(field.name()) ? spec.withName(newName) : spec)
                .toList();
    return field.frames() ? info.withFrameFields(specs) : info.withSampleFields(specs);
  }

  @Override
  public void putRun(RunRecord run) {
    recordWriter().putRun(run);
  }

  @Override
  public void deleteRun(ObjectId id) {
    recordWriter().deleteRun(id);
  }

  @Override
  public void putSide(ObjectId owner, SideRecord record) {
    recordWriter().putSide(owner, record);
  }

  @Override
  public void deleteSide(ObjectId owner) {
    recordWriter().deleteSide(owner);
  }

  @Override
  public void appendHistory(Document historyEntry) {
    recordWriter().appendHistory(historyEntry);
  }

  @Override
  public void putSavedView(SavedView view) {
    recordWriter().putSavedView(view);
  }

  @Override
  public void deleteSavedView(ObjectId id) {
    recordWriter().deleteSavedView(id);
  }

  private RecordWriter recordWriter() {
    reader();
    return recordWriter;
  }

  @Override
  public DatasetInfo info() {
    return reader().info();
  }

  @Override
  public SampleCursor read(ViewDefinition view, Projection fields) {
    return Views.read(reader(), view, fields, () -> {});
  }

  @Override
  public long count(ViewDefinition view) {
    return Views.count(reader(), view);
  }

  @Override
  public List<@Nullable Object> aggregate(ViewDefinition view, List<Aggregation> aggregations) {
    return Views.aggregate(reader(), view, aggregations);
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
    return reader().samples(ids, fields);
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return reader().frames(sampleId, first, last, fields, () -> {});
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DatasetWriter, T> action) {
    reader();
    return action.apply(this);
  }

  @Override
  public List<RunRecord> runs(String type) {
    return records().runs(type);
  }

  @Override
  public Optional<RunRecord> run(String type, String key) {
    return records().run(type, key);
  }

  @Override
  public List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds) {
    return records().side(owner, sampleIds);
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner, ObjectId sampleId, int first, int last) {
    return records().side(owner, sampleId, first, last, () -> {});
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner) {
    return records().side(owner, () -> {});
  }

  @Override
  public List<Document> history() {
    return records().history();
  }

  @Override
  public List<SavedView> savedViews() {
    return records().savedViews();
  }
}
