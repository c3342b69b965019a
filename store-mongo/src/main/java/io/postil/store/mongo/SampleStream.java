package io.postil.store.mongo;

import com.mongodb.client.MongoCursor;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Streams samples, and the frames of the last one. It remembers the ids it gave: asked anew, a
 * query gives all samples again, and in an order that need not be the same. Not thread-safe.
 */
abstract class SampleStream extends ResumedCursor<Sample> implements SampleCursor {
  private final DatasetReader reader;
  final Projection fields;
  private final SeenIds seen = new SeenIds();
  private boolean resumed;
  private @Nullable Sample current;

  /** Samples with the fields asked for, which also say what is read of frames. */
  SampleStream(DatasetReader reader, Projection fields) {
    super(reader.connection(), reader.source(), () -> {});
    this.reader = reader;
    this.fields = fields;
  }

  /** Asks for all samples. */
  abstract MongoCursor<Document> askAll(Reading reading);

  /** Whether a sample may come twice, so that its id does not say where the stream is. */
  boolean mayRepeat() {
    return false;
  }

  /** The sample of a document; null if it is to be left out. */
  abstract @Nullable Sample sample(Document stored);

  @Override
  final MongoCursor<Document> ask(Reading reading) {
    DatasetReader.requireKnown(seen, reader.info());
    resumed = !seen.isEmpty();
    if (resumed && mayRepeat()) {
      throw DatasetReader.lost(reader.info(), "samples come twice, so that nothing says where");
    }
    return askAll(reading);
  }

  @Override
  final @Nullable Sample decode(Document stored) {
    if (stored.get("_id") instanceof ObjectId id) {
      if (resumed && seen.contains(id)) {
        return null;
      }
      seen.add(id);
    }
    return sample(stored);
  }

  @Override
  public Sample next() {
    Sample sample = super.next();
    current = sample;
    return sample;
  }

  @Override
  public Cursor<Frame> frames() {
    if (current == null) {
      throw new IllegalStateException("no sample was read yet");
    }
    return frames(current);
  }

  /** The frames of a sample. */
  Cursor<Frame> frames(Sample sample) {
    return reader.frames(sample.id(), 0, Integer.MAX_VALUE, fields);
  }
}
