import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.engine.Workspace;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One long video with labels on every frame, and a backend that keeps what it is sent in a file, a
 * line a frame. With the parameter {@code edit} it hands over what people would have made of it: of
 * every twenty labels two moved, one relabelled, one deleted and one added. Arguments of the program
 * that makes the dataset: POSTIL_HOME, the path or address of the video, the number of frames, the number of tracks, and
 * "boxes" if their boxes shall have no track.
 */
public final class VideoBench {
  private static final String FIELD = "ground_truth";
  private static final List<String> CLASSES = List.of("car", "bus", "person", "bicycle");

  private VideoBench() {}

  public static void main(String[] args) {
    int frames = Integer.parseInt(args[2]);
    int tracks = Integer.parseInt(args[3]);
    boolean numbered = args.length < 5 || !args[4].equals("boxes");
    try (Workspace workspace = Workspace.open(Path.of(args[0]))) {
      DatasetInfo info =
          DatasetInfo.create("video", MediaType.VIDEO)
              .withFrameFields(List.of(FieldSpec.embedded(FIELD, "Detections")));
      ObjectId video = ObjectId.create();
      workspace
          .store()
          .create(info)
          .write(
              writer -> {
                writer.insert(sample(video, args[1], frames));
                for (int number = 1; number <= frames; number++) {
                  writer.insertFrame(frame(video, number, frames, tracks, numbered));
                }
                return null;
              });
    }
  }

  private static Sample sample(ObjectId id, String media, int frames) {
    Document metadata =
        Document.builder()
            .put("_cls", "VideoMetadata")
            .put("frame_width", 1920)
            .put("frame_height", 1080)
            .put("frame_rate", 30.0)
            .put("total_frame_count", frames)
            .put("duration", frames / 30.0)
            .build();
    return new Sample(
        id, media, List.of(), metadata, Map.of(), Document.empty());
  }

  private static Frame frame(ObjectId video, int number, int frames, int tracks, boolean numbered) {
    List<Detection> labels = new ArrayList<>(tracks);
    for (int track = 1; track <= tracks; track++) {
      double x = (track * 0.07 + number * 0.3 / frames) % 0.9;
      BoundingBox box = new BoundingBox(x, track % 9 * 0.1, 0.08, 0.09);
      labels.add(
          Detection.of(CLASSES.get(track % CLASSES.size()), box)
              .withIndex(numbered ? track : null)
              .withAttributes(Document.of("occluded", (number + track) % 7 == 0)));
    }
    return new Frame(
        ObjectId.create(), video, number, Map.of(FIELD, new Detections(labels, Document.empty())), Document.empty());
  }

  /** What Postil finds in the jar. */
  public static final class Provider implements AnnotationBackendProvider {
    @Override
    public String name() {
      return "file";
    }

    @Override
    public String title() {
      return "One file";
    }

    @Override
    public List<String> configClasses() {
      return List.of(Provider.class.getName());
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(
          new Parameter("file", Parameter.Type.TEXT, false, null, "Where frames are kept."),
          new Parameter("edit", Parameter.Type.BOOLEAN, false, null, "Whether people worked on it."));
    }

    @Override
    public AnnotationBackend open(BackendConfig config) {
      return new FileBackend(
          Path.of(String.valueOf(config.parameters().get("file"))),
          Boolean.TRUE.equals(config.parameters().get("edit")));
    }
  }

  private static final class FileBackend implements AnnotationBackend {
    private final Path file;
    private final boolean edit;
    private int count;

    FileBackend(Path file, boolean edit) {
      this.file = file;
      this.edit = edit;
    }

    @Override
    public Capabilities capabilities() {
      return new Capabilities(
          Set.of(MediaType.VIDEO),
          Set.of(LabelType.DETECTIONS),
          Set.of(),
          Set.of("text", "checkbox"),
          Set.of(),
          false,
          true,
          false,
          true,
          1);
    }

    @Override
    public Document recommendAttribute(String name, Object value) {
      return Document.of("type", value instanceof Boolean ? "checkbox" : "text");
    }

    @Override
    public Document prepare(RunContext run, Document state) {
      return state;
    }

    @Override
    public Document upload(RunContext run, List<UploadItem> items, Document state) {
      try (BufferedWriter out = Files.newBufferedWriter(file)) {
        for (UploadItem item : items) {
          for (UploadItem.Content content : item.content()) {
            List<Document> labels =
                content.labels().stream().map(LabelDocuments::toDocument).toList();
            out.write(Json.write(Document.of("frame", content.frameNumber(), "labels", Values.list(labels))));
            out.newLine();
          }
          return state.with("item", item.id());
        }
        return state;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
      ObjectId item = (ObjectId) state.get("item");
      try (BufferedReader in = Files.newBufferedReader(file)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          Document frame = Json.readDocument(line);
          List<Detection> labels = new ArrayList<>();
          for (Object label : frame.getList("labels")) {
            take((Detection) LabelDocuments.fromDocument((Document) label), labels);
          }
          answer.labels(
              item,
              (int) frame.getLong("frame", 0),
              run.schema().fields().get(0).field(),
              AnswerKind.DETECTIONS,
              labels);
        }
        answer.delivered(item);
        return state;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void take(Detection label, List<? super Detection> labels) {
      BoundingBox box = label.boundingBox();
      switch (edit ? count++ % 20 : 1) {
        case 0, 10 ->
            labels.add(
                label.withBoundingBox(
                    new BoundingBox(box.x() + 0.005, box.y(), box.width(), box.height())));
        case 2 -> labels.add(label.withLabel(label.label().equals("car") ? "bus" : "car"));
        case 4 -> {}
        case 6 -> {
          labels.add(label);
          // A tool gives what was drawn the same id each time it is asked.
          labels.add(
              Detection.of("car", new BoundingBox(0.01, 0.01, 0.05, 0.05))
                  .withId(ObjectId.of(0x70000000, count)));
        }
        default -> labels.add(label);
      }
    }

    @Override
    public RunProgress progress(RunContext run, Document state) {
      return new RunProgress(1, 1, 1);
    }

    @Override
    public String address(RunContext run, Document state) {
      return null;
    }

    @Override
    public void cleanup(RunContext run, Document state) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
