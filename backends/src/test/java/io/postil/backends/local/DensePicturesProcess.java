package io.postil.backends.local;

import io.postil.core.ProgressListener;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import io.postil.engine.edit.Edits;
import io.postil.store.sqlite.SqliteStoreProvider;
import io.postil.testkit.TestSamples;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that annotates pictures with very many labels, loads one moved label of each, undoes it
 * and tags all labels; run with a heap that the labels do not fit. Arguments: home, pictures, boxes
 * a picture.
 */
final class DensePicturesProcess {
  private DensePicturesProcess() {}

  public static void main(String[] args) {
    Path home = Path.of(args[0]);
    try (DatasetStore store =
        new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home)) {
      StoredDataset dataset = store.create(TestSamples.imageDataset("cells"));
      fill(dataset, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
      play(home, dataset);
    }
  }

  private static void fill(StoredDataset dataset, int pictures, int boxes) {
    dataset.write(
        writer -> {
          for (int picture = 0; picture < pictures; picture++) {
            List<Detection> labels = new ArrayList<>();
            for (int box = 0; box < boxes; box++) {
              labels.add(Detection.of("cell", new BoundingBox(0.0001 * box, 0.1, 0.01, 0.01)));
            }
            writer.insert(
                Sample.of("/cells/" + picture + ".png")
                    .with("ground_truth", new Detections(labels)));
          }
          return null;
        });
  }

  private static void play(Path home, StoredDataset dataset) {
    var providers = Backends.installed(home);
    var config = AnnotationConfig.read(Map.of(), home, providers);
    Annotations annotations = new Annotations(dataset, new Backends(providers, config, home), home);
    AnnotationRun run =
        annotations.annotate(
            "run",
            ViewDefinition.ALL,
            AnnotationRequest.ofField("ground_truth"),
            ProgressListener.NONE);
    System.out.println("sent " + run.labels());
    moveOneOfEach(home, run);
    LoadReport report = annotations.load("run", LoadOptions.DEFAULT, change -> {});
    System.out.println("edited " + report.total().of(Change.Kind.EDITED));
    annotations.undo("run", "me");
    System.out.println("undone");
    long tagged =
        new Edits(dataset, ViewDefinition.ALL).tagLabels(List.of("seen"), "ground_truth").labels();
    System.out.println("tagged " + tagged);
  }

  private static void moveOneOfEach(Path home, AnnotationRun run) {
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      for (LocalTask.Summary summary : queue.page(0, 1000)) {
        LocalTask task = queue.task(summary.item());
        List<SingleLabel> labels = new ArrayList<>(task.work().labels().get("ground_truth"));
        Detection first = (Detection) labels.get(0);
        labels.set(0, first.withBoundingBox(new BoundingBox(0.5, 0.5, 0.1, 0.1)));
        queue.save(
            task.item(),
            task.revision(),
            LocalTask.State.COMPLETED,
            LocalWork.ofLabels(Map.of("ground_truth", labels)));
      }
    }
  }
}
