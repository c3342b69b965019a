package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.store.DatasetWriter;
import io.postil.core.value.Document;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Adds, copies, renames and deletes fields and the attributes of their labels. */
final class FieldEdits {
  private final EditPass pass;
  private final DatasetInfo info;

  FieldEdits(EditPass pass) {
    this.pass = pass;
    this.info = pass.schema().info();
  }

  void add(String name, FieldSpec spec) {
    FieldNames.requireFree(pass.schema(), name);
    putInfo(info.withField(name, spec));
    pass.changed();
  }

  // --- copy -----------------------------------------------------------------------------------

  void copy(String field, String newField) {
    Attribute attribute = Attribute.of(pass, field);
    if (attribute != null) {
      String newName = attribute.sibling(newField);
      changeAttributes(
          attribute,
          declared -> with(declared, attribute.spec(), newName),
          values ->
              values.contains(attribute.name())
                  ? values.with(newName, values.get(attribute.name()))
                  : values);
      return;
    }
    FieldNames.requireOwn(pass.schema(), field);
    requireSameKind(field, newField);
    FieldNames.requireFree(pass.schema(), newField);
    FieldSpec spec = pass.schema().find(field).orElseThrow();
    putInfo(Extras.copy(info.withField(newField, spec), field, newField));
    EditPass all = wholeOr();
    boolean ofFrame = field.startsWith(DatasetInfo.FRAMES);
    String plain = FieldNames.plain(field);
    String newPlain = FieldNames.plain(newField);
    all.each(
        List.of(field),
        sample -> {
          if (!ofFrame) {
            all.set(sample, newPlain, sample.shown(plain));
          }
        },
        frame -> all.set(frame, newPlain, frame.shown(plain)));
    pass.add(all);
    pass.changed();
  }

  private static List<FieldSpec> with(
      List<FieldSpec> declared, @Nullable FieldSpec spec, String newName) {
    if (spec == null) {
      return declared;
    }
    List<FieldSpec> longer = new ArrayList<>(declared);
    longer.add(spec.withName(newName));
    return longer;
  }

  /** A pass over the view, or for the whole dataset over the samples of all slices. */
  private EditPass wholeOr() {
    return pass.over(
        pass.view().stages().isEmpty() && info.group() != null
            ? ViewDefinition.ALL.then(new Stage.SelectGroupSlices(null, null, true, true, true))
            : pass.view());
  }

