package io.postil.store.mongo;

import io.postil.core.query.ViewSchema;
import io.postil.core.value.Json;
import io.postil.core.view.Stage;

/** Whether all that a stage looks at is where a pipeline has it. Stateless. */
final class StageScope {
  private StageScope() {}

  /** Whether a stage may speak of frames or of other slices in a way that pipelines do not know. */
  static boolean looksElsewhere(ViewSchema schema, Stage stage) {
    boolean grouped = schema.info().group() != null;
    if (!grouped && !schema.hasFrames()) {
      return false;
    }
    String text = Json.write(stage.toDocument());
    if (!grouped && schema.kind() != ViewSchema.Kind.CLIPS && knowsFrames(stage)) {
      return text.contains("\"$frames")
          || text.contains("$getField") && text.contains("\"frames\"");
    }
    return text.contains("frames")
        || text.contains("groups")
        || schema.hasFrames() && touchesFrames(stage);
  }

  /** Stages that, where no field is named, go through the fields of frames as well. */
  private static boolean touchesFrames(Stage stage) {
    return stage instanceof Stage.MatchLabels
        || stage instanceof Stage.SelectLabels
        || stage instanceof Stage.ExcludeLabels
        || stage instanceof Stage.SelectFields
        || stage instanceof Stage.ExcludeFields
        || stage instanceof Stage.MatchFrames
        || stage instanceof Stage.SelectFrames
        || stage instanceof Stage.ExcludeFrames
        || stage instanceof Stage.ToFrames;
  }

  /** Stages that are about fields or labels of samples and of frames alike. */
  private static boolean knowsFrames(Stage stage) {
    return stage instanceof Stage.MatchLabels
        || stage instanceof Stage.FilterLabels
        || stage instanceof Stage.SelectLabels
        || stage instanceof Stage.ExcludeLabels
        || stage instanceof Stage.LimitLabels
        || stage instanceof Stage.MapLabels
        || stage instanceof Stage.MapValues
        || stage instanceof Stage.SetField
        || stage instanceof Stage.FilterField
        || stage instanceof Stage.FilterKeypoints
        || stage instanceof Stage.Exists
        || stage instanceof Stage.SelectFields
        || stage instanceof Stage.ExcludeFields
        || stage instanceof Stage.MatchFrames
        || stage instanceof Stage.SelectFrames
        || stage instanceof Stage.ExcludeFrames
        || stage instanceof Stage.ToClips;
  }
}
