package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;

/** Makes the errors of evaluation; they carry MongoDB's error number in their message. */
final class EvaluationError {
  private EvaluationError() {}

  static PostilException of(int code, String message) {
    return new PostilException(
        ErrorCode.EVALUATION_FAILED, message + " (MongoDB error " + code + ")");
  }
}
