package io.postil.core.packed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table in memory. Takes the texts that likely repeat, up to {@link TextTable#MAX_TEXTS}, and the
 * first short values. Not thread-safe.
 */
public final class MemoryTexts implements TextTable {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  @Override
  public int number(String text, boolean repeats) {
    int known = find(text);
    if (known >= 0) {
      return known;
    }
    if (!TextTable.isWorth(text, repeats, texts.size())) {
      return -1;
    }
    add(text);
    return texts.size() - 1;
  }

  /** The number of a text, or -1 if it has none. */
  public int find(String text) {
    Integer known = numbers.get(text);
    return known == null ? -1 : known;
  }

  /** Gives a new text the next number. */
  public void add(String text) {
    numbers.put(text, texts.size());
    texts.add(text);
  }

  /** How many texts there are. */
  public int size() {
    return texts.size();
  }

  @Override
  public @Nullable String text(int number) {
    return number < texts.size() ? texts.get(number) : null;
  }
}
