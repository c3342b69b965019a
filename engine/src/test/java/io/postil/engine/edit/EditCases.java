package io.postil.engine.edit;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Classification;
import io.postil.core.label.Detections;
import io.postil.core.label.FrameRange;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.label.TemporalDetection;
import io.postil.core.label.TemporalDetections;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.LabelCriteria;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.testkit.MemoryBackend;
import io.postil.testkit.TestSamples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every edit must do, on any store. */
abstract class EditCases {
  @TempDir Path home;
  private Workspace workspace;
  private Dataset dataset;

  /** A workspace with an empty database. */
  abstract Workspace open(Path home);

  @BeforeEach
  void aStreetOfThreePictures() {
    workspace = open(home);
    dataset =
        workspace.createDataset(
            TestSamples.imageDataset("street")
                .withClasses(Map.of("ground_truth", List.of("cat", "dog")), List.of()));
    dataset
        .stored()
        .write(
            writer -> {
              writer.insert(TestSamples.image("/data/1.png", 2));
              writer.insert(TestSamples.image("/data/2.png", 4).withTags(List.of("test")));
              writer.insert(Sample.of("/data/3.png"));
              return null;
            });
  }

  @AfterEach
  void close() {
    workspace.close();
    MemoryBackend.clear();
  }

  // --- tags -----------------------------------------------------------------------------------

  @Test
  void tagsOnlyTheSamplesOfAView() {
    EditReport report = dataset.matchTags("train").tagSamples("checked", "train");

    assertThat(report.samples()).isEqualTo(1);
    assertThat(tags()).containsExactly(List.of("train", "checked"), List.of("test"), List.of());
    assertThat(dataset.untagSamples("train", "test").samples()).isEqualTo(2);
    assertThat(tags()).containsExactly(List.of("checked"), List.of(), List.of());
    assertThat(dataset.untagSamples("train").samples()).isZero();
  }

  private List<List<String>> tags() {
    return read(dataset).stream().map(Sample::tags).toList();
  }

  @Test
  void tagsOnlyTheLabelsThatAreShown() {
    View dogs = dataset.filterLabels("ground_truth", F("label").eq("dog"));

    assertThat(dogs.tagLabels("odd").labels()).isEqualTo(3);
    assertThat(dataset.countValues("ground_truth.detections.tags")).isEqualTo(Map.of("odd", 3L));
    assertThat(
            dataset
                .selectLabels(LabelCriteria.tagged("odd"))
                .distinct("ground_truth.detections.label"))
        .isEqualTo(List.of("dog"));
    assertThat(dataset.limit(1).untagLabels("odd", "ground_truth").labels()).isEqualTo(1);
    assertThat(dataset.countValues("ground_truth.detections.tags")).isEqualTo(Map.of("odd", 2L));
  }

  @Test
  void tagsSingleLabelsOfTheFieldsThatAreNamed() {
    assertThat(dataset.tagLabels("seen", "weather").labels()).isEqualTo(2);
    assertThat(dataset.countValues("weather.tags")).isEqualTo(Map.of("seen", 2L));
    assertThat(dataset.count("ground_truth.detections.tags")).isZero();
  }

  // --- labels ---------------------------------------------------------------------------------

  @Test
  void deletesOnlyTheLabelsThatAreShown() {
    EditReport report = dataset.filterLabels("ground_truth", F("label").eq("dog")).deleteLabels();

    assertThat(report.labels()).isEqualTo(3);
    assertThat(report.samples()).isEqualTo(2);
    assertThat(dataset.countValues("ground_truth.detections.label")).isEqualTo(Map.of("cat", 3L));
    refuses(() -> dataset.deleteLabels(), ErrorCode.INVALID_REQUEST, "Name the label fields");
    assertThat(dataset.deleteLabels("weather").labels()).isEqualTo(2);
    assertThat(dataset.count("weather")).isZero();
    assertThat(dataset.count()).isEqualTo(3);
  }

