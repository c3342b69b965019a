package io.postil.store.mongo;

import com.mongodb.client.model.DeleteManyModel;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateManyModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import io.postil.core.PostilException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;

/**
 * One write of a change.
 *
 * @param collection where
 * @param kind what
 * @param filter the document or documents it is about; for {@link Kind#INSERT} their {@code _id}
 * @param body the document, the update, or an array of pipeline stages; null for deletions
 * @param arrayFilters of an update
 * @param upsert whether an update may insert
 * @param undo how it is taken back when the change cannot be one transaction
 * @param stale what is wrong if the filter matches nothing; null if that is right as well
 * @param known why the filter leaves out what must hold of the document, and the update need not
 *     find labels by their ids; null if that is not so
 */
record Op(
    String collection,
    Kind kind,
    BsonDocument filter,
    @Nullable BsonValue body,
    List<BsonDocument> arrayFilters,
    boolean upsert,
    Undo undo,
    @Nullable Supplier<PostilException> stale,
    @Nullable Known known) {
  /**
   * That a transaction read the document itself, so that the server refuses the update as a
   * conflict if somebody changed the document since. In another transaction, or in none, the
   * complete filter is needed, and an update that finds labels by their ids.
   *
   * @param epoch which transaction of the change
   * @param complete makes the complete operation
   */
  record Known(int epoch, Function<Op, Op> complete) {}

  /** What an operation does. */
  enum Kind {
    INSERT,
    UPDATE,
    UPDATE_MANY,
    REPLACE,
    DELETE,
    DELETE_MANY
  }

  /** How an operation is taken back. */
  sealed interface Undo {
    /** The document as it was before, found by the {@code _id} of the filter. */
    record BeforeImage() implements Undo {}

    /**
     * By other operations, each of which does nothing if its condition does not hold.
     *
     * @param ops makes them of the operation
     * @param held how much memory it takes to know them, roughly, in bytes
     */
    record By(Function<Op, List<Op>> ops, long held) implements Undo {
      By(Op op) {
        this(done -> List.of(op), op.size());
      }
    }

    /** By putting back the document that the filter finds. */
    record Restore() implements Undo {}

    /**
     * Not at all: it is done after the change is decided, and done again after a crash. It may be
     * done twice.
     */
    record Last() implements Undo {}
  }

  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  static final Undo BEFORE_IMAGE = new Undo.BeforeImage();
  static final Undo RESTORE = new Undo.Restore();
  static final Undo LAST = new Undo.Last();

  static Op insert(String collection, BsonDocument document) {
    BsonDocument filter = new BsonDocument("_id", document.get("_id"));
    Undo undo = new Undo.By(inserted -> List.of(delete(collection, filter, LAST)), 0);
    return new Op(collection, Kind.INSERT, filter, document, List.of(), false, undo, null, null);
  }

  static Op replace(String collection, BsonDocument document) {
    return new Op(
        collection,
        Kind.REPLACE,
        new BsonDocument("_id", document.get("_id")),
        document,
        List.of(),
        true,
        BEFORE_IMAGE,
        null,
        null);
  }

  static Op update(
      String collection,
      BsonDocument filter,
      BsonValue update,
      List<BsonDocument> arrayFilters,
      Undo undo,
      @Nullable Supplier<PostilException> stale) {
    BsonValue body =
        update instanceof BsonDocument d && !(d instanceof RawBsonDocument)
            ? new RawBsonDocument(d, CODEC)
            : update;
    return new Op(collection, Kind.UPDATE, filter, body, arrayFilters, false, undo, stale, null);
  }

  static Op updateMany(String collection, BsonDocument filter, BsonValue update, Undo undo) {
    return new Op(collection, Kind.UPDATE_MANY, filter, update, List.of(), false, undo, null, null);
  }

  static Op delete(String collection, BsonDocument filter, Undo undo) {
    return new Op(collection, Kind.DELETE, filter, null, List.of(), false, undo, null, null);
  }

  static Op deleteMany(String collection, BsonDocument filter) {
    return new Op(collection, Kind.DELETE_MANY, filter, null, List.of(), false, LAST, null, null);
  }

  /** This operation, to be taken back in another way. */
  Op withUndo(Undo undo) {
    return new Op(collection, kind, filter, body, arrayFilters, upsert, undo, stale, known);
  }

  /** This operation as it can be made in any transaction, or in none. */
  Op complete() {
    return known == null ? this : known.complete().apply(this);
  }

  /** This operation with a complete filter, and a body that means the same. */
  Op with(BsonDocument complete, @Nullable BsonValue same) {
    return new Op(collection, kind, complete, same, arrayFilters, upsert, undo, stale, null);
  }

  /** As it is sent in a transaction of the change: complete, unless that is the one that read. */
  Op in(int epoch) {
    return known != null && known.epoch() != epoch ? complete() : this;
  }

  /** How much memory remembering it takes, roughly. */
  long size() {
    long size = 100 + size(filter) + size(body);
    if (undo instanceof Undo.By by) {
      size += by.held();
    }
    for (BsonDocument arrayFilter : arrayFilters) {
      size += size(arrayFilter);
    }
    return size;
  }

  private static long size(@Nullable BsonValue value) {
    if (value instanceof RawBsonDocument raw) {
      return raw.getByteBuffer().remaining();
    }
    if (value instanceof BsonDocument d) {
      long size = 0;
      for (BsonValue element : d.values()) {
        size += 60 + size(element);
      }
      return size;
    }
    if (value instanceof BsonArray a) {
      long size = 0;
      for (BsonValue element : a) {
        size += 10 + size(element);
      }
      return size;
    }
    if (value instanceof BsonString s) {
      return s.getValue().length();
    }
    return value instanceof BsonBinary b ? b.getData().length : 8;
  }

  private BsonDocument document() {
    return ((BsonValue) Objects.requireNonNull(body)).asDocument();
  }

  WriteModel<BsonDocument> model() {
    UpdateOptions options = new UpdateOptions().upsert(upsert);
    if (!arrayFilters.isEmpty()) {
      options.arrayFilters(arrayFilters);
    }
    return switch (kind) {
      case INSERT -> new InsertOneModel<>(document());
      case UPDATE ->
          body instanceof BsonArray pipeline
              ? new UpdateOneModel<>(filter, stages(pipeline), options)
              : new UpdateOneModel<>(filter, document(), options);
      case UPDATE_MANY ->
          body instanceof BsonArray pipeline
              ? new UpdateManyModel<>(filter, stages(pipeline), options)
              : new UpdateManyModel<>(filter, document(), options);
      case REPLACE ->
          new ReplaceOneModel<>(filter, document(), new ReplaceOptions().upsert(upsert));
      case DELETE -> new DeleteOneModel<>(filter);
      case DELETE_MANY -> new DeleteManyModel<>(filter);
    };
  }

  private static List<BsonDocument> stages(BsonArray pipeline) {
    return pipeline.stream().map(BsonValue::asDocument).toList();
  }

  // --- as it stands in the journal --------------------------------------------------------------

  BsonDocument toDocument() {
    BsonDocument out =
        new BsonDocument("c", new BsonString(collection))
            .append("k", new BsonInt32(kind.ordinal()))
            .append("f", filter);
    if (body != null) {
      out.append("b", body);
    }
    if (!arrayFilters.isEmpty()) {
      out.append("a", new BsonArray(arrayFilters));
    }
    if (upsert) {
      out.append("u", org.bson.BsonBoolean.TRUE);
    }
    return out;
  }

  static Op fromDocument(BsonDocument document) {
    List<BsonDocument> arrayFilters = new ArrayList<>();
    if (document.containsKey("a")) {
      document.getArray("a").forEach(v -> arrayFilters.add(v.asDocument()));
    }
    return new Op(
        document.getString("c").getValue(),
        Kind.values()[document.getInt32("k").getValue()],
        document.getDocument("f"),
        document.get("b"),
        arrayFilters,
        document.containsKey("u"),
        LAST,
        null,
        null);
  }
}
