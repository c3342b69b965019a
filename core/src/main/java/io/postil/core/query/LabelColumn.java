package io.postil.core.query;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One property of the labels of a block, one value a label, in the order of the labels. */
public sealed interface LabelColumn {
  /** Number of labels. */
  int size();

  /**
   * A property with few different values; the arrays are not copied.
   *
   * @param values the values that occur: text, numbers, truth values or null, each once
   * @param codes for each label 0 if it has no such property, else 1 + the place of its value
   */
  record Coded(List<@Nullable Object> values, char[] codes) implements LabelColumn {
    @Override
    public int size() {
      return codes.length;
    }

    /** The value of a code, or {@link Missing#MISSING}. */
    @Nullable Object value(int code) {
      return code == 0 ? Missing.MISSING : values.get(code - 1);
    }
  }

  /**
   * A property whose values are all doubles; the array is not copied.
   *
   * @param values a number for each label
   * @param missing the labels without the property; null if all have it
   */
  record Reals(double[] values, @Nullable BitSet missing) implements LabelColumn {
    @Override
    public int size() {
      return values.length;
    }

    boolean isMissing(int label) {
      return missing != null && missing.get(label);
    }
  }
}
