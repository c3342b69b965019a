package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request before anything is done. Not thread-safe. */
final class EvaluationChecks {
  private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Names that labels have by themselves: a key of this name would replace them. */
  private static final Set<String> LABEL_PROPERTIES =
      Set.of(
          "id",
          "label",
          "tags",
          "confidence",
          "index",
          "bounding_box",
          "mask",
          "mask_path",
          "points",
          "closed",
          "filled",
          "support",
          "attributes",
          "keyframe",
          "instance");

  private final StoredDataset dataset;
  private final ViewDefinition view;
  private final ViewSchema schema;
  private final List<Problem> problems = new ArrayList<>();

  EvaluationChecks(StoredDataset dataset, ViewDefinition view) {
    this.dataset = dataset;
    this.view = view;
    schema = ViewSchema.of(dataset.info(), view);
  }

  void add(ErrorCode code, String message, @Nullable String remedy) {
    problems.add(new Problem(code, message, remedy));
  }

  /**
   * Ends the checks.
   *
   * @throws PostilException with all that is wrong, if anything is
   */
  void done() {
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
  }

  /** The declaration of a field, or null if there is none. */
  @Nullable FieldSpec field(String name) {
    FieldSpec field = schema.find(name).orElse(null);
    if (field == null) {
      problems.addAll(schema.unknownField(name).problems());
    }
    return field;
  }

  /** Two fields must hold the same and both be of samples or both of frames. */
  boolean alike(String predictions, FieldSpec predicted, String groundTruth, FieldSpec truth) {
    boolean ofFrames = predictions.startsWith(DatasetInfo.FRAMES);
    boolean alike =
        predicted.describe().equals(truth.describe())
            && ofFrames == groundTruth.startsWith(DatasetInfo.FRAMES);
    if (!alike) {
      add(
          ErrorCode.WRONG_FIELD_TYPE,
          "'%s' holds %s and '%s' %s, but only labels of one type can be compared"
              .formatted(predictions, predicted.describe(), groundTruth, truth.describe()),
          "Give two fields of samples or two of frames, with labels of one type.");
    }
    return alike;
  }

  void fraction(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      add(ErrorCode.INVALID_REQUEST, name + " is " + value, "Give a number from 0 to 1.");
    }
  }

  void atLeastOne(String name, long value) {
    if (value < 1) {
      add(ErrorCode.INVALID_REQUEST, name + " is " + value, "Give a number of at least 1.");
    }
  }

  // --- keys -------------------------------------------------------------------------------------

  /** Why a text cannot be a key, or null if it can. */
  static @Nullable Problem invalidKey(String key) {
    return KEY.matcher(key).matches()
        ? null
        : new Problem(
            ErrorCode.INVALID_EVAL_KEY,
            "'" + key + "' cannot be the key of an evaluation",
            "Use letters, digits and underscores, and no digit first.");
  }

  /**
   * A key may be new, or that of an earlier evaluation of the same fields, which is replaced.
   *
   * @param written the fields that the evaluation would write
   * @param onLabels whether it marks labels with the key as well
   */
  void key(
      @Nullable String key,
      String predictions,
      String groundTruth,
      Collection<String> written,
      boolean onLabels) {
    if (key == null) {
      return;
    }
    Problem invalid = invalidKey(key);
    if (invalid != null) {
      problems.add(invalid);
      return;
    }
    if (predictions.equals(groundTruth)) {
      add(
          ErrorCode.INVALID_REQUEST,
          "'" + predictions + "' is given as predictions and as truth",
          "Give two fields, or no key.");
    }
    ViewSchema.Kind kind = schema.kind();
    if (kind != ViewSchema.Kind.SAMPLES && kind != ViewSchema.Kind.DYNAMIC_GROUPS) {
      add(
          ErrorCode.INVALID_REQUEST,
          "the evaluation of a view of "
              + kind.name().toLowerCase(Locale.ROOT)
              + " cannot be stored",
          "Evaluate a view of samples, or give no key.");
    }
    RunRecord run = dataset.run(RunRecord.EVALUATION, key).orElse(null);
    if (run != null) {
      replaced(run, predictions, groundTruth);
    } else {
      free(key, written, onLabels);
    }
  }

  private void replaced(RunRecord run, String predictions, String groundTruth) {
    String wasPredictions = run.config().getString("pred_field", "");
    String wasTruth = run.config().getString("gt_field", "");
    if (!wasPredictions.equals(predictions) || !wasTruth.equals(groundTruth)) {
      add(
          ErrorCode.KEY_EXISTS,
          "there is an evaluation '%s' of other fields: '%s' and '%s'"
              .formatted(run.key(), wasPredictions, wasTruth),
          "Choose another key, or delete that evaluation.");
    }
  }

  /** A key must not hide what is there: a field, or a property of labels. */
  void free(String key, Collection<String> written, boolean onLabels) {
    DatasetInfo info = dataset.info();
    for (String name : written) {
      if (schema.find(name).isPresent() || info.field(name).isPresent()) {
        add(
            ErrorCode.KEY_EXISTS,
            "'%s' cannot be the key: there is a field '%s'".formatted(key, name),
            "Choose another key.");
      }
    }
    if (onLabels && LABEL_PROPERTIES.contains(key)) {
      add(
          ErrorCode.KEY_EXISTS,
          "'" + key + "' cannot be the key: labels have a property of this name",
          "Choose another key.");
    }
  }

  // --- classes ----------------------------------------------------------------------------------

  /**
   * Classes that nobody ever uses are mistyped if one that is used is near, or if there is no other
   * among them. A view may well show none of a class that the dataset has elsewhere.
   *
   * @param wanted those that are looked at
   * @param all the classes of the evaluation; null if none are given
   */
  void classes(
      @Nullable List<String> wanted, @Nullable List<String> all, String labels, String trueLabels) {
    if (wanted == null || all == null || !problems.isEmpty()) {
      return;
    }
    Set<String> known = new LinkedHashSet<>(dataset.info().defaultClasses());
    dataset.info().classes().values().forEach(known::addAll);
    if (!known.containsAll(wanted)) {
      addLabels(known, view, labels, trueLabels);
    }
    if (!known.containsAll(wanted) && isInDataset(labels) && isInDataset(trueLabels)) {
      addLabels(known, ViewDefinition.ALL, labels, trueLabels);
    }
    boolean noneUsed = all.stream().noneMatch(known::contains);
    for (String label : wanted) {
      String nearest = known.contains(label) ? null : Nearest.to(label, known);
      boolean mistyped = nearest != null && !all.contains(nearest);
      if (!known.contains(label) && !known.isEmpty() && (mistyped || noneUsed)) {
        add(
            ErrorCode.INVALID_REQUEST,
            "no label has the class '" + label + "'",
            Nearest.hint(label, known));
      }
    }
  }

  private void addLabels(
      Set<String> known, ViewDefinition shown, String labels, String trueLabels) {
    for (Object values :
        dataset.aggregate(
            shown, List.of(Aggregation.distinct(labels), Aggregation.distinct(trueLabels)))) {
      if (values instanceof List<?> list) {
        list.forEach(v -> known.add(String.valueOf(v)));
      }
    }
  }

  private boolean isInDataset(String path) {
    return ViewSchema.of(dataset.info(), ViewDefinition.ALL).find(path).isPresent();
  }
}
