package io.postil.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.ClientSession;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * Updates of one collection as one command of a transaction, whose bytes are put together from
 * those that are remembered. The driver's bulk writes take several objects and look-ups for each
 * update, which are not needed here: no update of a transaction is tried again by itself.
 * Stateless.
 */
final class UpdateCommand {
  /** A command is one document, so it must be smaller than the largest document. */
  private static final long MOST_BYTES = 8L << 20;

  private static final byte[] UPDATE = bytes("update");
  private static final byte[] ORDERED = bytes("ordered");
  private static final byte[] UPDATES = bytes("updates");
  private static final byte[] Q = bytes("q");
  private static final byte[] U = bytes("u");
  private static final byte[] ARRAY_FILTERS = bytes("arrayFilters");

  private UpdateCommand() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether operations of one collection can be sent so. */
  static boolean canMake(List<Op> ops) {
    long size = 0;
    for (Op op : ops) {
      if (op.kind() != Op.Kind.UPDATE || op.upsert()) {
        return false;
      }
      size += op.size();
    }
    return size <= MOST_BYTES;
  }

  /**
   * Sends operations.
   *
   * @return how many documents their filters found
   * @throws MongoBulkWriteException if the server refused one of them
   */
  static int send(Connection connection, List<Op> ops, ClientSession in) {
    BsonDocument reply = connection.database().runCommand(in, command(ops), BsonDocument.class);
    if (reply.get("writeErrors") instanceof BsonArray errors && !errors.isEmpty()) {
      throw refused(errors.get(0).asDocument());
    }
    return reply.getNumber("n", new BsonInt32(0)).intValue();
  }

  private static MongoBulkWriteException refused(BsonDocument error) {
    BulkWriteError told =
        new BulkWriteError(
            error.getNumber("code", new BsonInt32(0)).intValue(),
            error.getString("errmsg", new BsonString("")).getValue(),
            error.getDocument("errInfo", new BsonDocument()),
            error.getNumber("index", new BsonInt32(0)).intValue());
    return new MongoBulkWriteException(
        BulkWriteResult.unacknowledged(), List.of(told), null, new ServerAddress(), Set.of());
  }

  private static RawBsonDocument command(List<Op> ops) {
    long size = 200;
    for (Op op : ops) {
      size += op.size();
    }
    BsonEncoder out = BsonEncoder.begin((int) size);
    int command = out.start();
    out.entry(UPDATE, ops.get(0).collection());
    out.entry(ORDERED, true);
    int updates = out.startList(UPDATES);
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      int update = out.startElement(i);
      out.entry(Q, op.filter());
      out.entry(U, op.body());
      entry(out, op.arrayFilters());
      out.end(update);
    }
    out.end(updates);
    out.end(command);
    return out.finishLarge();
  }

  private static void entry(BsonEncoder out, List<BsonDocument> arrayFilters) {
    if (!arrayFilters.isEmpty()) {
      out.entry(ARRAY_FILTERS, arrayFilters);
    }
  }
}
