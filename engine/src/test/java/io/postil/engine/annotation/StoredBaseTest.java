package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a base frame by frame gives what reading it at once gives. */
class StoredBaseTest {
  private static final int FRAMES = 450;

  @TempDir Path home;

  private final ObjectId run = ObjectId.create();
  private final ObjectId video = ObjectId.create();
  private final ObjectId clip = ObjectId.create();
  private final ObjectId frame = ObjectId.create();
  private DatasetStore store;
  private StoredBase base;

  private static FieldSchema field(String name, String type) {
    return FieldSchema.fromDocument(
        name,
        Document.of("type", type, "classes", Values.listOf("car")).with("existing_field", true));
  }

  @BeforeEach
  void fill() {
    store = new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("p.db")), home);
    StoredDataset dataset = store.create(DatasetInfo.create("videos", MediaType.VIDEO));
    LabelSchema schema =
        new LabelSchema(
            List.of(
                field("frames.z", "detections"),
                field("frames.a", "detections"),
                field("scene", "classification")));
    dataset.write(
        writer -> {
          for (RunData.Item item :
              List.of(
                  RunData.Item.ofSample(video),
                  new RunData.Item(clip, video, 0, 100, 350),
                  new RunData.Item(frame, video, 7, 0, 0))) {
            writer.putSide(run, RunData.item(item));
          }
          writer.putSide(
              run,
              RunData.base(
                  video,
                  0,
                  "scene",
                  AnswerKind.CLASSIFICATIONS,
                  List.of(Classification.of("car"))));
          for (int number = 1; number <= FRAMES; number++) {
            // Some frames hold nothing, some one field.
            for (String name : number % 5 == 0 ? List.<String>of() : fields(number)) {
              Detection box = Detection.of("car", new BoundingBox(0.1, 0.1, 0.2, 0.001 * number));
              writer.putSide(
                  run, RunData.base(video, number, name, AnswerKind.DETECTIONS, List.of(box)));
            }
          }
          return null;
        });
    base = new StoredBase(dataset, run, schema);
  }

  private static List<String> fields(int number) {
    return number % 3 == 0 ? List.of("frames.a") : List.of("frames.a", "frames.z");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aVideo() {
    List<Content> read = base.read(video).toList();
    assertThat(read).isEqualTo(base.get(List.of(video)).get(video));
    assertThat(read.get(0).field()).isEqualTo("scene");
    assertThat(read).extracting(Content::frameNumber).contains(1, 201, 449).isSorted();
  }

  @Test
  void aClip() {
    List<Content> read = base.read(clip).toList();
    assertThat(read).isEqualTo(base.get(List.of(clip)).get(clip));
    assertThat(read).extracting(Content::frameNumber).contains(101, 349).doesNotContain(99, 351);
  }

  @Test
  void aFrameThatIsAnImage() {
    List<Content> read = base.read(frame).toList();
    assertThat(read).isEqualTo(base.get(List.of(frame)).get(frame)).hasSize(2);
    assertThat(read).extracting(Content::frameNumber).containsOnly(0);
  }

  @Test
  void whatWasNotSentHasNothing() {
    assertThat(base.read(ObjectId.create()).toList()).isEmpty();
  }
}
