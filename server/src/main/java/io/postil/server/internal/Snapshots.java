package io.postil.server.internal;

import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order of samples in views people look at: a view is evaluated once, then its pages are read
 * by id, so that scrolling neither sorts anew nor jumps while others edit. Keeps the latest few.
 * Thread-safe.
 */
final class Snapshots {
  private static final int MAX_IDS = 2_000_000;

  /** A page and where it comes from. */
  record Page(String snapshot, long total, List<Sample> samples) {}

  private record Snapshot(String dataset, ViewDefinition view, List<ObjectId> ids) {}

  private final Map<String, Snapshot> latest = new LinkedHashMap<>(16, 0.75f, true);

  Page page(
      StoredDataset dataset,
      ViewDefinition view,
      @Nullable String snapshotId,
      int offset,
      int limit,
      Projection fields) {
    String name = dataset.info().name();
    String id =
        snapshotId != null && ObjectId.isValid(snapshotId)
            ? snapshotId
            : ObjectId.create().toString();
    if (view.stages().isEmpty() && offset == 0) {
      return new Page(id, dataset.count(view), first(dataset, limit, fields));
    }
    Snapshot snapshot = find(id, name, view);
    if (snapshot == null) {
      snapshot = new Snapshot(name, view, order(dataset, view));
      keep(id, snapshot);
    }
    int from = Math.min(offset, snapshot.ids().size());
    List<ObjectId> ids =
        snapshot.ids().subList(from, Math.min(from + limit, snapshot.ids().size()));
    return new Page(id, snapshot.ids().size(), read(dataset, view, ids, offset, limit, fields));
  }

  /** The first samples of the whole dataset, for which nothing needs to be known of the others. */
  private static List<Sample> first(StoredDataset dataset, int limit, Projection fields) {
    List<Sample> samples = new ArrayList<>();
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, fields)) {
      while (samples.size() < limit && cursor.hasNext()) {
        samples.add(cursor.next());
      }
    }
    return samples;
  }

  private synchronized @Nullable Snapshot find(String id, String dataset, ViewDefinition view) {
    Snapshot snapshot = latest.get(id);
    return snapshot != null && snapshot.dataset().equals(dataset) && snapshot.view().equals(view)
        ? snapshot
        : null;
  }

  private synchronized void keep(String id, Snapshot snapshot) {
    latest.put(id, snapshot);
    long total = latest.values().stream().mapToLong(s -> s.ids().size()).sum();
    var oldest = latest.entrySet().iterator();
    while (latest.size() > 1 && (latest.size() > 16 || total > MAX_IDS) && oldest.hasNext()) {
      total -= oldest.next().getValue().ids().size();
      oldest.remove();
    }
  }

  private static List<ObjectId> order(StoredDataset dataset, ViewDefinition view) {
    List<ObjectId> ids = new ArrayList<>();
    try (SampleCursor cursor = dataset.read(view, Projection.of())) {
      cursor.forEachRemaining(sample -> ids.add(sample.id()));
    }
    return ids;
  }

  private static List<Sample> read(
      StoredDataset dataset,
      ViewDefinition view,
      List<ObjectId> ids,
      int offset,
      int limit,
      Projection fields) {
    if (view.stages().isEmpty()) {
      return dataset.samples(ids, fields);
    }
    ViewDefinition narrowed = ofSingleSamples(view);
    if (narrowed == null) {
      ViewDefinition page = view.then(new Stage.Skip(offset)).then(new Stage.Limit(limit));
      return dataset.read(page, fields).toList();
    }
    Map<ObjectId, Sample> found = new HashMap<>();
    try (SampleCursor cursor =
        new ViewEvaluator(new ChosenSamples(dataset, ids), narrowed).read(fields)) {
      cursor.forEachRemaining(sample -> found.put(sample.id(), sample));
    }
    return ids.stream().filter(found::containsKey).map(found::get).toList();
  }

  /**
   * What a view does to each of its samples alone, without what chooses and orders them; null if
   * its samples are not those stored.
   */
  private static @Nullable ViewDefinition ofSingleSamples(ViewDefinition view) {
    List<Stage> stages = new ArrayList<>();
    for (Stage stage : view.stages()) {
      switch (stage) {
        case Stage.Limit s -> {}
        case Stage.Skip s -> {}
        case Stage.Take s -> {}
        case Stage.Shuffle s -> {}
        case Stage.SortBy s -> {}
        case Stage.SelectGroupSlices s -> {
          return null;
        }
        case Stage.ExcludeGroupSlices s -> {
          return null;
        }
        case Stage.GroupBy s -> {
          return null;
        }
        case Stage.Flatten s -> {
          return null;
        }
        case Stage.Concat s -> {
          return null;
        }
        case Stage.Mongo s -> {
          return null;
        }
        case Stage.ToPatches s -> {
          return null;
        }
        case Stage.ToFrames s -> {
          return null;
        }
        case Stage.ToClips s -> {
          return null;
        }
        case Stage.Unknown s -> {
          return null;
        }
        default -> stages.add(stage);
      }
    }
    return new ViewDefinition(stages);
  }
}
