package io.postil.engine.views;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detections;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.LabelCriteria;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
import io.postil.testkit.GoldenDataset;
import io.postil.testkit.views.ViewAnswers;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of views that FiftyOne shows beyond the recorded cases, each by an example. */
class ViewRulesTest {
  private static final String STREET =
      """
      {'mediaType': 'image', 'samples': [
        {'id': 'S1', 'tags': ['a', 'b'], 'fields': {'n': 3, 'x': 123456.5, 'b': true, 'ints': [3, 1, 3],
          't': {'_datetime': '2024-01-01T00:00:00.999Z'},
          'cats': {'_cls': 'Detections', 'detections': [
            {'_cls': 'Detection', 'id': 'L1', 'label': 'cat', 'bounding_box': [0, 0, 1, 1], 'tags': ['easy'],
             'attrs': {'area': 4, 'seen': 'left'}},
            {'_cls': 'Detection', 'id': 'L2', 'label': 'lion', 'bounding_box': [0, 0, 1, 1]}]},
          'people': {'_cls': 'Keypoints', 'keypoints': [
            {'_cls': 'Keypoint', 'id': 'K1', 'label': 'cook', 'points': [[0.1, 0.1]]}]}}},
        {'id': 'S2', 'fields': {'n': -1, 'x': 'Infinity', 'ints': []}}]}
      """;
  private static final String DRIVE =
      """
      {'mediaType': 'video', 'frameImages': true, 'samples': [
        {'id': 'S1', 'fields': {}, 'frames': {
          '1': {'v': 1, 'w': {'_cls': 'Classification', 'id': 'L1', 'label': 'sun'}},
          '2': {'v': 5, 'w': {'_cls': 'Classification', 'id': 'L2', 'label': 'rain'}},
          '3': {'v': 0}}}]}
      """;
  private static final String CAMERAS =
      """
      {'mediaType': 'group', 'groupDefault': 'left', 'samples': [
        {'id': 'S1', 'group': {'name': 'g1', 'slice': 'left'}, 'fields': {'n': 1}},
        {'id': 'S2', 'group': {'name': 'g1', 'slice': 'right'}, 'fields': {'n': 2}}]}
      """;

  @TempDir Path home;
  private DatasetStore store;
  private GoldenDataset symbols;
  private ViewAnswers dataset;

