package io.postil.backends.cvat;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that sends one long video to a server, or loads it from there; run with a heap that is
 * far too small for its labels. Half of the boxes of a frame are of tracks, half stand alone.
 * Arguments: home, what to do, address and token of the server, the video, frames, boxes a frame.
 */
final class LongVideoProcess {
  private LongVideoProcess() {}

  public static void main(String[] args) {
    Path home = Path.of(args[0]);
    try (DatasetStore store =
        new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home)) {
      if (args[1].equals("send")) {
        StoredDataset dataset =
            store.create(
                DatasetInfo.create("videos", MediaType.VIDEO)
                    .withField("frames.boxes", FieldSpec.embedded("boxes", "Detections")));
        fill(dataset, args[4], Integer.parseInt(args[5]), Integer.parseInt(args[6]));
        long sent =
            annotations(home, dataset, args)
                .annotate(
                    "run",
                    ViewDefinition.ALL,
                    AnnotationRequest.ofField("frames.boxes"),
                    ProgressListener.NONE)
                .labels();
        System.out.println("sent " + sent);
      } else {
        StoredDataset dataset = store.open("videos");
        LoadReport report =
            annotations(home, dataset, args).load("run", LoadOptions.DEFAULT, change -> {});
        for (Change.Kind kind : Change.Kind.values()) {
          if (report.total().of(kind) > 0) {
            System.out.println(
                kind.name().toLowerCase(java.util.Locale.ROOT) + " " + report.total().of(kind));
          }
        }
      }
    }
  }

  private static Annotations annotations(Path home, StoredDataset dataset, String[] args) {
    List<AnnotationBackendProvider> providers = List.of(new CvatBackendProvider());
    Map<String, String> environment =
        Map.of(
            "FIFTYONE_ANNOTATION_DEFAULT_BACKEND", "cvat",
            "FIFTYONE_CVAT_URL", args[2],
            "FIFTYONE_CVAT_TOKEN", args[3]);
    AnnotationConfig config = AnnotationConfig.read(environment, home, providers);
    return new Annotations(dataset, new Backends(providers, config, home), home);
  }

  private static void fill(StoredDataset dataset, String video, int frames, int boxes) {
    Sample sample = Sample.of(video);
    dataset.write(
        writer -> {
          writer.insert(sample);
          for (int number = 1; number <= frames; number++) {
            List<Detection> labels = new ArrayList<>();
            for (int box = 0; box < boxes; box++) {
              double x = (box * 0.03 + number * 0.3 / frames) % 0.9;
              Detection label = Detection.of("car", new BoundingBox(x, box * 0.01, 0.08, 0.09));
              labels.add(box % 2 == 0 ? label.withIndex(box) : label);
            }
            writer.insertFrame(
                new Frame(
                    ObjectId.create(),
                    sample.id(),
                    number,
                    Map.of("boxes", new Detections(labels)),
                    Document.empty()));
          }
          return null;
        });
  }
}
