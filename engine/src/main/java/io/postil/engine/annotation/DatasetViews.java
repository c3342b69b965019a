package io.postil.engine.annotation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.RowSource;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.util.Collection;
import java.util.List;

/** What views of a stored dataset show. Stateless. */
public final class DatasetViews {
  private DatasetViews() {}

  /**
   * The fields and the media type a view shows; reads only the dataset's document.
   *
   * @throws io.postil.core.PostilException if the view does not fit the dataset
   */
  public static ViewSchema schema(StoredDataset dataset, ViewDefinition view) {
    DatasetInfo info = dataset.info();
    RowSource source =
        new RowSource() {
          @Override
          public DatasetInfo info() {
            return info;
          }

          @Override
          public SampleCursor scan(Projection fields) {
            return dataset.read(ViewDefinition.ALL, fields);
          }

          @Override
          public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
            return dataset.samples(ids, fields);
          }

          @Override
          public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
            return dataset.frames(sampleId, first, last, fields);
          }

          @Override
          public long count() {
            return dataset.count(ViewDefinition.ALL);
          }
        };
    return new ViewEvaluator(source, view).schema();
  }
}