  private static void requireSameKind(String field, String newField) {
    if (field.startsWith(DatasetInfo.FRAMES) != newField.startsWith(DatasetInfo.FRAMES)) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "'" + field + "' cannot become '" + newField + "'",
          "Both names begin with frames. or neither.");
    }
  }

  // --- rename ---------------------------------------------------------------------------------

  void rename(String field, String newField) {
    Attribute attribute = Attribute.of(pass, field);
    if (attribute != null) {
      String newName = attribute.sibling(newField);
      FieldUse use = new FieldUse(pass, attribute.field());
      use.checkAttribute(attribute.name());
      use.check("renamed");
      changeAttributes(
          attribute,
          declared -> declared.stream().map(a -> renamed(a, attribute.name(), newName)).toList(),
          values -> renamed(values, attribute.name(), newName));
      return;
    }
    FieldNames.requireOwn(pass.schema(), field);
    requireSameKind(field, newField);
    FieldNames.requireFree(pass.schema(), newField);
    FieldUse use = new FieldUse(pass, field);
    use.check("renamed");
    pass.countSamples(holding(field));
    DatasetWriter writer = pass.writer();
    if (writer != null) {
      writer.renameField(field, newField);
      writer.putInfo(Extras.without(Extras.copy(writer.info(), field, newField), field));
    }
    use.renameInEvaluations(newField);
    pass.changed();
  }

  private static FieldSpec renamed(FieldSpec spec, String name, String newName) {
    return spec.name().equals(name) ? spec.withName(newName) : spec;
  }

  private static Document renamed(Document values, String name, String newName) {
    if (!values.contains(name)) {
      return values;
    }
    Document.Builder out = Document.builder();
    values.forEach((key, value) -> out.put(key.equals(name) ? newName : key, value));
    return out.build();
  }

  // --- delete ---------------------------------------------------------------------------------

  void delete(String field) {
    Attribute attribute = Attribute.of(pass, field);
    if (attribute != null) {
      new FieldUse(pass, attribute.field()).check("changed");
      changeAttributes(
          attribute,
          declared -> declared.stream().filter(a -> !a.name().equals(attribute.name())).toList(),
          values -> values.without(attribute.name()));
      return;
    }
    FieldNames.requireOwn(pass.schema(), field);
    FieldUse use = new FieldUse(pass, field);
    use.check("deleted");
    use.warnOfEvaluations();
    pass.countSamples(holding(field));
    DatasetWriter writer = pass.writer();
    if (writer != null) {
      writer.deleteField(field);
      writer.putInfo(Extras.without(writer.info(), field));
    }
    pass.changed();
  }

  /** Number of samples with a value in a field. */
  private long holding(String field) {
    ViewDefinition all = wholeOr().view();
    return pass.reading().count(all.then(new Stage.Exists(field, true)));
  }

  private void putInfo(DatasetInfo changed) {
    DatasetWriter writer = pass.writer();
    if (writer != null) {
      writer.putInfo(changed);
    }
  }

  // --- attributes of labels -------------------------------------------------------------------

  private void changeAttributes(
      Attribute attribute,
      UnaryOperator<List<FieldSpec>> declarations,
      UnaryOperator<Document> values) {
    String field = attribute.field();
    FieldSpec spec = info.field(field).orElseThrow();
    List<FieldSpec> declared = LabelAttributes.of(spec);
    putInfo(info.withField(field, LabelAttributes.with(spec, declarations.apply(declared))));
    EditPass all = wholeOr();
    LabelChanges.LabelEdit edit =
        (stored, shown) -> {
          Document after = values.apply(stored.attributes());
          return after.equals(stored.attributes()) ? stored : stored.withAttributes(after);
        };
    boolean ofFrame = field.startsWith(DatasetInfo.FRAMES);
    all.each(
        List.of(field),
        sample -> {
          if (!ofFrame) {
            all.editLabels(sample, field, edit);
          }
        },
        frame -> all.editLabels(frame, FieldNames.plain(field), edit));
    pass.add(all);
    pass.changed();
  }

  /**
   * An attribute of labels.
   *
   * @param path its path
   * @param field of the labels
   * @param name of the attribute
   * @param spec its declaration, if it has one
   */
  private record Attribute(String path, String field, String name, @Nullable FieldSpec spec) {
    /** The attribute a path leads to; null if the path is a field. */
    static @Nullable Attribute of(EditPass pass, String path) {
      if (FieldNames.plain(path).indexOf('.') < 0) {
        return null;
      }
      SetPaths.Target target = SetPaths.Target.of(pass.schema(), path);
      String name = target.property();
      FieldSpec field = pass.schema().find(target.field()).orElse(null);
      if (field == null) {
        throw pass.schema().unknownField(target.field());
      }
      if (name == null || !path.endsWith("." + name)) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "'" + path + "' is neither a field nor an attribute of labels",
            "Name a field, or an attribute such as predictions.detections.area.");
      }
      if (!LabelChanges.isAttribute(Objects.requireNonNull(field.documentClass()), name)) {
        throw new PostilException(
            ErrorCode.DEFAULT_FIELD,
            "'" + name + "' belongs to every label of '" + target.field() + "'",
            "Name an attribute of your own.");
      }
      FieldSpec declared = pass.schema().find(path).orElse(null);
      return new Attribute(path, target.field(), name, declared);
    }

    /** The name of a new attribute beside this one, from its path or alone. */
    String sibling(String newPath) {
      String parent = path.substring(0, path.length() - name.length());
      String newName = newPath.startsWith(parent) ? newPath.substring(parent.length()) : newPath;
      if (newName.isEmpty() || newName.indexOf('.') >= 0 || newName.startsWith("$")) {
        throw new PostilException(
            ErrorCode.INVALID_NAME,
            "'" + path + "' cannot become '" + newPath + "'",
            "Name an attribute of the same labels: " + parent + "NAME.");
      }
      return newName;
    }
  }

  /** Class lists, mask targets and skeletons by field. */
  private static final class Extras {
    static DatasetInfo copy(DatasetInfo info, String field, String newField) {
      return info.withClasses(copied(info.classes(), field, newField), info.defaultClasses())
          .withMaskTargets(copied(info.maskTargets(), field, newField), info.defaultMaskTargets())
          .withSkeletons(copied(info.skeletons(), field, newField), info.defaultSkeleton());
    }

    static DatasetInfo without(DatasetInfo info, String field) {
      return info.withClasses(dropped(info.classes(), field), info.defaultClasses())
          .withMaskTargets(dropped(info.maskTargets(), field), info.defaultMaskTargets())
          .withSkeletons(dropped(info.skeletons(), field), info.defaultSkeleton());
    }

    private static <V> Map<String, V> copied(Map<String, V> map, String field, String newField) {
      Map<String, V> out = new LinkedHashMap<>(map);
      V value = map.get(field);
      if (value != null) {
        out.put(newField, value);
      }
      return out;
    }

    private static <V> Map<String, V> dropped(Map<String, V> map, String field) {
      Map<String, V> out = new LinkedHashMap<>(map);
      out.remove(field);
      return out;
    }
  }
}
