package io.postil.engine.edit;

import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds values: a sample or frame as it is stored and as the view shows it. Not thread-safe.
 */
final class Holder {
  /** The values of a stored sample or frame, which several shown ones may be made of. */
  static final class Stored {
    final ObjectId sampleId;
    final int frame;
    private final @Nullable Sample sample;
    private final Map<String, Object> fields;

    private Stored(
        ObjectId sampleId, int frame, @Nullable Sample sample, Map<String, Object> fields) {
      this.sampleId = sampleId;
      this.frame = frame;
      this.sample = sample;
      this.fields = new HashMap<>(fields);
    }

    static Stored of(Sample sample) {
      return new Stored(sample.id(), 0, sample, sample.fields());
    }

    static Stored of(Frame frame) {
      return new Stored(frame.sampleId(), frame.number(), null, frame.fields());
    }

    @Nullable Object get(String field) {
      return fields.get(field);
    }

    void put(String field, @Nullable Object value) {
      if (value == null) {
        fields.remove(field);
      } else {
        fields.put(field, value);
      }
    }

    /** The sample without what was changed since; null for a frame. */
    @Nullable Sample sample() {
      return sample;
    }
  }

  private final ObjectId id;
  private final Map<String, Object> shown;
  private final @Nullable Sample shownSample;
  private final Stored stored;

  private Holder(
      ObjectId id, Map<String, Object> shown, @Nullable Sample shownSample, Stored stored) {
    this.id = id;
    this.shown = shown;
    this.shownSample = shownSample;
    this.stored = stored;
  }

  static Holder of(Sample shown, Stored stored) {
    return new Holder(shown.id(), shown.fields(), shown, stored);
  }

  static Holder of(Frame shown, Stored stored) {
    return new Holder(shown.id(), shown.fields(), null, stored);
  }

  /** The id of the sample or frame that is shown. */
  ObjectId id() {
    return id;
  }

  Stored stored() {
    return stored;
  }

  /** What the view shows in a field, without {@code frames.}; null if nothing. */
  @Nullable Object shown(String field) {
    return shown.get(field);
  }

  /** The sample as it is shown; null for a frame. */
  @Nullable Sample shownSample() {
    return shownSample;
  }
}
