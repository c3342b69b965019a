package io.postil.core.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An ordered map of names to values: BSON's document and JSON's object. A name may be present with
 * the value null, which differs from being absent. Documents are small, so look-ups are linear.
 * Immutable; compares by names and values, whatever their order.
 */
public final class Document {
  private static final Document EMPTY = new Document(new @Nullable Object[0]);

  /** Names at even and values at odd positions, or {@link Deferred}. */
  private final Object content;

  private Document(Object content) {
    this.content = content;
  }

  /**
   * At least one entry, read when it is first asked for; where nobody asks, nothing is read. Two
   * that are equal have the same entries. Thread-safe if {@link #read} is: it may be called twice.
   */
  public abstract static class Deferred {
    private volatile @Nullable Object @Nullable [] known;

    /** The names at even and the values at odd positions. */
    protected abstract @Nullable Object[] read();

    /**
     * Whether all names pass a test, as far as can be told without reading values; false means that
     * the entries must be read to know.
     */
    protected abstract boolean allNames(Predicate<String> test);

    private @Nullable Object[] entries() {
      @Nullable Object[] entries = known;
      if (entries == null) {
        entries = read();
        known = entries;
      }
      return entries;
    }
  }

  private @Nullable Object[] entries() {
    return content instanceof @Nullable Object[] entries ? entries : ((Deferred) content).entries();
  }

  /** A document whose entries are read when they are asked for. */
  public static Document ofDeferred(Deferred entries) {
    return new Document(entries);
  }

  /** What the entries are read from; null if they did not have to be. */
  public @Nullable Deferred deferred() {
    return content instanceof Deferred deferred ? deferred : null;
  }

  /** The document without entries. */
  public static Document empty() {
    return EMPTY;
  }

  /** A document of one entry. */
  public static Document of(String name, @Nullable Object value) {
    return new Document(new @Nullable Object[] {name, value});
  }

  /** A document of two entries. */
  public static Document of(
      String name1, @Nullable Object value1, String name2, @Nullable Object value2) {
    return builder().put(name1, value1).put(name2, value2).build();
  }

  /**
   * A document of names at even and values at odd positions; the array is not copied and must not
   * be changed any more. Names must differ.
   */
  public static Document ofEntries(@Nullable Object[] entries) {
    return entries.length == 0 ? EMPTY : new Document(entries);
  }

  /** A document with the map's entries in the map's order. */
  public static Document of(Map<String, ? extends @Nullable Object> map) {
    Builder builder = builder();
    map.forEach(builder::put);
    return builder.build();
  }

  /** An empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with this document's entries. */
  public Builder toBuilder() {
    @Nullable Object[] entries = entries();
    Builder builder = new Builder();
    builder.entries = Arrays.copyOf(entries, entries.length + 8);
    builder.length = entries.length;
    return builder;
  }

  private static int indexOf(@Nullable Object[] entries, String name) {
    for (int i = 0; i < entries.length; i += 2) {
      if (name.equals(entries[i])) {
        return i;
      }
    }
    return -1;
  }

  /** The value of the name, or null if it is absent or null. */
  public @Nullable Object get(String name) {
    @Nullable Object[] entries = entries();
    int i = indexOf(entries, name);
    return i < 0 ? null : entries[i + 1];
  }

  /** The value of the name if it has the type, else null. */
  public <T> @Nullable T get(String name, Class<T> type) {
    Object value = get(name);
    return type.isInstance(value) ? type.cast(value) : null;
  }

  /** The text of the name, or null if it is absent or no text. */
  public @Nullable String getString(String name) {
    return get(name, String.class);
  }

  /** The text of the name, or the default if it is absent or no text. */
  public String getString(String name, String defaultValue) {
    String text = get(name, String.class);
    return text == null ? defaultValue : text;
  }

  /** The document of the name, or an empty one if it is absent or no document. */
  public Document getDocument(String name) {
    Document document = get(name, Document.class);
    return document == null ? EMPTY : document;
  }

  /** The list of the name, or an empty one if it is absent or no list. */
  @SuppressWarnings("unchecked")
  public List<@Nullable Object> getList(String name) {
    List<@Nullable Object> list = (List<@Nullable Object>) get(name, List.class);
    return list == null ? List.of() : list;
  }

  /** The number of the name as a double, or null if it is absent or no number. */
  public @Nullable Double getDouble(String name) {
    return get(name) instanceof Number n ? (Double) n.doubleValue() : null;
  }

  /** The number of the name as a long, or the default if it is absent or no number. */
  public long getLong(String name, long defaultValue) {
    return get(name) instanceof Number n ? n.longValue() : defaultValue;
  }

