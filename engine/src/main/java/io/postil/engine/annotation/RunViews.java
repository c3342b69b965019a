package io.postil.engine.annotation;

import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The views of runs as they are shown: the samples and labels that a run is about. Thread-safe. */
final class RunViews {
  private static final String NARROWED = "narrowed";

  private final RunAccess runs;

  RunViews(RunAccess runs) {
    this.runs = runs;
  }

  /**
   * Notes with the state of a new run of which fields only the labels of one type are sent, where
   * the field's class admits two.
   */
  static Document noteNarrowed(
      Document state, ViewSchema view, LabelSchema schema, AnnotationBackend backend) {
    List<@Nullable Object> narrowed = new ArrayList<>();
    for (FieldSchema field : schema.fields()) {
      LabelType type = field.type();
      String fieldClass = view.find(field.field()).map(FieldSpec::documentClass).orElse(null);
      if (type != null
          && field.existing()
          && fieldClass != null
          && LabelType.ofFieldClass(fieldClass).size() > 1
          && !(type.isBoxes() && backend.boxesKeepMasks())) {
        narrowed.add(field.field());
      }
    }
    return narrowed.isEmpty() ? state : state.with(NARROWED, Values.list(narrowed));
  }

  /** The view a run was made on, evaluated anew, with only those labels that could be sent. */
  ViewDefinition view(RunRecord run) {
    ViewDefinition view = RunAccess.view(run);
    List<?> narrowed = run.state().getList(NARROWED);
    if (narrowed.isEmpty()) {
      return view;
    }
    ViewSchema schema = runs.schemaOf(view);
    for (FieldSchema field : new AnnotationRun(run, List.of()).schema().fields()) {
      if (narrowed.contains(field.field()) && schema.find(field.field()).isPresent()) {
        String prefix = schema.labelPrefix(field.field());
        view = view.then(Stages.filterLabels(field.field(), covered(field), prefix, false, false));
      }
    }
    return view;
  }

  /** What {@link LabelType#covers} says, as a condition on a label. */
  private static Expression covered(FieldSchema field) {
    Expression mask = Expression.F("mask").exists();
    return switch (field.type()) {
      case DETECTION, DETECTIONS -> mask.not();
      case INSTANCE, INSTANCES -> mask.or(Expression.F("mask_path").exists());
      case POLYGON, POLYGONS -> Expression.F("filled").eq(true);
      case POLYLINE, POLYLINES -> Expression.F("filled").eq(true).not();
      case CLASSIFICATION, CLASSIFICATIONS, KEYPOINT, KEYPOINTS, SEGMENTATION, SCALAR ->
          throw new IllegalStateException(field.type() + " is the only type of its class");
      case null -> throw new IllegalStateException("'" + field.field() + "' has no type");
    };
  }

  /** The same without the fields that only other runs are about. */
  ViewDefinition withoutOtherRuns(RunRecord run, List<AnnotationRun> all) {
    List<String> own =
        new AnnotationRun(run, List.of()).schema().fields().stream().map(f -> f.field()).toList();
    List<@Nullable Object> others = new ArrayList<>();
    for (AnnotationRun other : all) {
      for (FieldSchema field : other.schema().fields()) {
        if (!own.contains(field.field())
            && !others.contains(field.field())
            && runs.dataset.info().field(field.field()).isPresent()) {
          others.add(field.field());
        }
      }
    }
    ViewDefinition view = view(run);
    return others.isEmpty()
        ? view
        : view.then(new Stage.ExcludeFields(Values.list(others), null, false));
  }
}
