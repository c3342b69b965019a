package io.postil.core.packed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table in memory, for documents that do not outlive it. Takes the texts that likely repeat, up
 * to {@link #MAX_TEXTS}. Not thread-safe.
 */
public final class MemoryTexts implements TextTable {
  /** Most texts it takes. */
  public static final int MAX_TEXTS = 100_000;

  private static final int LONGEST = 256;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  @Override
  public int number(String text, boolean repeats) {
    Integer known = numbers.get(text);
    if (known != null) {
      return known;
    }
    if (!repeats || texts.size() == MAX_TEXTS || text.length() > LONGEST) {
      return -1;
    }
    numbers.put(text, texts.size());
    texts.add(text);
    return texts.size() - 1;
  }

  @Override
  public @Nullable String text(int number) {
    return number < texts.size() ? texts.get(number) : null;
  }
}
