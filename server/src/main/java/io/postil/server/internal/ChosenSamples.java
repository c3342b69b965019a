package io.postil.server.internal;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.RowSource;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * A few samples of a dataset as if they were all of it, so that a page of a view costs no scan of
 * the others.
 *
 * @param dataset the dataset
 * @param ids its samples, in order
 */
record ChosenSamples(StoredDataset dataset, List<ObjectId> ids) implements RowSource {
  @Override
  public DatasetInfo info() {
    return dataset.info();
  }

  @Override
  public SampleCursor scan(Projection fields) {
    Iterator<Sample> samples = dataset.samples(ids, fields).iterator();
    return new SampleCursor() {
      private Sample current = Sample.of("");

      @Override
      public boolean hasNext() {
        return samples.hasNext();
      }

      @Override
      public Sample next() {
        current = samples.next();
        return current;
      }

      @Override
      public Cursor<Frame> frames() {
        return dataset.frames(current.id(), 1, Integer.MAX_VALUE, fields);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> wanted, Projection fields) {
    return dataset.samples(wanted.stream().filter(ids::contains).toList(), fields);
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return dataset.frames(sampleId, first, last, fields);
  }

  @Override
  public long count() {
    return ids.size();
  }
}
