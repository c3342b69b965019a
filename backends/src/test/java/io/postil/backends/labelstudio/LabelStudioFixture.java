package io.postil.backends.labelstudio;

import io.postil.backends.http.Credentials;
import io.postil.backends.http.HttpApi;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
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
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.jcodec.api.awt.AWTSequenceEncoder;
import org.jspecify.annotations.Nullable;

/** A dataset, its runs on the real server, and an annotator who works there over the API. */
final class LabelStudioFixture implements AutoCloseable {
  static final int WIDTH = 320;
  static final int HEIGHT = 240;
  static final String URL = variable("LABEL_STUDIO_URL");
  static final String TOKEN = variable("LABEL_STUDIO_TOKEN");

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalStateException(
          name + " is not set: run these tests by ./check labelstudio, which starts the server");
    }
    return value;
  }

  final Path home;
  final DatasetStore store;
  final StoredDataset dataset;
  final HttpApi api;

  LabelStudioFixture(Path home, DatasetInfo info, Sample... samples) {
    this.home = home;
    this.store =
        new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve("postil.db")), home);
    this.dataset = store.create(info);
    dataset.write(
        writer -> {
          for (Sample sample : samples) {
            writer.insert(sample);
          }
          return null;
        });
    this.api =
        HttpApi.at("Label Studio", URL)
            .environment(Map.of())
            .credentials(Credentials.fixed("Token " + TOKEN))
            .build();
  }

  // --- media ----------------------------------------------------------------------------------

  /** A sample of a picture of its own. */
  static Sample image(Path directory, String name) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    pen.setColor(new Color(90, 110, 130 + Math.floorMod(name.hashCode(), 100)));
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.setColor(Color.LIGHT_GRAY);
    pen.fillOval(60, 50, 120, 90);
    pen.dispose();
    Path file = directory.resolve(name + ".png");
    try {
      Files.createDirectories(directory);
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sample.of(file.toString()).withMetadata(Document.of("width", WIDTH, "height", HEIGHT));
  }

  /** A sample of a video of so many frames, ten a second. */
  static Sample video(Path directory, String name, int frames) {
    Path file = directory.resolve(name + ".mp4");
    try {
      Files.createDirectories(directory);
      AWTSequenceEncoder encoder = AWTSequenceEncoder.createSequenceEncoder(file.toFile(), 10);
      for (int i = 0; i < frames; i++) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.DARK_GRAY);
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        pen.setColor(Color.ORANGE);
        pen.fillRect(20 + 2 * i, 60, 60, 60);
        pen.dispose();
        encoder.encodeImage(image);
      }
      encoder.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sample.of(file.toString())
        .withMetadata(
            Document.builder()
                .put("frame_width", WIDTH)
                .put("frame_height", HEIGHT)
                .put("frame_rate", 10.0)
                .put("total_frame_count", frames)
                .put("duration", frames / 10.0)
                .build());
  }

  // --- our side -------------------------------------------------------------------------------

  /** The runs, with parameters of the backend besides address and token. */
  Annotations annotations(String... parameters) {
    Map<String, String> env = new HashMap<>();
    env.put("FIFTYONE_ANNOTATION_CONFIG_PATH", home.resolve("none.json").toString());
    env.put("FIFTYONE_ANNOTATION_DEFAULT_BACKEND", "labelstudio");
    env.put("FIFTYONE_LABELSTUDIO_URL", URL);
    env.put("FIFTYONE_LABELSTUDIO_API_KEY", TOKEN);
    for (int i = 0; i < parameters.length; i += 2) {
      env.put("FIFTYONE_LABELSTUDIO_" + parameters[i], parameters[i + 1]);
    }
    var providers = Backends.installed(home);
    return new Annotations(
        dataset, new Backends(providers, AnnotationConfig.read(env, home, providers), home), home);
  }

  AnnotationRun annotate(String key, AnnotationRequest request) {
    return annotations().annotate(key, ViewDefinition.ALL, request, ProgressListener.NONE);
  }

  LoadReport load(String key) {
    return load(key, new ArrayList<>());
  }

  LoadReport load(String key, List<Change> changes) {
    return annotations().load(key, LoadOptions.DEFAULT, changes::add);
  }

  List<Sample> samples() {
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.ALL)) {
      return cursor.toList();
    }
  }

  Sample sample(ObjectId id) {
    return dataset.samples(List.of(id), Projection.ALL).get(0);
  }

  List<Frame> frames(ObjectId id) {
    try (Cursor<Frame> frames = dataset.frames(id, 1, Integer.MAX_VALUE, Projection.ALL)) {
      return frames.toList();
    }
  }

  Project project(String key) {
    Project project =
        Project.ofState(annotations().run(key).record().state().getDocument("backend"));
    if (project == null) {
      throw new IllegalStateException("the run has no project");
    }
    return project;
  }

  // --- the annotator --------------------------------------------------------------------------

  /** The task of a sample, with everything. */
  Document task(String key, ObjectId sample) {
    String run = annotations().run(key).record().id().toString();
    LabelStudioServer server = server();
    for (Object task : server.tasks(project(key).id(), run, 1, 1000).getList("tasks")) {
      if (task instanceof Document d && sample.equals(TaskSender.item(d))) {
        return api.get("/api/tasks/" + d.getLong("id", 0)).send().document();
      }
    }
    throw new IllegalStateException("no task of sample " + sample);
  }

  static LabelStudioServer server() {
    return new LabelStudioServer(
        Settings.of(
            new io.postil.core.annotation.BackendConfig(
                "labelstudio", Document.of("url", URL, "api_key", TOKEN), Path.of("/")),
            Map.of()));
  }

  /** The rows that a task starts with. */
  static List<?> prelabels(Document task) {
    List<?> predictions = task.getList("predictions");
    return predictions.isEmpty()
        ? List.of()
        : ((Document) predictions.get(predictions.size() - 1)).getList("result");
  }

  /** The rows of the newest annotation of a sample. */
  List<Region> submitted(String key, ObjectId sample) {
    List<?> annotations = task(key, sample).getList("annotations");
    List<Region> rows = new ArrayList<>();
    for (Object row : ((Document) annotations.get(annotations.size() - 1)).getList("result")) {
      Region region = Region.read(row);
      if (region != null) {
        rows.add(region);
      }
    }
    return rows;
  }

  /**
   * Opens the task of a sample in Label Studio's own editor, in a real browser, works on it and
   * submits. Actions are those of {@code server/ui/e2e/labelstudio.mjs}: a name and an argument in
   * turn; places are percent of the image.
   */
  void edit(String key, ObjectId sample, @Nullable Object... actions) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < actions.length; i += 2) {
      list.add(Document.of((String) actions[i], actions[i + 1]));
    }
    list.add(Document.of("submit", true));
    Document task = task(key, sample);
    Document.Builder open = Document.builder();
    open.put("path", "/projects/" + project(key).id() + "/data?task=" + task.getLong("id", 0));
    open.put("labels", prelabels(task).size());
    if (task.getDocument("data").contains("video")) {
      open.put("video", Values.listOf(WIDTH, HEIGHT));
    }
    open.put("do", Values.list(list));
    Path root = repository();
    Document scenario =
        Document.builder()
            .put("url", URL)
            .put("email", "postil@example.com")
            .put("password", variable("LABEL_STUDIO_PASSWORD"))
            .put("shots", root.resolve("target/labelstudio").toString())
            .put("tasks", Values.listOf(open.build()))
            .build();
    try {
      Process node =
          new ProcessBuilder("node", root.resolve("server/ui/e2e/labelstudio.mjs").toString())
              .redirectErrorStream(true)
              .start();
      try (OutputStream in = node.getOutputStream()) {
        in.write(Json.write(scenario).getBytes(StandardCharsets.UTF_8));
      }
      String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (node.waitFor() != 0) {
        throw new AssertionError("the annotator failed:\n" + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("server/ui/e2e/labelstudio.mjs"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  /** Submits rows, as the editor does. */
  Document submit(Document task, @Nullable Object result) {
    return api.post("/api/tasks/" + task.getLong("id", 0) + "/annotations/")
        .json(Document.of("result", result, "lead_time", 1.5))
        .send()
        .document();
  }

  /** Makes another person known to the server; to be removed again by {@link #removeUser}. */
  long addUser(String email) {
    return api.post("/api/users/")
        .json(Document.of("email", email, "username", email.replaceAll("@.*", "")))
        .send()
        .document()
        .getLong("id", 0);
  }

  void removeUser(long user) {
    api.delete("/api/users/" + user + "/").send();
  }

  /** Submits rows as the work of a person. */
  void submitAs(long user, Document task, @Nullable Object result) {
    api.post("/api/tasks/" + task.getLong("id", 0) + "/annotations/")
        .json(Document.of("result", result, "completed_by", user))
        .send();
  }

  @Override
  public void close() {
    for (AnnotationRun run : annotations().runs()) {
      annotations().cleanup(run.key(), Document.empty());
    }
    api.close();
    store.close();
  }
}
