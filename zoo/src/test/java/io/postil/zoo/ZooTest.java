package io.postil.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooTest {
  @TempDir Path home;

  private DatasetStore store() {
    return new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home);
  }

  private StoredDataset load(DatasetStore store, String name, String dataset, Path directory) {
    return Zoo.load(
        store,
        name,
        dataset,
        directory,
        name.equals("quickstart") ? 3 : 1,
        7,
        ProgressListener.NONE);
  }

  private static List<Sample> samples(StoredDataset dataset) {
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.ALL)) {
      return cursor.toList();
    }
  }

  @Test
  void sameSeedSameBytes() throws Exception {
    try (DatasetStore store = store()) {
      List<Sample> first = samples(load(store, "quickstart", "a", home.resolve("one")));
      List<Sample> second = samples(load(store, "quickstart", "b", home.resolve("two")));
      for (int i = 0; i < first.size(); i++) {
        assertThat(second.get(i).fields()).isEqualTo(first.get(i).fields());
        assertThat(second.get(i).id()).isEqualTo(first.get(i).id());
        assertThat(
                Files.mismatch(Path.of(first.get(i).filepath()), Path.of(second.get(i).filepath())))
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void masksCoverTheirBoxesTightly() {
    try (DatasetStore store = store()) {
      for (Sample sample : samples(load(store, "quickstart", "a", home))) {
        Detections truth = (Detections) sample.fields().get("instances");
        assertThat(truth.labels()).hasSizeGreaterThan(3);
        for (Detection object : truth.labels()) {
          assertThat(object.mask().width())
              .isEqualTo((int) Math.round(object.boundingBox().width() * 960));
          assertThat(touchesEveryEdge(object)).isTrue();
        }
      }
    }
  }

  private static boolean touchesEveryEdge(Detection object) {
    int w = object.mask().width();
    int h = object.mask().height();
    boolean[] edges = new boolean[4];
    for (int i = 0; i < w * h; i++) {
      if (object.mask().get(i) != 0) {
        edges[0] |= i % w == 0;
        edges[1] |= i % w == w - 1;
        edges[2] |= i / w == 0;
        edges[3] |= i / w == h - 1;
      }
    }
    return edges[0] && edges[1] && edges[2] && edges[3];
  }

  @Test
  void aTrackKeepsItsNumberAndClassThroughTheClip() {
    try (DatasetStore store = store()) {
      StoredDataset dataset = load(store, "quickstart-video", "clip", home);
      Sample video = samples(dataset).get(0);
      Set<String> tracks = new HashSet<>();
      Set<Integer> numbers = new HashSet<>();
      try (Cursor<Frame> frames =
          dataset.frames(video.id(), 1, Integer.MAX_VALUE, Projection.ALL)) {
        while (frames.hasNext()) {
          for (Detection label :
              ((Detections) frames.next().fields().get("ground_truth")).labels()) {
            tracks.add(label.index() + label.label());
            numbers.add(label.index());
          }
        }
      }
      assertThat(tracks).hasSameSizeAs(numbers);
      assertThat(numbers).hasSizeGreaterThan(3);
    }
  }

  @Test
  void namesTheNearestDataset() {
    try (DatasetStore store = store()) {
      assertThatThrownBy(() -> load(store, "quickstat", "a", home))
          .isInstanceOfSatisfying(
              PostilException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_DATASET);
                assertThat(e.remedy()).contains("quickstart");
              });
    }
  }
}
