package io.postil.engine.views;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.Stages;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.testkit.GoldenCompare;
import io.postil.testkit.GoldenDataset;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people write with the library's methods is what FiftyOne serialises for the same Python:
 * each recorded case is built again from its text, method by method.
 */
@Tag("views")
class FluentApiTest {
  /** Operators that no recorded case uses, with the form MongoDB's manual gives. */
  private static final Map<Expression, String> OTHERS = new LinkedHashMap<>();

  static {
    Expression x = F("x");
    OTHERS.put(x.floor(), "{'$floor': '$x'}");
    OTHERS.put(x.ceil(), "{'$ceil': '$x'}");
    OTHERS.put(x.exp(), "{'$exp': '$x'}");
    OTHERS.put(x.log(2), "{'$log': ['$x', 2]}");
    OTHERS.put(x.log10(), "{'$log10': '$x'}");
    OTHERS.put(x.trunc(), "{'$trunc': ['$x', 0]}");
    OTHERS.put(x.trunc(1), "{'$trunc': ['$x', 1]}");
    OTHERS.put(x.sin(), "{'$sin': '$x'}");
    OTHERS.put(x.cos(), "{'$cos': '$x'}");
    OTHERS.put(x.tan(), "{'$tan': '$x'}");
    OTHERS.put(x.sinh(), "{'$sinh': '$x'}");
    OTHERS.put(x.cosh(), "{'$cosh': '$x'}");
    OTHERS.put(x.tanh(), "{'$tanh': '$x'}");
    OTHERS.put(x.arcsin(), "{'$asin': '$x'}");
    OTHERS.put(x.arccos(), "{'$acos': '$x'}");
    OTHERS.put(x.arctan(), "{'$atan': '$x'}");
    OTHERS.put(x.arcsinh(), "{'$asinh': '$x'}");
    OTHERS.put(x.arccosh(), "{'$acosh': '$x'}");
    OTHERS.put(x.arctanh(), "{'$atanh': '$x'}");
    OTHERS.put(x.setEquals(F("y")), "{'$setEquals': ['$x', '$y']}");
    OTHERS.put(
        x.endsWith("a.b"),
        "{'$regexMatch': {'input': '$x', 'regex': 'a\\\\.b$', 'options': null}}");
    OTHERS.put(
        x.containsStr(List.of("a", "b"), false),
        "{'$regexMatch': {'input': '$x', 'regex': '(a|b)', 'options': 'i'}}");
    OTHERS.put(
        x.matchesStr(List.of("a", "b"), true),
        "{'$regexMatch': {'input': '$x', 'regex': '^(a|b)$', 'options': null}}");
    OTHERS.put(Expression.rand(), "{'$rand': {}}");
    OTHERS.put(
        Expression.randint(3, 5), "{'$floor': {'$add': [{'$multiply': [{'$rand': {}}, 2]}, 3]}}");
    OTHERS.put(Expression.range(3), "{'$range': [0, 3]}");
    OTHERS.put(
        Expression.enumerate(x, 0),
        "{'$zip': {'inputs': [{'$range': [0, {'$add': [0, {'$size': {'$ifNull': ['$x', []]}}]}]},"
            + " '$x']}}");
    OTHERS.put(
        Expression.zipLongest(List.of(x, F("y"))),
        "{'$zip': {'inputs': ['$x', '$y'], 'useLongestLength': true}}");
    OTHERS.put(
        Expression.zip(List.of(x, F("y")), List.of(0, 1)),
        "{'$zip': {'inputs': ['$x', '$y'], 'useLongestLength': true, 'defaults': [0, 1]}}");
  }

  @TempDir Path home;

