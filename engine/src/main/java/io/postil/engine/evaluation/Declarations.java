package io.postil.engine.evaluation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.LabelAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The declarations of what an evaluation writes: counters of samples and frames, and attributes of
 * the labels that were compared. Stateless.
 */
final class Declarations {
  private static final Map<String, FieldType> ATTRIBUTES =
      Map.of("", FieldType.STRING, "_id", FieldType.STRING, "_iou", FieldType.FLOAT);

  private Declarations() {}

  /** The dataset with all that an evaluation of a key writes. */
  static DatasetInfo declare(DatasetInfo info, EvaluationFields fields, String key) {
    String prefix = fields.ofFrames() ? DatasetInfo.FRAMES : "";
    DatasetInfo declared = declare(info, EvaluationFields.written(key, fields.ofFrames()));
    for (String name : List.of(fields.predictions(), fields.groundTruth())) {
      FieldSpec spec = declared.field(prefix + name).orElse(null);
      if (spec != null) {
        declared = declared.withField(prefix + name, withAttributes(spec, key));
      }
    }
    return declared;
  }

  /** The dataset with more fields; frame fields have the prefix. */
  static DatasetInfo declare(DatasetInfo info, Map<String, FieldType> fields) {
    DatasetInfo declared = info;
    for (Map.Entry<String, FieldType> field : fields.entrySet()) {
      FieldSpec spec = FieldSpec.of(EvaluationFields.plain(field.getKey()), field.getValue());
      declared = declared.withField(field.getKey(), spec);
    }
    return declared;
  }

  /** The dataset without the attributes of a key on the labels of a field. */
  static DatasetInfo forget(DatasetInfo info, String field, String key) {
    FieldSpec spec = info.field(field).orElse(null);
    return spec == null ? info : info.withField(field, withoutAttributes(spec, key));
  }

  /** The dataset with the attributes of a key on the labels of a field. */
  static DatasetInfo remember(DatasetInfo info, String field, String key) {
    FieldSpec spec = info.field(field).orElse(null);
    return spec == null ? info : info.withField(field, withAttributes(spec, key));
  }

  private static FieldSpec withAttributes(FieldSpec spec, String key) {
    List<FieldSpec> attributes = new ArrayList<>(LabelAttributes.of(withoutAttributes(spec, key)));
    for (String suffix : List.of("", "_id", "_iou")) {
      attributes.add(FieldSpec.of(key + suffix, ATTRIBUTES.getOrDefault(suffix, FieldType.STRING)));
    }
    return LabelAttributes.with(spec, attributes);
  }

  private static FieldSpec withoutAttributes(FieldSpec spec, String key) {
    List<FieldSpec> attributes = new ArrayList<>(LabelAttributes.of(spec));
    attributes.removeIf(
        a -> ATTRIBUTES.keySet().stream().anyMatch(suffix -> a.name().equals(key + suffix)));
    return LabelAttributes.with(spec, attributes);
  }
}
