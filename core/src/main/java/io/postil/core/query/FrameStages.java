package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** The stages that choose frames of videos. Stateless. */
final class FrameStages {
  private FrameStages() {}

  static void add(ViewCompiler view, Stage.MatchFrames s) {
    requireFrames(view);
    if (!ViewCompiler.isExpression(s.filter())) {
      throw ViewCompiler.invalid("match_frames needs an expression, not " + s.filter());
    }
    Compiled condition = Compiled.expression(s.filter(), "this");
    Set<String> reads = new HashSet<>(condition.reads());
    // What a filter reads of the frame goes through the variable, so any frame field may be meant.
    reads.add("frames");
    keep(view, reads, s.omitEmpty(), condition::test);
  }

  static void add(ViewCompiler view, Stage.SelectFrames s) {
    requireFrames(view);
    Set<ObjectId> ids = ViewCompiler.idSet(s.frameIds());
    keep(view, Set.of(), s.omitEmpty(), (row, frame) -> ids.contains(frame.id()));
  }

  static void add(ViewCompiler view, Stage.ExcludeFrames s) {
    requireFrames(view);
    Set<ObjectId> ids = ViewCompiler.idSet(s.frameIds());
    keep(view, Set.of(), s.omitEmpty(), (row, frame) -> !ids.contains(frame.id()));
  }

  private static void requireFrames(ViewCompiler view) {
    if (!view.schema.hasFrames()) {
      throw new PostilException(
          ErrorCode.INVALID_VIEW,
          "frames can be chosen in videos only, but these are "
              + view.schema.mediaType().id()
              + " samples");
    }
  }

  private static void keep(
      ViewCompiler view, Set<String> reads, boolean omitEmpty, BiPredicate<Row, Row> wanted) {
    view.steps.add(
        Step.of(
            reads,
            row -> {
              List<Row> kept = new ArrayList<>();
              for (Row frame : row.frames()) {
                if (wanted.test(row, frame)) {
                  kept.add(frame);
                }
              }
              row.frames(kept);
              return omitEmpty && kept.isEmpty() ? null : row;
            }));
  }
}
