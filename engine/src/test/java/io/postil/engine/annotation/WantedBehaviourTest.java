package io.postil.engine.annotation;

import static io.postil.engine.annotation.RunFixture.box;
import static io.postil.engine.annotation.RunFixture.classes;
import static io.postil.engine.annotation.RunFixture.request;
import static io.postil.engine.annotation.RunFixture.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Postil does where the recorded peer loses, doubles or overwrites labels. */
class WantedBehaviourTest {
  @TempDir Path home;

  private final Detection cat = box("cat", 0.1);
  private final Detection dog = box("dog", 0.5);
  private final Detection bird = box("bird", 0.3);
  private final Sample first = sample(cat, dog);
  private final Sample second = sample(bird);
  private RunFixture fixture;

  @BeforeEach
  void makeDataset() {
    fixture = new RunFixture(home, List.of(first, second));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void failsWith(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            PostilException.class, e -> assertThat(e.problems().get(0).code()).isEqualTo(code));
  }

  @Test
  void anEditMadeMeanwhileSurvivesAnUnchangedAnswer() {
    fixture.annotate(request());
    fixture.set(first.id(), "gt", new Detections(List.of(cat.withLabel("dog"), dog)));
    assertThat(fixture.load().changesAnything()).isFalse();
    assertThat(classes(fixture.boxes(first.id(), "gt"))).containsExactly("dog", "dog");
  }

  @Test
  void aLabelBothSidesChangedIsAConflict() {
    fixture.annotate(request());
    fixture.set(first.id(), "gt", new Detections(List.of(cat.withLabel("dog"), dog)));
    fixture.tool.put(first.id(), List.of(cat.withLabel("bird"), dog));

    failsWith(
        ErrorCode.CONFLICT,
        () -> fixture.load(LoadOptions.DEFAULT.withPolicy(ConflictPolicy.FAIL)));
    assertThat(classes(fixture.boxes(first.id(), "gt"))).containsExactly("dog", "dog");

    LoadReport ours = fixture.load(LoadOptions.DEFAULT.withPolicy(ConflictPolicy.OURS));
    assertThat(ours.conflicts()).hasSize(1);
    assertThat(classes(fixture.boxes(first.id(), "gt"))).containsExactly("dog", "dog");
  }

  @Test
  void theAnnotatorWinsConflictsUnlessToldOtherwise() {
    fixture.annotate(request());
    fixture.set(first.id(), "gt", new Detections(List.of(cat.withLabel("dog"), dog)));
    fixture.tool.put(first.id(), List.of(cat.withLabel("bird"), dog));
    assertThat(fixture.load().conflicts()).hasSize(1);
    assertThat(classes(fixture.boxes(first.id(), "gt"))).containsExactly("bird", "dog");
  }

  @Test
  void aSampleThatWasNotDeliveredLosesNothing() {
    fixture.annotate(request());
    fixture.tool.remove(first.id());
    fixture.tool.put(second.id(), List.of());
    LoadReport report = fixture.load();
    assertThat(report.undelivered()).containsEntry("task not found", 1L);
    assertThat(fixture.boxes(first.id(), "gt")).containsExactly(cat, dog);
    assertThat(fixture.boxes(second.id(), "gt")).isEmpty();
  }

  @Test
  void deletingMoreThanHalfNeedsAPermission() {
    fixture.annotate(request());
    fixture.tool.put(first.id(), List.of());
    LoadOptions guarded = LoadOptions.DEFAULT.withAllowMassDeletion(false);
    failsWith(ErrorCode.MASS_DELETION, () -> fixture.load(guarded));
    assertThat(fixture.boxes(first.id(), "gt")).containsExactly(cat, dog);
    assertThat(fixture.annotations.preview("run", guarded, c -> {}).problems())
        .extracting(PostilException.Problem::code)
        .containsExactly(ErrorCode.MASS_DELETION);
    fixture.load();
    assertThat(fixture.boxes(first.id(), "gt")).isEmpty();
  }

  @Test
  void undoRestoresLabelsIdsAndOrder() {
    fixture.annotate(request());
    List<Sample> before = fixture.samples();
    fixture.tool.put(first.id(), List.of(dog.withLabel("cat"), box("cat", 0.7)));
    fixture.load();
    assertThat(fixture.samples()).isNotEqualTo(before);
    assertThat(fixture.annotations.undo("run", "me")).isEqualTo(1);
    assertThat(fixture.samples()).isEqualTo(before);
    fixture.load();
    assertThat(classes(fixture.boxes(first.id(), "gt"))).containsExactly("cat", "cat");
  }

