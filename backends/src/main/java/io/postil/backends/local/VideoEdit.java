package io.postil.backends.local;

import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that people changed in the frames of a video, beside what was sent. Edits overlie the
 * labels that were sent, so that a long video is never rewritten: what no edit is about stays as it
 * is. Where two edits of one track are about the same frame, the one that begins last counts.
 * Immutable.
 *
 * @param id names it among the edits of a video
 * @param form what kind of edit it is
 * @param field the frame field
 * @param track the track: the id of its first label if it was sent, or of a label that stands
 *     alone, else any; of {@link Form#VALUE} null
 * @param first the first frame it is about, from 1; of {@link Form#TRACK} 0
 * @param last the last frame it is about; of {@link Form#TRACK} 0
 * @param label what the track looks like from {@code first} on, or what holds for all its frames;
 *     null for the other forms
 * @param towardFrame where the label is going to: the next key frame; 0 if it stays where it is
 * @param toward what it looks like there, or null
 * @param source of {@link Form#TAKEN} the track whose labels it takes, else null
 * @param value of {@link Form#VALUE} the value, or null for none
 */
public record VideoEdit(
    String id,
    Form form,
    String field,
    @Nullable ObjectId track,
    int first,
    int last,
    @Nullable SingleLabel label,
    int towardFrame,
    @Nullable SingleLabel toward,
    @Nullable ObjectId source,
    @Nullable Object value) {

  /** What an edit says. */
  public enum Form {
    /**
     * Holds for all frames of a track: its class, index and immutable attributes. An attribute that
     * is null is taken away; what is absent stays. A track that was not sent has one, unless its
     * label stands alone.
     */
    TRACK,
    /** From a key frame to the next one. */
    SHAPE,
    /** The track has no label on these frames. */
    OUTSIDE,
    /** The labels that another track was sent with are of this track: a split or merge. */
    TAKEN,
    /** The value of a scalar field of one frame. */
    VALUE;

    /** The name in lower case. */
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The form of a name in lower case, or null. */
    public static @Nullable Form ofId(String id) {
      for (Form form : values()) {
        if (form.id().equals(id)) {
          return form;
        }
      }
      return null;
    }
  }

  /** Checks that what the form needs is there. */
  public VideoEdit {
    boolean whole = form == Form.TRACK;
    if (whole ? first != 0 || last != 0 : first < 1 || last < first) {
      throw new IllegalArgumentException("edit " + id + " is about frames " + first + "-" + last);
    }
    if ((form == Form.SHAPE || whole) != (label != null)
        || (form == Form.TAKEN) != (source != null)
        || (form == Form.VALUE) != (track == null)
        || (towardFrame > 0) != (toward != null)
        || (toward != null && (form != Form.SHAPE || towardFrame <= first))) {
      throw new IllegalArgumentException("edit " + id + " does not have what a " + form + " has");
    }
  }

  /** Whether it is about a frame. */
  boolean covers(int frame) {
    return first <= frame && frame <= last;
  }

  /** The label of {@link Form#SHAPE} and {@link Form#TRACK}. */
  SingleLabel shown() {
    return Objects.requireNonNull(label);
  }

  /** The track of every form but {@link Form#VALUE}. */
  ObjectId owner() {
    return Objects.requireNonNull(track);
  }
}
