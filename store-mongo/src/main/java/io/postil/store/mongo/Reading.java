package io.postil.store.mongo;

import com.mongodb.client.AggregateIterable;
import com.mongodb.client.ClientSession;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import io.postil.core.value.Document;
import java.util.List;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Reads in one state of the database: that of a session, or the newest if there is none.
 *
 * @param session a snapshot or a transaction
 */
record Reading(Connection connection, @Nullable ClientSession session) {
  /** Documents a server sends at once; it sends fewer when they are large. */
  static final int BATCH = 200;

  MongoCursor<Document> find(
      String collection,
      BsonDocument filter,
      @Nullable BsonDocument projection,
      @Nullable BsonDocument sort,
      int skip) {
    MongoCollection<Document> from = connection.collection(collection);
    FindIterable<Document> found = session == null ? from.find(filter) : from.find(session, filter);
    if (projection != null) {
      found.projection(projection);
    }
    if (sort != null) {
      found.sort(sort);
    }
    return found.skip(skip).batchSize(BATCH).iterator();
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

  MongoCursor<Document> aggregate(String collection, List<BsonDocument> pipeline) {
    MongoCollection<Document> from = connection.collection(collection);
    AggregateIterable<Document> found =
        session == null ? from.aggregate(pipeline) : from.aggregate(session, pipeline);
    return found.allowDiskUse(true).batchSize(BATCH).iterator();
  }

  /** Number of documents of a collection. */
  long count(String collection, BsonDocument filter) {
    MongoCollection<Document> from = connection.collection(collection);
    return session == null ? from.countDocuments(filter) : from.countDocuments(session, filter);
  }
}
