package io.postil.backends.labelstudio;

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
import io.postil.engine.annotation.AnnotationRun;
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
import java.util.Locale;
import java.util.Map;

/**
 * A program that sends one long video to the real server, or loads it from there; run with a heap
 * that is far too small for its labels. Arguments: home, what to do, frames, boxes in each, whether
 * they are of tracks.
 */
final class LongVideoProcess {
  private LongVideoProcess() {}

  public static void main(String[] args) {
    Path home = Path.of(args[0]);
    try (DatasetStore store =
        new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home)) {
      if (args[1].equals("send")) {
        send(
            home,
            store,
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Boolean.parseBoolean(args[4]));
      } else {
        load(home, store.open("videos"));
      }
    }
  }

  private static Annotations annotations(Path home, StoredDataset dataset) {
    List<AnnotationBackendProvider> providers = List.of(new LabelStudioBackendProvider());
    Map<String, String> environment =
        Map.of(
            "FIFTYONE_ANNOTATION_DEFAULT_BACKEND", "labelstudio",
            "FIFTYONE_LABELSTUDIO_URL", LabelStudioFixture.URL,
            "FIFTYONE_LABELSTUDIO_API_KEY", LabelStudioFixture.TOKEN);
    AnnotationConfig config = AnnotationConfig.read(environment, home, providers);
    return new Annotations(dataset, new Backends(providers, config, home), home);
  }

  private static void send(Path home, DatasetStore store, int frames, int boxes, boolean ofTracks) {
    StoredDataset dataset =
        store.create(
            DatasetInfo.create("videos", MediaType.VIDEO)
                .withField("frames.boxes", FieldSpec.embedded("boxes", "Detections")));
    fill(dataset, frames, boxes, ofTracks);
    AnnotationRun run =
        annotations(home, dataset)
            .annotate(
                "run",
                ViewDefinition.ALL,
                AnnotationRequest.ofField("frames.boxes"),
                ProgressListener.NONE);
    System.out.println("sent " + run.labels());
    Project project = Project.ofState(run.record().state().getDocument("backend"));
    System.out.println("project " + (project == null ? 0 : project.id()));
  }

  private static void fill(StoredDataset dataset, int frames, int boxes, boolean ofTracks) {
    Sample sample =
        Sample.of("https://media.example.org/long.mp4")
            .withMetadata(
                Document.builder()
                    .put("frame_width", 640)
                    .put("frame_height", 480)
                    .put("frame_rate", 25.0)
                    .put("total_frame_count", frames)
                    .build());
    dataset.write(
        writer -> {
          writer.insert(sample);
          for (int number = 1; number <= frames; number++) {
            List<Detection> labels = new ArrayList<>();
            for (int i = 1; i <= boxes; i++) {
              double x = (i * 0.03 + number * 0.3 / frames) % 0.9;
              Detection label = Detection.of("car", new BoundingBox(x, i * 0.01, 0.08, 0.09));
              labels.add(ofTracks ? label.withIndex(i) : label);
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

  private static void load(Path home, StoredDataset dataset) {
    LoadReport report = annotations(home, dataset).load("run", LoadOptions.DEFAULT, change -> {});
    for (Change.Kind kind : Change.Kind.values()) {
      if (report.total().of(kind) > 0) {
        System.out.println(kind.name().toLowerCase(Locale.ROOT) + " " + report.total().of(kind));
      }
    }
  }
}
