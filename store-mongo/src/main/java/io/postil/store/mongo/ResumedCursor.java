package io.postil.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCursor;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Streams what a query finds. When the server's cursor is lost (it forgets states after five
 * minutes, a fail-over, a transaction that was begun again or that the server took back for lack of
 * room) the query is asked anew, and goes on with what was not given yet: that each kind of stream
 * knows by itself. Not thread-safe.
 */
abstract class ResumedCursor<T> implements Cursor<T> {
  private final Connection connection;
  private final StateSource source;
  private final Runnable onClose;
  private @Nullable MongoCursor<Document> cursor;
  private int epoch;
  private @Nullable T ahead;
  private boolean closed;

  /**
   * A stream that asks when its first element is wanted.
   *
   * @param onClose runs once, when the stream is closed
   */
  ResumedCursor(Connection connection, StateSource source, Runnable onClose) {
    this.connection = connection;
    this.source = source;
    this.onClose = onClose;
  }

  /** Asks for what was not given yet. */
  abstract MongoCursor<Document> ask(Reading reading);

  /** What a document means; null if it is to be left out. */
  abstract @Nullable T decode(Document stored);

  /** Runs a call of the driver, whose errors become ours. */
  <R> R run(Supplier<R> call) {
    return connection.run(call);
  }

  /** Asks now, so that a query that cannot be answered fails at once. */
  final void start() {
    run(() -> open(source.reading()));
  }

  private MongoCursor<Document> open(Reading reading) {
    MongoCursor<Document> opened = ask(reading);
    cursor = opened;
    epoch = source.epoch();
    return opened;
  }

  private boolean advance() {
    MongoCursor<Document> open = cursor;
    if (open == null || epoch != source.epoch()) {
      closeCursor();
      open = open(source.reading());
    }
    while (ahead == null && open.hasNext()) {
      ahead = decode(open.next());
    }
    return ahead != null;
  }

  private void closeCursor() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  @Override
  public final boolean hasNext() {
    if (closed) {
      return false;
    }
    if (ahead != null) {
      return true;
    }
    return run(this::advanceOrAskAnew);
  }

  /** A cursor is lost once; a transaction may be taken back until the change does without one. */
  private boolean advanceOrAskAnew() {
    for (int attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) {
          open(source.renewed());
        }
        return advance();
      } catch (MongoException e) {
        closeCursor();
        boolean again =
            Errors.isTransient(e)
                ? attempt <= Change.ATTEMPTS
                : Errors.isLostCursor(e) && attempt == 1;
        if (!again) {
          throw e;
        }
      }
    }
  }

  @Override
  public T next() {
    if (!hasNext() || ahead == null) {
      throw new NoSuchElementException();
    }
    T element = ahead;
    ahead = null;
    return element;
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      try {
        closeCursor();
      } finally {
        onClose.run();
      }
    }
  }
}
