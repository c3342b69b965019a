package io.postil.store.sqlite;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects one property of the labels of a block: as numbers of different values while these are
 * few, else as doubles if it holds nothing else. What is neither is given up, and then no column is
 * written. Not thread-safe.
 */
final class LabelColumnBuilder {
  /** Stands for a property that a label does not have. */
  static final Object NONE = new Object();

  /** Different values from which on doubles are kept as they are. */
  private static final int MOST_CODED_REALS = 64;

  /** Most different values: the ids of labels, such as those of matches, are not worth a column. */
  private static final int MOST_VALUES = 2048;

  private static final int RECENT = 64;

  private final String name;
  private final List<@Nullable Object> values = new ArrayList<>();
  private final Map<@Nullable Object, Character> codeOf = new HashMap<>();
  private char[] codes = new char[256];
  private double @Nullable [] reals;
  private final BitSet missing = new BitSet();
  private boolean onlyReals = true;
  private boolean givenUp;
  private int size;

  /** The texts seen last and their codes, each in the slot of its hash: most texts repeat. */
  private final @Nullable String[] recent = new @Nullable String[RECENT];

  private final char[] recentCodes = new char[RECENT];

  LabelColumnBuilder(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  boolean isGivenUp() {
    return givenUp;
  }

  void giveUp() {
    givenUp = true;
    reals = null;
    values.clear();
    codeOf.clear();
    codes = new char[0];
  }

  /** The value of a label; labels come in order, and one that is left out has none. */
  void add(int label, @Nullable Object value) {
    if (givenUp) {
      return;
    }
    double[] numbers = reals;
    if (numbers == null) {
      addCoded(label, value);
    } else if (value instanceof Double number) {
      if (label >= numbers.length) {
        numbers = Arrays.copyOf(numbers, Math.max(label + 1, numbers.length * 2));
        reals = numbers;
      }
      missing.set(size, label);
      numbers[label] = number;
      size = label + 1;
    } else {
      giveUp();
    }
  }

  private void addCoded(int label, @Nullable Object value) {
    if (label >= codes.length) {
      codes = Arrays.copyOf(codes, Math.max(label + 1, codes.length * 2));
    }
    int slot = value instanceof String text ? text.hashCode() & RECENT - 1 : -1;
    char code;
    if (slot >= 0 && recent[slot] == value) {
      code = recentCodes[slot];
    } else {
      Character known = codeOf.get(value);
      if (known == null) {
        if (!isSimple(value) || values.size() == MOST_VALUES) {
          giveUp();
          return;
        }
        onlyReals &= value instanceof Double;
        if (onlyReals && values.size() == MOST_CODED_REALS) {
          useReals();
          add(label, value);
          return;
        }
        values.add(value);
        known = (char) values.size();
        codeOf.put(value, known);
      }
      code = known;
      if (slot >= 0) {
        recent[slot] = (String) value;
        recentCodes[slot] = code;
      }
    }
    codes[label] = code;
    size = label + 1;
  }

  private static boolean isSimple(@Nullable Object value) {
    return value instanceof String
        || value instanceof Double
        || value instanceof Integer
        || value instanceof Boolean
        || value instanceof Long
        || value == null;
  }

  private void useReals() {
    double[] numbers = new double[codes.length];
    for (int i = 0; i < size; i++) {
      if (codes[i] == 0) {
        missing.set(i);
      } else if (values.get(codes[i] - 1) instanceof Double number) {
        numbers[i] = number;
      }
    }
    reals = numbers;
    codes = new char[0];
    codeOf.clear();
    values.clear();
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The value of a label that was added, or {@link #NONE}. */
  @Nullable Object get(int label) {
    if (label >= size) {
      return NONE;
    }
    double[] numbers = reals;
    if (numbers != null) {
      return missing.get(label) ? NONE : (Object) numbers[label];
    }
    return codes[label] == 0 ? NONE : values.get(codes[label] - 1);
  }

  /** The column of as many labels; {@link LabelBlocks} reads it. */
  Document document(int labels) {
    double[] numbers = reals;
    if (numbers != null) {
      missing.set(size, labels);
      ByteBuffer bytes = ByteBuffer.allocate(labels * 8).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asDoubleBuffer().put(numbers, 0, Math.min(size, labels));
      Document reals = Document.of("reals", Binary.wrap(bytes.array()));
      return missing.isEmpty()
          ? reals
          : reals.toBuilder().put("missing", Binary.wrap(missing.toByteArray())).build();
    }
    char[] all = Arrays.copyOf(codes, labels);
    Arrays.fill(all, Math.min(size, labels), labels, (char) 0);
    return Document.of("values", Values.list(values), "codes", Binary.wrap(bytes(all)));
  }

  /** A byte a code if that is enough, else two. */
  private byte[] bytes(char[] all) {
    if (values.size() < 256) {
      byte[] bytes = new byte[all.length];
      for (int i = 0; i < all.length; i++) {
        bytes[i] = (byte) all[i];
      }
      return bytes;
    }
    ByteBuffer bytes = ByteBuffer.allocate(all.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asCharBuffer().put(all);
    return bytes.array();
  }
}