  @Test
  void editsTheLabelsBehindPatches() {
    View patches = dataset.toPatches("ground_truth").match(F("ground_truth.label").eq("dog"));

    assertThat(patches.tagLabels("odd").labels()).isEqualTo(3);
    assertThat(patches.setField("ground_truth.label", F("label").upper()).save().labels())
        .isEqualTo(3);
    assertThat(dataset.toPatches("ground_truth").limit(2).deleteLabels().labels()).isEqualTo(2);
    assertThat(dataset.countValues("ground_truth.detections.label"))
        .isEqualTo(Map.of("cat", 2L, "DOG", 2L));
    refuses(() -> patches.deleteSamples(), ErrorCode.INVALID_VIEW, "Delete the labels instead");
  }

  @Test
  void setsAttributesOfLabelsByTheirIds() {
    List<ObjectId> ids = new ArrayList<>();
    labels(read(dataset).get(1)).forEach(label -> ids.add(label.id()));
    EditReport report =
        dataset.setLabelValues(
            "ground_truth.detections.occluded", Map.of(ids.get(0), true, ids.get(3), false));

    assertThat(report.labels()).isEqualTo(2);
    assertThat(dataset.countValues("ground_truth.detections.occluded"))
        .containsEntry(true, 1L)
        .containsEntry(false, 1L);
    assertThat(dataset.schema().find("ground_truth.detections.occluded").orElseThrow().type())
        .isEqualTo(FieldType.BOOLEAN);
    refuses(
        () ->
            dataset.setLabelValues(
                "ground_truth.detections.confidence", Map.of(ids.get(0), "high")),
        ErrorCode.VALUE_TYPE_MISMATCH,
        "high",
        "float");
    refuses(
        () ->
            dataset.limit(1).setLabelValues("ground_truth.detections.index", Map.of(ids.get(0), 1)),
        ErrorCode.INVALID_REQUEST,
        ids.get(0).toString(),
        "Nothing was changed");
    assertThat(dataset.count("ground_truth.detections.index")).isZero();
  }

  // --- saving a view --------------------------------------------------------------------------

  @Test
  void savesOtherClassesAndLeavesWhatIsHidden() {
    EditReport report =
        dataset
            .skip(1)
            .filterLabels("ground_truth", F("label").eq("dog"))
            .mapLabels("ground_truth", Map.of("dog", "hound", "cat", "feline"))
            .save();

    assertThat(report.labels()).isEqualTo(2);
    assertThat(dataset.countValues("ground_truth.detections.label"))
        .isEqualTo(Map.of("cat", 3L, "dog", 1L, "hound", 2L));
  }

  @Test
  void savesTheValuesOfExpressions() {
    dataset
        .exists("score")
        .setField("score", F("score").plus(F("ground_truth.detections").length()))
        .save("score");
    dataset.setField("tags", F("tags").append("new")).save();
    dataset
        .setField("ground_truth.detections", F("detections").filter(F("label").eq("cat")))
        .save();

    assertThat(dataset.values("score").toString()).isEqualTo("[2.5, 4.5, null]");
    assertThat(tags())
        .containsExactly(List.of("train", "new"), List.of("test", "new"), List.of("new"));
    assertThat(dataset.countValues("ground_truth.detections.label")).isEqualTo(Map.of("cat", 3L));
    assertThat(dataset.count("ground_truth")).isEqualTo(2);
  }

  @Test
  void savesNothingOfALabelThatIsMissing() {
    dataset.setField("weather.label", F("label").upper()).save();

    assertThat(dataset.values("weather.label").toString()).isEqualTo("[SUNNY, SUNNY, null]");
    assertThat(read(dataset).get(2).fields()).isEmpty();
  }

  @Test
  void saysWhyAViewCannotBeSaved() {
    refuses(() -> dataset.limit(1).save(), ErrorCode.INVALID_REQUEST, "setField, mapLabels");
    refuses(
        () -> dataset.setField("score", 1).save("weather"),
        ErrorCode.INVALID_REQUEST,
        "It sets: score");
    refuses(
        () -> dataset.setField("score", F("filepath")).save(),
        ErrorCode.SEVERAL_PROBLEMS,
        "/data/1.png");
    refuses(
        () ->
            dataset
                .filterLabels("ground_truth", F("label").eq("dog"))
                .setField("ground_truth.detections", F("detections").slice(null, 1))
                .save(),
        ErrorCode.INVALID_VIEW,
        "hidden labels");
    refuses(
        () -> dataset.setField("score", 1).concat(dataset).save(),
        ErrorCode.INVALID_VIEW,
        "by itself");
    refuses(
        () -> dataset.groupBy("weather.label").tagSamples("x"), ErrorCode.INVALID_VIEW, "Flatten");
    assertThat(dataset.values("score").toString()).isEqualTo("[0.5, 0.5, null]");
  }

