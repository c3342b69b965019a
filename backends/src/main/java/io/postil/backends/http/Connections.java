package io.postil.backends.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connections to a server: those in use, and some that wait for a request. Thread-safe. */
final class Connections implements AutoCloseable {
  private static final int MAX_IDLE = 4;
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Duration connectTimeout;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final Set<Connection> used = new HashSet<>();
  private @Nullable ScheduledThreadPoolExecutor alarms;
  private boolean closed;

  Connections(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  /** A connection that waits, or a new one; give it back or drop it. */
  Connection take(Route route) throws IOException {
    while (true) {
      Connection waiting = poll(route);
      if (waiting == null) {
        return register(Connection.open(route, connectTimeout));
      }
      if (waiting.isUsable()) {
        return register(waiting);
      }
      waiting.abort();
    }
  }

  private synchronized @Nullable Connection poll(Route route) throws IOException {
    if (closed) {
      throw new IOException("the connection was closed");
    }
    dropOld();
    for (Iterator<Connection> all = idle.iterator(); all.hasNext(); ) {
      Connection connection = all.next();
      if (connection.route().isSameAs(route)) {
        all.remove();
        return connection;
      }
    }
    return null;
  }

  private synchronized Connection register(Connection connection) throws IOException {
    if (closed) {
      connection.abort();
      throw new IOException("the connection was closed");
    }
    used.add(connection);
    return connection;
  }

  /** Takes back a connection that can be used again. */
  synchronized void giveBack(Connection connection) {
    used.remove(connection);
    if (closed || idle.size() >= MAX_IDLE) {
      connection.abort();
      return;
    }
    connection.markIdle(System.nanoTime());
    idle.push(connection);
    dropOld();
  }

  private void dropOld() {
    long now = System.nanoTime();
    while (!idle.isEmpty() && now - idle.getLast().idleSince() > MAX_IDLE_NANOS) {
      idle.removeLast().abort();
    }
  }

  /** Ends a connection that cannot be used again. */
  void drop(Connection connection) {
    connection.abort();
    synchronized (this) {
      used.remove(connection);
    }
  }

  /** Runs something after a time, unless it is cancelled. */
  synchronized ScheduledFuture<?> alarm(Runnable action, Duration after) {
    ScheduledThreadPoolExecutor timer = alarms;
    if (timer == null) {
      timer =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "postil-http-watch");
                thread.setDaemon(true);
                return thread;
              });
      timer.setRemoveOnCancelPolicy(true);
      alarms = timer;
    }
    return timer.schedule(action, after.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    List<Connection> waiting;
    synchronized (this) {
      closed = true;
      waiting = new ArrayList<>(idle);
      idle.clear();
      used.forEach(Connection::abort);
      used.clear();
      if (alarms != null) {
        alarms.shutdownNow();
      }
    }
    for (Connection connection : waiting) {
      try {
        connection.close();
      } catch (IOException e) {
        connection.abort();
      }
    }
  }
}
