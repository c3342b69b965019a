package io.postil.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.Sample;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.DatasetStoreContract;
import io.postil.testkit.TestSamples;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreContractTest extends DatasetStoreContract {
  @TempDir Path home;

  @Override
  protected DatasetStore open() {
    return new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
  }

  @Test
  void insertsASampleThatTheSameChangeDeletedAndSetsItsValues() {
    try (DatasetStore store = open()) {
      StoredDataset dataset = store.create(TestSamples.imageDataset("again"));
      Sample first = TestSamples.image("/data/1.jpg", 1);
      Sample second = TestSamples.image("/data/2.jpg", 1);
      dataset.write(
          writer -> {
            writer.insert(first);
            writer.insert(second);
            writer.samples(List.of(first.id(), second.id()), Projection.ALL);
            writer.deleteSamples(List.of(first.id()));
            writer.insert(first.with("score", 0.9));
            writer.set(first.id(), 0, "score", 0.9, 1.0);
            return 2;
          });

      assertThat(dataset.read(ViewDefinition.ALL, Projection.ALL).toList())
          .extracting(s -> s.fields().get("score"))
          .containsExactly(second.fields().get("score"), 1.0);
    }
  }
}