  // --- values ---------------------------------------------------------------------------------

  @Test
  void setsAndClearsValuesOfSamples() {
    List<Sample> samples = read(dataset);
    ObjectId first = samples.get(0).id();
    ObjectId third = samples.get(2).id();
    dataset.setValues("score", Map.of(first, 1, third, 3.5));
    dataset.setValues("filepath", Map.of(third, "/moved/3.png"));
    dataset.setValues("metadata.width", Map.of(first, 800));
    dataset.setValues("weather.label", Map.of(first, "rainy"));

    assertThat(dataset.values("score").toString()).isEqualTo("[1.0, 0.5, 3.5]");
    assertThat(dataset.values("filepath").get(2)).isEqualTo("/moved/3.png");
    assertThat(dataset.values("metadata.width").toString()).isEqualTo("[800, 640, null]");
    assertThat(dataset.values("weather.label").toString()).isEqualTo("[rainy, sunny, null]");
    assertThat(dataset.limit(1).clearField("score").samples()).isEqualTo(1);
    assertThat(dataset.values("score").toString()).isEqualTo("[null, 0.5, 3.5]");
    refuses(() -> dataset.setValues("scor", Map.of(first, 1)), ErrorCode.UNKNOWN_FIELD, "score");
    refuses(() -> dataset.clearField("filepath"), ErrorCode.DEFAULT_FIELD, "filepath");
    refuses(
        () -> dataset.setValues("ground_truth.detections.label", Map.of(first, "x")),
        ErrorCode.WRONG_FIELD_TYPE,
        "setLabelValues");
  }

  @Test
  void updatesSamplesAndKeepsWhatTheViewHides() {
    View dogs = dataset.filterLabels("ground_truth", F("label").eq("dog"));
    dogs.updateSamples(
        sample ->
            sample
                .withTags(List.of("seen"))
                .with("score", 1.0)
                .with("ground_truth", new Detections(List.of(TestSamples.box("bird", 0)))));

    assertThat(dataset.countValues("ground_truth.detections.label"))
        .isEqualTo(Map.of("cat", 3L, "bird", 2L));
    assertThat(tags()).containsExactly(List.of("seen"), List.of("seen"), List.of());
    assertThat(dataset.values("score").toString()).isEqualTo("[1.0, 1.0, null]");
    refuses(
        () -> dataset.updateSamples(s -> s.with("sun", 1)), ErrorCode.UNKNOWN_FIELD, "addField");
  }

  // --- samples --------------------------------------------------------------------------------

  @Test
  void deletesTheSamplesOfAViewOrAllOthers() {
    assertThat(dataset.matchTags("test").deleteSamples().samples()).isEqualTo(1);
    assertThat(dataset.values("filepath").toString()).isEqualTo("[/data/1.png, /data/3.png]");
    assertThat(dataset.skip(1).keep().samples()).isEqualTo(1);
    assertThat(dataset.values("filepath").toString()).isEqualTo("[/data/3.png]");
  }

  // --- fields ---------------------------------------------------------------------------------

  @Test
  void addsCopiesRenamesAndDeletesFields() {
    dataset.addField("note", FieldType.STRING);
    dataset.filterLabels("ground_truth", F("label").eq("dog")).cloneField("ground_truth", "dogs");
    assertThat(dataset.renameField("ground_truth", "truth").samples()).isEqualTo(2);
    dataset.deleteField("score");

    assertThat(dataset.info().fieldNames()).containsExactly("truth", "weather", "note", "dogs");
    assertThat(dataset.info().classes()).containsOnlyKeys("truth", "dogs");
    assertThat(dataset.countValues("truth.detections.label"))
        .isEqualTo(Map.of("cat", 3L, "dog", 3L));
    assertThat(dataset.countValues("dogs.detections.label")).isEqualTo(Map.of("dog", 3L));
    refuses(() -> dataset.renameField("truth", "dogs"), ErrorCode.FIELD_EXISTS, "dogs");
    refuses(() -> dataset.renameField("filepath", "path"), ErrorCode.DEFAULT_FIELD, "filepath");
    refuses(() -> dataset.deleteField("trut"), ErrorCode.UNKNOWN_FIELD, "truth");
    refuses(() -> dataset.addField("a b", FieldType.INT), ErrorCode.INVALID_NAME, "a b");
    refuses(() -> dataset.addField("frames.x", FieldType.INT), ErrorCode.INVALID_NAME, "no videos");
    refuses(
        () -> dataset.limit(1).edits().deleteField("dogs"),
        ErrorCode.INVALID_REQUEST,
        "clearField");
  }

