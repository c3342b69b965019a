package io.postil.core.viewtext;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewTextTest {
  private static final DatasetInfo INFO =
      DatasetInfo.create("d", MediaType.IMAGE)
          .withField("predictions", FieldSpec.embedded("predictions", "Detections"))
          .withField("weather", FieldSpec.embedded("weather", "Classification"))
          .withField("score", FieldSpec.of("score", FieldType.FLOAT));

  private static ViewDefinition parse(String text) {
    return ViewText.parse(text, INFO);
  }

  @Test
  void readsTheRecipe() {
    ViewDefinition view =
        parse(
            "filterLabels(predictions, confidence > 0.8 && eval == \"fp\")"
                + " | sortBy(length(predictions.detections), desc) | limit(10)");
    Stage sort =
        new Stage.SortBy(
            F("predictions.detections").length().toValue() instanceof Object o ? o : "",
            true,
            false);
    assertThat(view)
        .isEqualTo(
            new ViewDefinition(
                List.of(
                    Stages.filterLabels(
                        "predictions", F("confidence").gt(0.8).and(F("eval").eq("fp"))),
                    sort,
                    Stages.limit(10))));
  }

  @Test
  void bindsNamesByTheTypeOfTheField() {
    assertThat(parse("filterLabels(weather, label == 'sunny' || $score < -1)").stages().get(0))
        .isEqualTo(
            new Stage.FilterLabels(
                "weather",
                F("weather.label").eq("sunny").or(F("score").lt(-1)).toValue(),
                true,
                false));
    assertThat(parse("setField(predictions.detections.label, upper(label))").stages().get(0))
        .isEqualTo(
            new Stage.SetField(
                "predictions.detections.label", Document.of("$toUpper", "$$this.label"), false));
  }

  @Test
  void readsNamedArgumentsListsAndMaps() {
    assertThat(parse("matchTags(train, val, bool=false)").stages().get(0))
        .isEqualTo(new Stage.MatchTags(List.of("train", "val"), false, false));
    assertThat(
            parse("selectLabels(tags=[easy], fields=predictions, omitEmpty=false)").stages().get(0))
        .isEqualTo(
            new Stage.SelectLabels(
                null, null, null, Values.listOf("easy"), List.of("predictions"), false));
    assertThat(parse("mapLabels(predictions, {cat: 'feline', \"a b\": null})").stages().get(0))
        .isEqualTo(new Stage.MapLabels("predictions", Document.of("cat", "feline", "a b", null)));
    assertThat(parse("sortBy(score, desc, filepath)").stages().get(0))
        .isEqualTo(
            new Stage.SortBy(
                Values.listOf(Values.listOf("score", -1), Values.listOf("filepath", 1)),
                false,
                false));
  }

  @Test
  void readsSerialisedStagesAndWritesThem() {
    ViewDefinition view = parse("match(score in [1, 2.5] && !exists(weather)) | skip(3)");
    assertThat(parse(ViewText.format(view))).isEqualTo(view);
    assertThat(parse("  ")).isEqualTo(ViewDefinition.ALL);
  }

  @Test
  void pointsAtTheCharacterOfAnError() {
    assertThatThrownBy(() -> parse("limit(10) limit(5)"))
        .hasMessageContaining("character 11")
        .hasMessageContaining("^")
        .extracting(e -> ((PostilException) e).code())
        .isEqualTo(ErrorCode.INVALID_VIEW);
    assertThatThrownBy(() -> parse("match(score = 1)"))
        .hasMessageContaining("character 13")
        .extracting(e -> ((PostilException) e).remedy())
        .isEqualTo("Compare with ==.");
    assertThatThrownBy(() -> parse("match(score > \"x)")).hasMessageContaining("has no end");
    assertThatThrownBy(() -> parse("sortby(score)")).hasMessageContaining("no stage 'sortby'");
    assertThatThrownBy(() -> parse("match(size(score) > 1)"))
        .hasMessageContaining("no function 'size'");
    assertThatThrownBy(() -> parse("filterLabels(prediction, label == 'cat')"))
        .hasMessageContaining("no field 'prediction'");
    assertThatThrownBy(() -> parse("match(" + "(".repeat(5000) + "1)"))
        .hasMessageContaining("too deeply");
  }
}
