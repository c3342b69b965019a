package io.postil.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteException;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import org.jspecify.annotations.Nullable;

/** Turns the driver's errors into ours, each with what to do about it. Stateless. */
final class Errors {
  static final int DUPLICATE_KEY = 11000;
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;
  private static final int TRANSACTION_TOO_OLD = 225;
  private static final int NO_SUCH_TRANSACTION = 251;
  private static final int CURSOR_NOT_FOUND = 43;
  private static final int CURSOR_KILLED = 237;
  private static final int SNAPSHOT_TOO_OLD = 239;
  private static final int SNAPSHOT_UNAVAILABLE = 246;
  private static final int OUT_OF_DISK_SPACE = 14031;
  private static final int OBJECT_TOO_LARGE = 10334;
  private static final int BSON_TOO_LARGE = 17419;
  private static final int UPDATE_TOO_LARGE = 17420;
  private static final int TRANSACTION_TOO_LARGE = 257;
  private static final int WRITE_CONFLICT = 112;

  private Errors() {}

  /** The code of an error of the server; 0 for any other. */
  static int code(Throwable e) {
    if (e instanceof MongoBulkWriteException bulk && !bulk.getWriteErrors().isEmpty()) {
      return bulk.getWriteErrors().get(0).getCode();
    }
    if (e instanceof MongoWriteException write) {
      return write.getError().getCode();
    }
    return e instanceof MongoException m ? m.getCode() : 0;
  }

  /** Whether a transaction may succeed if it is made anew. */
  static boolean isTransient(MongoException e) {
    return !isGone(e) && !isFull(e) && mayBeRepeated(e);
  }