  @Test
  void copiesRenamesAndDeletesAttributesOfLabels() {
    Map<ObjectId, Double> areas = new LinkedHashMap<>();
    read(dataset).forEach(s -> labels(s).forEach(label -> areas.put(label.id(), 0.01)));
    dataset.setLabelValues("ground_truth.detections.size", areas);
    dataset.renameField("ground_truth.detections.size", "ground_truth.detections.area");
    dataset.limit(1).cloneField("ground_truth.detections.area", "copy");

    assertThat(dataset.sum("ground_truth.detections.area"))
        .isCloseTo(0.06, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(dataset.count("ground_truth.detections.copy")).isEqualTo(2);
    assertThat(dataset.schema().find("ground_truth.detections.size")).isEmpty();
    assertThat(dataset.schema().find("ground_truth.detections.area").orElseThrow().type())
        .isEqualTo(FieldType.FLOAT);
    assertThat(dataset.deleteField("ground_truth.detections.area").labels()).isEqualTo(6);
    assertThat(dataset.count("ground_truth.detections.area")).isZero();
    refuses(
        () -> dataset.deleteField("ground_truth.detections.label"),
        ErrorCode.DEFAULT_FIELD,
        "label");
  }

  @Test
  void saysWhatUsesAField() {
    dataset.cloneField("ground_truth", "predictions");
    dataset.evaluateDetections("predictions", "ground_truth", "eval");
    dataset.saveView("dogs", dataset.filterLabels("predictions", F("label").eq("dog")));
    dataset.annotate("review", AnnotationRequest.ofField("ground_truth").backend("memory"));

    refuses(
        () -> dataset.renameField("ground_truth", "truth"),
        ErrorCode.INVALID_REQUEST,
        "'review' is waiting",
        "postil runs delete");
    refuses(
        () -> dataset.renameField("predictions.detections.eval", "predictions.detections.x"),
        ErrorCode.INVALID_REQUEST,
        "evaluation 'eval'");
    EditReport renamed = dataset.renameField("predictions", "guesses");
    assertThat(renamed.warnings()).hasSize(1).first().asString().contains("'dogs'");
    assertThat(dataset.evaluations().info("eval").config().get("pred_field")).isEqualTo("guesses");
    dataset.evaluations().delete("eval");
    assertThat(dataset.count("guesses.detections.eval")).isZero();
    dataset.deleteAnnotationRun("review");
    assertThat(dataset.renameField("ground_truth", "truth").warnings()).isEmpty();
  }

  // --- videos ---------------------------------------------------------------------------------

  @Test
  void editsLabelsOfFramesAndClips() {
    Dataset videos = videos();

    assertThat(
            videos.filterLabels("frames.objects", F("label").eq("dog")).tagLabels("odd").labels())
        .isEqualTo(3);
    assertThat(videos.matchFrames(F("frame_number").gt(1)).deleteLabels("frames.objects").labels())
        .isEqualTo(4);
    videos.mapLabels("frames.objects", Map.of("cat", "lion")).save();
    assertThat(videos.countValues("frames.objects.detections.label"))
        .isEqualTo(Map.of("lion", 1L, "dog", 1L));
    assertThat(videos.toClips("events").limit(1).tagLabels("first", "events").labels())
        .isEqualTo(1);
    assertThat(videos.countValues("events.detections.tags")).isEqualTo(Map.of("first", 1L));
    videos.setField("frames.blur", F("blur").times(10)).save();
    assertThat(videos.values("frames.blur").toString()).isEqualTo("[[1.0, 2.0, 3.0]]");
    videos.renameField("frames.blur", "frames.haze");
    videos.matchFrames(F("frame_number").eq(2)).clearField("frames.haze");
    assertThat(videos.values("frames.haze").toString()).isEqualTo("[[1.0, null, 3.0]]");
    videos.cloneField("frames.haze", "frames.fog");
    videos.deleteField("frames.haze");
    assertThat(videos.values("frames.fog").toString()).isEqualTo("[[1.0, null, 3.0]]");
  }

  @Test
  void editsFramesShownAsSamplesOfTheirOwn() {
    View frames = videos().toFrames();

    frames.match(F("frame_number").eq(3)).setField("blur", 0.5).save();
    frames.match(F("frame_number").eq(1)).clearField("blur");
    assertThat(
            frames.toPatches("objects").match(F("objects.label").eq("cat")).tagLabels("c").labels())
        .isEqualTo(3);
    assertThat(frames.limit(2).deleteLabels("objects").labels()).isEqualTo(4);
    Dataset videos = workspace.dataset("videos");
    assertThat(videos.values("frames.blur").toString()).isEqualTo("[[null, 0.2, 0.5]]");
    assertThat(videos.countValues("frames.objects.detections.tags")).isEqualTo(Map.of("c", 1L));
    refuses(() -> frames.tagSamples("x"), ErrorCode.INVALID_VIEW, "frames");
  }

  private Dataset videos() {
    Dataset videos =
        workspace.createDataset(
            TestSamples.videoDataset("videos")
                .withField("events", FieldSpec.embedded("events", "TemporalDetections"))
                .withField("frames.filepath", FieldSpec.of("filepath", FieldType.STRING)));
    TemporalDetection jump =
        new TemporalDetection(
            ObjectId.create(), List.of(), "jump", new FrameRange(1, 2), null, Document.empty());
    Sample video =
        Sample.of("/data/1.mp4")
            .with("scene", Classification.of("park"))
            .with("events", new TemporalDetections(List.of(jump, jump.withId(ObjectId.create()))));
    videos
        .stored()
        .write(
            writer -> {
              writer.insert(video);
              for (int number = 1; number <= 3; number++) {
                Frame frame = TestSamples.frame(video.id(), number, 2);
                writer.insertFrame(frame.with("filepath", "/data/" + number + ".png"));
              }
              return null;
            });
    return videos;
  }

  // --- groups ---------------------------------------------------------------------------------

  @Test
  void editsTheSliceThatIsShownAndFieldsOfAllSlices() {
    Dataset pairs = pairs();

    assertThat(pairs.tagSamples("seen").samples()).isEqualTo(1);
    assertThat(pairs.selectGroupSlices("right").deleteLabels("ground_truth").labels()).isEqualTo(2);
    assertThat(pairs.count("ground_truth.detections")).isEqualTo(2);
    assertThat(pairs.cloneField("score", "rank").samples()).isEqualTo(2);
    assertThat(pairs.selectGroupSlices().values("rank").toString()).isEqualTo("[0.5, 0.5]");
    assertThat(pairs.selectGroupSlices().countSampleTags()).containsEntry("seen", 1L);
    refuses(() -> pairs.deleteField("group"), ErrorCode.DEFAULT_FIELD, "group");
    refuses(() -> pairs.keep(), ErrorCode.INVALID_VIEW, "other slices");
    assertThat(pairs.deleteSamples().samples()).isEqualTo(1);
    assertThat(pairs.selectGroupSlices().count()).isEqualTo(1);
  }

  private Dataset pairs() {
    Map<String, MediaType> slices = new LinkedHashMap<>();
    slices.put("left", MediaType.IMAGE);
    slices.put("right", MediaType.IMAGE);
    Dataset pairs =
        workspace.createDataset(
            TestSamples.imageDataset("pairs")
                .withMediaType(MediaType.GROUP)
                .withField("group", FieldSpec.embedded("group", "Group"))
                .withGroup(new DatasetInfo.GroupInfo("group", slices, "left")));
    ObjectId group = ObjectId.create();
    pairs
        .stored()
        .write(
            writer -> {
              for (String slice : slices.keySet()) {
                Document place =
                    Document.builder()
                        .put("_id", group)
                        .put("_cls", "Group")
                        .put("name", slice)
                        .build();
                writer.insert(TestSamples.image("/data/" + slice + ".png", 2).with("group", place));
              }
              return null;
            });
    return pairs;
  }

  // --- previews, history, and what is outside of a view
  // -------------------------------------------

  @Test
  void saysWhatItWouldChangeAndWritesNothing() {
    View dogs = dataset.filterLabels("ground_truth", F("label").eq("dog"));
    List<Sample> before = read(dataset);

    EditReport report = dogs.edits().preview().deleteLabels();
    assertThat(dataset.edits().preview().renameField("score", "rank").samples()).isEqualTo(2);
    assertThat(dataset.edits().preview().cloneField("score", "rank").samples()).isEqualTo(2);
    assertThat(dataset.edits().preview().deleteSamples().samples()).isEqualTo(3);
    assertThat(read(dataset)).isEqualTo(before);
    assertThat(dataset.stored().history()).isEmpty();
    assertThat(dogs.deleteLabels()).isEqualTo(report);
  }

  @Test
  void remembersWhoChangedWhat() {
    dataset.limit(1).tagSamples("checked");
    dataset.limit(1).tagSamples("checked");
    dataset.deleteField("score");

    List<Document> history = dataset.stored().history();
    assertThat(history).hasSize(2);
    assertThat(history.get(0).getString("edit")).isEqualTo("tag_samples");
    assertThat(history.get(0).get("samples")).isEqualTo(1L);
    assertThat(history.get(0).getString("by")).isEqualTo(System.getProperty("user.name"));
    assertThat(history.get(0).getList("view")).hasSize(1);
    assertThat(history.get(1).getString("field")).isEqualTo("score");
  }

  @Test
  void touchesNothingOutsideOfTheView() {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      View view = randomView(random);
      List<ObjectId> samples = read(view).stream().map(Sample::id).toList();
      List<ObjectId> labels = new ArrayList<>();
      read(view).forEach(s -> labels(s).forEach(label -> labels.add(label.id())));
      List<Object> before = outside(samples, labels);
      randomEdit(view, random);
      assertThat(outside(samples, labels)).as("seed " + seed).isEqualTo(before);
    }
  }

