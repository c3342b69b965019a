package io.postil.engine.annotation;

import io.postil.core.dataset.Sample;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Turns views of patches into views of samples. Stateless. */
final class PatchesViews {
  private PatchesViews() {}

  /** The view that shows the same labels of the same samples. */
  static ViewDefinition asSamples(StoredDataset dataset, ViewDefinition patches) {
    String field =
        DatasetViews.schema(dataset, patches).sampleFields().stream()
            .filter(f -> f.isLabel())
            .map(f -> f.name())
            .findFirst()
            .orElse("");
    Set<ObjectId> samples = new LinkedHashSet<>();
    List<Object> labels = new ArrayList<>();
    try (SampleCursor cursor = dataset.read(patches, Projection.of(field))) {
      while (cursor.hasNext()) {
        Sample patch = cursor.next();
        samples.add(ViewEvaluator.storedSample(patch));
        for (SingleLabel label : LabelMerge.labels(patch.fields().get(field))) {
          labels.add(label.id());
        }
      }
    }
    return ViewDefinition.ALL
        .then(new Stage.Select(List.copyOf(samples), true))
        .then(
            new Stage.SelectLabels(
                null, Values.list(labels), null, null, Values.listOf(field), true));
  }
}
