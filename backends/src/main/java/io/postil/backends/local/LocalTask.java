package io.postil.backends.local;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An item of a queue. What a video's frames hold is read piece by piece, see {@link
 * LocalQueue#frames}.
 *
 * @param position its place, from 0
 * @param item the item's id
 * @param media path or URL of the picture or video
 * @param metadata what is known of it, or null
 * @param sent what was sent of the sample itself
 * @param work what people made of it; what was sent where nobody saved yet
 * @param state how far it is
 * @param revision number of the last save; 0 before the first
 * @param tracks the tracks that a video was sent with
 * @param edits what people changed in the frames of a video
 */
public record LocalTask(
    int position,
    ObjectId item,
    String media,
    @Nullable Document metadata,
    LocalWork sent,
    LocalWork work,
    State state,
    long revision,
    List<SentTrack> tracks,
    List<VideoEdit> edits) {
  /** Copies the lists. */
  public LocalTask {
    tracks = List.copyOf(tracks);
    edits = List.copyOf(edits);
  }

  /** How far the work on an item is. */
  public enum State {
    NEW,
    STARTED,
    COMPLETED,
    SKIPPED;

    /** The name in lower case. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The state of a name in lower case, or null. */
    public static @Nullable State ofId(String id) {
      for (State state : values()) {
        if (state.id().equals(id)) {
          return state;
        }
      }
      return null;
    }
  }

  /**
   * An item without its labels.
   *
   * @param position its place, from 0
   * @param item the item's id
   * @param media path or URL of the picture or video
   * @param state how far it is
   */
  public record Summary(int position, ObjectId item, String media, State state) {}
}
