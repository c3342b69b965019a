package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.dataset.DatasetInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where labels of one field and kind of an answer go.
 *
 * @param schema what was asked
 * @param kind what comes
 * @param expected whether that is the kind asked for
 * @param field the field written to, with {@code frames.} for a frame field of the dataset
 * @param perFrame whether it is a field of frames
 * @param rules what may be touched
 */
record LoadTarget(
    FieldSchema schema,
    AnswerKind kind,
    boolean expected,
    String field,
    boolean perFrame,
    MergeRules rules) {
  /** The name of the field without {@code frames.}. */
  String plainField() {
    return perFrame ? field.substring(DatasetInfo.FRAMES.length()) : field;
  }

  /** The field the schema's field stands for in the dataset. */
  String sourceField() {
    return perFrame && !schema.isFrameField()
        ? DatasetInfo.FRAMES + schema.field()
        : schema.field();
  }

  /** Whether it goes where it came from. */
  boolean home() {
    return expected && field.equals(sourceField());
  }

  /** The name of its base. */
  String baseName() {
    if (home()) {
      return schema.field();
    }
    return (expected ? "#to:" : "#kept:" + kind.id() + ":") + schema.field() + ":" + field;
  }

  /** The class of the destination; null for a scalar. */
  @Nullable String fieldClass() {
    LabelType type = schema.type();
    return expected && type != null ? type.fieldClass() : kind.fieldClass();
  }

  /** Those entries that are for it. */
  List<AnswerSpool.Entry> of(List<AnswerSpool.Entry> entries) {
    return entries.stream()
        .filter(e -> e.field().equals(schema.field()) && e.kind() == kind)
        .toList();
  }
}
