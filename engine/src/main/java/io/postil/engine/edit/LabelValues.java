package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetWriter;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets an attribute of labels by their ids.
 *
 * @param path of the attribute
 * @param values by id of the label
 */
record LabelValues(String path, Map<ObjectId, ?> values) {
  void run(EditPass pass) {
    SetPaths.Target target = SetPaths.Target.of(pass.schema(), path);
    String field = target.field();
    pass.schema().labelPrefix(field);
    String property = target.property();
    if (property == null || property.equals("id") || property.startsWith("_")) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "'" + path + "' is no attribute of labels that can be set",
          "Name one, such as " + field + ".label.");
    }
    FieldSpec declared = pass.schema().find(path).orElse(null);
    if (declared == null) {
      declare(pass, field, property);
    }
    FieldValues check = new FieldValues();
    MissingIds missing = new MissingIds(values.keySet());
    LabelChanges.LabelEdit edit =
        (stored, shown) -> edited(stored, property, declared, check, missing);
    boolean ofFrames = field.startsWith(DatasetInfo.FRAMES);
    pass.each(
        List.of(field),
        sample -> {
          if (!ofFrames) {
            pass.editLabels(sample, field, edit);
          }
        },
        frame -> pass.editLabels(frame, FieldNames.plain(field), edit));
    if (!check.problems().isEmpty()) {
      throw PostilException.of(check.problems());
    }
    missing.requireNone("labels of '" + field + "'");
  }

  private SingleLabel edited(
      SingleLabel stored,
      String property,
      @Nullable FieldSpec declared,
      FieldValues check,
      MissingIds missing) {
    if (!values.containsKey(stored.id())) {
      return stored;
    }
    missing.met(stored.id());
    Object value = values.get(stored.id());
    int faults = check.problems().size();
    Object fitting = declared == null ? value : check.checked(path, declared, value, stored.id());
    if (check.problems().size() > faults) {
      return stored;
    }
    if (LabelChanges.with(stored, property, fitting) instanceof SingleLabel label) {
      return label.equals(stored) ? stored : label;
    }
    check.add(path, stored.id(), "a label cannot have the value " + value);
    return stored;
  }

  /** Declares the attribute by the type its values have in common, if they have. */
  private void declare(EditPass pass, String field, String property) {
    FieldType type = FieldValues.typeOf(values.values());
    DatasetWriter writer = pass.writer();
    FieldSpec spec = pass.reading().info().field(field).orElse(null);
    if (type == null || writer == null || spec == null) {
      return;
    }
    List<FieldSpec> attributes = new ArrayList<>(LabelAttributes.of(spec));
    attributes.add(FieldSpec.of(property, type));
    writer.putInfo(writer.info().withField(field, LabelAttributes.with(spec, attributes)));
  }
}
