package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a merge of one field may touch.
 *
 * @param kind what the labels are
 * @param isList whether the destination holds a list
 * @param schema what was asked; null for labels of an unexpected kind, of which all is taken
 * @param frames whether the field is one of frames, so that an index is a track number
 * @param keyframes whether the marks of key frames are the tool's
 * @param policy whose version stands in a conflict
 */
record MergeRules(
    AnswerKind kind,
    boolean isList,
    @Nullable FieldSchema schema,
    boolean frames,
    boolean keyframes,
    ConflictPolicy policy) {
  boolean allows(Restriction restriction) {
    return schema == null || schema.allows(restriction);
  }

  /** The same without restrictions: for a destination, once they were applied to the source. */
  MergeRules unrestricted() {
    return schema == null
        ? this
        : new MergeRules(
            kind,
            isList,
            new FieldSchema(
                schema.field(),
                schema.type(),
                schema.classes(),
                schema.attributes(),
                schema.maskTargets(),
                schema.existing(),
                java.util.Map.of(),
                schema.onlyKeyframes()),
            frames,
            keyframes,
            policy);
  }

  /** Whether the tool's index is taken for an existing label. */
  boolean takesIndex(SingleLabel answer) {
    return kind.isTrackable() && (frames || answer.index() != null);
  }

  /** Names of the attributes an annotator could see on a label of a class. */
  List<AttributeSchema> attributes(@Nullable String className, SingleLabel answer) {
    if (schema != null) {
      return schema.attributesOf(className);
    }
    List<AttributeSchema> all = new ArrayList<>();
    for (String name : answer.attributes().names()) {
      if (!name.equals(SingleLabel.KEYFRAME)) {
        all.add(new AttributeSchema(name, io.postil.core.value.Document.empty()));
      }
    }
    return all;
  }
}
