package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of labels of one type. An empty list differs from a field without a value.
 *
 * @param <T> the type of its labels
 */
public sealed interface LabelList<T extends SingleLabel> extends Label
    permits Classifications, Detections, Polylines, Keypoints, TemporalDetections {
  /** The labels, in order. */
  List<T> labels();

  /** Everything else its document holds, such as {@code logits} of classifications. */
  Document extras();

  /** The name its labels are stored under, such as {@code detections}. */
  String listName();

  /** This list with other labels; their type is the caller's responsibility. */
  LabelList<T> withLabels(List<? extends SingleLabel> labels);

  @Override
  default @Nullable Object property(String name) {
    if (name.equals(listName())) {
      return labels();
    }
    return name.equals("_cls") ? className() : extras().get(name);
  }

  @Override
  default boolean hasProperty(String name) {
    return name.equals(listName()) || name.equals("_cls") || extras().contains(name);
  }

  /** How many labels the value of a field holds: none if it is something else. */
  static int count(@Nullable Object value) {
    return value instanceof LabelList<?> list
        ? list.labels().size()
        : value instanceof SingleLabel ? 1 : 0;
  }
}
