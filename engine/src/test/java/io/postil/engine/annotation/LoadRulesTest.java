package io.postil.engine.annotation;

import static io.postil.engine.annotation.RunFixture.box;
import static io.postil.engine.annotation.RunFixture.request;
import static io.postil.engine.annotation.RunFixture.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Points;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Projection;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the labels of an answer go, what of them is refused, and what the report says of it. */
class LoadRulesTest {
  @TempDir Path home;

  private final Detection cat = box("cat", 0.1);
  private final Sample street = sample(cat);
  private final Classification sunny = Classification.of("sunny");
  private final Keypoint nose = Keypoint.of("nose", Points.wrap(0.5, 0.5));

  @Test
  void aLabelRefusedByTheRunIsCountedWhereTheFieldHoldsOneAlready() {
    DatasetInfo info =
        DatasetInfo.create("weather", MediaType.IMAGE)
            .withField("sky", FieldSpec.embedded("sky", "Classification"));
    Sample photo = Sample.of("/data/1.png").with("sky", sunny);
    try (RunFixture fixture = new RunFixture(home, info, List.of(photo))) {
      annotate(
          fixture,
          AnnotationRequest.ofField("sky")
              .with("allow_additions", false)
              .with("allow_deletions", false));
      answers(fixture, photo, "sky", AnswerKind.CLASSIFICATIONS, Classification.of("cloudy"));

      LoadReport report = fixture.load();

      assertThat(report.refusedAdditions()).isEqualTo(1);
      assertThat(report.refusedDeletions()).isEqualTo(1);
      assertThat(value(fixture, photo, "sky")).isEqualTo(sunny);
    }
  }

  @Test
  void aFieldOfTextsTakesNoLists() {
    DatasetInfo info =
        DatasetInfo.create("notes", MediaType.IMAGE)
            .withField("note", FieldSpec.of("note", FieldType.STRING));
    Sample photo = Sample.of("/data/1.png").with("note", "wet");
    try (RunFixture fixture = new RunFixture(home, info, List.of(photo))) {
      annotate(fixture, AnnotationRequest.ofField("note"));
      fixture.backend.script =
          sink -> {
            sink.delivered(photo.id());
            sink.scalar(photo.id(), 0, "note", List.of("wet", "cold"));
          };
      failsWith(ErrorCode.VALUE_TYPE_MISMATCH, () -> fixture.load());
      assertThat(value(fixture, photo, "note")).isEqualTo("wet");
    }
  }

  // --- unexpected kinds -----------------------------------------------------------------------

  @Test
  void aPromptAsksAgainForAFieldThatCannotHoldTheLabels() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      answers(fixture, street, "gt", AnswerKind.KEYPOINTS, nose);
      Deque<String> typed = new ArrayDeque<>(List.of("gt", "filepath", "noses"));
      List<@Nullable String> complaints = new ArrayList<>();

      fixture.load(
          LoadOptions.DEFAULT.withUnexpected(
              new LoadOptions.Unexpected.Ask(
                  (field, kind, problem) -> {
                    complaints.add(problem);
                    return typed.remove();
                  })));

