package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.store.Projection;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/** Writes samples, frames, their values and fields. Not thread-safe. */
abstract class SampleWriter extends ChangeWriter {
  private static final int IDS = 1_000;

  private final Map<ObjectId, Integer> highestFrames = new HashMap<>();
  private final PlacedEdits.Paths paths = new PlacedEdits.Paths();

  SampleWriter(Connection connection, Change change, ObjectId changeId, Document document) {
    super(connection, change, changeId, document);
  }

  // --- samples ----------------------------------------------------------------------------------

  private void requireDeclared(Map<String, Object> fields, boolean frames) {
    for (String name : fields.keySet()) {
      field(frames ? DatasetInfo.FRAMES + name : name);
    }
  }

  /** A declared field. */
  final FieldSpec field(String name) {
    DatasetInfo info = reader().info();
    return info.field(name)
        .orElseThrow(
            () ->
                new PostilException(
                    ErrorCode.UNKNOWN_FIELD,
                    "dataset " + info.name() + " has no field " + name,
                    Nearest.hint(name, info.fieldNames())));
  }

  @Override
  public void insert(Sample sample) {
    requireDeclared(sample.fields(), false);
    Document document = documents.toDocument(sample, mediaType(sample), now);
    add(Op.insert(reader.sampleCollection(), BsonValues.raw(document)));
  }

  private @Nullable MediaType mediaType(Sample sample) {
    DatasetInfo info = reader.info();
    if (info.group() == null) {
      return info.mediaType();
    }
    return sample.fields().get(info.group().field()) instanceof Document group
        ? info.group().slices().get(group.getString("name", ""))
        : null;
  }

