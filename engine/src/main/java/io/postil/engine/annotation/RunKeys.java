package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import java.text.Normalizer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rule for keys of runs: an identifier of Unicode (UAX #31) that may start with {@code _}. */
final class RunKeys {
  private RunKeys() {}

  /** What is wrong with a key, if anything. */
  static Optional<Problem> check(@Nullable Object key) {
    if (key instanceof String text && isIdentifier(text)) {
      return Optional.empty();
    }
    String shown = key instanceof String text ? "'" + text + "'" : String.valueOf(key);
    return Optional.of(
        new Problem(
            ErrorCode.INVALID_ANNO_KEY,
            shown + " cannot be the key of a run",
            "Use letters, digits and underscores, not starting with a digit."));
  }

  /** As Python has it: a character must stay one of identifiers in the form NFKC. */
  private static boolean isIdentifier(String text) {
    if (text.isEmpty()) {
      return false;
    }
    int first = text.codePointAt(0);
    return (first == '_' || isStart(first) && isIdentifierNormalized(Character.toString(first)))
        && text.codePoints().skip(1).allMatch(RunKeys::isPartNormalized);
  }

  private static boolean isIdentifierNormalized(String start) {
    String normalized = Normalizer.normalize(start, Normalizer.Form.NFKC);
    return isStart(normalized.codePointAt(0))
        && normalized.codePoints().skip(1).allMatch(RunKeys::isPart);
  }

  private static boolean isPartNormalized(int c) {
    String normalized = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC);
    return isPart(c) && normalized.codePoints().allMatch(RunKeys::isPart);
  }

  private static boolean isStart(int c) {
    return Character.isUnicodeIdentifierStart(c);
  }

  private static boolean isPart(int c) {
    return c == '_'
        || c == 0xB7
        || c == 0x387
        || Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
  }
}