  /** The boolean of the name, or the default if it is absent or no boolean. */
  public boolean getBoolean(String name, boolean defaultValue) {
    return get(name) instanceof Boolean b ? b : defaultValue;
  }

  /** Whether the name is present, with null or another value. */
  public boolean contains(String name) {
    return indexOf(entries(), name) >= 0;
  }

  /** Number of entries. */
  public int size() {
    return entries().length / 2;
  }

  /** Whether there are no entries. */
  public boolean isEmpty() {
    return content instanceof @Nullable Object[] entries && entries.length == 0;
  }

  /** The name at a position from 0. */
  public String nameAt(int index) {
    return (String) Objects.requireNonNull(entries()[2 * index]);
  }

  /** The value at a position from 0. */
  public @Nullable Object valueAt(int index) {
    return entries()[2 * index + 1];
  }

  /** Whether all names pass a test. It may be asked about a name twice. */
  public boolean allNames(Predicate<String> test) {
    if (content instanceof Deferred deferred && deferred.known == null && deferred.allNames(test)) {
      return true;
    }
    for (int i = 0; i < size(); i++) {
      if (!test.test(nameAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The names in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      names.add(nameAt(i));
    }
    return names;
  }

  /** Calls the action with each name and value in order. */
  public void forEach(BiConsumer<String, @Nullable Object> action) {
    for (int i = 0; i < size(); i++) {
      action.accept(nameAt(i), valueAt(i));
    }
  }

  /** This document with one entry set, in place if the name exists, else at the end. */
  public Document with(String name, @Nullable Object value) {
    return toBuilder().put(name, value).build();
  }

  /** This document with all entries of another set. */
  public Document withAll(Document other) {
    if (other.isEmpty()) {
      return this;
    }
    Builder builder = toBuilder();
    other.forEach(builder::put);
    return builder.build();
  }

  /** This document without a name. */
  public Document without(String name) {
    return contains(name) ? toBuilder().remove(name).build() : this;
  }

  /** The entries as a map of its own, in order. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    forEach(map::put);
    return map;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Document document
            && (isReadFromEqual(document) || sameEntries(entries(), document.entries()));
  }

  /** Whether both are known to be the same without reading their entries. */
  boolean isReadFromEqual(Document other) {
    return content instanceof Deferred deferred && deferred.equals(other.content);
  }

  private static boolean sameEntries(@Nullable Object[] a, @Nullable Object[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i += 2) {
      int j = indexOf(b, (String) Objects.requireNonNull(a[i]));
      if (j < 0 || !Objects.equals(a[i + 1], b[j + 1])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    @Nullable Object[] entries = entries();
    int hash = 0;
    for (int i = 0; i < entries.length; i += 2) {
      hash += Objects.hashCode(entries[i]) ^ Objects.hashCode(entries[i + 1]);
    }
    return hash;
  }

  /** Relaxed extended JSON. */
  @Override
  public String toString() {
    return Json.write(this);
  }

  /** Collects entries; not thread-safe, usable once or many times. */
  public static final class Builder {
    private @Nullable Object[] entries = new @Nullable Object[16];
    private int length;

    private Builder() {}

    /** Sets an entry: in place if the name exists, else at the end. */
    public Builder put(String name, @Nullable Object value) {
      for (int i = 0; i < length; i += 2) {
        if (name.equals(entries[i])) {
          entries[i + 1] = value;
          return this;
        }
      }
      return append(name, value);
    }

    /** Sets an entry unless the value is null. */
    public Builder putIfPresent(String name, @Nullable Object value) {
      return value == null ? this : put(name, value);
    }

    /** Adds an entry whose name is known to be new; quicker than {@link #put}. */
    public Builder append(String name, @Nullable Object value) {
      if (length == entries.length) {
        entries = Arrays.copyOf(entries, length * 2);
      }
      entries[length++] = name;
      entries[length++] = value;
      return this;
    }

    /** Removes an entry if it exists. */
    public Builder remove(String name) {
      for (int i = 0; i < length; i += 2) {
        if (name.equals(entries[i])) {
          System.arraycopy(entries, i + 2, entries, i, length - i - 2);
          length -= 2;
          return this;
        }
      }
      return this;
    }

    /** Whether an entry of the name exists. */
    public boolean contains(String name) {
      for (int i = 0; i < length; i += 2) {
        if (name.equals(entries[i])) {
          return true;
        }
      }
      return false;
    }

    /** The document of the entries so far. */
    public Document build() {
      return length == 0 ? EMPTY : new Document(Arrays.copyOf(entries, length));
    }
  }
}
