package io.postil.engine.evaluation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    List<FieldSpec> attributes = new ArrayList<>(attributes(withoutAttributes(spec, key)));
    for (String suffix : List.of("", "_id", "_iou")) {
      attributes.add(FieldSpec.of(key + suffix, ATTRIBUTES.getOrDefault(suffix, FieldType.STRING)));
    }
    return with(spec, attributes);
  }

  private static FieldSpec withoutAttributes(FieldSpec spec, String key) {
    List<FieldSpec> attributes = new ArrayList<>(attributes(spec));
    attributes.removeIf(
        a -> ATTRIBUTES.keySet().stream().anyMatch(suffix -> a.name().equals(key + suffix)));
    return with(spec, attributes);
  }

  /** The property that holds the labels, such as {@code detections}. */
  static String listName(FieldSpec spec) {
    String className = String.valueOf(spec.documentClass());
    return className.equals("TemporalDetections")
        ? "detections"
        : className.toLowerCase(Locale.ROOT);
  }

  /** The declared attributes of the labels of a list. */
  private static List<FieldSpec> attributes(FieldSpec spec) {
    for (FieldSpec inner : spec.fields()) {
      if (inner.name().equals(listName(spec)) && inner.element() != null) {
        return inner.element().fields();
      }
    }
    return List.of();
  }

  private static FieldSpec with(FieldSpec spec, List<FieldSpec> attributes) {
    String listName = listName(spec);
    List<FieldSpec> inner = new ArrayList<>(spec.fields());
    inner.removeIf(f -> f.name().equals(listName));
    if (!attributes.isEmpty()) {
      String className = String.valueOf(spec.documentClass());
      FieldSpec element =
          FieldSpec.embedded("", className.substring(0, className.length() - 1))
              .withFields(attributes);
      FieldSpec list = FieldSpec.listOf(listName, FieldType.EMBEDDED);
      inner.add(new FieldSpec(list.name(), list.type(), null, element, List.of(), list.extras()));
    }
    return spec.withFields(inner);
  }
}