  @BeforeEach
  void open() {
    store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    load(STREET);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void load(String text) {
    store.list().forEach(info -> store.delete(info.name()));
    Document recorded = Json.readDocument(text.replace('\'', '"'));
    symbols = new GoldenDataset(recorded, Document.empty());
    StoredDataset stored = symbols.createIn(store);
    dataset = ViewAnswers.of(stored);
  }

  private static ViewDefinition view(Stage... stages) {
    return new ViewDefinition(List.of(stages));
  }

  private List<Sample> samples(Stage... stages) {
    return dataset.read(view(stages)).stream().map(ViewAnswers.Shown::sample).toList();
  }

  private List<@Nullable String> ids(Stage... stages) {
    List<@Nullable String> ids = new ArrayList<>();
    samples(stages).forEach(s -> ids.add(symbols.symbol(s.id())));
    return ids;
  }

  private @Nullable Object ask(Aggregation aggregation, Stage... stages) {
    return symbols.recordStored(dataset.aggregate(view(stages), aggregation));
  }

  /** The value of an expression for the first sample. */
  private @Nullable Object first(Expression expression) {
    Expression whole = Expression.of(Values.listOf(expression, F("_id"))).at(0);
    return ((List<?>) ask(Aggregation.values(whole), new Stage.Limit(1))).get(0);
  }

  // --- expressions ------------------------------------------------------------------------------

  @Test
  void whatASerialisedStageLeavesOutIsWhatFiftyOneTakesForIt() {
    String stages =
        """
        [{'_cls': 'fiftyone.core.stages.FilterLabels', 'kwargs': [['field', 'cats'],
          ['filter', {'$eq': ['$$this.label', 'cat']}]]}]
        """;
    ViewDefinition view = StageDocuments.view(Json.read(stages.replace('\'', '"')));
    assertThat(view.stages()).containsExactly(Stages.filterLabels("cats", F("label").eq("cat")));
    assertThat(ids(view.stages().toArray(new Stage[0]))).containsExactly("S1");
  }

  @Test
  void textOfNumbersHasSixDigits() {
    assertThat(first(F("x").toText())).isEqualTo("123456");
    assertThat(first(Expression.of(1 / 3.0).toText())).isEqualTo("0.333333");
    assertThat(first(Expression.of(1_234_567.5).toText())).isEqualTo("1.23457e+06");
    assertThat(first(Expression.of(Double.POSITIVE_INFINITY).upper())).isEqualTo("INF");
  }

  @Test
  void partsOfMillisecondsAreCutOff() {
    assertThat(first(F("t").plus(2.5).millisecond())).isEqualTo(1);
    assertThat(first(F("t").minus(2.6).millisecond())).isEqualTo(997);
    assertThat(first(F("t").plus(Duration.ofMillis(2)).millisecond())).isEqualTo(1);
    assertThatThrownBy(() -> first(F("t").plus(Double.NaN))).hasMessageContaining("overflow");
  }

  @Test
  void anOperatorStopsAtTheFirstMissingArgument() {
    assertThat(first(F("nope").insert(1, 9))).isNull();
    assertThat(first(F("nope").plus("text"))).isNull();
    assertThatThrownBy(() -> first(F("n").plus("text"))).hasMessageContaining("$add");
  }

  @Test
  void powersOfOneAreOne() {
    assertThat(first(Expression.of(1).pow(Double.NaN))).isEqualTo(1.0);
    assertThat(first(Expression.of(-1).pow(Double.POSITIVE_INFINITY))).isEqualTo(1.0);
    assertThatThrownBy(() -> first(Expression.of(Double.POSITIVE_INFINITY).tan()))
        .hasMessageContaining("$tan");
  }

  @Test
  void regularExpressionsAreThoseOfMongoDb() {
    assertThat(matches("ÉTÉ 2024", "été")).isFalse();
    assertThat(first(text("ÉTÉ 2024").reMatch("été", "i"))).isEqualTo(true);
    assertThat(first(text("Äpfel").containsStr(List.of("äPF"), false))).isEqualTo(true);
    assertThat(matches("cat7", "^[[:alpha:]]+[[:digit:]]$")).isTrue();
    assertThat(matches("a[b", "[[]")).isTrue();
    assertThat(matches("a&b", "^[a&&b]+$")).isTrue();
    assertThat(matches("dog dog", "(?P<a_word>\\w+) (?P=a_word)")).isTrue();
    assertThat(matches("aa", "(a)\\g{-1}")).isTrue();
    assertThat(matches("a{,2}", "a{,2}")).isTrue();
    assertThat(matches("猫", "\\p{Han}")).isTrue();
    // Only a line feed ends a line.
    assertThat(matches("a\rb", "a.b")).isTrue();
    assertThat(matches("a\r", "a$")).isFalse();
    assertThatThrownBy(() -> matches("a", "a**")).hasMessageContaining("51111");
  }

  private static Expression text(String text) {
    return Expression.of(text);
  }

  private boolean matches(String text, String regex) {
    return Boolean.TRUE.equals(first(text(text).reMatch(regex)));
  }

  // --- aggregations -----------------------------------------------------------------------------

  @Test
  void listsThatAnExpressionMakesAreTakenApart() {
    assertThat(ask(Aggregation.distinct(F("ints").unique()))).isEqualTo(List.of(1, 3));
    assertThat(ask(Aggregation.count(F("ints").map(F().plus(1))))).isEqualTo(3L);
    assertThat(ask(Aggregation.mean(F("ints").length()))).isEqualTo(1.5);
    assertThat(ask(Aggregation.values(F("ints").reverse())))
        .isEqualTo(Values.listOf(List.of(3, 1, 3), List.of()));
  }

  @Test
  void histogramsAreOfNumbersTruthsAndDates() {
    assertThat(ask(Aggregation.histogramValues("b", 1)))
        .isEqualTo(Values.listOf(List.of(0L), List.of(1.0, 1.000001), 2L));
    assertThatThrownBy(() -> ask(Aggregation.histogramValues("cats.detections.label", 2)))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("numbers or dates, not string");
  }

  @Test
  void aListStandsAmongDistinctValuesWhereItsLeastElementDoes() {
    load(
        """
        {'mediaType': 'image', 'samples': [
          {'id': 'S1', 'fields': {'any': {'k': [2, 'z']}}}, {'id': 'S2', 'fields': {'any': {'k': 3}}},
          {'id': 'S3', 'fields': {'any': {'k': 1}}}]}
        """);
    assertThat(ask(Aggregation.distinct("any.k"))).isEqualTo(List.of(1, List.of(2, "z"), 3));
  }

  @Test
  void schemasAreOfDocuments() {
    assertThat(ask(Aggregation.schema("cats.detections").with("dynamic_only", true)))
        .isEqualTo(Document.of("area", "Int", "seen", "String"));
    assertThatThrownBy(() -> ask(Aggregation.schema("n"))).hasMessageContaining("40390");
  }

  // --- labels -----------------------------------------------------------------------------------

  @Test
  void labelsListedOneByOneStandAboveOtherCriteria() {
    Document second =
        Document.of("field", "cats", "label_id", id("L2")).with("sample_id", id("S1"));
    LabelCriteria criteria =
        LabelCriteria.ANY.withLabels(List.of(second)).withTags(List.of("easy"));
    assertThat(ask(Aggregation.values("cats.detections.id"), Stages.selectLabels(criteria, true)))
        .isEqualTo(List.of(List.of("L2")));
    assertThat(ask(Aggregation.values("cats.detections.id"), Stages.excludeLabels(criteria, true)))
        .isEqualTo(List.of(List.of("L1")));
  }

  private String id(String symbol) {
    return symbols.id(symbol).toString();
  }

  @Test
  void labelsWithoutTagsAreExcludedByTags() {
    Stage made = new Stage.MapLabels("spot", Document.of("cat", "lion"));
    load(
        """
        {'mediaType': 'image', 'schema': {'spot': 'Classification'}, 'samples': [
          {'id': 'S1', 'fields': {}}]}
        """);
    LabelCriteria easy = LabelCriteria.ANY.withTags(List.of("easy"));
    assertThat(ids(made)).containsExactly("S1");
    assertThat(ids(made, Stages.excludeLabels(easy, true))).isEmpty();
  }

  @Test
  void trajectoriesAreThoseOfLabelsWithAnIndex() {
    load(DRIVE);
    Stage single =
        new Stage.FilterLabels("frames.w", Document.of("$gt", List.of(1, 0)), true, true);
    assertThatThrownBy(() -> samples(single))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("labels with an index in frames");
  }

  // --- fields -----------------------------------------------------------------------------------

  @Test
  void propertiesThatNobodyDeclaredCanBeChosenAndHidden() {
    Aggregation area = Aggregation.values("cats.detections.area");
    Aggregation seen = Aggregation.values("cats.detections.seen");
    Stage chosen = new Stage.SelectFields(List.of("cats", "cats.detections.area"), null, false);
    Stage hidden = new Stage.ExcludeFields(List.of("cats.detections.area"), null, false);
    assertThat(ask(area, chosen).toString()).contains("4");
    assertThat(ask(seen, chosen).toString()).doesNotContain("left");
    assertThat(ask(area, hidden).toString()).doesNotContain("4");
    assertThatThrownBy(() -> samples(new Stage.ExcludeFields(List.of("cats.labels"), null, false)))
        .extracting("code")
        .isEqualTo(ErrorCode.UNKNOWN_FIELD);
  }

  @Test
  void aFieldCanBeHiddenTwice() {
    Stage hidden = new Stage.ExcludeFields(List.of("cats"), null, false);
    assertThat(ids(hidden, hidden)).containsExactly("S1", "S2");
  }

  @Test
  void tagsCanBeFiltered() {
    Stage one =
        new Stage.FilterField(
            "tags", Document.of("$eq", Values.listOf(Document.of("$size", "$tags"), 2)), true);
    assertThat(ids(one)).containsExactly("S1");
  }

  @Test
  void valuesThatAreNotListedComeFirstInTheOrderOfAList() {
    Stage ordered = new Stage.SelectBy("ints", List.of(3, 1), true);
    load(
        """
        {'mediaType': 'image', 'samples': [
          {'id': 'S1', 'fields': {'ints': [1]}}, {'id': 'S2', 'fields': {'ints': [3]}}]}
        """);
    assertThat(ids(ordered)).containsExactly("S1", "S2");
  }

  @Test
  void aViewShowsValuesInTheTypesThatTheirFieldsDeclare() {
    Stage halved = new Stage.SetField("n", Document.of("$divide", List.of("$n", 2)), false);
    Stage numbered =
        new Stage.SetField("cats.detections.index", Document.of("$add", List.of(1, 0.9)), false);
    Stage counted = new Stage.SetField("b", "$n", false);
    Sample first = samples(halved, numbered, counted).get(0);
    assertThat(first.fields()).containsEntry("n", 1).containsEntry("b", true);
    assertThat(((Detections) first.property("cats")).labels().get(0).index()).isEqualTo(1);
    // An aggregation is about the values as they are.
    assertThat(ask(Aggregation.values("n"), halved)).isEqualTo(List.of(1.5, -0.5));
  }

  @Test
  void aFilteredPropertyOfAMissingLabelMakesAnEmptyOne() {
    load(
        """
        {'mediaType': 'image', 'schema': {'spot': 'Classification'}, 'samples': [
          {'id': 'S1', 'fields': {}}]}
        """);
    Document isNothing =
        Document.of("$not", Document.of("$gt", Values.listOf("$spot.label", null)));
    assertThat(samples(new Stage.FilterField("spot.label", isNothing, false)).get(0).fields())
        .containsKey("spot");
  }

  @Test
  void theElementsOfListsAreMappedWhereThereAreLists() {
    load(
        """
        {'mediaType': 'image', 'schema': {'ints': 'list', 'n': 'int'}, 'samples': [
          {'id': 'S1', 'fields': {'ints': [1, 2]}}, {'id': 'S2', 'fields': {}}]}
        """);
    List<?> map = List.of(List.of(1, 10), Values.listOf(null, -1));
    assertThat(ask(Aggregation.values("ints"), new Stage.MapValues("ints", map)))
        .isEqualTo(Values.listOf(List.of(10, 2), null));
    assertThat(ask(Aggregation.values("n"), new Stage.MapValues("n", map)))
        .isEqualTo(List.of(-1, -1));
  }

  @Test
  void fieldsAreChosenByWhatTheirDeclarationsSay() {
    assertThat(shown(new Stage.SelectFields(null, Document.of("type", "Detections"), false)))
        .containsExactly("cats");
    assertThat(shown(new Stage.SelectFields(List.of("b"), "PEO", false)))
        .containsExactlyInAnyOrder("b", "people");
    assertThat(shown(new Stage.ExcludeFields(null, Document.of("name", "t"), false)))
        .containsExactlyInAnyOrder("n", "x", "b", "people");
    Document nested = Document.of("name", "label", "include_nested_fields", true);
    Stage nameless = new Stage.ExcludeFields(null, nested, false);
    assertThat(ask(Aggregation.count("cats.detections.label"), nameless)).isEqualTo(0L);
    assertThat(ask(Aggregation.count("cats.detections"), nameless)).isEqualTo(2L);
  }

  private List<String> shown(Stage stage) {
    return ViewSchema.of(dataset.info(), view(stage)).sampleFields().stream()
        .map(FieldSpec::name)
        .toList();
  }

  @Test
  void aFieldOfLabelsCanBeNamedByItsList() {
    Document cats = Document.of("$eq", List.of("$$this.label", "cat"));
    Stage filtered = new Stage.FilterLabels("cats.detections", cats, true, false);
    assertThat(ask(Aggregation.values("cats.detections.label"), filtered))
        .isEqualTo(List.of(List.of("cat")));
  }

  @Test
  void valuesCanBeSetAnywhereInADictionary() {
    load("{'mediaType': 'image', 'samples': [{'id': 'S1', 'fields': {'any': {'k': 1}}}]}");
    Stage deep = new Stage.SetField("any.deep.er", 2, false);
    assertThat(samples(deep).get(0).fields().get("any"))
        .isEqualTo(Document.of("k", 1, "deep", Document.of("er", 2)));
    assertThatThrownBy(() -> ids(new Stage.SetField("nope.deep", 2, false)))
        .extracting("code")
        .isEqualTo(ErrorCode.UNKNOWN_FIELD);
  }

  @Test
  void aMatchNeedsConditions() {
    assertThatThrownBy(() -> ids(new Stage.Match("n")))
        .hasMessageContaining("match needs an expression or an object with conditions, not n");
    assertThatThrownBy(() -> ids(new Stage.SortBy(List.of(), false, false)))
        .hasMessageContaining("at least one sort key");
  }

  @Test
  void theFramesThemselvesCanBeHidden() {
    load(DRIVE);
    Stage hidden = new Stage.ExcludeFields(List.of("frames"), null, false);
    assertThat(dataset.read(view(hidden)).get(0).frames()).isEmpty();
    assertThat(ask(Aggregation.count("frames"), hidden)).isEqualTo(0L);
  }

  @Test
  void samplesAreSelectedByIdsOfTwentyFourDigits() {
    assertThat(ids(new Stage.SelectBy("id", List.of(id("S2")), false))).containsExactly("S2");
    assertThatThrownBy(() -> ids(new Stage.ExcludeBy("id", List.of("cat"))))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("'cat' is not an id of 24 hexadecimal digits");
  }

  @Test
  void aProjectionOfAPipelineShowsOrHidesPaths() {
    Document hidden =
        Document.of("n", 0, "cats", Document.of("detections", Document.of("area", 0)));
    Stage hiding = new Stage.Mongo(List.of(Document.of("$project", hidden)), null, null);
    assertThat(samples(hiding).get(0).fields()).containsKey("x").doesNotContainKey("n");
    assertThat(ask(Aggregation.values("cats.detections.area"), hiding).toString())
        .doesNotContain("4");
    assertThat(ask(Aggregation.values("cats.detections.seen"), hiding).toString()).contains("left");

    Document shown =
        Document.of("n", Document.of("$add", List.of("$n", 1)), "cats.detections.label", 1);
    Stage showing = new Stage.Mongo(List.of(Document.of("$project", shown)), null, null);
    assertThat(samples(showing).get(0).fields().keySet()).containsExactlyInAnyOrder("n", "cats");
    assertThat(ask(Aggregation.values("n"), showing)).isEqualTo(List.of(4, 0));
    assertThat(ask(Aggregation.values("cats.detections.label"), showing).toString())
        .contains("lion");
    Document mixed = Document.of("n", 1, "x", 0);
    assertThatThrownBy(
            () -> samples(new Stage.Mongo(List.of(Document.of("$project", mixed)), null, null)))
        .hasMessageContaining("Cannot do exclusion on field x in inclusion projection");
  }

  private static Stage pipeline(Document... steps) {
    return new Stage.Mongo(List.of(steps), null, null);
  }

  private static Document convert(String input, Object to) {
    return Document.of("input", input, "to", to);
  }

  private Object computed(Document expression) {
    Stage computing = pipeline(Document.of("$set", Document.of("any", expression)));
    return dataset.read(view(computing)).get(0).sample().fields().getOrDefault("any", "missing");
  }

  @Test
  void aPipelineTakesSamplesByChanceAndCountsThem() {
    assertThat(samples(pipeline(Document.of("$sample", Document.of("size", 5))))).hasSize(2);
    assertThat(samples(pipeline(Document.of("$sample", Document.of("size", 1))))).hasSize(1);
    assertThat(samples(pipeline(Document.of("$sample", Document.of("size", 0))))).isEmpty();
    assertThatThrownBy(() -> samples(pipeline(Document.of("$sample", Document.of("size", -1)))))
        .hasMessageContaining("28747");

    Stage counted = pipeline(Document.of("$count", "number"));
    assertThat(dataset.count(view(counted))).isEqualTo(1);
    Stage two = pipeline(Document.of("$match", Document.of("number", 2)));
    Stage sorted = pipeline(Document.of("$sort", Document.of("number", 1)));
    assertThat(dataset.count(view(counted, sorted, two))).isEqualTo(1);
    Stage none = pipeline(Document.of("$match", Document.of("n", 99)));
    assertThat(dataset.count(view(none, counted))).isZero();
    assertThatThrownBy(() -> samples(pipeline(Document.of("$count", "a.b"))))
        .hasMessageContaining("40160");
  }

  @Test
  void convertSaysWhatComesInPlaceOfErrorsAndNulls() {
    load(
        "{'mediaType': 'image', 'samples': [{'id': 'S1', 'fields':"
            + " {'any': {'text': 'x', 'digits': '7', 'part': 2.7, 'list': [1]}}}]}");
    assertThat(computed(Document.of("$convert", convert("$any.digits", "int")))).isEqualTo(7);
    assertThat(computed(Document.of("$convert", convert("$any.part", 18)))).isEqualTo(2L);
    assertThat(
            computed(Document.of("$convert", convert("$any.text", "int").with("onError", "bad"))))
        .isEqualTo("bad");
    assertThat(computed(Document.of("$convert", convert("$any.list", "int").with("onError", -1))))
        .isEqualTo(-1);
    assertThat(computed(Document.of("$convert", convert("$nope", "int").with("onNull", 0))))
        .isEqualTo(0);
    assertThatThrownBy(() -> computed(Document.of("$convert", convert("$any.text", "int"))))
        .hasMessageContaining("Failed to parse number 'x'");
    assertThatThrownBy(
            () -> computed(Document.of("$convert", convert("$any.text", "foo").with("onError", 1))))
        .hasMessageContaining("Unknown type name: foo");
  }

  @Test
  void getFieldTakesAPropertyByItsName() {
    load(
        "{'mediaType': 'image', 'samples': [{'id': 'S1', 'fields': {'n': 3, 'any':"
            + " {'odd': {'a.b': 1, '$p': 2}, 'list': [{'a': 1}]}}}]}");
    Document literal = Document.of("$literal", "$p");
    assertThat(computed(Document.of("$getField", "n"))).isEqualTo(3);
    assertThat(computed(Document.of("$getField", Document.of("field", "a.b", "input", "$any.odd"))))
        .isEqualTo(1);
    assertThat(
            computed(Document.of("$getField", Document.of("field", literal, "input", "$any.odd"))))
        .isEqualTo(2);
    assertThat(computed(Document.of("$getField", Document.of("field", "a", "input", "$any.list"))))
        .isEqualTo("missing");
    assertThatThrownBy(
            () ->
                computed(Document.of("$getField", Document.of("field", "$n", "input", "$any.odd"))))
        .hasMessageContaining("constant");
  }

  @Test
  void whatIsSortedBehindAUnionIsShownAsItCame() {
    Stage lions = new Stage.FilterLabels("cats", lion(), true, false);
    Stage all = new Stage.Concat(Document.of("stages", List.of()));
    Stage sorted = new Stage.SortBy("n", true, null);

    assertThat(ask(Aggregation.values("cats.detections.label"), lions, all, sorted).toString())
        .isEqualTo("[[lion], [cat, lion], null]");
  }

  private static Document lion() {
    return Document.of("$eq", List.of("$$this.label", "lion"));
  }

  // --- derived samples --------------------------------------------------------------------------

  @Test
  void keypointsMakePatches() {
    assertThat(ids(new Stage.ToPatches("people", null, null))).containsExactly("K1");
  }

  @Test
  void clipsKeepTheirRangeAndTheStoredFrames() {
    load(DRIVE);
    Stage doubled =
        new Stage.SetField("frames.v", Document.of("$multiply", List.of("$$this.v", 2)), false);
    Stage clips = new Stage.ToClips(Document.of("$gt", List.of("$v", 1)), null, null);
    ViewDefinition view = view(doubled, clips, new Stage.SelectFields(null, null, false));
    assertThat(ViewSchema.of(dataset.info(), view).sampleFields())
        .extracting("name")
        .containsExactly("support");
    ViewAnswers.Shown clip = dataset.read(view(doubled, clips)).get(0);
    assertThat(clip.sample().fields()).containsEntry("support", List.of(1, 2));
    assertThat(clip.frames().stream().map(Frame::fields).map(f -> f.get("v")))
        .containsExactly(1, 5);
  }

  @Test
  void clipsCanBeListedForEachSample() {
    load(DRIVE);
    List<?> supports = List.of(List.of(List.of(2, 3), List.of(1, 1)));
    Stage clips = new Stage.ToClips(supports, null, null);
    assertThat(ask(Aggregation.values("support"), clips))
        .isEqualTo(List.of(List.of(2, 3), List.of(1, 1)));
    assertThat(ask(Aggregation.sum("frames.v"), clips, Stages.limit(1))).isEqualTo(5);
    Stage wrong = new Stage.ToClips(List.of(List.of(List.of(2))), null, null);
    assertThatThrownBy(() -> ids(wrong))
        .hasMessageContaining("a clip is [first frame, last frame]");
  }

  @Test
  void aFrameThatClipsShareIsShownOnce() {
    load(DRIVE);
    List<?> supports = List.of(List.of(List.of(1, 2), List.of(2, 3)));
    Stage clips = new Stage.ToClips(supports, null, null);
    Stage frames = new Stage.ToFrames(Document.of("sample_frames", false), null);
    assertThat(ids(clips, frames)).containsExactly("S1#1", "S1#2", "S1#3");
  }

  @Test
  void groupsAreNotGroupedAgain() {
    Stage groups = new Stage.GroupBy("b", null, false, false, null, null, null, null);
    assertThatThrownBy(() -> ids(groups, groups))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("grouped by a value already");
    assertThat(ids(groups, Stages.flatten(), groups)).containsExactly("S1", "S2");
  }

  @Test
  void groupsOfFramesFlattenToFrames() {
    load(DRIVE);
    Stage frames = new Stage.ToFrames(Document.of("sample_frames", false), null);
    Stage groups =
        new Stage.GroupBy("sample_id", "frame_number", false, false, null, null, null, null);
    ViewDefinition flat =
        view(frames, groups, Stages.sortBy("id", false), Stages.flatten(Stages.skip(1)));
    assertThat(ViewSchema.of(dataset.info(), flat).mediaType().id()).isEqualTo("image");
    assertThat(ids(flat.stages().toArray(Stage[]::new))).containsExactly("S1#2", "S1#3");
  }

  @Test
  void groupsOfVideosHaveFrames() {
    load(DRIVE);
    Stage groups = new Stage.GroupBy("filepath", null, false, false, null, null, null, null);
    assertThat(ask(Aggregation.sum("frames.v"), groups)).isEqualTo(6);
    assertThat(ViewSchema.of(dataset.info(), view(groups)).frameFields())
        .extracting("name")
        .containsExactly("v", "w");
    assertThat(dataset.read(view(groups)).get(0).frames()).hasSize(3);
    assertThatThrownBy(() -> ids(groups, new Stage.ToFrames(null, null)))
        .isInstanceOf(PostilException.class);
  }

  @Test
  void groupsThatAreFlattenedAreThoseThatStagesBetweenChose() {
    Stage groups = new Stage.GroupBy("b", null, false, false, null, null, null, null);
    Stage[] chosen = {groups, Stages.match(F("n").gt(0)), Stages.flatten()};
    assertThat(ids(chosen)).containsExactly("S1");
    assertThat(dataset.count(view(chosen))).isEqualTo(1);
  }

  @Test
  void theShownSliceSelectedByItselfKeepsWhatStagesMadeOfIt() {
    load(CAMERAS);
    Stage counted = new Stage.SetField("n", 7, false);
    assertThat(ask(Aggregation.values("n"), counted, slice("left"))).isEqualTo(List.of(7));
    assertThat(ask(Aggregation.values("n"), counted, slice("right"))).isEqualTo(List.of(2));
  }

  private static Stage slice(String name) {
    return new Stage.SelectGroupSlices(name, null, true, false, false);
  }

  @Test
  void theShownSliceIsOneOfThoseThatRemain() {
    load(CAMERAS);
    Stage counted = Stages.match(F("n").gt(0));
    assertThat(ids(counted, new Stage.ExcludeGroupSlices("left", null))).containsExactly("S2");
    assertThat(ids(new Stage.ExcludeGroupSlices("nope", null))).containsExactly("S1");
    assertThat(ids(new Stage.ExcludeGroupSlices(null, "image"))).isEmpty();
  }
}
