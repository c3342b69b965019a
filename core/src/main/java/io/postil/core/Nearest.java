package io.postil.core;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what somebody who mistyped a name may have meant. Stateless. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known name nearest to a wrong one by edit distance, or null if none comes near: at most a
   * third of its letters may differ.
   */
  public static @Nullable String to(String wrong, Collection<String> known) {
    String best = null;
    int least = Math.max(1, wrong.length() / 3) + 1;
    for (String name : known) {
      int distance = distance(wrong.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        best = name;
      }
    }
    return best;
  }

  /** A sentence that names the nearest, or else all names, or says that there are none. */
  public static String hint(String wrong, Collection<String> known) {
    String nearest = to(wrong, known);
    if (nearest != null) {
      return "Did you mean " + nearest + "?";
    }
    return known.isEmpty() ? "There are none yet." : "There are: " + String.join(", ", known) + ".";
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