  @Override
  public void insertFrame(Frame frame) {
    requireDeclared(frame.fields(), true);
    if (frame.number() < 1) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "frame number " + frame.number() + " of sample " + frame.sampleId(),
          "Frames count from 1.");
    }
    if (!DatasetDocuments.hasFrames(reader.info())) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "dataset " + reader.info().name() + " has no videos, so its samples have no frames");
    }
    int highest = highestFrames.getOrDefault(frame.sampleId(), 0);
    highestFrames.put(frame.sampleId(), Math.max(highest, frame.number()));
    if (!change.isCreation() || frame.number() <= highest) {
      removeFrames(frame.sampleId(), List.of(frame.number()));
    }
    add(Op.insert(reader.frameCollection(), BsonValues.raw(documents.toDocument(frame, now))));
  }

  private PostilException noSample(ObjectId id) {
    return new PostilException(
        ErrorCode.UNKNOWN_SAMPLE, "dataset " + reader.info().name() + " has no sample " + id);
  }

  static BsonDocument id(ObjectId id) {
    return BsonValues.toBson(Document.of("_id", id));
  }

  private static BsonDocument frameKey(ObjectId sampleId, int number) {
    return BsonValues.toBson(Document.of("_sample_id", sampleId, "frame_number", number));
  }

  @Override
  public void putSample(Sample sample) {
    Sample stored =
        reader().samples(List.of(sample.id()), Projection.of()).stream()
            .findFirst()
            .orElseThrow(() -> noSample(sample.id()));
    Document before = known(stored);
    Document after = known(sample);
    Document.Builder set = Document.builder();
    Document.Builder unset = Document.builder();
    after.forEach(
        (name, value) -> {
          if (!before.contains(name) || !Objects.equals(before.get(name), value)) {
            set.put(name, value);
          }
        });
    before.forEach(
        (name, value) -> {
          if (!after.contains(name) && !STAMPS.contains(name)) {
            unset.put(name, true);
          }
        });
    update(sample.id(), set.build(), unset.build(), before);
    tags(sample.id(), stored.tags(), sample.tags());
  }

  private static final Set<String> STAMPS =
      Set.of("_media_type", "_rand", "created_at", "last_modified_at");

  private static Document known(Sample sample) {
    return Document.of("filepath", sample.filepath()).toBuilder()
        .putIfPresent("metadata", sample.metadata())
        .build()
        .withAll(sample.system().without("last_modified_at"));
  }

  private void update(ObjectId id, Document set, Document unset, Document before) {
    if (set.isEmpty() && unset.isEmpty()) {
      return;
    }
    Document.Builder back = Document.builder();
    Document.Builder drop = Document.builder();
    set.names()
        .forEach(
            name -> {
              if (before.contains(name)) {
                back.put(name, before.get(name));
              } else {
                drop.put(name, true);
              }
            });
    unset.names().forEach(name -> back.put(name, before.get(name)));
    Op undo =
        Op.update(
            reader.sampleCollection(),
            id(id),
            update(back.build(), drop.build()),
            List.of(),
            Op.LAST,
            null);
    add(
        Op.update(
            reader.sampleCollection(),
            id(id),
            update(set, unset),
            List.of(),
            new Op.Undo.By(undo),
            () -> noSample(id)));
  }

  private static BsonDocument update(Document set, Document unset) {
    return BsonValues.toBson(
        FieldUpdate.operators(set.without(FieldUpdate.MODIFIED), unset.names())
            .with("$currentDate", Document.of(FieldUpdate.MODIFIED, true)));
  }

  /** Adds and removes tags one by one: another program may do so at the same time. */
  private void tags(ObjectId id, List<String> before, List<String> after) {
    List<String> added = after.stream().filter(tag -> !before.contains(tag)).distinct().toList();
    List<String> removed = before.stream().filter(tag -> !after.contains(tag)).distinct().toList();
    if (!removed.isEmpty()) {
      tagOp(id, "$pullAll", Values.list(removed), "$addToSet", each(removed));
    }
    if (!added.isEmpty()) {
      tagOp(id, "$addToSet", each(added), "$pullAll", Values.list(added));
    }
  }

  private static Document each(List<String> tags) {
    return Document.of("$each", Values.list(tags));
  }

  private void tagOp(ObjectId id, String operator, Object value, String back, Object backValue) {
    Op undo =
        Op.update(
            reader.sampleCollection(),
            id(id),
            BsonValues.toBson(Document.of(back, Document.of("tags", backValue))),
            List.of(),
            Op.LAST,
            null);
    BsonDocument update = BsonValues.toBson(Document.of(operator, Document.of("tags", value)));
    update.append("$currentDate", new BsonDocument(FieldUpdate.MODIFIED, BsonBoolean.TRUE));
    add(
        Op.update(
            reader.sampleCollection(),
            id(id),
            update,
            List.of(),
            new Op.Undo.By(undo),
            () -> noSample(id)));
  }

  @Override
  public void deleteSamples(List<ObjectId> ids) {
    DatasetReader current = reader();
    if (ids.size() > MANY) {
      flush();
      change.expectLarge();
    }
    // In a journaled change they go at its end; until then it must not see them.
    current.samples(ids, Projection.of()).forEach(s -> deletedSamples.add(s.id()));
    boolean frames = DatasetDocuments.hasFrames(current.info());
    for (int from = 0; from < ids.size(); from += IDS) {
      List<ObjectId> part = ids.subList(from, Math.min(ids.size(), from + IDS));
      Document in = Document.of("$in", Values.list(part));
      if (frames) {
        add(
            Op.deleteMany(
                current.frameCollection(), BsonValues.toBson(Document.of("_sample_id", in))));
      }
      add(Op.deleteMany(current.sampleCollection(), BsonValues.toBson(Document.of("_id", in))));
    }
    updateDataset(Document.of("last_deletion_at", now), List.of());
  }

  @Override
  public void deleteFrames(ObjectId sampleId, List<Integer> numbers) {
    if (reader().samples(List.of(sampleId), Projection.of()).isEmpty()) {
      throw noSample(sampleId);
    }
    removeFrames(sampleId, numbers);
  }

  private void removeFrames(ObjectId sampleId, List<Integer> numbers) {
    for (int number : numbers) {
      BsonDocument key = frameKey(sampleId, number);
      add(Op.delete(reader.frameCollection(), key, Op.RESTORE));
    }
  }

  // --- values -----------------------------------------------------------------------------------

  @Override
  public void set(
      ObjectId sampleId,
      int frameNumber,
      String field,
      @Nullable Object before,
      @Nullable Object after) {
    boolean ofFrame = frameNumber > 0;
    field(ofFrame ? DatasetInfo.FRAMES + field : field);
    List<FieldUpdate> updates = FieldChange.updates(field, before, after);
    if (updates.isEmpty()) {
      return;
    }
    write(
        sampleId,
        frameNumber,
        field,
        before,
        updates,
        FieldChange.back(updates, field, before, after));
  }

  @Override
  public void addAttributes(
      ObjectId sampleId,
      int frameNumber,
      String field,
      LabelList<?> before,
      Map<ObjectId, Document> attributes) {
    boolean ofFrame = frameNumber > 0;
    field(ofFrame ? DatasetInfo.FRAMES + field : field);
    List<LabelEdit> edits = LabelEdit.additions(before, attributes);
    if (edits == null) {
      super.addAttributes(sampleId, frameNumber, field, before, attributes);
    } else if (!edits.isEmpty()) {
      String list = field + "." + before.listName();
      MergedEdits merged = MergedEdits.of(list, edits);
      write(
          sampleId,
          frameNumber,
          field,
          before,
          List.of(FieldUpdate.edits(merged, list, edits)),
          merged);
    }
  }

  /** Adds the updates that change one field. */
  private void write(
      ObjectId sampleId,
      int frameNumber,
      String field,
      @Nullable Object before,
      List<FieldUpdate> wanted,
      FieldChange.Back wayBack) {
    boolean ofFrame = frameNumber > 0;
    String collection = ofFrame ? reader.frameCollection() : reader.sampleCollection();
    Document key =
        ofFrame
            ? Document.of("_sample_id", sampleId, "frame_number", frameNumber)
            : Document.of("_id", sampleId);
    if (ofFrame && before == null) {
      requireFrame(collection, sampleId, frameNumber);
    }
    boolean mayKnow = !ofFrame && change.isTransaction();
    int readIn = mayKnow ? reads.take(sampleId, field, before) : Reads.NEVER;
    List<FieldUpdate> updates = wanted;
    FieldChange.Back back = wayBack;
    if (readIn != Reads.NEVER && back instanceof ListBack list) {
      updates = list.withConditionsFromHere(updates);
    }
    for (FieldUpdate update : updates) {
      if (waiting == null || !waiting.canTake(collection, key, update)) {
        flush();
        Supplier<PostilException> stale = () -> changedMeanwhile(sampleId, frameNumber, field);
        waiting = new SampleUpdate(sampleId, collection, key, readIn, stale, paths);
      }
      waiting.add(update, back, readIn);
      back = null;
    }
  }

  private PostilException changedMeanwhile(ObjectId sampleId, int frameNumber, String field) {
    Reading now = new Reading(connection, null);
    Document sample = connection.run(() -> now.byId(reader.sampleCollection(), sampleId));
    if (sample == null) {
      return isDeleted() ? MongoDataset.deleted(reader.info().name()) : noSample(sampleId);
    }
    Document stored =
        frameNumber == 0
            ? sample
            : connection.run(
                () -> now.first(reader.frameCollection(), frameKey(sampleId, frameNumber)));
    PostilException fault = stored == null ? null : fault(stored, frameNumber > 0);
    if (fault != null) {
      return fault;
    }
    return new PostilException(
        ErrorCode.STALE_REVISION,
        "somebody else changed field "
            + field
            + (frameNumber > 0 ? " of frame " + frameNumber : "")
            + " of sample "
            + sampleId
            + " in between",
        "Read it again and repeat the change.");
  }

  private @Nullable PostilException fault(Document stored, boolean ofFrame) {
    return ofFrame
        ? SchemaFaults.of(reader.frameCollection(), stored, reader.info().frameFields())
        : SchemaFaults.of(reader.sampleCollection(), stored, reader.info().sampleFields());
  }

  /** Makes a frame without content if there is none. */
  private void requireFrame(String collection, ObjectId sampleId, int frameNumber) {
    ObjectId id = ObjectId.create();
    Document frame =
        Document.builder()
            .put("_id", id)
            .put("_dataset_id", reader.info().id())
            .put("created_at", now)
            .put("last_modified_at", now)
            .build();
    Op undo = Op.delete(collection, id(id), Op.LAST);
    add(
        new Op(
            collection,
            Op.Kind.UPDATE,
            frameKey(sampleId, frameNumber),
            BsonValues.toBson(Document.of("$setOnInsert", frame)),
            List.of(),
            true,
            new Op.Undo.By(undo),
            () -> changedMeanwhile(sampleId, frameNumber, "frame_number"),
            null));
  }
}
