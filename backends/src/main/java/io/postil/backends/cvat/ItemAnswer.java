package io.postil.backends.cvat;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is to be told of one item, so that each field of a frame is told in one piece. */
final class ItemAnswer {
  private record Key(int frame, String field, AnswerKind kind) {
    // Written out: Java links those of a record at each start, which takes a while.
    @Override
    public boolean equals(Object o) {
      return o instanceof Key k && frame == k.frame && kind == k.kind && field.equals(k.field);
    }

    @Override
    public int hashCode() {
      return (frame * 31 + kind.ordinal()) * 31 + field.hashCode();
    }
  }

  private final ObjectId item;
  private final Map<Key, List<SingleLabel>> labels = new LinkedHashMap<>();
  private final Map<Key, Object> scalars = new LinkedHashMap<>();

  ItemAnswer(ObjectId item) {
    this.item = item;
  }

  void add(FieldSchema field, int frame, SingleLabel label) {
    AnswerKind kind = AnswerKind.of(label);
    if (kind != null) {
      labels
          .computeIfAbsent(new Key(frame, field.field(), kind), k -> new ArrayList<>())
          .add(label);
    }
  }

  /** A value; of several the first counts. */
  void scalar(FieldSchema field, int frame, Object value) {
    scalars.putIfAbsent(new Key(frame, field.field(), AnswerKind.SCALAR), value);
  }

  void tell(AnswerSink sink) {
    labels.forEach((k, list) -> sink.labels(item, k.frame(), k.field(), k.kind(), list));
    scalars.forEach((k, value) -> sink.scalar(item, k.frame(), k.field(), value));
  }
}
