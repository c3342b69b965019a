package io.postil.engine.annotation;

import io.postil.core.annotation.LabelType;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.value.Document;
import org.jspecify.annotations.Nullable;

/**
 * A field of a request half resolved.
 *
 * @param name its name, that of a frame field with its prefix
 * @param spec what the request says of it
 * @param existing how the dataset declares it; null for a new field
 * @param type what people are asked for
 */
record FieldDraft(String name, Document spec, @Nullable FieldSpec existing, LabelType type) {
  boolean isFrameField() {
    return name.startsWith(DatasetInfo.FRAMES);
  }
}