  @TestFactory
  Stream<DynamicTest> recordedCases() throws IOException {
    Path directory = SharedFiles.cases("views", "golden/views");
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(f -> f.toString().endsWith(".json")).sorted().toList().stream()
          .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> build(f)));
    }
  }

  private void build(Path file) throws IOException {
    Document recorded = Json.readDocument(Files.readString(file));
    if (!recorded.contains("view")
        || recorded.contains("evaluate")
        || OTHERWISE.contains(file.getFileName().toString())) {
      return;
    }
    GoldenDataset golden =
        new GoldenDataset(recorded.getDocument("dataset"), recorded.getDocument("rand"));
    URI database = URI.create("sqlite:" + home.resolve(file.getFileName() + ".db"));
    try (Workspace workspace = Workspace.open(home, database, Map.of())) {
      StoredDataset stored = golden.createIn(workspace.store());
      Map<String, @Nullable Object> names = new HashMap<>();
      names.put("ds", workspace.dataset(stored.info().name()));
      String text = recorded.getString("text", "");
      if (!text.isEmpty() && isWritten(text)) {
        View view = (View) evaluate(text, names, golden);
        assertThat(
                differences(
                    golden.resolve(recorded.get("view")), StageDocuments.toList(view.definition())))
            .as(text)
            .isEmpty();
      }
      recorded
          .getDocument("aggregate")
          .forEach((key, a) -> aggregation((Document) a, names, golden));
    }
  }

  /**
   * Cases that the methods write otherwise, or cannot write: a comparison that Python turns round,
   * a text that is no id, an id that is not recorded.
   */
  private static final Set<String> OTHERWISE =
      Set.of(
          "stage-filter-labels-root-score.json",
          "stage-select-select-bad-id.json",
          "stage-select-select-unknown-id.json");

  /** Raw documents in place of expressions are for {@link Stage}, not for the methods. */
  private static boolean isWritten(String text) {
    boolean rawFilter = text.contains("filter_labels('gt', {") || text.contains("match(True)");
    boolean severalReversed = text.contains("sort_by([") && text.contains("reverse=True");
    return !rawFilter
        && !severalReversed
        && !text.contains("select([True")
        && !text.contains("media_type=");
  }

  private static @Nullable Object evaluate(
      String text, Map<String, @Nullable Object> names, GoldenDataset golden) {
    return new PythonEvaluator(text, names, s -> String.valueOf(golden.resolve("@" + s)))
        .evaluate();
  }

  private static void aggregation(
      Document recorded, Map<String, @Nullable Object> names, GoldenDataset golden) {
    if (recorded.getString("op") == null) {
      return;
    }
    String text = recorded.getString("text", "");
    Aggregation made = (Aggregation) evaluate(text, names, golden);
    assertThat(made.op()).as(text).isEqualTo(recorded.getString("op"));
    assertThat(made.field()).as(text).isEqualTo(recorded.getString("field"));
    Expression expression = made.expression();
    Object form =
        expression == null ? null : expression.toValue(made.field() == null ? null : "$$expr");
    assertThat(differences(golden.resolve(recorded.get("expr")), form)).as(text).isEmpty();
    Document arguments = recorded.getDocument("args");
    Document mine =
        arguments.contains("bins") ? made.arguments() : made.arguments().without("bins");
    assertThat(differences(golden.value(arguments), mine)).as(text).isEmpty();
  }

  private static List<String> differences(@Nullable Object wanted, @Nullable Object made) {
    return GoldenCompare.differences(comparable(wanted), comparable(made));
  }

  /**
   * The recordings leave out that FiftyOne makes an index for a sort, and write one field as text
   * or list.
   */
  private static @Nullable Object comparable(@Nullable Object value) {
    return switch (value) {
      case List<?> list -> {
        if (isIndex(list)) {
          yield List.of();
        }
        yield list.size() == 1 && list.get(0) instanceof String one
            ? one
            : Values.list(list.stream().map(FluentApiTest::comparable).toList());
      }
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach((name, v) -> out.put(name, comparable(v)));
        yield out.build();
      }
      case null -> null;
      default -> value;
    };
  }

  private static boolean isIndex(List<?> pair) {
    return pair.size() == 2 && "create_index".equals(pair.get(0));
  }

  @Test
  void otherOperatorsHaveMongosForm() {
    OTHERS.forEach(
        (expression, json) ->
            assertThat(differences(Json.read(json.replace('\'', '"')), expression.toValue()))
                .as(json)
                .isEmpty());
  }

  @Test
  void everyStageHasAMethodAndAFactory() {
    for (Class<?> stage : Stage.class.getPermittedSubclasses()) {
      if (stage != Stage.Unknown.class) {
        String name = stage.getSimpleName();
        String method = Character.toLowerCase(name.charAt(0)) + name.substring(1);
        assertThat(names(View.class.getMethods())).contains(method);
        assertThat(names(Stages.class.getMethods())).contains(method);
      }
    }
  }

  @Test
  void everyOperatorIsTried() throws IOException {
    String tried =
        Stream.of("PythonEvaluator", "PythonMethods", "FluentApiTest")
            .map(FluentApiTest::source)
            .collect(Collectors.joining());
    Set<String> untried = new TreeSet<>();
    for (Method method : Expression.class.getMethods()) {
      boolean operator = method.getReturnType() == Expression.class;
      if (operator && !tried.contains("." + method.getName() + "(")) {
        untried.add(method.getName());
      }
    }
    untried.removeAll(List.of("in", "parse", "of", "literal", "operation", "F"));
    assertThat(untried).isEmpty();
  }

  private static String source(String name) {
    try {
      Path sources = Path.of("src/test/java/io/postil/engine/views");
      return Files.readString(sources.resolve(name + ".java"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Set<String> names(Method[] methods) {
    return Arrays.stream(methods).map(Method::getName).collect(Collectors.toSet());
  }

  @Test
  void seedsMeanWhatTheyMeanInPython() {
    List<Object> randints = new ArrayList<>();
    for (long seed : new long[] {51, 7, 1}) {
      randints.add(((Stage.Shuffle) Stages.shuffle(seed)).randint());
    }
    assertThat(randints).isEqualTo(List.of(705516342L, 4952859575L, 9177024629L));
  }
}