  private static boolean mayBeRepeated(MongoException e) {
    return e.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL)
        || e instanceof MongoConnectionPoolClearedException
        || code(e) == WRITE_CONFLICT;
  }

  /** Whether a transaction cannot hold what was put into it, or lasted too long. */
  static boolean isTooLargeForATransaction(MongoException e) {
    int code = code(e);
    return code == TRANSACTION_TOO_LARGE
        || code == NO_SUCH_TRANSACTION
        || code == TRANSACTION_TOO_OLD;
  }

  /** Whether a cursor is gone while its collection need not be. */
  static boolean isLostCursor(MongoException e) {
    int code = code(e);
    return code == CURSOR_NOT_FOUND
        || code == CURSOR_KILLED
        || code == SNAPSHOT_TOO_OLD
        || code == SNAPSHOT_UNAVAILABLE
        || code == NO_SUCH_TRANSACTION
        || e instanceof MongoSocketException
        || e instanceof MongoConnectionPoolClearedException
        || e instanceof com.mongodb.MongoNotPrimaryException
        || e instanceof com.mongodb.MongoNodeIsRecoveringException;
  }

  /**
   * Whether no server came back for as long as the driver waits: trying anything else would only
   * wait again.
   */
  static boolean isGone(@Nullable Throwable e) {
    return Servers.cause(e, MongoTimeoutException.class) != null;
  }

  /** As above, or a server was lost and none is there now. */
  static boolean isGone(Throwable e, Servers servers) {
    return isGone(e) || Servers.cause(e, MongoSocketException.class) != null && !servers.areThere();
  }

  /** The error of an operation on a database. */
  static PostilException translate(MongoException e, Servers servers) {
    String location = servers.location();
    int code = code(e);
    if (e instanceof MongoSecurityException || code == AUTHENTICATION_FAILED) {
      return credentials(e, location);
    }
    if (code == UNAUTHORIZED) {
      return unauthorized(e, location);
    }
    if (isFull(e)) {
      return full(e, location);
    }
    if (e instanceof MongoTimeoutException
        || e instanceof MongoSocketException
        || e instanceof MongoConnectionPoolClearedException
        || e instanceof com.mongodb.MongoNotPrimaryException
        || e instanceof com.mongodb.MongoNodeIsRecoveringException) {
      return unreachable(e, servers);
    }
    if (e instanceof MongoExecutionTimeoutException) {
      return error(
          ErrorCode.STORE_UNAVAILABLE,
          "the database " + location + " took too long",
          "Repeat the command when the server is less busy, or raise timeoutMS in the address.",
          e);
    }
    if (e instanceof MongoConfigurationException) {
      return error(
          ErrorCode.INVALID_REQUEST,
          "the address of the database " + location + " does not work: " + firstLine(e),
          "Check its host and options.",
          e);
    }
    if (e instanceof MongoInterruptedException) {
      return error(ErrorCode.INTERRUPTED, "interrupted", null, e);
    }
    if (isTooLarge(e)) {
      return tooLarge("a sample or frame", e);
    }
    if (isTransient(e)) {
      return error(
          ErrorCode.STALE_REVISION,
          "another program wrote to the same samples of " + location + " at the same time",
          "Nothing was changed; repeat the command.",
          e);
    }
    return error(
        ErrorCode.INTERNAL,
        "an unexpected error of the database "
            + location
            + (code == 0 ? "" : " (" + code + ")")
            + ": "
            + firstLine(e),
        null,
        e);
  }

  private static PostilException credentials(MongoException e, String location) {
    Throwable why = e.getCause();
    boolean refused = !(why instanceof MongoException m) || code(m) == AUTHENTICATION_FAILED;
    return error(
        ErrorCode.STORE_UNAVAILABLE,
        refused
            ? "the database " + location + " refused the user name or password"
            : "the user cannot be authenticated with the database "
                + location
                + ": "
                + Servers.firstLine(why == null ? null : why.getMessage()),
        "Check them in the address, percent-encoded, and authSource if the user is of another"
            + " database.",
        e);
  }

  private static PostilException unauthorized(MongoException e, String location) {
    String message = firstLine(e);
    if (message.contains("requires authentication")) {
      return error(
          ErrorCode.STORE_UNAVAILABLE,
          "the database " + location + " wants a user name and password",
          "Write them in the address: mongodb://USER:PASSWORD@HOST/NAME, with authSource if the"
              + " user is of another database.",
          e);
    }
    int command = message.indexOf(" {");
    return error(
        ErrorCode.STORE_UNAVAILABLE,
        "the user has no right to do that in the database "
            + location
            + ": "
            + (command < 0 ? message : message.substring(0, command)),
        "Postil needs the role readWrite for the database; read is enough to look at datasets.",
        e);
  }

  private static PostilException unreachable(MongoException e, Servers servers) {
    servers.waitedInVain(e);
    String reason =
        e instanceof MongoSocketException socket
            ? socket.getServerAddress() + " " + Servers.reason(e)
            : servers.reason();
    String remedy;
    if (servers.isTls()) {
      remedy =
          "Check whether the server uses TLS at all (tls in the address), the host's name in its"
              + " certificate, and that Java trusts the certificate"
              + " (-Djavax.net.ssl.trustStore=FILE and trustStorePassword in POSTIL_JAVA_OPTS).";
    } else if (servers.wereReached()) {
      remedy =
          "See on the server whether it runs, and in its log why not: a full disk stops it. Then"
              + " repeat the command; what was written is taken back first, if it was not done.";
    } else if (servers.closesConnections()) {
      remedy = "Check the port; a server that wants TLS closes connections without tls=true.";
    } else {
      remedy =
          "Check that the server runs and that the address and its options (tls, replicaSet) are"
              + " right; then repeat the command.";
    }
    return error(
        ErrorCode.STORE_UNAVAILABLE,
        "the database " + servers.location() + " cannot be reached: " + reason,
        remedy,
        e);
  }

  /** Whether the disk of the server is full. */
  static boolean isFull(MongoException e) {
    return code(e) == OUT_OF_DISK_SPACE
        || String.valueOf(e.getMessage()).contains("No space left")
        || e instanceof MongoBulkWriteException bulk
            && bulk.getWriteConcernError() != null
            && bulk.getWriteConcernError().getCode() == OUT_OF_DISK_SPACE;
  }

  private static PostilException full(MongoException e, String location) {
    return error(
        ErrorCode.STORE_FULL,
        "the disk of the database " + location + " is full",
        "Free some space on the server and repeat the command; nothing of it is kept.",
        e);
  }

  /** The error of a change whose last word to the server was not answered. */
  static PostilException unknownOutcome(MongoException e, Servers servers) {
    return error(
        ErrorCode.STORE_UNAVAILABLE,
        "the database "
            + servers.location()
            + " was lost while the change was made final ("
            + servers.reason()
            + "); whether it was made is not known, but it is whole or not there",
        "When the server runs again, see whether it is there before you repeat the command.",
        e);
  }

  /** The error of a change that was decided, but not done to its end. */
  static PostilException unfinished(MongoException e, Servers servers) {
    PostilException known = translate(e, servers);
    return error(
        known.code(),
        "the change was made, but not all that it removes is gone yet: " + known.getMessage(),
        "The next command that opens the dataset removes the rest; do not repeat this one.",
        e);
  }

  /** The error of a change that could not be taken back: the given one, with what to expect. */
  static RuntimeException halfDone(RuntimeException failure, Servers servers) {
    RuntimeException known = failure instanceof MongoException e ? translate(e, servers) : failure;
    if (!(known instanceof PostilException told)) {
      return failure;
    }
    return error(
        told.code(),
        told.getMessage() + "; a part of the change is still there",
        "It is taken back by the next command that opens the dataset, as soon as the server can do"
            + " that"
            + (told.code() == ErrorCode.STORE_FULL
                ? ": free some space on it."
                : ". See in the server's log why it stopped; a full disk stops it."),
        failure);
  }

  /** The error of a document beyond the server's limit. */
  static PostilException tooLarge(String what, @Nullable Exception cause) {
    return error(
        ErrorCode.STORE_FULL,
        what + " would be larger than the 16 MB that MongoDB allows a document",
        "Keep masks in files (mask_path), or spread the labels over several fields; nothing was"
            + " changed.",
        cause);
  }

  /** Whether an error says that a document is too large. */
  static boolean isTooLarge(MongoException e) {
    int code = code(e);
    return code == OBJECT_TOO_LARGE || code == BSON_TOO_LARGE || code == UPDATE_TOO_LARGE;
  }

  /** The error of evaluating a view on the server. */
  static PostilException evaluation(MongoCommandException e, Servers servers) {
    PostilException known = translate(e, servers);
    return known.code() != ErrorCode.INTERNAL
        ? known
        : error(
            ErrorCode.EVALUATION_FAILED,
            "the view cannot be evaluated (" + e.getErrorCode() + "): " + e.getErrorMessage(),
            "Check the expressions of the view.",
            e);
  }

  private static String firstLine(MongoException e) {
    return Servers.firstLine(e.getMessage());
  }

  private static PostilException error(
      ErrorCode code, String message, @Nullable String remedy, @Nullable Throwable cause) {
    return new PostilException(code, message, remedy, cause);
  }
}
