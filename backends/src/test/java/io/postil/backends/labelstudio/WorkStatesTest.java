package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was submitted, skipped, drafted or not touched, and by whom. */
@Tag("labelstudio")
class WorkStatesTest {
  @TempDir Path home;

  private final List<Detection> boxes = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  @BeforeEach
  void draw() {
    for (int i = 0; i < 4; i++) {
      Detection box = Detection.of("cat", new BoundingBox(0.1, 0.1 * i, 0.3, 0.4));
      boxes.add(box);
      samples.add(
          LabelStudioFixture.image(home, "image" + i)
              .with("gt", new Detections(List.of(box)))
              .with("weather", Classification.of("sun")));
    }
  }

  private LabelStudioFixture fixture() {
    DatasetInfo info =
        DatasetInfo.create("states", MediaType.IMAGE)
            .withField("gt", FieldSpec.embedded("gt", "Detections"))
            .withField("weather", FieldSpec.embedded("weather", "Classification"));
    return new LabelStudioFixture(home, info, samples.toArray(Sample[]::new));
  }

  private ObjectId id(int i) {
    return samples.get(i).id();
  }

  private static Document moved(Detection box, double x) {
    return Document.builder()
        .put("id", box.id().toString())
        .put("from_name", "gt")
        .put("to_name", "postil:image")
        .put("type", "rectanglelabels")
        .put(
            "value",
            Document.builder()
                .put("x", x)
                .put("y", 10)
                .put("width", 30)
                .put("height", 40)
                .put("rotation", 0)
                .put("rectanglelabels", Values.listOf("cat"))
                .build())
        .build();
  }

  private static void draft(LabelStudioFixture fixture, Document task, Document row) {
    fixture
        .api
        .post("/api/tasks/" + task.getLong("id", 0) + "/drafts")
        .query("project", fixture.project("run").id())
        .json(Document.of("result", Values.listOf(row), "lead_time", 1))
        .send();
  }

  private static LoadOptions only(@Nullable String state, @Nullable String assignee) {
    LoadOptions d = LoadOptions.DEFAULT;
    return new LoadOptions(
        d.destinations(),
        d.unexpected(),
        d.policy(),
        new WorkFilter(state, null, assignee),
        d.allowMassDeletion(),
        d.cleanup(),
        d.by(),
        d.parameters(),
        d.progress());
  }

  @Test
  void onlyWhatWasSubmittedCounts() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      fixture.submit(fixture.task("run", id(0)), Values.listOf(moved(boxes.get(0), 20)));
      Document skipped = fixture.task("run", id(1));
      fixture
          .api
          .post("/api/tasks/" + skipped.getLong("id", 0) + "/annotations/")
          .json(Document.of("result", List.of(), "was_cancelled", true))
          .send();
      Document drafted = fixture.task("run", id(2));
      draft(fixture, drafted, moved(boxes.get(2), 50));

      assertThat(fixture.annotations().progress("run", Document.empty()))
          .isEqualTo(new RunProgress(4, 2, 1));
      List<String> states = new ArrayList<>();
      LabelStudioFixture.server()
          .tasks(
              fixture.project("run").id(),
              fixture.annotations().run("run").record().id().toString(),
              1,
              10)
          .getList("tasks")
          .forEach(t -> states.add(TaskState.ofListed((Document) t).id()));
      assertThat(states).containsExactly("completed", "skipped", "started", "new");

      LoadReport report = fixture.load("run");

      assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(1);
      assertThat(report.total().of(Change.Kind.DELETED)).isZero();
      assertThat(report.undelivered().keySet()).containsExactly("not submitted", "skipped");
      for (int i = 1; i < 4; i++) {
        assertThat(fixture.sample(id(i)).fields()).isEqualTo(samples.get(i).fields());
      }
    }
  }

  @Test
  void draftsCountIfThatIsWanted() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      Document drafted = fixture.task("run", id(2));
      draft(fixture, drafted, moved(boxes.get(2), 50));

      LoadReport report =
          fixture.annotations("DRAFTS", "true").load("run", LoadOptions.DEFAULT, change -> {});

      assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(1);
    }
  }

  @Test
  void theNewestAnnotationCountsOrThatOfOnePerson() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      Document task = fixture.task("run", id(0));
      fixture.submit(task, Values.listOf(moved(boxes.get(0), 30)));
      fixture.submit(task, Values.listOf(moved(boxes.get(0), 40)));

      LoadReport nobody =
          fixture.annotations().load("run", only(null, "nobody@example.com"), change -> {});
      assertThat(nobody.changesAnything()).isFalse();
      assertThat(nobody.undelivered()).containsOnlyKeys("not annotated by nobody@example.com");

      LoadReport completed =
          fixture.annotations().load("run", only("completed", null), change -> {});
      assertThat(completed.total().of(Change.Kind.EDITED)).isEqualTo(1);
      assertThat(completed.undelivered()).containsOnlyKeys("state new");

      fixture.annotations().undo("run", null);
      LoadReport person =
          fixture.annotations().load("run", only(null, "postil@example.com"), change -> {});
      assertThat(person.total().of(Change.Kind.EDITED)).isEqualTo(1);
      Detections now = (Detections) fixture.sample(id(0)).fields().get("gt");
      assertThat(now.labels().get(0).boundingBox().x()).isEqualTo(0.4);
    }
  }

  private static Document prelabel(Document task) {
    return (Document) LabelStudioFixture.prelabels(task).get(0);
  }

  private static LoadOptions workOf(String person, String field) {
    return only(null, person).withDestinations(Map.of("gt", field));
  }

  private static List<Detection> boxes(Sample sample, String field) {
    return sample.fields().get(field) instanceof Detections d ? d.labels() : List.of();
  }

  /** The example of the guide: nobody's work is mixed with another's, and what was sent stays. */
  @Test
  void theWorkOfSeveralPeopleIsLoadedSideBySide() {
    try (LabelStudioFixture fixture = fixture()) {
      long ann = fixture.addUser("ann@example.com");
      long bob = fixture.addUser("bob@example.com");
      try {
        fixture
            .annotations("ANNOTATIONS_PER_TASK", "2")
            .annotate(
                "run", ViewDefinition.ALL, AnnotationRequest.ofField("gt"), ProgressListener.NONE);
        Document both = fixture.task("run", id(0));
        fixture.submitAs(ann, both, Values.listOf(moved(boxes.get(0), 20)));
        Document drawn = moved(boxes.get(0), 60).with("id", "drawnByBob");
        fixture.submitAs(bob, both, Values.listOf(prelabel(both), drawn));
        Document onlyBob = fixture.task("run", id(1));
        fixture.submitAs(bob, onlyBob, Values.listOf(moved(boxes.get(1), 50)));

        List<WorkUnit> units = fixture.annotations().units("run", Document.empty(), 0, 10);
        assertThat(units)
            .extracting(WorkUnit::assignee)
            .containsExactly("ann@example.com, bob@example.com", "bob@example.com", null, null);
        assertThat(units)
            .extracting(WorkUnit::state)
            .containsExactly("completed", "started", "new", "new");
        assertThat(fixture.annotations().progress("run", Document.empty()))
            .isEqualTo(new RunProgress(4, 2, 1));

        // Whoever is loaded first, the other's work is the same.
        LoadReport ofBob =
            fixture.annotations().load("run", workOf("bob@example.com", "gt_bob"), c -> {});
        LoadReport ofAnn =
            fixture.annotations().load("run", workOf("ann@example.com", "gt_ann"), c -> {});

        assertThat(ofBob.undelivered()).isEqualTo(Map.of("not annotated by bob@example.com", 2L));
        assertThat(ofAnn.undelivered()).isEqualTo(Map.of("not annotated by ann@example.com", 3L));
        Sample first = fixture.sample(id(0));
        assertThat(boxes(first, "gt_ann")).hasSize(1);
        assertThat(boxes(first, "gt_ann").get(0).boundingBox().x()).isEqualTo(0.2);
        assertThat(boxes(first, "gt_bob")).hasSize(2);
        assertThat(boxes(first, "gt_bob").get(0).boundingBox())
            .isEqualTo(boxes.get(0).boundingBox());
        assertThat(boxes(first, "gt_bob").get(1).boundingBox().x()).isEqualTo(0.6);
        Sample second = fixture.sample(id(1));
        assertThat(boxes(second, "gt_ann")).isEmpty();
        assertThat(boxes(second, "gt_bob").get(0).boundingBox().x()).isEqualTo(0.5);
        for (int i = 0; i < 4; i++) {
          assertThat(fixture.sample(id(i)).fields().get("gt"))
              .isEqualTo(samples.get(i).fields().get("gt"));
        }

        assertThat(
                fixture
                    .annotations()
                    .load("run", workOf("bob@example.com", "gt_bob"), c -> {})
                    .changesAnything())
            .isFalse();
      } finally {
        fixture.annotations().cleanup("run", Document.empty());
        fixture.removeUser(ann);
        fixture.removeUser(bob);
      }
    }
  }

  @Test
  void whereNobodyHasFinishedNothingChangesAndThatIsSaid() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      for (int i = 0; i < 4; i++) {
        draft(fixture, fixture.task("run", id(i)), moved(boxes.get(i), 50));
      }

      LoadReport report = fixture.load("run");

      assertThat(report.changesAnything()).isFalse();
      assertThat(report.undelivered()).isEqualTo(Map.of("not submitted", 4L));
    }
  }

  /** FiftyOne empties the second field on both samples here. */
  @Test
  void twoFieldsInOneRunLoseNothing() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate(
          "run",
          AnnotationRequest.create()
              .with(
                  "label_schema",
                  Document.of("gt", Document.empty(), "weather", Document.empty())));
      Document task = fixture.task("run", id(0));
      assertThat(task.getList("predictions")).hasSize(1);
      fixture.edit("run", id(0), "expectRegions", 1);

      LoadReport report = fixture.load("run");

      assertThat(report.changesAnything()).isFalse();
      for (int i = 0; i < 4; i++) {
        assertThat(fixture.sample(id(i)).fields()).isEqualTo(samples.get(i).fields());
      }
    }
  }

  /** The editor at times opens a task without its labels and stores an empty answer. */
  @Test
  void workThatWasBegunWithoutTheLabelsDeletesNothing() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      fixture.submit(fixture.task("run", id(0)), List.of());
      Document shown = fixture.task("run", id(1));
      Document prediction = (Document) shown.getList("predictions").get(0);
      fixture
          .api
          .post("/api/tasks/" + shown.getLong("id", 0) + "/annotations/")
          .json(Document.of("result", List.of(), "parent_prediction", prediction.get("id")))
          .send();

      LoadReport report = fixture.load("run");

      assertThat(report.total().of(Change.Kind.DELETED)).isEqualTo(1);
      assertThat(report.undelivered())
          .containsOnlyKeys("annotated without the labels that were sent");
      assertThat(fixture.sample(id(0)).fields()).isEqualTo(samples.get(0).fields());
      assertThat(fixture.sample(id(1)).fields().get("gt")).isEqualTo(new Detections(List.of()));

      LoadReport wanted =
          fixture
              .annotations("FROM_SCRATCH", "true")
              .load("run", LoadOptions.DEFAULT, change -> {});
      assertThat(wanted.total().of(Change.Kind.DELETED)).isEqualTo(1);
    }
  }

  @Test
  void aTaskThatWasDeletedThereDeletesNothingHere() {
    try (LabelStudioFixture fixture = fixture()) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      Document task = fixture.task("run", id(3));
      fixture.api.delete("/api/tasks/" + task.getLong("id", 0) + "/").send();

      LoadReport report = fixture.load("run");

      assertThat(report.changesAnything()).isFalse();
      assertThat(report.undelivered()).containsOnlyKeys("its task was deleted in Label Studio");
    }
  }
}
