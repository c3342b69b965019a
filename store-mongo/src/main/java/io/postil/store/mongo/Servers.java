package io.postil.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ServerDescription;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a database as the driver sees them: why none of them can be used, and a warning
 * while a command waits for them, so that it does not wait in silence. Thread-safe.
 */
final class Servers implements ClusterListener {
  private static final System.Logger LOG = System.getLogger("io.postil.store.mongo");
  private static final int NAMED = 3;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String location;
  private final @Nullable String replicaSet;
  private volatile @Nullable ClusterDescription seen;
  private volatile boolean reached;
  private volatile boolean closed;
  private volatile boolean hopeless;
  private volatile long lostAt = System.nanoTime();

  Servers(String location, @Nullable String replicaSet) {
    this.location = location;
    this.replicaSet = replicaSet;
  }

  /** Where the data is, without credentials. */
  String location() {
    return location;
  }

  /** Whether a server that takes writes has been there since the connection was opened. */
  boolean wereReached() {
    return reached;
  }

  /** Whether there is a server that takes writes. */
  boolean areThere() {
    ClusterDescription now = seen;
    return now == null || now.hasWritableServer();
  }

  /**
   * Notes that somebody waited for a server in vain; until one is back nothing else is to wait.
   *
   * @param e what the driver said; it tells the first error and not its waiting when it tried twice
   */
  void waitedInVain(MongoException e) {
    boolean waited =
        e instanceof MongoTimeoutException || System.nanoTime() - lostAt > PATIENCE_NANOS;
    if (!areThere() && waited) {
      hopeless = true;
    }
  }

  /** Fails at once while there is no server and somebody waited for one in vain. */
  void requireHope() {
    if (hopeless) {
      throw new MongoTimeoutException("no server since somebody waited for one: " + reason());
    }
  }

  /** No warning is due any more. */
  void close() {
    closed = true;
  }

  @Override
  public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
    ClusterDescription now = event.getNewDescription();
    seen = now;
    boolean before = event.getPreviousDescription().hasWritableServer();
    if (now.hasWritableServer()) {
      if (reached && !before) {
        LOG.log(System.Logger.Level.WARNING, "the database " + location + " is back");
      }
      reached = true;
      hopeless = false;
    } else if (before && !closed && !any(MongoSecurityException.class)) {
      // Where a server refuses the credentials nobody waits: the command ends with that error.
      lostAt = System.nanoTime();
      LOG.log(
          System.Logger.Level.WARNING,
          "the database " + location + " was lost (" + reason() + "); waiting for it");
    }
  }

  // --- reasons ----------------------------------------------------------------------------------

  /** Why no server can be used. */
  String reason() {
    ClusterDescription now = seen;
    if (now == null) {
      return "nothing was heard of it";
    }
    if (now.getSrvResolutionException() != null) {
      return "its servers are not known to the name service: "
          + firstLine(now.getSrvResolutionException().getMessage());
    }
    List<String> reasons = new ArrayList<>();
    for (ServerDescription server : now.getServerDescriptions()) {
      if (reasons.size() < NAMED) {
        reasons.add(server.getAddress() + " " + reasonOf(server));
      }
    }
    if (reasons.isEmpty()) {
      return replicaSet == null
          ? "it has no servers"
          : "no server of replica set " + replicaSet + " was found";
    }
    return String.join(", ", reasons);
  }

  private String reasonOf(ServerDescription server) {
    Throwable failure = server.getException();
    if (failure != null) {
      return reason(failure);
    }
    if (server.isOk()) {
      return "is no primary";
    }
    return replicaSet == null
        ? "does not answer"
        : "does not answer as a member of replica set " + replicaSet;
  }

  /** What an error of the network says about a server. */
  static String reason(Throwable failure) {
    Throwable tls = cause(failure, SSLException.class, CertificateException.class);
    if (tls != null) {
      return "cannot be reached over TLS: " + firstLine(tls.getMessage());
    }
    if (cause(failure, UnknownHostException.class) != null) {
      return "is no host that is known";
    }
    if (cause(failure, MongoSocketReadTimeoutException.class, SocketTimeoutException.class)
        != null) {
      return "does not answer";
    }
    if (cause(failure, ConnectException.class) instanceof Throwable refusal) {
      String message = firstLine(refusal.getMessage());
      return message.contains("refused") ? "refuses connections" : message;
    }
    return cause(failure, MongoSocketReadException.class, MongoSocketWriteException.class) != null
        ? "closes the connection"
        : firstLine(failure.getMessage());
  }

  /** Whether TLS is what keeps servers from being used. */
  boolean isTls() {
    return any(SSLException.class, CertificateException.class);
  }

  /** Whether a server closes connections, as one does that is spoken to without TLS. */
  boolean closesConnections() {
    return any(MongoSocketReadException.class);
  }

  private boolean any(Class<?>... types) {
    ClusterDescription now = seen;
    return now != null
        && now.getServerDescriptions().stream()
            .anyMatch(s -> s.getException() != null && cause(s.getException(), types) != null);
  }

  /** The first of the causes of an error that is of one of the types. */
  static @Nullable Throwable cause(@Nullable Throwable failure, Class<?>... types) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      for (Class<?> type : types) {
        if (type.isInstance(at)) {
          return at;
        }
      }
    }
    return null;
  }

  /** The first line of a message, not too long. */
  static String firstLine(@Nullable String message) {
    String text = String.valueOf(message);
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    return line.length() > 300 ? line.substring(0, 300) + " ..." : line;
  }
}
