package io.postil.core.query;

import io.postil.core.value.ObjectId;
import java.util.List;
import java.util.Map;

/**
 * What a store keeps of the labels of one list field by columns, for a block of samples that follow
 * each other: those that have a value of the field, in the order of insertion. Immutable; the array
 * is not copied.
 *
 * @param samples the samples
 * @param ends for each sample the number of labels up to and with its own
 * @param columns the wanted properties by name; one that is not there no label of the block has
 */
public record LabelColumns(List<ObjectId> samples, int[] ends, Map<String, LabelColumn> columns) {
  /** Number of labels of all samples. */
  public int labels() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  /** The column of a property. */
  LabelColumn column(String property) {
    LabelColumn column = columns.get(property);
    return column != null ? column : new LabelColumn.Coded(List.of(), new char[labels()]);
  }

  /**
   * Whether a store may keep a property by columns: texts, numbers and truth values, not what a
   * class of labels stores in another form, such as boxes.
   *
   * @param listClass the class of the list, such as {@code Detections}
   */
  public static boolean mayHold(String listClass, String property) {
    return switch (property) {
      case "label", "index" -> true;
      case "confidence" -> !listClass.equals("Keypoints");
      case "attributes" -> false;
      default ->
          !property.startsWith("_")
              && !property.contains(".")
              && !BuiltinFields.isDeclared(LabelField.elementClass(listClass), property);
    };
  }
}