      assertThat(complaints)
          .containsExactly(
              null, "'gt' is a field of the run itself", "'filepath' does not hold keypoints");
      assertThat(value(fixture, street, "noses")).isInstanceOf(Keypoints.class);
    }
  }

  @Test
  void aPromptRemembersWhatANewFieldWasPromisedTo() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      answersBoth(fixture);
      Deque<String> typed = new ArrayDeque<>(List.of("extra", "extra", "noses"));

      fixture.load(
          LoadOptions.DEFAULT.withUnexpected(
              new LoadOptions.Unexpected.Ask((field, kind, problem) -> typed.remove())));

      assertThat(fixture.dataset.info().field("extra").map(FieldSpec::documentClass))
          .hasValue("Classifications");
      assertThat(value(fixture, street, "noses")).isInstanceOf(Keypoints.class);
    }
  }

  @Test
  void twoKindsCannotShareANewField() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      answersBoth(fixture);
      failsWith(
          ErrorCode.FIELD_TYPE_CONFLICT,
          () -> fixture.load(into(Map.of("classifications", "extra", "keypoints", "extra"))));
      assertThat(fixture.dataset.info().field("extra")).isEmpty();
    }
  }

  @Test
  void kindsThatAreNoLongerWantedAreLeftAsTheyAre() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      answers(fixture, street, "gt", AnswerKind.KEYPOINTS, nose);
      fixture.load(into(Map.of("keypoints", "noses")));
      Object noses = value(fixture, street, "noses");

      answers(fixture, street, "gt", AnswerKind.KEYPOINTS, nose.withLabel("eye"));
      fixture.load(into(Map.of("polylines", "lines")));

      assertThat(value(fixture, street, "noses")).isEqualTo(noses);
    }
  }

  @Test
  void keyFrameMarksOfUnexpectedTracksAreTheTools() {
    DatasetInfo info =
        DatasetInfo.create("videos", MediaType.VIDEO)
            .withField("frames.gt", FieldSpec.embedded("gt", "Detections"));
    Sample video = Sample.of("/data/1.mp4").withSystem(Document.of("_media_type", "video"));
    try (RunFixture fixture = new RunFixture(home, info, List.of(video))) {
      fixture.dataset.write(
          writer -> {
            writer.insertFrame(
                new Frame(ObjectId.create(), video.id(), 1, Map.of(), Document.empty()));
            return null;
          });
      annotate(
          fixture, AnnotationRequest.ofField("frames.gt").labelType("detections").classes("cat"));
      Keypoint marked = nose.withIndex(7).withAttributes(Document.of(SingleLabel.KEYFRAME, true));
      fixture.backend.script =
          sink -> {
            sink.delivered(video.id());
            sink.labels(video.id(), 1, "frames.gt", AnswerKind.KEYPOINTS, List.of(marked));
          };

      fixture.load(LoadOptions.DEFAULT.withUnexpected(LoadOptions.Unexpected.KEEP));

      Frame frame = fixture.dataset.frames(video.id(), 1, 1, Projection.ALL).toList().get(0);
      Keypoints kept = (Keypoints) frame.fields().get("keypoints");
      assertThat(kept).isNotNull();
      assertThat(kept.labels()).containsExactly(marked.withIndex(1));
    }
  }

  @Test
  void unexpectedLabelsAreHandedBackUnderTheNameTheFieldIsLoadedUnder() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      answers(fixture, street, "gt", AnswerKind.KEYPOINTS, nose);

      LoadReport report =
          fixture.load(
              LoadOptions.DEFAULT
                  .withDestination("reviewed")
                  .withUnexpected(LoadOptions.Unexpected.RETURN));

      assertThat(report.unexpected()).extracting(u -> u.field()).containsExactly("reviewed");
    }
  }

  @Test
  void unexpectedLabelsOfASampleThatIsGoneAreHandedBackToo() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      answers(fixture, street, "gt", AnswerKind.KEYPOINTS, nose);
      fixture.dataset.write(
          writer -> {
            writer.deleteSamples(List.of(street.id()));
            return null;
          });

      LoadReport report =
          fixture.load(LoadOptions.DEFAULT.withUnexpected(LoadOptions.Unexpected.RETURN));

      assertThat(report.unexpected()).hasSize(1);
      assertThat(report.unexpected().get(0).labels()).isEqualTo(List.of(nose));
    }
  }

  // --- destinations ---------------------------------------------------------------------------

  @Test
  void nothingIsLoadedIntoWhatEverySampleHas() {
    try (RunFixture fixture = new RunFixture(home, List.of(street))) {
      fixture.annotate(request());
      failsWith(
          ErrorCode.DEFAULT_FIELD,
          () -> fixture.load(LoadOptions.DEFAULT.withDestination("filepath")));
      assertThat(fixture.samples().get(0).filepath()).isEqualTo(street.filepath());
    }
  }

  // --- helpers --------------------------------------------------------------------------------

  private static void annotate(RunFixture fixture, AnnotationRequest request) {
    fixture.annotations.annotate("run", ViewDefinition.ALL, request, ProgressListener.NONE);
  }

  private static void answers(
      RunFixture fixture, Sample sample, String field, AnswerKind kind, SingleLabel label) {
    fixture.backend.script =
        sink -> {
          sink.delivered(sample.id());
          sink.labels(sample.id(), 0, field, kind, List.of(label));
        };
  }

  private void answersBoth(RunFixture fixture) {
    fixture.backend.script =
        sink -> {
          sink.delivered(street.id());
          sink.labels(street.id(), 0, "gt", AnswerKind.CLASSIFICATIONS, List.of(sunny));
          sink.labels(street.id(), 0, "gt", AnswerKind.KEYPOINTS, List.of(nose));
        };
  }

  private static LoadOptions into(Map<String, String> fieldByKind) {
    return LoadOptions.DEFAULT.withUnexpected(new LoadOptions.Unexpected.Into(fieldByKind));
  }

  private static @Nullable Object value(RunFixture fixture, Sample sample, String field) {
    return fixture.dataset.samples(List.of(sample.id()), Projection.ALL).get(0).fields().get(field);
  }

  private static void failsWith(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(PostilException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
