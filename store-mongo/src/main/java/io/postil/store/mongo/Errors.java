package io.postil.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteException;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import org.bson.BsonMaximumSizeExceededException;
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
    return e.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL)
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
        || e instanceof com.mongodb.MongoNotPrimaryException
        || e instanceof com.mongodb.MongoNodeIsRecoveringException;
  }

  /** The error of an operation on a database. */
  static PostilException translate(MongoException e, String location) {
    int code = code(e);
    if (e instanceof MongoSecurityException
        || code == UNAUTHORIZED
        || code == AUTHENTICATION_FAILED) {
      return error(
          ErrorCode.STORE_UNAVAILABLE,
          "the database " + location + " refused the user name or password",
          "Check them in the address, percent-encoded, and authSource if the user is of another"
              + " database.",
          e);
    }
    if (e instanceof MongoTimeoutException
        || e instanceof MongoSocketException
        || e instanceof com.mongodb.MongoNotPrimaryException
        || e instanceof com.mongodb.MongoNodeIsRecoveringException) {
      return error(
          ErrorCode.STORE_UNAVAILABLE,
          "the database " + location + " cannot be reached: " + firstLine(e),
          "Check that the server runs and that the address and its options (tls, replicaSet) are"
              + " right; then repeat the command.",
          e);
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
          null,
          e);
    }
    if (e instanceof MongoInterruptedException) {
      return error(ErrorCode.INTERRUPTED, "interrupted", null, e);
    }
    if (code == OUT_OF_DISK_SPACE || String.valueOf(e.getMessage()).contains("No space left")) {
      return error(
          ErrorCode.STORE_FULL,
          "the disk of the database " + location + " is full",
          "Free some space on the server and repeat the command; nothing of it was applied.",
          e);
    }
    if (code == OBJECT_TOO_LARGE || code == BSON_TOO_LARGE || code == UPDATE_TOO_LARGE) {
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
  static boolean isTooLarge(RuntimeException e) {
    return e instanceof BsonMaximumSizeExceededException;
  }

  /** The error of evaluating a view on the server. */
  static PostilException evaluation(MongoCommandException e, String location) {
    PostilException known = translate(e, location);
    return known.code() != ErrorCode.INTERNAL
        ? known
        : error(
            ErrorCode.EVALUATION_FAILED,
            "the view cannot be evaluated (" + e.getErrorCode() + "): " + e.getErrorMessage(),
            "Check the expressions of the view.",
            e);
  }

  private static String firstLine(MongoException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() > 300 ? line.substring(0, 300) + " ..." : line;
  }

  private static PostilException error(
      ErrorCode code, String message, @Nullable String remedy, @Nullable Throwable cause) {
    return new PostilException(code, message, remedy, cause);
  }
}
