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
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
            true);
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
                true));
  }

  @Test
  void readsArgumentsByPositionAndByName() {
    assertThat(parse("take(5, 7)")).isEqualTo(parse("take(size=5, seed=7)"));
    assertThat(parse("take(5)").stages()).containsExactly(Stages.take(5, 51L));
    assertThat(parse("select('5f9b1f77bcf86cd799439011', ordered=true)").stages())
        .containsExactly(Stages.select(List.of(ObjectId.of("5f9b1f77bcf86cd799439011")), true));
    assertThat(parse("filterLabels(predictions, condition=confidence > 0.5, onlyMatches=false)"))
        .isEqualTo(parse("filterLabels(predictions, confidence > 0.5, false)"));
  }

  @Test
  void readsStagesOfGroupsClipsAndFrames() {
    assertThat(parse("groupBy(score, orderBy=filepath, reverse=true) | flatten(limit(1))").stages())
        .containsExactly(
            Stages.groupBy("score", "filepath", true), Stages.flatten(Stages.limit(1)));
    assertThat(parse("groupByFlat([score, filepath], match=length(it) > 2)").stages())
        .containsExactly(
            Stages.groupByFlat(List.of("score", "filepath"), F().length().gt(2), null, false));
    assertThat(parse("limit(3) | concat(match(score > 2) | limit(1))").stages())
        .containsExactly(
            Stages.limit(3),
            Stages.concat(
                INFO.id(),
                new ViewDefinition(List.of(Stages.match(F("score").gt(2)), Stages.limit(1)))));
    assertThat(parse("toPatches(predictions, otherFields=weather)").stages())
        .containsExactly(Stages.toPatches("predictions", List.of("weather"), false));
    assertThat(parse("mongo([{$match: {score: {'$gt': 2}}}])").stages())
        .containsExactly(
            Stages.mongo(
                List.of(Document.of("$match", Document.of("score", Document.of("$gt", 2))))));
  }

  @Test
  void hasTheFunctionsOfTheLibrary() {
    Map<String, Expression> functions = new LinkedHashMap<>();
    functions.put("round(score, 2)", F("score").round(2));
    functions.put("pow(score, 2)", F("score").pow(2));
    functions.put("min(score, 1)", F("score").min(1));
    functions.put("reMatch(filepath, \"[.]png$\")", F("filepath").reMatch("[.]png$"));
    functions.put(
        "startsWith(filepath, [\"a\", \"b\"], caseSensitive=false)",
        F("filepath").startsWith(List.of("a", "b"), false));
    functions.put(
        "contains(tags, [\"a\", \"b\"], all=true)", F("tags").contains(List.of("a", "b"), true));
    functions.put("slice(tags, 1)", F("tags").slice(1, null));
    functions.put(
        "cases(score, [[1, \"one\"]], otherwise=\"many\")",
        F("score").cases(Map.of(1, "one"), "many"));
    functions.put(
        "switchOn(score, [[it > 1, \"many\"]])",
        F("score").switchOn(Map.of(F().gt(1), "many"), null));
    functions.put(
        "reduce(predictions.detections, $$value + confidence)",
        F("predictions.detections").reduce(Expression.VALUE.plus(F("confidence"))));
    functions.put(
        "$dateToString({date: created_at})",
        new Expression.Operation(
            "$dateToString", Expression.of(Document.of("date", F("created_at")))));
    functions.put("mapValues(score, [[1, \"one\"]])", F("score").mapValues(Map.of(1, "one")));
    functions.forEach(
        (text, expression) ->
            assertThat(ViewText.parseExpression(text).toValue())
                .as(text)
                .isEqualTo(expression.toValue()));
  }

  @Test
  void everyOperatorAndStageOfTheLibraryHasItsPlace() {
    Set<String> written = names(ViewText.functions());
    Set<String> otherwise =
        Set.of("eq ne lt le gt ge and or not plus minus times dividedBy mod at isIn".split(" "));
    // What needs an object of the program, and what reads and writes expressions.
    Set<String> programs =
        Set.of("F of any all parse toValue in letIn operation equals hashCode toString".split(" "));
    assertThat(
            Arrays.stream(Expression.class.getMethods())
                .map(Method::getName)
                .filter(name -> !otherwise.contains(name) && !programs.contains(name)))
        .isSubsetOf(written);
    assertThat(
            Arrays.stream(Stages.class.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()))
                .map(Method::getName))
        .isSubsetOf(names(ViewText.stages()));
    assertThat(
            Arrays.stream(Aggregation.class.getDeclaredMethods())
                .filter(
                    m -> Modifier.isStatic(m.getModifiers()) && Modifier.isPublic(m.getModifiers()))
                .map(Method::getName)
                .filter(name -> !name.equals("autoHistogramValues")))
        .isSubsetOf(names(AggregationText.signatures()));
  }

  private static Set<String> names(List<String> signatures) {
    return signatures.stream().map(s -> s.substring(0, s.indexOf('('))).collect(Collectors.toSet());
  }

  @Test
  void saysWhichArgumentIsWrong() {
    assertThatThrownBy(() -> parse("matchTags(train, bol=false)"))
        .hasMessageContaining("matchTags has no parameter 'bol'")
        .hasMessageContaining("character 18")
        .extracting(e -> ((PostilException) e).remedy())
        .isEqualTo("Did you mean bool?");
    assertThatThrownBy(() -> parse("limit(1, 2)")).hasMessageContaining("one too many");
    assertThatThrownBy(() -> parse("limit()")).hasMessageContaining("limit needs its limit");
    assertThatThrownBy(() -> parse("limit(few)"))
        .hasMessageContaining("limit of limit must be a whole number");
    assertThatThrownBy(() -> parse("take(5, size=6)")).hasMessageContaining("size is given twice");
    assertThatThrownBy(() -> parse("exists(score, bool=3)"))
        .hasMessageContaining("bool of exists must be true or false");
    assertThatThrownBy(() -> parse("match(reMatch(filepath, label))"))
        .hasMessageContaining("regex of reMatch must be a text in quotes");
    assertThatThrownBy(() -> parse("match(starsWith(filepath, 'a'))"))
        .extracting(e -> ((PostilException) e).remedy())
        .isEqualTo("Did you mean startsWith?");
    assertThatThrownBy(() -> parse("mapLabels(predictions, cat)"))
        .hasMessageContaining("must be a map");
  }

  @Test
  void namesAFieldOfSamplesThatIsNowhere() {
    assertThatThrownBy(() -> parse("limit(3) | match(scor > 0.5)"))
        .hasMessageContaining("there is no field 'scor' in this view at character 18")
        .extracting(e -> ((PostilException) e).remedy())
        .isEqualTo("Did you mean score?");
    assertThatThrownBy(() -> parse("sortBy(length(prediction.detections), desc)"))
        .hasMessageContaining("no field 'prediction'")
        .hasMessageContaining("character 15");
    parse("match(metadata.width > 100 && _rand < 0.5 && predictions.anything == 1)");
    parse(
        "match(length(filter(predictions.detections, anything > 0.5)) > 1) | sortBy(score, desc)");
    parse("mongo([{\"$addFields\": {\"twice\": 2}}]) | match(twice > 1)");
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
        .hasMessageContaining("match has no parameter 'score' at character 7")
        .extracting(e -> ((PostilException) e).remedy())
        .isEqualTo("Write match(condition). Compare with ==.");
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
