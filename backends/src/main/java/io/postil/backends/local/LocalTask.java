package io.postil.backends.local;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An item of a queue.
 *
 * @param position its place, from 0
 * @param item the item's id
 * @param media path or URL of the picture
 * @param metadata what is known of the picture, or null
 * @param sent what was sent
 * @param work what people made of it; what was sent where nobody saved yet
 * @param state how far it is
 * @param revision number of the last save; 0 before the first
 */
public record LocalTask(
    int position,
    ObjectId item,
    String media,
    @Nullable Document metadata,
    LocalWork sent,
    LocalWork work,
    State state,
    long revision) {
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
   * @param media path or URL of the picture
   * @param state how far it is
   */
  public record Summary(int position, ObjectId item, String media, State state) {}
}
