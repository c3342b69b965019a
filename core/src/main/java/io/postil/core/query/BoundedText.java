package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;

/** Text that a regular expression may look at only so often, against catastrophic backtracking. */
final class BoundedText implements CharSequence {
  private static final long LIMIT = 5_000_000;

  private final String text;
  private long looks;

  BoundedText(String text) {
    this.text = text;
  }

  @Override
  public char charAt(int index) {
    if (++looks > LIMIT) {
      throw new PostilException(
          ErrorCode.EVALUATION_FAILED,
          "a regular expression takes too long on a text of " + text.length() + " characters",
          "Avoid nested repetitions such as (a+)+ in the expression.");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
