package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Json;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.store.mongo.ViewPipeline.Compiled;
import io.postil.store.mongo.ViewPipeline.Source;
import io.postil.store.mongo.ViewPipeline.Use;
import io.postil.testkit.TestSamples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

class ViewPipelineTest {
  private final DatasetInfo images = TestSamples.imageDataset("photos");

  private static ViewDefinition view(String stages) {
    return StageDocuments.view((List<?>) Json.read(stages));
  }

  private static Compiled compile(DatasetInfo info, String... stages) {
    return compile(Use.SUMMARY, info, stages);
  }

  private static Compiled compile(Use use, DatasetInfo info, String... stages) {
    return ViewPipeline.compile(
        new Source(info, "samples", "frames"), view("[" + String.join(",", stages) + "]"), use);
  }

  private static String stage(String name, String kwargs) {
    return "{\"_cls\":\"fiftyone.core.stages." + name + "\",\"kwargs\":[" + kwargs + "]}";
  }

  private static final String FILTER =
      stage(
          "FilterLabels",
          "[\"field\",\"ground_truth\"],[\"filter\",{\"$gt\":[\"$$this.confidence\",0.8]}],"
              + "[\"only_matches\",true],[\"trajectories\",false]");
  private static final String SORT =
      stage(
          "SortBy",
          "[\"field_or_expr\",{\"$size\":{\"$ifNull\":[\"$ground_truth.detections\",[]]}}],"
              + "[\"reverse\",true],[\"create_index\",true]");
  private static final String PATCHES =
      stage("ToPatches", "[\"field\",\"ground_truth\"],[\"config\",null],[\"_state\",null]");
  private static final String GROUPS =
      stage("GroupBy", "[\"field_or_expr\",\"weather.label\"],[\"order_by\",\"score\"]");
  private static final String TAGS =
      stage("MatchTags", "[\"tags\",[\"train\"]],[\"bool\",true],[\"all\",false]");

  @Test
  void makesOnePipelineOfTheRecipesView() {
    Compiled compiled = compile(images, FILTER, SORT);

    assertThat(compiled.stages()).isEqualTo(2);
    assertThat(compiled.whole()).isFalse();
    assertThat(compiled.steps())
        .extracting(BsonDocument::getFirstKey)
        .containsExactly("$addFields", "$match", "$addFields", "$sort", "$unset");
  }

  @Test
  void unwindsLabelsThatAreShownAsSamples() {
    Compiled compiled = compile(images, TAGS, PATCHES);

    assertThat(compiled.stages()).isEqualTo(2);
    assertThat(compiled.steps())
        .extracting(BsonDocument::getFirstKey)
        .containsExactly("$match", "$unwind", "$replaceWith");
  }

  @Test
  void showsTheMembersOfGroupsInPlaceOfTheGroups() {
    String flatten = stage("Flatten", "[\"stages\"," + stage("Limit", "[\"limit\",2]") + "]");

    assertThat(compile(images, TAGS, GROUPS).steps())
        .extracting(BsonDocument::getFirstKey)
        .containsExactly("$match", "$sort", "$group", "$replaceWith", "$sort");
    assertThat(compile(images, TAGS, GROUPS, flatten).steps())
        .extracting(BsonDocument::getFirstKey)
        .containsExactly("$match", "$setWindowFields", "$match", "$sort", "$unset");
  }

  @Test
  void addsOtherViewsOnlyIfTheirSamplesAreAllToBeSeen() {
    String union = stage("Concat", "[\"samples\",{\"stages\":[" + TAGS + "]}]");
    ViewDefinition view = view("[" + TAGS + "," + union + "]");

    Compiled all = ViewPipeline.compile(new Source(images, "samples", "frames"), view, Use.COUNT);
    Compiled some = ViewPipeline.compile(new Source(images, null, "frames"), view, Use.COUNT);

    assertThat(all.steps())
        .extracting(BsonDocument::getFirstKey)
        .containsExactly("$match", "$unionWith");
    assertThat(all.repeats()).isTrue();
    assertThat(some.stages()).isEqualTo(1);
  }

  @Test
  void choosesTheSlicesOfGroups() {
    Map<String, MediaType> slices = new LinkedHashMap<>();
    List.of("left", "middle", "right").forEach(name -> slices.put(name, MediaType.IMAGE));
    DatasetInfo groups =
        images
            .withField("group", FieldSpec.embedded("group", "Group"))
            .withGroup(new DatasetInfo.GroupInfo("group", slices, "middle"));

    assertThat(slicesOf(groups, stage("Limit", "[\"limit\",3]"))).isEqualTo("\"middle\"");
    assertThat(slicesOf(groups, stage("ExcludeGroupSlices", "[\"slices\",\"middle\"]")))
        .isEqualTo("\"left\"");
    assertThat(slicesOf(groups, select("[\"right\"]", false))).isEqualTo("\"right\"");
    assertThat(slicesOf(groups, select("[\"right\",\"left\"]", true)))
        .isEqualTo("{\"$in\": [\"$group.name\", [\"right\", \"left\"]]}");
  }

  private static String select(String slices, boolean flat) {
    return stage(
        "SelectGroupSlices",
        "[\"slices\",%s],[\"media_type\",null],[\"flat\",%s],[\"_allow_mixed\",false]"
            .formatted(slices, flat));
  }

  /** What the first step asks of a sample's slice. */
  private static String slicesOf(DatasetInfo groups, String stages) {
    Compiled compiled = compile(groups, stages);
    assertThat(compiled.stages()).isEqualTo(1);
    BsonDocument match = compiled.steps().get(0).getDocument("$match");
    BsonValue condition = match.values().iterator().next();
    return new BsonDocument("v", condition).toJson().replaceAll("^.{6}|.$", "");
  }

  @Test
  void looksForOneFrameAndLeavesTheOthersWhereTheyAre() {
    String filter = FILTER.replace("ground_truth", "frames.objects");

    Compiled compiled = compile(TestSamples.videoDataset("v"), filter);

    assertThat(compiled.steps())
        .extracting(BsonDocument::getFirstKey)
        .containsExactly("$lookup", "$match", "$unset");
    assertThat(compiled.steps().get(0).getDocument("$lookup").getArray("pipeline"))
        .extracting(step -> step.asDocument().getFirstKey())
        .containsExactly("$addFields", "$match", "$limit", "$project");
    assertThat(compiled.frameSteps()).hasSize(1);
  }

  @Test
  void leavesWhatIsShownOfKeypointsAndFramesToTheEvaluatorWhereItIsRead() {
    DatasetInfo people = images.withField("people", FieldSpec.embedded("people", "Keypoints"));
    String points =
        stage(
            "FilterKeypoints",
            "[\"field\",\"people\"],[\"filter\",{\"$gt\":[\"$$expr.confidence\",0.5]}]");
    String objects = FILTER.replace("ground_truth", "frames.objects");

    assertThat(compile(Use.COUNT, people, points).stages()).isEqualTo(1);
    assertThat(compile(Use.READING, people, TAGS, points).stages()).isEqualTo(1);
    assertThat(compile(Use.READING, TestSamples.videoDataset("v"), TAGS, objects).stages())
        .isEqualTo(1);
  }

  @Test
  void leavesExpressionsOnAllFramesToTheEvaluator() {
    String longVideos =
        stage("Match", "[\"filter\",{\"$expr\":{\"$gt\":[{\"$size\":\"$frames\"},9]}}]");

    assertThat(compile(TestSamples.videoDataset("v"), longVideos).stages()).isZero();
  }
}
