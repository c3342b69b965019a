package io.postil.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.ClientSession;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * The right to change a dataset, held by one process at a time: a document that is renewed while
 * the process lives. It runs out by the server's clock, so that clocks of clients do not matter; a
 * dead process of the same host is noticed at once.
 */
final class Lock implements AutoCloseable {
  private static final long LEASE_MILLIS = 30_000;
  private static final long RENEW_MILLIS = 8_000;
  private static final long WAIT_MILLIS = 60_000;
  private static final long TELL_MILLIS = 2_000;
  private static final System.Logger LOG = System.getLogger("io.postil.store.mongo");
  private static final String HOST = host();
  private static final long STARTED =
      ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  private static final ScheduledExecutorService RENEWER =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "postil-mongo-lock");
            thread.setDaemon(true);
            return thread;
          });

  /** Owners in this process that gave up without being able to say so. */
  private static final Set<ObjectId> ABANDONED = ConcurrentHashMap.newKeySet();

  private final Connection connection;
  private final ObjectId datasetId;
  private final ObjectId owner;
  private final @Nullable ClientSession session;
  private final ScheduledFuture<?> renewal;
  private volatile boolean lost;
  private volatile boolean abandoned;

  private Lock(
      Connection connection, ObjectId datasetId, ObjectId owner, @Nullable ClientSession session) {
    this.session = session;
    this.connection = connection;
    this.datasetId = datasetId;
    this.owner = owner;
    this.renewal =
        RENEWER.scheduleWithFixedDelay(
            this::renew, RENEW_MILLIS, RENEW_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The host, and on Linux the container: process numbers mean nothing outside of it. */
  private static String host() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "localhost";
    }
    try {
      return name + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return name;
    }
  }

  /**
   * Waits for the lock.
   *
   * @throws PostilException with {@code STORE_LOCKED} if another process holds it for too long
   */
  static Lock take(Connection connection, ObjectId datasetId, ObjectId owner, String name) {
    @Nullable ClientSession session = connection.hasTransactions() ? connection.session() : null;
    boolean done = false;
    try {
      Lock lock = take(connection, datasetId, owner, name, session);
      done = true;
      return lock;
    } finally {
      if (!done && session != null) {
        session.close();
      }
    }
  }

  private static Lock take(
      Connection connection,
      ObjectId datasetId,
      ObjectId owner,
      String name,
      @Nullable ClientSession session) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TELL_MILLIS);
    boolean told = false;
    long pause = 2_000_000;
    while (true) {
      if (tryTake(connection, datasetId, owner, session)) {
        return new Lock(connection, datasetId, owner, session);
      }
      if (System.nanoTime() > deadline) {
        throw new PostilException(
            ErrorCode.STORE_LOCKED,
            "another process is writing to dataset "
                + name
                + " of "
                + connection.location()
                + holder(connection, datasetId),
            "Wait until it is done and repeat the command.");
      }
      if (!told && System.nanoTime() > soon) {
        told = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "waiting for another process that is writing to dataset "
                + name
                + holder(connection, datasetId));
      }
      LockSupport.parkNanos(pause);
      if (Thread.currentThread().isInterrupted()) {
        throw new PostilException(ErrorCode.INTERRUPTED, "interrupted");
      }
      pause = Math.min(pause * 2, 200_000_000);
    }
  }

  /** The lock if nobody who is alive holds it, else null. */
  static @Nullable Lock tryLock(Connection connection, ObjectId datasetId, ObjectId owner) {
    return tryTake(connection, datasetId, owner, null)
        ? new Lock(connection, datasetId, owner, null)
        : null;
  }

  /** Who holds the lock of a dataset, for messages; empty if nobody does. */
  static String holder(Connection connection, ObjectId datasetId) {
    Document holds = Document.of("$gt", Values.listOf("$until", "$$NOW"));
    Document filter = Document.of("_id", datasetId, "$expr", holds);
    Document held =
        new Reading(connection, null).first(Connection.LOCKS, BsonValues.toBson(filter));
    if (held == null) {
      return "";
    }
    String host = held.getString("host", "").split(" ", 2)[0];
    String since = held.get("since") instanceof Instant at ? ", since " + at : "";
    return " (process " + held.getLong("pid", 0) + " on " + host + since + ")";
  }

  private static boolean tryTake(
      Connection connection, ObjectId datasetId, ObjectId owner, @Nullable ClientSession session) {
    Document held = new Reading(connection, null).byId(Connection.LOCKS, datasetId);
    boolean isDead = held != null && isDead(held);
    Document filter = Document.of("_id", datasetId);
    if (held != null && isDead) {
      filter = filter.with("owner", held.get("owner"));
    }
    if (!update(connection, filter, taken(datasetId, owner, session), !isDead)) {
      return false;
    }
    if (held != null) {
      killSession(connection, held);
    }
    return true;
  }

  private static Document taken(
      ObjectId datasetId, ObjectId owner, @Nullable ClientSession session) {
    return Document.builder()
        .put("_id", datasetId)
        .put("owner", owner)
        .put("host", HOST)
        .put("pid", ProcessHandle.current().pid())
        .put("started", STARTED)
        .put(
            "session",
            session == null ? null : session.getServerSession().getIdentifier().get("id"))
        .put("since", "$$NOW")
        .put("until", Document.of("$add", Values.listOf("$$NOW", LEASE_MILLIS)))
        .build();
  }

  /** Ends the transaction that a process left: else it holds what it wrote for a minute. */
  private static void killSession(Connection connection, Document held) {
    if (held.get("session") == null) {
      return;
    }
    Document session = Document.of("id", held.get("session"));
    try {
      connection
          .database()
          .runCommand(BsonValues.toBson(Document.of("killSessions", Values.listOf(session))));
    } catch (MongoException e) {
      // Without the right to do so the transaction ends by itself in a minute.
      return;
    }
  }

  /**
   * Takes the lock of the document that a filter finds.
   *
   * @param ifFree only if it ran out or is not there; else in any case
   */
  private static boolean update(
      Connection connection, Document filter, Document taken, boolean ifFree) {
    Document isHeld = Document.of("$gt", Values.listOf("$until", "$$NOW"));
    Object next = ifFree ? Document.of("$cond", Values.listOf(isHeld, "$$ROOT", taken)) : taken;
    try {
      Document now =
          connection
              .collection(Connection.LOCKS)
              .findOneAndUpdate(
                  BsonValues.toBson(filter),
                  List.of(new BsonDocument("$replaceWith", BsonValues.toBson(next))),
                  new FindOneAndUpdateOptions()
                      .upsert(ifFree)
                      .returnDocument(ReturnDocument.AFTER));
      return now != null && Objects.equals(taken.get("owner"), now.get("owner"));
    } catch (MongoException e) {
      if (Errors.code(e) == Errors.DUPLICATE_KEY) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isDead(Document held) {
    if (!HOST.equals(held.getString("host"))) {
      return false;
    }
    if (held.get("owner") instanceof ObjectId owner && ABANDONED.contains(owner)) {
      return true;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(held.getLong("pid", 0));
    long started = held.getLong("started", 0);
    return process.isEmpty()
        || !process.get().isAlive()
        || process
            .get()
            .info()
            .startInstant()
            .map(at -> at.toEpochMilli() != started)
            .orElse(false);
  }

  private void renew() {
    try {
      Document filter = Document.of("_id", datasetId, "owner", owner);
      Document until =
          Document.of("until", Document.of("$add", Values.listOf("$$NOW", LEASE_MILLIS)));
      long matched =
          connection
              .collection(Connection.LOCKS)
              .updateOne(
                  BsonValues.toBson(filter),
                  List.of(new BsonDocument("$set", BsonValues.toBson(until))))
              .getMatchedCount();
      if (matched == 0) {
        lost = true;
      }
    } catch (RuntimeException e) {
      // The next renewal tries again; if none succeeds in time, another process takes the lock.
      return;
    }
  }

  /** The session of the transactions under this lock; null where the server has none. */
  @Nullable ClientSession session() {
    return session;
  }

  /**
   * Checks that the lock is still held.
   *
   * @throws PostilException with {@code STORE_LOCKED} if it ran out, as after a long suspension
   */
  void check() {
    if (lost) {
      throw new PostilException(
          ErrorCode.STORE_LOCKED,
          "this process was away for so long that another one took over",
          "Nothing was changed; repeat the command.");
    }
  }

  /**
   * The server is gone: nothing waits for it again. The lock counts as that of a dead process, and
   * runs out by itself.
   */
  void abandon() {
    abandoned = true;
    ABANDONED.add(owner);
  }

  @Override
  public void close() {
    renewal.cancel(false);
    if (abandoned) {
      return;
    }
    if (session != null) {
      session.close();
    }
    try {
      connection
          .collection(Connection.LOCKS)
          .deleteOne(BsonValues.toBson(Document.of("_id", datasetId, "owner", owner)));
    } catch (MongoException e) {
      // It runs out by itself.
      return;
    }
  }
}
