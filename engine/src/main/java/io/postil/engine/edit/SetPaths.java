package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.query.ViewSchema;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the stages of a view set: for each field the properties of its labels, or none if the whole
 * value is set. Immutable.
 *
 * @param properties by field; an empty set means the whole value
 * @param lists the fields of which the list of labels is set, rather than the field itself
 * @param hiding the fields whose values or labels some stage hides; null stands for all fields
 */
record SetPaths(
    Map<String, Set<String>> properties, Set<String> lists, Set<@Nullable String> hiding) {
  /**
   * A path, taken apart.
   *
   * @param field the field, with {@code frames.} if frames have it
   * @param property the property of its labels; null for a field without labels, or the whole
   * @param ofLabels whether the field holds labels
   */
  record Target(String field, @Nullable String property, boolean ofLabels) {
    static Target of(ViewSchema schema, String path) {
      boolean frame = path.startsWith(DatasetInfo.FRAMES) && schema.hasFrames();
      String[] names = path.split("\\.", -1);
      int top = frame ? 1 : 0;
      String field = frame ? DatasetInfo.FRAMES + names[1] : names[0];
      FieldSpec spec = schema.find(field).orElse(null);
      if (spec == null || !spec.isLabel()) {
        return new Target(field, null, false);
      }
      List<String> rest = Arrays.asList(names).subList(top + 1, names.length);
      if (!rest.isEmpty() && rest.get(0).equals(LabelAttributes.listName(spec))) {
        rest = rest.subList(1, rest.size());
      }
      return new Target(field, rest.isEmpty() ? null : rest.get(0), true);
    }
  }

  static SetPaths of(DatasetInfo info, ViewDefinition view) {
    Map<String, Set<String>> properties = new LinkedHashMap<>();
    Set<String> lists = new LinkedHashSet<>();
    List<Stage> stages = view.stages();
    for (int i = 0; i < stages.size(); i++) {
      ViewDefinition before = new ViewDefinition(stages.subList(0, i));
      switch (stages.get(i)) {
        case Stage.SetField s -> add(info, before, s.field(), properties, lists);
        case Stage.MapValues s -> add(info, before, s.field(), properties, lists);
        case Stage.MapLabels s -> add(info, before, s.field() + ".label", properties, lists);
        case Stage.Concat s ->
            throw new PostilException(
                ErrorCode.INVALID_VIEW,
                "a view that puts two views together cannot be saved into its samples",
                "Save each of the two by itself.");
        case Stage.Mongo s ->
            throw new PostilException(
                ErrorCode.INVALID_VIEW,
                "what MongoDB's own steps change cannot be saved into samples",
                "Write the change with setField, mapLabels or mapValues.");
        default -> {}
      }
    }
    return new SetPaths(properties, lists, hiding(info, view));
  }

  /** The fields of which a view hides values or labels; null stands for all label fields. */
  static Set<@Nullable String> hiding(DatasetInfo info, ViewDefinition view) {
    Set<@Nullable String> hiding = new LinkedHashSet<>();
    List<Stage> stages = view.stages();
    for (int i = 0; i < stages.size(); i++) {
      ViewDefinition before = new ViewDefinition(stages.subList(0, i));
      switch (stages.get(i)) {
        case Stage.FilterLabels s -> hiding.add(s.field());
        case Stage.FilterKeypoints s -> hiding.add(s.field());
        case Stage.LimitLabels s -> hiding.add(s.field());
        case Stage.FilterField s ->
            hiding.add(Target.of(ViewSchema.of(info, before), s.field()).field());
        case Stage.SelectLabels s -> addAll(hiding, s.fields());
        case Stage.ExcludeLabels s -> addAll(hiding, s.fields());
        default -> {}
      }
    }
    return hiding;
  }

  private static void addAll(Set<@Nullable String> hiding, @Nullable List<?> fields) {
    if (fields == null) {
      hiding.add(null);
    } else {
      fields.forEach(field -> hiding.add(String.valueOf(field)));
    }
  }

  private static void add(
      DatasetInfo info,
      ViewDefinition before,
      String path,
      Map<String, Set<String>> properties,
      Set<String> lists) {
    Target target = Target.of(ViewSchema.of(info, before), path);
    if (target.ofLabels() && target.property() == null && !path.equals(target.field())) {
      lists.add(target.field());
    } else {
      lists.remove(target.field());
    }
    Set<String> known = properties.get(target.field());
    if (target.property() == null || known != null && known.isEmpty()) {
      properties.put(target.field(), Set.of());
    } else {
      properties.computeIfAbsent(target.field(), f -> new LinkedHashSet<>()).add(target.property());
    }
  }

  boolean hides(String field) {
    return hiding.contains(field) || hiding.contains(null);
  }
}
