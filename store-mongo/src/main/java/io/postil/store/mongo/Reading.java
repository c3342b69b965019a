package io.postil.store.mongo;

import com.mongodb.client.AggregateIterable;
import com.mongodb.client.ClientSession;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/**
 * Reads in one state of the database: that of a session, or the newest if there is none.
 *
 * @param session a snapshot or a transaction
 */
record Reading(Connection connection, @Nullable ClientSession session) {
  /** Documents a server sends at once; it sends fewer when they are large. */
  static final int BATCH = 200;

  /** The same where the reader takes everything at once. */
  private static final int LARGE_BATCH = 2_000;

  private static final BsonDocument BY_ID = new BsonDocument("_id", new BsonInt32(1));

  MongoCursor<Document> find(
      String collection,
      BsonDocument filter,
      @Nullable BsonDocument projection,
      @Nullable BsonDocument sort,
      int skip) {
    return find(collection, filter, projection, sort, skip, Set.of());
  }

  /**
   * What a filter finds.
   *
   * @param detections names of fields whose values may become {@link
   *     io.postil.core.label.Detections} at once
   */
  MongoCursor<Document> find(
      String collection,
      BsonDocument filter,
      @Nullable BsonDocument projection,
      @Nullable BsonDocument sort,
      int skip,
      Set<String> detections) {
    MongoCollection<EncodedDocument> from = connection.encoded(collection);
    FindIterable<EncodedDocument> found =
        session == null ? from.find(filter) : from.find(session, filter);
    if (projection != null) {
      found.projection(projection);
    }
    if (sort != null) {
      found.sort(sort);
    }
    return found.skip(skip).batchSize(BATCH).map(each -> decode(each, detections)).iterator();
  }

  private static Document decode(EncodedDocument document, Set<String> detections) {
    return BsonDecoder.decode(document.bytes(), 0, document.bytes().length, detections);
  }

  /**
   * What ranges of ids find, each in order, all of it at once. A server that chooses an index for
   * each of many ranges, and merges what they find, takes twice as long.
   */
  MongoCursor<Document> findByRanges(String collection, BsonDocument filter) {
    MongoCollection<Document> from = connection.collection(collection);
    FindIterable<Document> found = session == null ? from.find(filter) : from.find(session, filter);
    return found.hint(BY_ID).batchSize(LARGE_BATCH).iterator();
  }

  /** Those of some ids that there are. */
  List<Object> existing(String collection, List<Document> ids) {
    BsonDocument filter =
        BsonValues.toBson(Document.of("_id", Document.of("$in", Values.list(ids))));
    List<Object> existing = new ArrayList<>();
    try (MongoCursor<Document> found = find(collection, filter, BY_ID, null, 0)) {
      found.forEachRemaining(d -> existing.add(Objects.requireNonNull(d.get("_id"))));
    }
    return existing;
  }

  MongoCursor<Document> find(String collection, BsonDocument filter) {
    return find(collection, filter, null, null, 0);
  }

  /** The first match, or null. */
  @Nullable Document first(String collection, BsonDocument filter) {
    MongoCollection<Document> from = connection.collection(collection);
    return (session == null ? from.find(filter) : from.find(session, filter)).first();
  }

  /** The document of an id, or null. */
  @Nullable Document byId(String collection, Object id) {
    return first(collection, new BsonDocument("_id", BsonValues.toBson(id)));
  }

  /** Whether there is a document of an id. */
  boolean exists(String collection, Object id) {
    BsonDocument filter = new BsonDocument("_id", BsonValues.toBson(id));
    MongoCollection<Document> from = connection.collection(collection);
    FindIterable<Document> found = session == null ? from.find(filter) : from.find(session, filter);
    return found.projection(BY_ID).first() != null;
  }

  MongoCursor<Document> aggregate(String collection, List<BsonDocument> pipeline) {
    MongoCollection<EncodedDocument> from = connection.encoded(collection);
    AggregateIterable<EncodedDocument> found =
        session == null ? from.aggregate(pipeline) : from.aggregate(session, pipeline);
    return found.allowDiskUse(true).batchSize(BATCH).map(each -> decode(each, Set.of())).iterator();
  }

  /** Number of documents of a collection. */
  long count(String collection, BsonDocument filter) {
    MongoCollection<Document> from = connection.collection(collection);
    return session == null ? from.countDocuments(filter) : from.countDocuments(session, filter);
  }
}
