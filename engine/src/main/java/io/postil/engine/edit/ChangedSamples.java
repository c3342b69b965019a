package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Sample;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Saves what a function makes of samples.
 *
 * @param change the function
 */
record ChangedSamples(UnaryOperator<Sample> change) {
  void run(EditPass pass) {
    DatasetInfo info = pass.schema().info();
    List<String> fields = new ArrayList<>();
    pass.schema().sampleFields().forEach(f -> fields.add(f.name()));
    FieldValues check = new FieldValues();
    pass.each(
        fields,
        holder -> {
          Sample shown = Objects.requireNonNull(holder.shownSample());
          Sample after = change.apply(shown);
          if (!after.id().equals(shown.id())) {
            throw new PostilException(
                ErrorCode.INVALID_REQUEST,
                "the function made sample " + after.id() + " of sample " + shown.id(),
                "Change fields, tags, path or metadata, and leave the id.");
          }
          save(pass, info, holder, shown, after, check);
        },
        frame -> {});
    if (!check.problems().isEmpty()) {
      throw PostilException.of(check.problems());
    }
  }

  private static void save(
      EditPass pass,
      DatasetInfo info,
      Holder holder,
      Sample shown,
      Sample after,
      FieldValues check) {
    Sample stored = Objects.requireNonNull(holder.stored().sample());
    Sample beside = stored;
    for (String name : List.of("filepath", "tags", "metadata")) {
      if (!Values.same(shown.property(name), after.property(name))) {
        beside = BesideFields.with(beside, name, after.property(name));
      }
    }
    if (!beside.equals(stored)) {
      pass.putSample(beside);
    }
    Set<String> names = new LinkedHashSet<>(shown.fields().keySet());
    names.addAll(after.fields().keySet());
    for (String name : names) {
      Object was = shown.fields().get(name);
      Object now = after.fields().get(name);
      if (Values.same(was, now)) {
        continue;
      }
      FieldSpec spec =
          info.field(name)
              .orElseThrow(
                  () ->
                      new PostilException(
                          ErrorCode.UNKNOWN_FIELD,
                          "dataset '" + info.name() + "' has no field '" + name + "'",
                          Nearest.hint(name, info.fieldNames()) + " addField makes a new one."));
      Object fitting = check.checked(name, spec, now, shown.id());
      if (check.problems().isEmpty()) {
        pass.set(holder, name, LabelChanges.merge(holder.stored().get(name), was, fitting));
      }
    }
  }
}
