package io.postil.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of Postil: a stable {@link ErrorCode}, a message that names the thing and the
 * place, and a remedy that says what to do. Where a request has several faults, {@link #problems()}
 * has one entry for each. Messages never hold secrets. Immutable.
 */
public final class PostilException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String remedy;
  private final transient List<Problem> problems;

  /** One fault of a request: what is wrong and, if known, what to do. */
  public record Problem(ErrorCode code, String message, @Nullable String remedy) {
    /** A fault without a remedy of its own. */
    public static Problem of(ErrorCode code, String message) {
      return new Problem(code, message, null);
    }
  }

  /** An error without a remedy beyond its message. */
  public PostilException(ErrorCode code, String message) {
    this(code, message, null, null);
  }

  /** An error and what to do about it. */
  public PostilException(ErrorCode code, String message, @Nullable String remedy) {
    this(code, message, remedy, null);
  }

  /** An error, what to do about it, and what caused it. */
  public PostilException(
      ErrorCode code, String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.remedy = remedy;
    this.problems = List.of(new Problem(code, message, remedy));
  }

  private PostilException(List<Problem> problems) {
    super(
        problems.size()
            + " problems:"
            + problems.stream().map(p -> "\n  - " + p.message()).reduce("", String::concat));
    this.code = ErrorCode.SEVERAL_PROBLEMS;
    this.remedy = null;
    this.problems = List.copyOf(problems);
  }

  /**
   * The exception for a list of faults: with one fault its own code and remedy, with several {@link
   * ErrorCode#SEVERAL_PROBLEMS}.
   *
   * @throws IllegalArgumentException if the list is empty
   */
  public static PostilException of(List<Problem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("no problems");
    }
    if (problems.size() == 1) {
      Problem only = problems.get(0);
      return new PostilException(only.code(), only.message(), only.remedy());
    }
    return new PostilException(problems);
  }

  /** What went wrong. */
  public ErrorCode code() {
    return code;
  }

  /** What to do, or null if the message says all. */
  public @Nullable String remedy() {
    return remedy;
  }

  /** Every fault, in the order found; at least one. */
  public List<Problem> problems() {
    return problems;
  }
}
