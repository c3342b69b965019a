package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Sample;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets the values of a field by the ids of samples or frames.
 *
 * @param path a field, or a path into documents or single labels
 * @param values by id
 */
record SampleValues(String path, Map<ObjectId, ?> values) {
  void run(EditPass pass) {
    boolean ofFrame = path.startsWith(DatasetInfo.FRAMES);
    String[] names = FieldNames.plain(path).split("\\.", -1);
    FieldSpec declared =
        pass.schema().find(path).orElseThrow(() -> pass.schema().unknownField(path));
    String top = ofFrame ? DatasetInfo.FRAMES + names[0] : names[0];
    boolean beside = !ofFrame && BesideFields.isOne(names[0]);
    if (!beside) {
      FieldNames.requireOwn(pass.schema(), top);
      if (names.length > 1 && pass.schema().find(top).filter(FieldValues::holdsOne).isEmpty()) {
        throw new PostilException(
            ErrorCode.WRONG_FIELD_TYPE,
            "'" + path + "' lies in a list, so it has no one value for each sample",
            "Set the values of labels by their ids, with setLabelValues.");
      }
    }
    FieldValues check = new FieldValues();
    MissingIds missing = new MissingIds(values.keySet());
    pass.each(
        List.of(top),
        sample -> {
          if (!ofFrame) {
            set(pass, sample, names, declared, check, missing);
          }
        },
        frame -> set(pass, frame, names, declared, check, missing));
    if (!check.problems().isEmpty()) {
      throw PostilException.of(check.problems());
    }
    missing.requireNone(ofFrame ? "frames" : "samples");
  }

  private void set(
      EditPass pass,
      Holder holder,
      String[] names,
      FieldSpec declared,
      FieldValues check,
      MissingIds missing) {
    if (!values.containsKey(holder.id())) {
      return;
    }
    missing.met(holder.id());
    Object value = check.checked(path, declared, values.get(holder.id()), holder.id());
    if (!check.problems().isEmpty()) {
      return;
    }
    Sample sample = holder.stored().sample();
    if (sample != null && BesideFields.isOne(names[0])) {
      Sample changed =
          BesideFields.with(sample, names[0], nested(sample.property(names[0]), names, 1, value));
      if (!changed.equals(sample)) {
        pass.putSample(changed);
      }
      return;
    }
    pass.set(holder, names[0], nested(holder.stored().get(names[0]), names, 1, value));
  }

  /** A value with the end of a path set in it. */
  private static @Nullable Object nested(
      @Nullable Object current, String[] names, int at, @Nullable Object value) {
    if (at == names.length) {
      return value;
    }
    if (current instanceof SingleLabel label) {
      return LabelChanges.with(
          label, names[at], nested(label.property(names[at]), names, at + 1, value));
    }
    Document document = current instanceof Document d ? d : Document.empty();
    Object inner =
        nested(document.get(names[at]), Arrays.copyOf(names, names.length), at + 1, value);
    return inner == null ? document.without(names[at]) : document.with(names[at], inner);
  }
}
