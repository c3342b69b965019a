package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses fields by what their declarations say: a text that occurs in the name, description or
 * info, or an object of conditions of which one must hold, {@code any}, {@code name}, {@code
 * description}, {@code type}, {@code info} and {@code info.key}; {@code include_nested_fields} has
 * it look at the properties of labels as well. Stateless.
 */
final class MetaFilter {
  private final Document conditions;
  private final boolean nested;

  private MetaFilter(Document conditions) {
    this.conditions = conditions;
    nested = conditions.getBoolean("include_nested_fields", false);
  }

  /**
   * The paths of the chosen fields of samples and frames.
   *
   * @param filter of a stage; null chooses none
   */
  static List<String> paths(ViewSchema schema, @Nullable Object filter) {
    Document conditions =
        switch (filter) {
          case null -> Document.empty();
          case String text -> text.isEmpty() ? Document.empty() : Document.of("any", text);
          case Document document -> document;
          default -> throw ViewCompiler.invalid("a meta_filter is a text or an object");
        };
    MetaFilter meta = new MetaFilter(conditions);
    List<String> paths = new ArrayList<>();
    meta.collect("", schema.sampleFields(), paths);
    if (schema.hasFrames()) {
      meta.collect(DatasetInfo.FRAMES, schema.frameFields(), paths);
    }
    return paths;
  }

  private void collect(String prefix, Collection<FieldSpec> fields, List<String> paths) {
    for (FieldSpec field : fields) {
      String path = prefix + field.name();
      if (matches(field)) {
        paths.add(path);
      }
      if (nested) {
        collect(path + ".", properties(field.held()), paths);
      }
    }
  }

  private static Collection<FieldSpec> properties(FieldSpec holder) {
    Map<String, FieldSpec> properties = new LinkedHashMap<>();
    for (FieldSpec property : BuiltinFields.of(holder.documentClass())) {
      if (!property.name().startsWith("_")) {
        properties.put(property.name(), property);
      }
    }
    holder.fields().forEach(property -> properties.put(property.name(), property));
    return properties.values();
  }

  private boolean matches(FieldSpec field) {
    Document info = field.extras().getDocument("info");
    for (int i = 0; i < conditions.size(); i++) {
      Object wanted = conditions.valueAt(i);
      boolean holds =
          switch (conditions.nameAt(i)) {
            case "any" ->
                agrees(wanted, field.extras().get("description"))
                    || agrees(wanted, field.name())
                    || anyAgrees(wanted, info);
            case "description" -> agrees(wanted, field.extras().get("description"));
            case "name" -> agrees(wanted, field.name());
            case "type" -> typeOf(field).equals(wanted);
            case "info" -> !info.isEmpty() && (agrees(wanted, info) || someAgree(wanted, info));
            default -> {
              String name = conditions.nameAt(i);
              String key = name.substring(name.indexOf('.') + 1);
              yield info.contains(key) && agrees(wanted, info.get(key));
            }
          };
      if (holds) {
        return true;
      }
    }
    return false;
  }

  private static String typeOf(FieldSpec field) {
    return field.type() == FieldType.EMBEDDED
        ? String.valueOf(field.documentClass())
        : field.type().fiftyOneClass();
  }

  private static boolean anyAgrees(@Nullable Object wanted, Document info) {
    return info.names().stream().anyMatch(name -> agrees(wanted, info.get(name)));
  }

  private static boolean someAgree(@Nullable Object wanted, Document info) {
    return wanted instanceof Document d
        && d.names().stream()
            .anyMatch(key -> info.contains(key) && agrees(d.get(key), info.get(key)));
  }

  /** Whether a text occurs in another, whatever the case, or values are equal. */
  private static boolean agrees(@Nullable Object wanted, @Nullable Object found) {
    if (wanted instanceof String text && (found instanceof String || found instanceof Document)) {
      return found.toString().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
    return BsonOrder.equal(wanted, found);
  }
}