  @Test
  void undoTakesBackTheLoadThatChangedSomething() {
    fixture.annotate(request());
    List<Sample> before = fixture.samples();
    fixture.tool.put(first.id(), List.of(dog));
    fixture.load();
    fixture.load();
    assertThat(fixture.annotations.undo("run", "me")).isEqualTo(1);
    assertThat(fixture.samples()).isEqualTo(before);
    failsWith(ErrorCode.INVALID_REQUEST, () -> fixture.annotations.undo("run", "me"));
  }

  @Test
  void undoRefusesToLoseLaterEdits() {
    fixture.annotate(request());
    fixture.tool.put(first.id(), List.of(cat.withLabel("bird"), dog));
    fixture.load();
    fixture.set(first.id(), "gt", new Detections(List.of(dog)));
    failsWith(ErrorCode.LATER_EDITS, () -> fixture.annotations.undo("run", "me"));
    assertThat(fixture.boxes(first.id(), "gt")).containsExactly(dog);
  }

  @Test
  void undoRemovesTheFieldTheLoadMade() {
    fixture.annotate(request());
    fixture.load(LoadOptions.DEFAULT.withDestination("copy"));
    assertThat(fixture.dataset.info().field("copy")).isPresent();
    fixture.annotations.undo("run", "me");
    assertThat(fixture.dataset.info().field("copy")).isEmpty();
  }

  @Test
  void copiesGetIdsOfTheirOwnTheSameAtEachLoad() {
    fixture.annotate(request());
    Detection copied = box("cat", 0.6);
    fixture.tool.put(first.id(), List.of(cat, dog, copied));
    fixture.tool.put(second.id(), List.of(bird, copied));
    fixture.load();
    ObjectId a = fixture.boxes(first.id(), "gt").get(2).id();
    ObjectId b = fixture.boxes(second.id(), "gt").get(1).id();
    assertThat(a).isNotEqualTo(b);
    assertThat(fixture.load().changesAnything()).isFalse();
    assertThat(fixture.boxes(first.id(), "gt").get(2).id()).isEqualTo(a);
  }

  @Test
  void restrictionsHoldWhateverTheDestination() {
    fixture.annotate(request().with("allow_additions", false).with("allow_spatial_edits", false));
    Detection moved = cat.withLabel("dog").withBoundingBox(new BoundingBox(0, 0, 1, 1));
    fixture.tool.put(first.id(), List.of(moved, dog, box("bird", 0.7)));
    fixture.load(LoadOptions.DEFAULT.withDestination("copy"));
    List<Detection> copy = fixture.boxes(first.id(), "copy");
    assertThat(classes(copy)).containsExactly("dog", "dog");
    assertThat(copy.get(0).boundingBox()).isEqualTo(cat.boundingBox());
  }

  @Test
  void aDestinationWithTheSameLabelsIsMergedInto() {
    fixture.dataset.write(
        writer -> {
          writer.putInfo(writer.info().withField("copy", writer.info().field("gt").orElseThrow()));
          writer.set(first.id(), 0, "copy", null, new Detections(List.of(cat, dog)));
          return null;
        });
    fixture.annotate(request());
    fixture.tool.put(first.id(), List.of(cat.withLabel("bird"), dog, box("dog", 0.7)));
    fixture.load(LoadOptions.DEFAULT.withDestination("copy"));
    assertThat(classes(fixture.boxes(first.id(), "copy"))).containsExactly("bird", "dog", "dog");
    assertThat(fixture.boxes(first.id(), "gt")).containsExactly(cat, dog);
  }

  @Test
  void aDestinationForAnUnknownFieldIsRefused() {
    fixture.annotate(request());
    failsWith(
        ErrorCode.INVALID_REQUEST,
        () -> fixture.load(LoadOptions.DEFAULT.withDestinations(Map.of("zz", "copy"))));
  }

  @Test
  void aMovedBoxDropsTheMaskFileOfTheOldOne() {
    Detection masked = cat.withMaskPath("/masks/1.png");
    fixture.set(first.id(), "gt", new Detections(List.of(masked, dog)));
    fixture.annotate(request());
    fixture.tool.put(
        first.id(), List.of(cat.withBoundingBox(new BoundingBox(0.2, 0.2, 0.2, 0.2)), dog));
    fixture.load();
    assertThat(fixture.boxes(first.id(), "gt").get(0).maskPath()).isNull();
  }

