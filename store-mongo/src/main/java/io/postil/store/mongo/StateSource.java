package io.postil.store.mongo;

import com.mongodb.client.ClientSession;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Projection;
import io.postil.core.value.ObjectId;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where reads of one dataset find the state they are about. */
interface StateSource extends AutoCloseable {
  /** The state to read now. */
  Reading reading();

  /** The state to read some samples in, and what is kept beside runs about them. */
  Reading readingOf(Collection<ObjectId> samples);

  /** Another state, as close to the first as possible, after the first was lost. */
  Reading renewed();

  /** Changes when cursors opened before are no longer valid. */
  int epoch();

  /** Takes note of a sample that was read. */
  void noteRead(Sample sample, Projection fields);

  /** Samples that are deleted though the database still has them. */
  Set<ObjectId> hidden();

  @Override
  void close();

  /** One state of the database for as long as the server keeps it. Not thread-safe. */
  final class Snapshot implements StateSource {
    private final Connection connection;
    private @Nullable ClientSession session;

    Snapshot(Connection connection) {
      this.connection = connection;
      this.session = connection.snapshot();
    }

    @Override
    public Reading reading() {
      return new Reading(connection, session);
    }

    @Override
    public Reading readingOf(Collection<ObjectId> samples) {
      return reading();
    }

    @Override
    public Reading renewed() {
      close();
      session = connection.snapshot();
      return reading();
    }

    @Override
    public int epoch() {
      return 0;
    }

    @Override
    public void noteRead(Sample sample, Projection fields) {}

    @Override
    public Set<ObjectId> hidden() {
      return Set.of();
    }

    @Override
    public void close() {
      if (session != null) {
        session.close();
        session = null;
      }
    }
  }
}
