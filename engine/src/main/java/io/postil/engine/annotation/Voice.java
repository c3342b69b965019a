package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.List;

/**
 * What one item of an answer says about its sample.
 *
 * @param item the item
 * @param said where its answer is
 */
record Voice(RunData.Item item, AnswerSpool.OfItem said) {
  /** The frame of the sample that something is about. */
  int frame(int frame) {
    return item.frameNumber() > 0 ? item.frameNumber() : frame;
  }

  /** What came for a frame of the sample, or with 0 for the sample itself. */
  List<AnswerSpool.Entry> entries(AnswerSpool answer, int frame) {
    List<AnswerSpool.Entry> entries = new ArrayList<>();
    for (int position : said.positions()) {
      if (frame(answer.frameAt(position)) == frame) {
        entries.add(answer.entryAt(position));
      }
    }
    return entries;
  }

  /**
   * The answer of an item that nobody touched: what the tool is known to hold.
   *
   * @param targets the targets it is for
   * @param data what is kept of the sample
   * @param frame the frame, or 0 for the sample itself
   */
  List<AnswerSpool.Entry> held(List<LoadTarget> targets, RunData.OfSample data, int frame) {
    List<AnswerSpool.Entry> entries = new ArrayList<>();
    for (LoadTarget target : targets) {
      String field = target.schema().field();
      String name = target.expected() ? field : target.baseName();
      if (target.kind() == AnswerKind.SCALAR) {
        Object value = data.value(frame, name);
        if (value != null) {
          entries.add(new AnswerSpool.Entry(frame, field, target.kind(), List.of(), value));
        }
      } else {
        List<SingleLabel> labels = data.labels(frame, name);
        if (labels != null && !labels.isEmpty()) {
          entries.add(new AnswerSpool.Entry(frame, field, target.kind(), labels, null));
        }
      }
    }
    return entries;
  }
}
