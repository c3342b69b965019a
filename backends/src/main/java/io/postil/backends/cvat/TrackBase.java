package io.postil.backends.cvat;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import java.util.List;

/**
 * Makes tracks of the base again, as they were sent: what is needed for it, and where key frames
 * go.
 *
 * @param item the video
 * @param spool takes the key frames
 */
record TrackBase(
    LabelIndex index, LabelEncoder encoder, SentItem item, RecordSpool<CvatShape> spool) {
  /** A track to which labels are added. */
  VideoTracks newTrack() {
    return new VideoTracks(index, item.frames().size(), spool);
  }

  /** Adds a label, whatever its number. */
  void add(VideoTracks to, FieldSchema field, BaseLabels.Held held, int frame) {
    SingleLabel numbered = withIndex(held.label(), 1);
    List<LabelEncoder.Part> parts = encoder.encode(field, numbered, item.size(), frame);
    to.add(field, numbered, parts);
  }

  static SingleLabel withIndex(SingleLabel label, int index) {
    return switch (label) {
      case Detection d -> d.withIndex(index);
      case Polyline p -> p.withIndex(index);
      case Keypoint k -> k.withIndex(index);
      default -> label;
    };
  }
}
