package io.postil.backends.cvat;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunMemory;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
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
import io.postil.testkit.TestMedia;
import io.postil.testkit.cvat.CvatEmulator;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An emulator, a dataset whose media are there, and somebody who annotates. */
final class CvatFixture implements AutoCloseable {
  static final int WIDTH = 64;
  static final int HEIGHT = 48;

  final CvatEmulator server;
  final Annotator annotator;
  final List<Duration> pauses = new ArrayList<>();
  private final Path home;
  private final DatasetStore store;
  private final StoredDataset dataset;
  private CvatLimits limits = CvatLimits.DEFAULT;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  final List<Change> changes = new ArrayList<>();

  CvatFixture(CvatEmulator.Options options, Path home, MediaType mediaType) {
    this.server = CvatEmulator.start(options);
    this.annotator = new Annotator(server);
    this.home = home;
    this.store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    this.dataset = store.create(DatasetInfo.create("streets", mediaType));
    parameters.put("url", server.url());
    parameters.put("token", server.token(CvatEmulator.USER));
  }

  static CvatFixture images(Path home, String version) {
    return new CvatFixture(CvatEmulator.Options.of(version), home, MediaType.IMAGE);
  }

  static CvatFixture videos(Path home, String version) {
    return new CvatFixture(CvatEmulator.Options.of(version), home, MediaType.VIDEO);
  }

  /** A provider with other limits, and time that does not pass. */
  private final class Provider implements AnnotationBackendProvider {
    private final CvatBackendProvider real = new CvatBackendProvider();

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public String title() {
      return real.title();
    }

    @Override
    public List<String> configClasses() {
      return real.configClasses();
    }

    @Override
    public List<Parameter> parameters() {
      return real.parameters();
    }

    @Override
    public @Nullable String defaultUrl() {
      return real.defaultUrl();
    }

    @Override
    public AnnotationBackend open(BackendConfig config) {
      CvatOptions options = CvatOptions.of(config.parameters());
      Duration[] passed = {Duration.ZERO};
      InstantSource clock = () -> InstantSource.system().instant().plus(passed[0]);
      return new CvatBackend(
          options,
          limits,
          new CvatServer(
              options,
              clock,
              pause -> {
                pauses.add(pause);
                passed[0] = passed[0].plus(pause);
              }));
    }
  }

  CvatFixture with(String parameter, Object value) {
    parameters.put(parameter, value);
    return this;
  }

  CvatFixture with(CvatLimits other) {
    limits = other;
    return this;
  }

  Annotations annotations() {
    List<AnnotationBackendProvider> providers = List.of(new Provider());
    AnnotationConfig config =
        AnnotationConfig.read(
            Map.of(
                "FIFTYONE_CVAT_URL", server.url(),
                "FIFTYONE_CVAT_TOKEN", server.token(CvatEmulator.USER)),
            home,
            providers);
    return new Annotations(dataset, new Backends(providers, config, home), home);
  }

  // --- data -----------------------------------------------------------------------------------

  CvatFixture field(String name, String labelClass) {
    dataset.write(
        writer -> {
          String plain = name.substring(name.lastIndexOf('.') + 1);
          writer.putInfo(writer.info().withField(name, FieldSpec.embedded(plain, labelClass)));
          return null;
        });
    return this;
  }

  CvatFixture field(FieldSpec spec) {
    dataset.write(
        writer -> {
          writer.putInfo(writer.info().withField(spec.name(), spec));
          return null;
        });
    return this;
  }

  /** An image without labels. */
  Sample image(String name) {
    Sample sample = picture(name);
    insert(sample);
    return sample;
  }

  /** An image with a value for a field. */
  Sample image(String name, String field, Object value) {
    Sample sample = picture(name).with(field, value);
    insert(sample);
    return sample;
  }

  private Sample picture(String name) {
    Path file = home.resolve("pictures/" + name);
    TestMedia.write(file, TestMedia.png(WIDTH, HEIGHT, name.hashCode() & 0xffff));
    return Sample.of(file.toString());
  }

