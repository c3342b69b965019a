package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Sample;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.ViewSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what the stages of a view set. Not thread-safe. */
final class SavedValues {
  private final EditPass pass;
  private final Map<String, Set<String>> set = new LinkedHashMap<>();
  private final SetPaths paths;
  private final FieldValues check = new FieldValues();

  SavedValues(EditPass pass, SetPaths paths, List<String> wanted) {
    this.pass = pass;
    this.paths = paths;
    for (String field : wanted) {
      if (!paths.properties().containsKey(field)) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "the view sets nothing in '" + field + "'",
            paths.properties().isEmpty()
                ? "Set values with setField, mapLabels or mapValues first."
                : "It sets: " + String.join(", ", paths.properties().keySet()) + ".");
      }
    }
    paths
        .properties()
        .forEach(
            (field, properties) -> {
              if (wanted.isEmpty() || wanted.contains(field)) {
                set.put(field, properties);
              }
            });
    if (set.isEmpty()) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the view sets nothing that could be saved",
          "Set values with setField, mapLabels or mapValues first.");
    }
    set.forEach(this::checkField);
  }

  private void checkField(String field, Set<String> properties) {
    ViewSchema.Kind kind = pass.schema().kind();
    boolean label = pass.schema().find(field).filter(FieldSpec::isLabel).isPresent();
    if (!BesideFields.isOne(field)) {
      FieldNames.requireOwn(pass.schema(), field);
    }
    if (kind != ViewSchema.Kind.SAMPLES && (properties.isEmpty() || !label)) {
      boolean frames = kind == ViewSchema.Kind.FRAMES && !BesideFields.isOne(field);
      if (!frames) {
        throw new PostilException(
            ErrorCode.INVALID_VIEW,
            "'" + field + "' cannot be saved from a view of patches or clips",
            "Save it from a view of samples.");
      }
    }
    if (label && properties.isEmpty() && paths.hides(field)) {
      throw new PostilException(
          ErrorCode.INVALID_VIEW,
          "the view both hides labels of '"
              + field
              + "' and sets the whole field, so hidden"
              + " labels cannot be told from removed ones",
          "Put the condition into the value that is set.");
    }
  }

  void run() {
    List<String> ofSample = new ArrayList<>();
    List<String> ofFrame = new ArrayList<>();
    set.keySet().forEach(f -> (f.startsWith(DatasetInfo.FRAMES) ? ofFrame : ofSample).add(f));
    pass.each(
        set.keySet(),
        sample -> ofSample.forEach(field -> save(sample, field)),
        frame -> ofFrame.forEach(field -> save(frame, field)));
    if (!check.problems().isEmpty()) {
      throw PostilException.of(check.problems());
    }
  }

  private void save(Holder holder, String field) {
    Set<String> properties = Objects.requireNonNull(set.get(field));
    String plain = FieldNames.plain(field);
    Sample sample = holder.stored().sample();
    Sample shown = holder.shownSample();
    if (sample != null && shown != null && BesideFields.isOne(field)) {
      Sample changed = BesideFields.with(sample, field, shown.property(field));
      if (!changed.equals(sample)) {
        pass.putSample(changed);
      }
      return;
    }
    if (!properties.isEmpty()) {
      pass.editLabels(holder, plain, (stored, seen) -> edited(field, properties, stored, seen));
      return;
    }
    Object value = holder.shown(plain);
    boolean hidden = value == null && paths.hides(field);
    boolean missing = holder.stored().get(plain) == null && paths.lists().contains(field);
    if (hidden || missing) {
      return;
    }
    FieldSpec spec = pass.schema().info().field(declared(field)).orElse(null);
    Object fitting = spec == null ? value : check.checked(field, spec, value, holder.id());
    if (check.problems().isEmpty()) {
      pass.set(holder, plain, fitting);
    }
  }

  /** The name a field is declared by: fields of a view of frames are fields of frames. */
  private String declared(String field) {
    return pass.schema().kind() == ViewSchema.Kind.FRAMES ? DatasetInfo.FRAMES + field : field;
  }

  private SingleLabel edited(
      String field, Set<String> properties, SingleLabel stored, SingleLabel shown) {
    SingleLabel edited = stored;
    for (String property : properties) {
      Object value = shown.property(property);
      if (same(edited.property(property), value)) {
        continue;
      }
      if (LabelChanges.with(edited, property, value) instanceof SingleLabel label) {
        edited = label;
      } else {
        check.add(field + "." + property, stored.id(), "a label cannot have the value " + value);
      }
    }
    return edited;
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    return io.postil.core.value.Values.same(a, b);
  }
}
