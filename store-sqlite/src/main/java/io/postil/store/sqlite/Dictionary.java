package io.postil.store.sqlite;

import io.postil.core.packed.TextTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts that documents name by a number: property names, classes, tags and short values. It
 * only grows, and an entry is committed with the first document that uses it, so what a snapshot
 * shows can always be read. This object is what the process knows of the table; shared by all
 * sessions of a database, thread-safe.
 */
final class Dictionary {
  private volatile String[] texts = new String[0];
  private final Map<String, Integer> numbers = new HashMap<>();

  /** What the process knows of the table; as it only grows, this may be asked at any time. */
  private final TextTable known =
      new TextTable() {
        @Override
        public @Nullable String text(int number) {
          String[] now = texts;
          return number < now.length ? now[number] : null;
        }

        @Override
        public boolean isLasting() {
          return true;
        }
      };

  /** The texts of all documents that a session sees. */
  TextTable lookup(Session session) {
    refresh(session);
    return known;
  }

  /** Reads the entries that other processes added. */
  private synchronized void refresh(Session session) {
    List<String> added = new ArrayList<>();
    try (Rows rows =
        session.query("SELECT text FROM dictionary WHERE id >= ? ORDER BY id", texts.length)) {
      while (rows.next()) {
        added.add(rows.text(0));
      }
    }
    append(added);
  }

  private synchronized void append(List<String> added) {
    if (added.isEmpty()) {
      return;
    }
    int size = texts.length;
    String[] longer = Arrays.copyOf(texts, size + added.size());
    for (String text : added) {
      longer[size] = text;
      numbers.put(text, size++);
    }
    texts = longer;
  }

  private synchronized int find(String text) {
    Integer number = numbers.get(text);
    return number == null ? -1 : number;
  }

  /** Starts adding within a write transaction, which nobody else can do meanwhile. */
  Editor edit(Session session) {
    refresh(session);
    return new Editor(session, texts.length);
  }

  /** The texts of a write transaction; {@link #publish} after its commit, else forget it. */
  final class Editor implements TextTable {
    private final Session session;
    private final int base;
    private final List<String> added = new ArrayList<>();
    private final Map<String, Integer> cache = new HashMap<>();

    Editor(Session session, int base) {
      this.session = session;
      this.base = base;
    }

    @Override
    public int number(String text, boolean repeats) {
      Integer known = cache.get(text);
      if (known != null) {
        return known;
      }
      int number = find(text);
      if (number >= base) {
        // Another session of this process read a later state; it is not ours to use.
        number = -1;
      }
      if (number < 0 && TextTable.isWorth(text, repeats, base + added.size())) {
        number = base + added.size();
        session.update("INSERT INTO dictionary (id, text) VALUES (?, ?)", number, text);
        added.add(text);
      }
      if (number >= 0) {
        cache.put(text, number);
      }
      return number;
    }

    @Override
    public @Nullable String text(int number) {
      if (number < base) {
        return texts[number];
      }
      return number - base < added.size() ? added.get(number - base) : null;
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public boolean hasTextsOf(TextTable other) {
      // Nobody else adds texts while this transaction runs, so what was read before is known here.
      return other == this || other == known;
    }

    /** Makes the new entries known to the process. */
    void publish() {
      synchronized (Dictionary.this) {
        if (texts.length == base) {
          append(added);
        }
      }
    }
  }
}