  Sample video(String name, int frames) {
    Path file = home.resolve("films/" + name);
    TestMedia.write(file, TestMedia.mp4(WIDTH, HEIGHT, frames));
    Sample sample = Sample.of(file.toString());
    insert(sample);
    return sample;
  }

  void insert(Sample sample) {
    dataset.write(
        writer -> {
          writer.insert(sample);
          return null;
        });
  }

  void frame(Sample video, int number, String field, Label value) {
    dataset.write(
        writer -> {
          writer.insertFrame(
              new Frame(
                  ObjectId.create(), video.id(), number, Map.of(field, value), Document.empty()));
          return null;
        });
  }

  @Nullable Object value(Sample sample, String field) {
    return dataset.samples(List.of(sample.id()), Projection.ALL).get(0).fields().get(field);
  }

  /** The values of a field of frames, by frame. */
  Map<Integer, Object> values(Sample video, String field) {
    Map<Integer, Object> values = new LinkedHashMap<>();
    try (Cursor<Frame> frames = dataset.frames(video.id(), 1, 1_000_000, Projection.ALL)) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        Object value = frame.fields().get(field);
        if (value != null) {
          values.put(frame.number(), value);
        }
      }
    }
    return values;
  }

  // --- runs -----------------------------------------------------------------------------------

  AnnotationRequest request(AnnotationRequest request) {
    AnnotationRequest all = request.backend("cvat");
    for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
      all = all.with(parameter.getKey(), parameter.getValue());
    }
    return all;
  }

  Document parameters() {
    return Document.of(parameters);
  }

  AnnotationRun annotate(AnnotationRequest request) {
    return annotate(ViewDefinition.ALL, request);
  }

  AnnotationRun annotate(ViewDefinition view, AnnotationRequest request) {
    return annotations().annotate("run", view, request(request), ProgressListener.NONE);
  }

  AnnotationRun resume() {
    return annotations().resume("run", parameters(), ProgressListener.NONE);
  }

  LoadReport load() {
    return load(LoadOptions.DEFAULT);
  }

  LoadReport load(LoadOptions options) {
    changes.clear();
    return annotations()
        .load(
            "run", options.withParameters(parameters()).withAllowMassDeletion(true), changes::add);
  }

  /** The backend itself, for what the engine does not ask yet. */
  AnnotationBackend backend() {
    return new Provider().open(new BackendConfig("cvat", parameters(), home));
  }

  /** The run as the backend sees it. */
  RunContext context() {
    AnnotationRun run = annotations().run("run");
    ObjectId owner = run.record().state().get("memory", ObjectId.class);
    return new RunContext(
        run.record().id(),
        "streets",
        "run",
        MediaType.IMAGE,
        run.schema(),
        Map.of(),
        ProgressListener.NONE,
        items -> Map.of(),
        new StoredMemory(dataset, owner),
        state -> {});
  }

  List<WorkUnit> units() {
    try (AnnotationBackend backend = backend()) {
      return backend
          .units(context(), annotations().run("run").record().state().getDocument("backend"))
          .toList();
    }
  }

  /** Reads what the backend remembered. */
  private record StoredMemory(StoredDataset dataset, @Nullable ObjectId owner)
      implements RunMemory {
    @Override
    public void put(ObjectId item, Document value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<ObjectId, Document> get(java.util.Collection<ObjectId> items) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cursor<Entry> all() {
      List<Entry> all = new ArrayList<>();
      try (Cursor<StoredDataset.SideRecord> records =
          dataset.side(java.util.Objects.requireNonNull(owner))) {
        while (records.hasNext()) {
          StoredDataset.SideRecord record = records.next();
          all.add(new Entry(record.sampleId(), (Document) record.value()));
        }
      }
      return Cursor.of(all);
    }
  }

  @Override
  public void close() {
    annotator.close();
    store.close();
    server.close();
  }
}
