package io.postil.backends.cvat;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server is known to hold of one item, or of one frame of a video, by id. */
final class BaseLabels {
  /**
   * A label.
   *
   * @param frame the number here; 0 for the item itself
   */
  record Held(FieldSchema field, int frame, SingleLabel label) {}

  /** The value of a scalar field. */
  record HeldScalar(FieldSchema field, int frame, Object value) {}

  static final BaseLabels NONE = new BaseLabels(new LabelSchema(List.of()), List.of());

  private final Map<ObjectId, Held> labels = new LinkedHashMap<>();
  private final List<HeldScalar> scalars = new ArrayList<>();

  BaseLabels(LabelSchema schema, List<Content> contents) {
    for (Content content : contents) {
      FieldSchema field = schema.field(content.field()).orElseThrow();
      if (content.kind() == AnswerKind.SCALAR) {
        Object value = content.scalar();
        if (value != null) {
          scalars.add(new HeldScalar(field, content.frameNumber(), value));
        }
      } else {
        for (SingleLabel label : content.labels()) {
          labels.put(label.id(), new Held(field, content.frameNumber(), label));
        }
      }
    }
  }

  /** One label alone. */
  static BaseLabels of(Held held) {
    BaseLabels labels = new BaseLabels(new LabelSchema(List.of()), List.of());
    labels.labels.put(held.label().id(), held);
    return labels;
  }

  boolean isEmpty() {
    return labels.isEmpty() && scalars.isEmpty();
  }

  @Nullable Held get(ObjectId id) {
    return labels.get(id);
  }

  Iterable<Held> labels() {
    return labels.values();
  }

  List<HeldScalar> scalars() {
    return scalars;
  }

  @Nullable Object scalar(FieldSchema field, int frame) {
    for (HeldScalar scalar : scalars) {
      if (scalar.frame() == frame && scalar.field().field().equals(field.field())) {
        return scalar.value();
      }
    }
    return null;
  }
}
