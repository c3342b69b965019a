package io.postil.backends.local;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.UploadItem;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an item of a queue holds. Immutable.
 *
 * @param labels the labels by field; a field that is absent has none
 * @param values the values of scalar fields; a field that is absent has none
 */
public record LocalWork(Map<String, List<SingleLabel>> labels, Map<String, Object> values) {
  /** Nothing. */
  public static final LocalWork EMPTY = new LocalWork(Map.of(), Map.of());

  /** Copies the maps, whose order stays. */
  public LocalWork {
    Map<String, List<SingleLabel>> copy = new LinkedHashMap<>();
    for (Map.Entry<String, List<SingleLabel>> field : labels.entrySet()) {
      copy.put(field.getKey(), List.copyOf(field.getValue()));
    }
    labels = Collections.unmodifiableMap(copy);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Work without scalar fields. */
  public static LocalWork ofLabels(Map<String, List<SingleLabel>> labels) {
    return new LocalWork(labels, Map.of());
  }

  /** Whether it holds nothing. */
  boolean isEmpty() {
    return labels.isEmpty() && values.isEmpty();
  }

  /** What is sent with an item, or with one frame of a video. */
  static LocalWork of(Iterable<UploadItem.Content> contents) {
    Map<String, List<SingleLabel>> labels = new LinkedHashMap<>();
    Map<String, Object> values = new LinkedHashMap<>();
    for (UploadItem.Content content : contents) {
      Object value = content.scalar();
      if (value != null) {
        values.put(content.field(), value);
      } else if (content.kind() != AnswerKind.SCALAR) {
        List<SingleLabel> before = labels.putIfAbsent(content.field(), content.labels());
        if (before != null) {
          List<SingleLabel> both = new ArrayList<>(before);
          both.addAll(content.labels());
          labels.put(content.field(), both);
        }
      }
    }
    return new LocalWork(labels, values);
  }
}
