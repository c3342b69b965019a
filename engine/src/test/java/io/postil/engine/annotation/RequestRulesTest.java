package io.postil.engine.annotation;

import static io.postil.engine.annotation.RunFixture.box;
import static io.postil.engine.annotation.RunFixture.request;
import static io.postil.engine.annotation.RunFixture.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a request is refused and in which order, and what is remembered of it. */
class RequestRulesTest {
  @TempDir Path home;

  private final Detection plain = box("cat", 0.1).withAttributes(Document.of("age", 3));
  private final Detection masked =
      box("dog", 0.5).withMask(NdArray.ofBooleans(1, 2, new byte[] {1, 0}));
  private final Sample photo = sample(plain, masked);
  private RunFixture fixture;

  @BeforeEach
  void makeDataset() {
    fixture = new RunFixture(home, List.of(photo));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private List<ErrorCode> refusals(AnnotationRequest request) {
    return catchThrowableOfType(
            PostilException.class,
            () ->
                fixture.annotations.annotate(
                    "run", ViewDefinition.ALL, request, ProgressListener.NONE))
        .problems()
        .stream()
        .map(Problem::code)
        .toList();
  }

  @Test
  void whatTheBackendRecommendsMustBeWhatItCanDo() {
    fixture.backend.caps = Document.of("attrTypes", Values.listOf("select"));
    assertThat(refusals(AnnotationRequest.ofField("gt").classes("cat")))
        .containsExactly(ErrorCode.ATTRIBUTE_UNSUPPORTED_TYPE);
  }

  @Test
  void problemsComeFieldByFieldAsTheRequestNamesThem() {
    Document schema =
        Document.of("new", Document.of("type", "detections"), "gt", Document.of("type", "scalar"));
    assertThat(refusals(AnnotationRequest.create().with("label_schema", schema)))
        .containsExactly(ErrorCode.MISSING_CLASSES, ErrorCode.TYPE_MISMATCH);
    Document unreadable = Document.of("new", Document.empty(), "gt", "boxes");
    assertThat(refusals(AnnotationRequest.create().with("label_schema", unreadable)))
        .containsExactly(ErrorCode.MISSING_TYPE, ErrorCode.INVALID_SCHEMA);
  }

  @Test
  void maskTargetsNameWholeNumbersOrColours() {
    Document targets =
        Document.of("1", "road", "1x", "sky").with("#12345", "tree").with("#ff8000", "sun");
    AnnotationRequest request =
        AnnotationRequest.ofField("ground")
            .with("label_type", "segmentation")
            .with("mask_targets", targets);
    assertThat(refusals(request))
        .containsExactly(ErrorCode.INVALID_SCHEMA, ErrorCode.INVALID_SCHEMA);
  }

  @Test
  void aRestrictionThatAFieldLeavesOpenIsThatOfTheRequest() {
    Document open = Document.of("gt", Document.of("allow_additions", null));
    fixture.annotate(
        AnnotationRequest.create().with("label_schema", open).with("allow_additions", false));
    assertThat(fixture.annotations.run("run").schema().fields().get(0).flags())
        .containsEntry(Restriction.ADDITIONS, false)
        .containsEntry(Restriction.DELETIONS, true);
  }

  @Test
  void aRestrictionOfANewFieldIsSaidToHaveNoEffect() {
    AnnotationRequest request =
        AnnotationRequest.ofField("fresh")
            .with("label_type", "detections")
            .classes("cat")
            .with("allow_additions", false);
    assertThat(fixture.annotations.plan("run", ViewDefinition.ALL, request).warnings())
        .containsExactly(
            "allow_additions=false is about fields that exist already; 'fresh' is new");
  }

  @Test
  void everySampleNeedsTheMediaThatIsToBeShown() {
    fixture.dataset.write(
        writer -> {
          writer.putInfo(
              writer.info().withField("thumbnail", FieldSpec.of("thumbnail", FieldType.STRING)));
          return null;
        });
    assertThat(refusals(request().with("media_field", "thumbnail")))
        .containsExactly(ErrorCode.UNKNOWN_MEDIA_FIELD);
  }

  @Test
  void aKeyIsAnIdentifierAsPythonHasThem() {
    assertThat(RunKeys.check("première_2")).isEmpty();
    assertThat(RunKeys.check("l·l")).isEmpty();
    // A voiced sound mark of its own has a space in its compatible form.
    assertThat(RunKeys.check("a\u309B")).isPresent();
  }

  @Test
  void theViewOfARunShowsOnlyLabelsOfTheTypeThatWasSent() {
    fixture.annotate(request().labelType("instances"));
    ViewDefinition view = fixture.annotations.view("run");
    try (SampleCursor cursor = fixture.dataset.read(view, Projection.ALL)) {
      assertThat(LabelMerge.labels(cursor.next().fields().get("gt"))).isEqualTo(List.of(masked));
    }
  }

  @Test
  void theViewOfARunOutlivesItsField() {
    fixture.annotate(request());
    fixture.dataset.write(
        writer -> {
          writer.deleteField("gt");
          return null;
        });
    assertThat(fixture.annotations.view("run")).isEqualTo(ViewDefinition.ALL);
  }

  @Test
  void aKeyThatIsTakenIsRefusedBeforeTheRunIsLookedFor() {
    fixture.annotate(request());
    assertThat(
            catchThrowableOfType(
                    PostilException.class, () -> fixture.annotations.rename("other", "run"))
                .code())
        .isEqualTo(ErrorCode.KEY_EXISTS);
  }
}