  @Test
  void theIndexOfImageLabelsStaysWhereTheToolHasNone() {
    fixture.set(first.id(), "gt", new Detections(List.of(cat.withIndex(7), dog)));
    fixture.annotate(request());
    fixture.tool.put(first.id(), List.of(cat.withLabel("dog"), dog));
    fixture.load();
    assertThat(fixture.boxes(first.id(), "gt").get(0).index()).isEqualTo(7);
  }

  @Test
  void aFailedUploadLeavesTheKeyFree() {
    fixture.backend.uploadFails = true;
    failsWith(ErrorCode.BACKEND_UPLOAD_FAILED, () -> fixture.annotate(request()));
    failsWith(ErrorCode.RUN_HAS_NO_RESULTS, fixture::load);
    fixture.backend.uploadFails = false;
    assertThat(fixture.annotate(request()).state()).isEqualTo(RunState.WAITING);
    assertThat(fixture.backend.cleaned).containsExactly("run");
  }

  @Test
  void anInterruptedUploadIsResumedWithoutDoubles() {
    fixture.backend.uploadFails = true;
    failsWith(ErrorCode.BACKEND_UPLOAD_FAILED, () -> fixture.annotate(request()));
    fixture.backend.uploadFails = false;
    AnnotationRun run = fixture.annotations.resume("run", Document.empty(), ProgressListener.NONE);
    assertThat(run.state()).isEqualTo(RunState.WAITING);
    assertThat(run.items()).isEqualTo(2);
    assertThat(run.labels()).isEqualTo(3);
    assertThat(fixture.backend.uploads.get(run.record().id()))
        .extracting(i -> i.id())
        .containsExactly(first.id(), second.id());
  }

  @Test
  void everythingWrongIsReportedTogetherAndNothingIsWritten() {
    AnnotationRequest wrong =
        AnnotationRequest.ofField("gt")
            .with("classes", "cat")
            .with("allow_adition", false)
            .with("allow_deletions", "no")
            .with("media_field", "nowhere")
            .with("attributes", Document.of("label", Document.of("type", "text")));
    assertThatThrownBy(
            () ->
                fixture.annotations.annotate(
                    "not a key", ViewDefinition.ALL, wrong, ProgressListener.NONE))
        .isInstanceOfSatisfying(
            PostilException.class,
            e ->
                assertThat(e.problems())
                    .extracting(PostilException.Problem::code)
                    .contains(
                        ErrorCode.INVALID_SCHEMA,
                        ErrorCode.ATTRIBUTE_RESERVED_NAME,
                        ErrorCode.INVALID_REQUEST,
                        ErrorCode.UNKNOWN_MEDIA_FIELD,
                        ErrorCode.INVALID_ANNO_KEY));
    assertThat(fixture.annotations.runs()).isEmpty();
  }

  @Test
  void secretsAreNotStoredWithARun() {
    fixture.annotate(request().with("password", "hush").with("zone", 3));
    Document config = fixture.annotations.run("run").record().config();
    assertThat(config.contains("password")).isFalse();
    assertThat(config.get("zone")).isEqualTo(3);
  }

  @Test
  void aRenameIsCheckedLikeANewKey() {
    fixture.annotate(request());
    failsWith(ErrorCode.INVALID_ANNO_KEY, () -> fixture.annotations.rename("run", "not a key"));
    failsWith(ErrorCode.UNKNOWN_ANNO_KEY, () -> fixture.annotations.rename("rum", "other"));
    assertThat(fixture.annotations.rename("run", "other").key()).isEqualTo("other");
  }

  @Test
  void theReportBalances() {
    fixture.annotate(request());
    fixture.tool.put(first.id(), List.of(cat.withLabel("dog"), box("cat", 0.7)));
    List<Change> changes = new ArrayList<>();
    LoadReport preview = fixture.annotations.preview("run", LoadOptions.DEFAULT, changes::add);
    assertThat(preview.total().of(Change.Kind.ADDED)).isEqualTo(1);
    assertThat(preview.total().of(Change.Kind.EDITED)).isEqualTo(1);
    assertThat(preview.total().of(Change.Kind.DELETED)).isEqualTo(1);
    assertThat(preview.total().of(Change.Kind.UNCHANGED)).isEqualTo(1);
    assertThat(changes).hasSize(3);
    assertThat(fixture.boxes(first.id(), "gt")).containsExactly(cat, dog);
  }
}