  private View randomView(Random random) {
    View view =
        switch (random.nextInt(3)) {
          case 0 -> dataset.match(F("score").gt(0.1));
          case 1 -> dataset.skip(random.nextInt(2)).limit(1);
          default -> dataset.sortBy("filepath", View.Order.DESCENDING).limit(2);
        };
    return switch (random.nextInt(4)) {
      case 0 -> view.filterLabels("ground_truth", F("label").eq("dog"));
      case 1 -> view.limitLabels("ground_truth", 1);
      case 2 -> view.filterLabels("ground_truth", F("bounding_box").at(0).gt(0.3), false);
      default -> view;
    };
  }

  private static void randomEdit(View view, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> view.tagLabels("t" + random.nextInt(), "ground_truth");
      case 1 -> view.mapLabels("ground_truth", Map.of("dog", "cat", "cat", "dog")).save();
      case 2 -> view.deleteLabels("ground_truth");
      case 3 -> view.setField("ground_truth.detections.index", random.nextInt(100)).save();
      default -> view.tagSamples("t" + random.nextInt());
    }
  }

  /** All that is stored but the given samples' tags and the given labels. */
  private List<Object> outside(List<ObjectId> samples, List<ObjectId> labels) {
    List<Object> outside = new ArrayList<>();
    for (Sample sample : read(dataset)) {
      outside.add(samples.contains(sample.id()) ? sample.id() : sample.tags());
      outside.add(sample.fields().get("weather") + " " + sample.fields().get("score"));
      labels(sample).stream().filter(l -> !labels.contains(l.id())).forEach(outside::add);
    }
    return outside;
  }

  // --- helpers --------------------------------------------------------------------------------

  private static List<Sample> read(View view) {
    List<Sample> samples = new ArrayList<>();
    try (SampleCursor cursor = view.cursor()) {
      cursor.forEachRemaining(s -> samples.add(s.withSystem(Document.empty())));
    }
    return samples;
  }

  private static List<? extends SingleLabel> labels(Sample sample) {
    return sample.fields().get("ground_truth") instanceof LabelList<?> list
        ? list.labels()
        : List.of();
  }

  private static void refuses(ThrowingCallable edit, ErrorCode code, String... words) {
    assertThatThrownBy(edit)
        .isInstanceOfSatisfying(
            PostilException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage() + " " + e.remedy()).contains(words);
            });
  }
}
