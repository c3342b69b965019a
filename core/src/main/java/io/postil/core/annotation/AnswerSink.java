package io.postil.core.annotation;

import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.List;

/**
 * Takes what a backend hands over. Items may come in any order; the frames and labels of an item
 * keep the order they come in. Not thread-safe.
 */
public interface AnswerSink {
  /** Says that the answer for an item is complete, also if nothing is left in it. */
  void delivered(ObjectId item);

  /**
   * Says that an item could not be fetched or is left out on purpose; its labels stay as they are.
   */
  void undelivered(ObjectId item, String reason);

  /**
   * Says that nobody touched an item since the last load, or since it was sent: its answer is the
   * base, and nothing else may be said of it. A copy of one of its labels in another item is told
   * apart by the engine.
   */
  void unchanged(ObjectId item);

  /**
   * Labels of one field.
   *
   * @param item the item
   * @param frameNumber the frame, or 0 for the item itself
   * @param field the field's name in the schema
   * @param kind what they are; need not be what was asked
   * @param labels the labels; one that was sent keeps its id, a new one has any id that was not
   *     sent
   */
  void labels(
      ObjectId item,
      int frameNumber,
      String field,
      AnswerKind kind,
      List<? extends SingleLabel> labels);

  /** The value of a scalar field. */
  void scalar(ObjectId item, int frameNumber, String field, Object value);
}
