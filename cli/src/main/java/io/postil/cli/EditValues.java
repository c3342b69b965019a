package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.dataset.Sample;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.edit.EditReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands of {@code postil edit} that set values and classes. */
final class EditValues {
  private EditValues() {}

  static final class SetValue extends Edit.OfView {
    private String field = "";
    private String value = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Set a field, or a property of labels, to a value or formula.")
          .footer(
              "In a formula, names are fields of the sample; for labels, properties of the label.",
              "Text needs quotes of its own; null removes the value.",
              "Examples:",
              "  postil edit set street weather.label '\"sunny\"' --view 'matchTags(noon)'",
              "  postil edit set street score 'score / 2'",
              "  postil edit set street predictions.detections.label 'lower(label)'");
      syntax.parameter("FIELD", "A field or a path.", v -> field = v);
      syntax.parameter("VALUE", "A value or a formula.", v -> value = v);
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      View shown = view.of(dataset);
      return edits(SetText.set(shown, field, value), preview).save();
    }

    @Override
    String done() {
      return "Set " + field + " of";
    }
  }

  static final class SetValues extends Edit.OfView {
    private static final int LISTED = 5;

    private String field = "";
    private String values = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description(
              "Set a field, or an attribute of labels, to a value for each sample or label.")
          .footer(
              "VALUES is a JSON object or a file with one: the value by the id or the file path of a",
              "sample, or by the id of a label, or of a frame for frames.FIELD. null removes a value.",
              "Examples:",
              "  postil edit set-values street uniqueness uniqueness.json",
              "  postil edit set-values street score '{\"/data/0001.jpg\": 0.93}'",
              "  postil edit set-values street predictions.detections.mistakenness mistakes.json");
      syntax.parameter("FIELD", "A field or a path.", v -> field = v);
      syntax.parameter("VALUES", "Which value goes where.", v -> values = v);
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      if (!(Arguments.json("VALUES", values) instanceof Document given)) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "VALUES is no JSON object",
            "Give one such as {\"ID OR PATH\": VALUE}, or a file with one.");
      }
      View shown = view.of(dataset);
      boolean ofLabels = isOfLabels(dataset);
      boolean ofSamples = !ofLabels && !field.startsWith(DatasetInfo.FRAMES);
      Map<ObjectId, @Nullable Object> byId = byId(shown, given, ofSamples);
      return ofLabels
          ? edits(shown, preview).setLabelValues(field, byId)
          : edits(shown, preview).setValues(field, byId);
    }

    /** Whether the path leads into a list of labels. */
    private boolean isOfLabels(Dataset dataset) {
      boolean ofFrames = field.startsWith(DatasetInfo.FRAMES);
      String plain = ofFrames ? field.substring(DatasetInfo.FRAMES.length()) : field;
      String top = (ofFrames ? DatasetInfo.FRAMES : "") + plain.split("\\.", 2)[0];
      return plain.contains(".")
          && dataset.info().field(top).map(LabelAttributes::listName).isPresent();
    }

    /** The values by id; samples may be named by their file paths. */
    private static Map<ObjectId, @Nullable Object> byId(
        View shown, Document given, boolean ofSamples) {
      Map<String, @Nullable Object> byPath = new LinkedHashMap<>();
      Map<ObjectId, @Nullable Object> byId = new LinkedHashMap<>();
      given.forEach(
          (name, value) -> {
            if (ObjectId.isValid(name)) {
              byId.put(ObjectId.of(name), value);
            } else {
              byPath.put(name, value);
            }
          });
      if (byPath.isEmpty()) {
        return byId;
      }
      if (!ofSamples) {
        throw unknown(byPath, "no ids", "Labels and frames are named by their ids.");
      }
      try (SampleCursor samples = shown.cursor("filepath")) {
        while (samples.hasNext()) {
          Sample sample = samples.next();
          if (byPath.containsKey(sample.filepath())) {
            byId.put(sample.id(), byPath.remove(sample.filepath()));
          }
        }
      }
      if (!byPath.isEmpty()) {
        throw unknown(
            byPath,
            "neither ids nor file paths of samples in this view",
            "Paths are those that postil datasets head shows as filepath.");
      }
      return byId;
    }

    private static PostilException unknown(Map<String, ?> names, String what, String remedy) {
      return new PostilException(
          ErrorCode.INVALID_REQUEST,
          "some names in VALUES are "
              + what
              + ": "
              + String.join(", ", names.keySet().stream().limit(LISTED).toList())
              + (names.size() > LISTED ? ", ... (" + names.size() + ")" : ""),
          remedy);
    }

    @Override
    String done() {
      return "Set " + field + " of";
    }
  }

  static final class MapLabels extends Edit.OfView {
    private String field = "";
    private Map<String, String> classes = new LinkedHashMap<>();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Give labels other classes.")
          .footer("Example: postil edit map-labels street ground_truth car=vehicle bus=vehicle");
      syntax.parameter("FIELD", "A field with labels.", v -> field = v);
      syntax
          .pairs("OLD=NEW", "Which class becomes which; all at once.", v -> classes = v)
          .arity("1..*");
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(view.of(dataset).mapLabels(field, classes), preview).save();
    }

    @Override
    String done() {
      return "Changed the class of";
    }
  }
}
