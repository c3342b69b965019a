package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Json;
import io.postil.core.view.Aggregation;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.MongoServer;
import io.postil.testkit.TestSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Views of a video whose frames together are larger than a document may be, 18 MB of 16. */
@Tag("mongo")
class LongVideoTest {
  private static final int FRAMES = 300;

  private final MongoStore store =
      MongoStore.connect(MongoServer.shared().address(MongoServer.newDatabase()));
  private StoredDataset videos;
  private Sample video;

  @BeforeEach
  void aLongVideo() {
    String notes = "x".repeat(60_000);
    video = Sample.of("/data/long.mp4");
    videos =
        store.create(
            TestSamples.videoDataset("videos")
                .withField("frames.notes", FieldSpec.of("notes", FieldType.STRING)));
    videos.write(
        writer -> {
          writer.insert(video);
          for (int number = 1; number <= FRAMES; number++) {
            Frame frame = TestSamples.frame(video.id(), number, number % 3);
            writer.insertFrame(frame.with("notes", notes));
          }
          return null;
        });
  }

  @AfterEach
  void close() {
    store.delete("videos");
    store.close();
  }

  private static ViewDefinition view(String stage, String... kwargs) {
    return StageDocuments.view(
        (List<?>)
            Json.read(
                "[{'_cls':'fiftyone.core.stages.%s','kwargs':[%s]}]"
                    .formatted(stage, String.join(",", kwargs))
                    .replace('\'', '"')));
  }

  /** The numbers of the frames of each sample. */
  private List<List<Integer>> frames(ViewDefinition view) {
    List<List<Integer>> all = new ArrayList<>();
    try (SampleCursor samples = videos.read(view, Projection.of("frames.blur"))) {
      while (samples.hasNext()) {
        samples.next();
        List<Integer> numbers = new ArrayList<>();
        try (Cursor<Frame> frames = samples.frames()) {
          frames.forEachRemaining(frame -> numbers.add(frame.number()));
        }
        all.add(numbers);
      }
    }
    return all;
  }

  @Test
  void isChosenByItsFrames() {
    String field = "['field','frames.objects']";
    String dogs = "['filter',{'$eq':['$$this.label','dog']}],['only_matches',true]";
    String foxes = dogs.replace("dog", "fox");

    assertThat(videos.count(view("FilterLabels", field, dogs))).isEqualTo(1);
    assertThat(videos.count(view("FilterLabels", field, foxes))).isZero();
    assertThat(videos.count(view("Exists", "['field','frames.blur']"))).isEqualTo(1);
    assertThat(
            videos.aggregate(
                view("FilterLabels", field, dogs),
                List.of(Aggregation.count("frames.objects.detections"))))
        .containsExactly((long) FRAMES / 3);
  }

  @Test
  void showsFewerFrames() {
    ViewDefinition late = view("MatchFrames", "['filter',{'$gt':['$$this.frame_number',298]}]");

    assertThat(frames(late)).containsExactly(List.of(299, 300));
    assertThat(videos.aggregate(late, List.of(Aggregation.values("frames.blur"))))
        .containsExactly(List.of(List.of(29.9, 30.0)));
  }

  @Test
  void isShownInClips() {
    ViewDefinition clips =
        view(
            "ToClips",
            "['field_or_expr',{'$in':['$frame_number',[1,2,5,7,8,9,299]]}]",
            "['config',{'tol':1,'min_len':2}]");

    assertThat(frames(clips)).containsExactly(List.of(1, 2), List.of(5, 6, 7, 8, 9));
    try (SampleCursor samples = videos.read(clips, Projection.ALL)) {
      Sample first = samples.next();
      assertThat(first.id()).isEqualTo(ViewEvaluator.clipId(video.id(), 1, 2));
      assertThat(first.fields()).isEqualTo(Map.of("support", List.of(1, 2)));
      assertThat(ViewEvaluator.storedSample(first)).isEqualTo(video.id());
    }
  }
}
