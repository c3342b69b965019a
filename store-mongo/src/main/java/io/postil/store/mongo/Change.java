package io.postil.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.TransactionOptions;
import com.mongodb.WriteConcern;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.WriteModel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonMaximumSizeExceededException;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one logical change, all of them or none.
 *
 * <p>On a server with transactions a change begins as one. When it outgrows a transaction (too many
 * or too large writes, too much time, or more than the server's cache can hold) it is begun again
 * as a <i>journaled</i> change, from the writes that are remembered until then; on other servers it
 * is journaled from the start. A journaled change first stores how to take a batch of writes back
 * and then makes it. If it fails, or its process dies, the journal is played backwards; if it
 * succeeds, what cannot be taken back is done last, and is repeated after a crash until it is done.
 * The making of a dataset needs no journal but its name: its document is inserted last, and before
 * that its collections can be dropped.
 *
 * <p>Each write holds only where the database still has what the change started from, so that
 * making them again in another transaction can lose nothing. Not thread-safe.
 */
final class Change {
  /** Limits of a transaction, below those of the server (60 seconds), and of what is remembered. */
  record Limits(int operations, long bytes, long millis) {
    static final Limits DEFAULT = new Limits(50_000, 40L << 20, 40_000);
  }

  private static final int BATCH = 1_000;
  private static final long BATCH_BYTES = 1L << 20;

  /** How often a transaction is tried before the change is made without one. */
  static final int ATTEMPTS = 5;

  private static final BsonDocument ALL = new BsonDocument();

  private enum Mode {
    TRANSACTION,
    JOURNAL,
    CREATION
  }

  private final Connection connection;
  private final Lock lock;
  private final ObjectId datasetId;
  private final ObjectId id;
  private final Limits limits;
  private Mode mode;
  private @Nullable ClientSession session;
  private @Nullable Journal journal;
  private long started = System.nanoTime();

  /**
   * Not sent yet. A server goes through its cache again and again for pages it may write, for as
   * long as a transaction keeps them from it; so it gets the writes of a transaction in quick
   * succession, at the end where that is possible. They are remembered in any case.
   */
  private final List<Op> pending = new ArrayList<>();

  private long pendingBytes;

  /** The samples that pending writes are about; null if some are about something else. */
  private @Nullable Set<ObjectId> pendingOf = new HashSet<>();

  /** Sent in the transaction, to be sent again if need be. */
  private final List<Op> sent = new ArrayList<>();

  private long sentBytes;

  /** Counts transactions, so that cursors know when theirs is gone. */
  private int epoch;

  /** How often a read lost its state. */
  private int renewals;

  private Change(
      Connection connection, Lock lock, ObjectId datasetId, ObjectId id, Limits limits, Mode mode) {
    this.connection = connection;
    this.lock = lock;
    this.datasetId = datasetId;
    this.id = id;
    this.limits = limits;
    this.mode = mode;
  }

  /** Begins the change of a dataset whose lock is held. */
  static Change begin(
      Connection connection, Lock lock, ObjectId datasetId, ObjectId id, Limits limits) {
    Mode mode =
        connection.hasTransactions() && limits.operations() > 0 ? Mode.TRANSACTION : Mode.JOURNAL;
    Change change = new Change(connection, lock, datasetId, id, limits, mode);
    if (mode == Mode.TRANSACTION) {
      change.beginTransaction();
    } else {
      change.journal = Journal.begin(connection, datasetId, id);
    }
    return change;
  }

  /** Begins the making of a dataset whose lock is held. */
  static Change beginCreation(Connection connection, Lock lock, ObjectId datasetId, ObjectId id) {
    Change change = new Change(connection, lock, datasetId, id, Limits.DEFAULT, Mode.CREATION);
    change.journal = Journal.beginCreation(connection, datasetId, id);
    return change;
  }

  private void beginTransaction() {
    ClientSession begun = Objects.requireNonNull(lock.session());
    begun.startTransaction(
        TransactionOptions.builder()
            .readConcern(ReadConcern.SNAPSHOT)
            .writeConcern(WriteConcern.MAJORITY)
            .build());
    session = begun;
    started = System.nanoTime();
    epoch++;
  }

  private void endTransaction() {
    ClientSession ended = session;
    session = null;
    if (ended != null) {
      try {
        if (ended.hasActiveTransaction()) {
          ended.abortTransaction();
        }
      } catch (MongoException e) {
        // The server ends it by itself.
        return;
      }
    }
  }

  /** Whether the writes are one transaction, so that nobody else sees them yet. */
  boolean isTransaction() {
    return mode == Mode.TRANSACTION;
  }

  /** Whether writes are made one by one, and some only at the end. */
  boolean isJournaled() {
    return mode == Mode.JOURNAL;
  }

  Servers servers() {
    return connection.servers();
  }

  boolean isCreation() {
    return mode == Mode.CREATION;
  }

  /** Changes whenever a cursor opened before is no longer valid. */
  int epoch() {
    return epoch;
  }

  /** Reads the state the change starts from and what it wrote itself. */
  Reading reading() {
    flush();
    return current();
  }

  /** As {@link #reading}, of some samples and what is kept beside runs about them. */
  Reading readingOf(Collection<ObjectId> samples) {
    Set<ObjectId> written = pendingOf;
    if (written == null || samples.stream().anyMatch(written::contains)) {
      flush();
    }
    return current();
  }

  private Reading current() {
    if (mode == Mode.TRANSACTION && elapsedMillis() > limits.millis()) {
      becomeJournaled();
    }
    return new Reading(connection, session);
  }

  /** Another state to read, after the server lost the one before or took the transaction back. */
  Reading renewed() {
    if (mode == Mode.TRANSACTION && (++renewals >= ATTEMPTS || !repeatTransaction())) {
      becomeJournaled();
    }
    return reading();
  }

  private long elapsedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  /** Takes a write. */
  void add(Op op) {
    pendingOf = null;
    take(op);
  }

  /** Takes a write that is about one sample, or what is kept beside a run about it. */
  void add(Op op, ObjectId sample) {
    if (pendingOf != null) {
      pendingOf.add(sample);
    }
    take(op);
  }

  private void take(Op op) {
    pending.add(op);
    pendingBytes += op.size();
    boolean full =
        mode == Mode.TRANSACTION
            ? isOutgrown()
            : pending.size() >= BATCH || pendingBytes >= BATCH_BYTES;
    if (full) {
      flush();
    }
  }

  /** Makes the change a journaled one, for writes that touch very many documents at once. */
  void expectLarge() {
    if (mode == Mode.TRANSACTION) {
      flush();
      becomeJournaled();
    }
  }

  /** Begins the transaction again, so that it sees collections made since. */
  void beginAgain() {
    if (mode != Mode.TRANSACTION) {
      return;
    }
    flush();
    endTransaction();
    beginTransaction();
    sendAgain();
  }

  private void sendAgain() {
    for (int from = 0; from < sent.size(); from += BATCH) {
      sendInTransaction(sent.subList(from, Math.min(sent.size(), from + BATCH)));
    }
  }

  private void sendInTransaction(List<Op> batch) {
    send(batch.stream().map(op -> op.in(epoch)).toList(), session);
  }

  /** Whether the writes are too many or take too long for a transaction. */
  private boolean isOutgrown() {
    return sent.size() + pending.size() > limits.operations()
        || sentBytes + pendingBytes > limits.bytes()
        || elapsedMillis() > limits.millis();
  }

  /** Sends what is pending. */
  void flush() {
    if (!pending.isEmpty() && mode == Mode.TRANSACTION && isOutgrown()) {
      lock.check();
      becomeJournaled();
    }
    List<Op> ready = List.copyOf(pending);
    pending.clear();
    pendingBytes = 0;
    pendingOf = new HashSet<>();
    int from = 0;
    while (from < ready.size()) {
      int to = endOfBatch(ready, from);
      lock.check();
      send(ready.subList(from, to));
      from = to;
    }
  }

  /** The end of what is sent at once. */
  private static int endOfBatch(List<Op> ops, int from) {
    int to = from;
    long bytes = 0;
    while (to < ops.size() && to - from < BATCH && bytes < BATCH_BYTES) {
      bytes += ops.get(to++).size();
    }
    return to;
  }

  private void send(List<Op> batch) {
    if (mode != Mode.TRANSACTION) {
      sendJournaled(batch);
      return;
    }
    if (elapsedMillis() > limits.millis()) {
      becomeJournaled();
      sendJournaled(batch);
      return;
    }
    sent.addAll(batch);
    batch.forEach(op -> sentBytes += op.size());
    try {
      sendInTransaction(batch);
    } catch (MongoException e) {
      if (Errors.isTooLargeForATransaction(e)) {
        becomeJournaled();
      } else if (!Errors.isTransient(e)) {
        throw e;
      } else if (!repeatTransaction()) {
        // A server whose cache is too small for the transaction reports conflicts for ever.
        becomeJournaled();
      }
    }
  }

  /**
   * Sends everything again in a new transaction; conditions are checked anew.
   *
   * @return whether one of several attempts succeeded
   */
  private boolean repeatTransaction() {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      endTransaction();
      pause(attempt);
      beginTransaction();
      try {
        sendAgain();
        return true;
      } catch (MongoException e) {
        if (!Errors.isTransient(e)) {
          throw e;
        }
      }
    }
    return false;
  }

  private static void pause(int attempt) {
    java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50L << attempt));
  }

  private void becomeJournaled() {
    endTransaction();
    mode = Mode.JOURNAL;
    epoch++;
    journal = Journal.begin(connection, datasetId, id);
    List<Op> again = List.copyOf(sent);
    sent.clear();
    sentBytes = 0;
    for (int from = 0; from < again.size(); from += BATCH) {
      sendJournaled(again.subList(from, Math.min(again.size(), from + BATCH)));
    }
  }

  private void sendJournaled(List<Op> batch) {
    List<Op> complete = batch.stream().map(Op::complete).toList();
    send(Objects.requireNonNull(journal).record(complete, mode == Mode.CREATION), null);
  }

  // --- sending ----------------------------------------------------------------------------------

  private void send(List<Op> ops, @Nullable ClientSession in) {
    send(connection, ops, in);
  }

  /**
   * Sends operations, those of one collection together and in their order. Between collections the
   * order does not matter: a batch is made whole, or taken back whole.
   */
  static void send(Connection connection, List<Op> ops, @Nullable ClientSession in) {
    Map<String, List<Op>> byCollection = new LinkedHashMap<>();
    List<Op> newSides = new ArrayList<>();
    for (Op op : ops) {
      if (isNewSide(op)) {
        newSides.add(op);
      } else {
        byCollection.computeIfAbsent(op.collection(), c -> new ArrayList<>()).add(op);
      }
    }
    if (!newSides.isEmpty()) {
      sendGroup(connection, newSides, in);
    }
    for (List<Op> group : byCollection.values()) {
      int from = 0;
      while (from < group.size()) {
        boolean conditional = group.get(from).stale() != null;
        int to = from + 1;
        while (to < group.size() && (group.get(to).stale() != null) == conditional) {
          to++;
        }
        sendGroup(connection, group.subList(from, to), in);
        from = to;
      }
    }
  }

  /**
   * Side records that are inserted come before everything else about them in a change, and among
   * themselves their order does not matter. Sent together they are a few commands.
   */
  private static boolean isNewSide(Op op) {
    return op.kind() == Op.Kind.INSERT && op.collection().equals(Connection.SIDES);
  }

  private static void sendGroup(Connection connection, List<Op> ops, @Nullable ClientSession in) {
    try {
      int found =
          in != null && UpdateCommand.canMake(ops)
              ? UpdateCommand.send(connection, ops, in)
              : bulkWrite(connection, ops, in);
      if (ops.get(0).stale() != null && found < ops.size()) {
        throw new StaleException(ops);
      }
    } catch (MongoBulkWriteException e) {
      throw failed(ops, e);
    } catch (BsonMaximumSizeExceededException e) {
      throw Errors.tooLarge("a document of " + ops.get(0).collection(), e);
    }
  }

  /** Sends operations by the driver's bulk writes; gives how many documents they found or made. */
  private static int bulkWrite(Connection connection, List<Op> ops, @Nullable ClientSession in) {
    MongoCollection<BsonDocument> collection = connection.raw(ops.get(0).collection());
    List<WriteModel<BsonDocument>> models = new ArrayList<>(ops.size());
    ops.forEach(op -> models.add(op.model()));
    BulkWriteOptions options = new BulkWriteOptions().ordered(true);
    BulkWriteResult result =
        in == null
            ? collection.bulkWrite(models, options)
            : collection.bulkWrite(in, models, options);
    return result.getMatchedCount() + result.getUpserts().size();
  }

  private static RuntimeException failed(List<Op> ops, MongoBulkWriteException e) {
    if (e.getWriteErrors().isEmpty()) {
      return e;
    }
    Op op = ops.get(e.getWriteErrors().get(0).getIndex());
    int code = Errors.code(e);
    if (code == Errors.DUPLICATE_KEY && op.kind() == Op.Kind.INSERT) {
      return new DuplicateException(op, e);
    }
    if (code == Errors.DUPLICATE_KEY && op.stale() != null) {
      return op.stale().get();
    }
    return Errors.isTooLarge(e) ? Errors.tooLarge(named(op), e) : e;
  }

  private static String named(Op op) {
    Document filter = BsonValues.fromRaw(op.filter());
    String which =
        filter.contains("_id")
            ? String.valueOf(filter.get("_id"))
            : "of frame " + filter.get("frame_number") + " of sample " + filter.get("_sample_id");
    return "the document " + which + " of " + op.collection();
  }

  /** Some of these operations found something else than they expected. */
  private static final class StaleException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<Op> ops;

    StaleException(List<Op> ops) {
      super("stale", null, false, false);
      this.ops = List.copyOf(ops);
    }
  }

  /** An inserted document exists. */
  static final class DuplicateException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Op op;

    DuplicateException(Op op, @Nullable MongoException cause) {
      super("duplicate", cause, false, false);
      this.op = op;
    }

    Op op() {
      return op;
    }
  }

  // --- the end ----------------------------------------------------------------------------------

  /** Makes the change final. */
  void commit() {
    flush();
    lock.check();
    if (mode != Mode.TRANSACTION) {
      Objects.requireNonNull(journal).commit();
      return;
    }
    // A trace by which an unknown outcome can be told.
    if (!sent.isEmpty()) {
      Op mark =
          Op.replace(
              Connection.CHANGES,
              BsonValues.toBson(
                  Document.builder()
                      .put("_id", datasetId)
                      .put("last", id)
                      .put("state", "done")
                      .build()));
      sent.add(mark);
      try {
        send(List.of(mark), session);
      } catch (MongoException e) {
        if (!Errors.isTransient(e) || !repeatTransaction()) {
          throw e;
        }
      }
    }
    commitTransaction();
  }

  private void commitTransaction() {
    MongoException last = null;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        commitOnce();
        endTransaction();
        return;
      } catch (MongoException e) {
        if (Errors.isGone(e)) {
          throw Errors.unknownOutcome(e, connection.servers());
        }
        if (wasDone(e)) {
          endTransaction();
          return;
        }
        if (!Errors.isTransient(e) || !repeatTransaction()) {
          throw e;
        }
        last = e;
      }
    }
    throw Objects.requireNonNull(last);
  }

  private void commitOnce() {
    ClientSession open = Objects.requireNonNull(session);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      try {
        open.commitTransaction();
        return;
      } catch (MongoException e) {
        boolean unknown = e.hasErrorLabel(MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL);
        if (!unknown || Errors.isGone(e) || System.nanoTime() > deadline) {
          throw e;
        }
        pause(2);
      }
    }
  }

  private boolean wasDone(MongoException failure) {
    try {
      return isDone();
    } catch (MongoException e) {
      e.addSuppressed(failure);
      throw Errors.unknownOutcome(e, connection.servers());
    }
  }

  private boolean isDone() {
    Document mark =
        connection
            .collection(Connection.CHANGES)
            .withReadConcern(ReadConcern.MAJORITY)
            .find(new BsonDocument("_id", BsonValues.toBson(datasetId)))
            .first();
    return mark != null && Objects.equals(id, mark.get("last"));
  }

  /**
   * Takes everything back.
   *
   * @return the error to report: the given one, or one that tells it better
   */
  RuntimeException rollBack(RuntimeException failure) {
    pending.clear();
    boolean journaled = mode != Mode.TRANSACTION;
    if (Errors.isGone(failure, connection.servers())) {
      // The server ends a transaction by itself; the journal stays for who comes next.
      lock.abandon();
      return journaled ? Errors.halfDone(failure, connection.servers()) : failure;
    }
    try {
      if (journaled) {
        Objects.requireNonNull(journal).rollBack();
      } else {
        endTransaction();
      }
    } catch (MongoException e) {
      // The journal stays; whoever opens the dataset next plays it.
      failure.addSuppressed(e);
      if (Errors.isGone(e, connection.servers())) {
        lock.abandon();
      }
      return Errors.halfDone(failure, connection.servers());
    }
    return failure instanceof StaleException stale ? explain(stale) : failure;
  }

  /** Finds the operation that did not fit; what the change did is taken back by now. */
  private RuntimeException explain(StaleException failure) {
    Op guess = failure.ops.get(0);
    for (Op op : failure.ops) {
      try {
        if (connection.raw(op.collection()).find(op.filter()).first() == null) {
          guess = op;
          break;
        }
      } catch (MongoException e) {
        failure.addSuppressed(e);
        break;
      }
    }
    return guess.stale() == null ? failure : guess.stale().get();
  }

  /** The filter that matches everything. */
  static BsonDocument all() {
    return ALL;
  }
}
