package io.postil.store.mongo;

import com.mongodb.connection.ConnectionId;
import com.mongodb.event.ConnectionCheckedInEvent;
import com.mongodb.event.ConnectionCheckedOutEvent;
import com.mongodb.event.ConnectionPoolListener;
import com.mongodb.event.ServerHeartbeatSucceededEvent;
import com.mongodb.event.ServerMonitorListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Warns while a server that is there does not answer a command: one whose disk is full can stand
 * still until there is space, and then goes on. A connection is taken for each command; the
 * driver's heartbeats, every ten seconds, are the clock. Thread-safe.
 */
final class SlowAnswers implements ConnectionPoolListener, ServerMonitorListener {
  private static final System.Logger LOG = System.getLogger("io.postil.store.mongo");
  private static final long TOLD = Long.MIN_VALUE;

  private final String location;
  private final long patienceNanos;
  private final Map<ConnectionId, Long> since = new ConcurrentHashMap<>();

  SlowAnswers(String location, long patienceMillis) {
    this.location = location;
    this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
  }

  @Override
  public void connectionCheckedOut(ConnectionCheckedOutEvent event) {
    since.put(event.getConnectionId(), System.nanoTime());
  }

  @Override
  public void connectionCheckedIn(ConnectionCheckedInEvent event) {
    since.remove(event.getConnectionId());
  }

  @Override
  public void serverHeartbeatSucceeded(ServerHeartbeatSucceededEvent event) {
    long now = System.nanoTime();
    since.forEach(
        (connection, begun) -> {
          if (begun != TOLD
              && now - begun > patienceNanos
              && since.replace(connection, begun, TOLD)) {
            LOG.log(
                System.Logger.Level.WARNING,
                "the database "
                    + location
                    + " has not answered for "
                    + TimeUnit.NANOSECONDS.toSeconds(now - begun)
                    + " seconds, though it is there; it has much to do, or its disk is full: see"
                    + " its log. This command goes on when it answers");
          }
        });
  }
}
