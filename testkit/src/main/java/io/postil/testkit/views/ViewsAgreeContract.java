package io.postil.testkit.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.GoldenCompare;
import io.postil.testkit.views.ViewAnswers.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * A store gives for any view of any dataset what {@link NaiveViews} gives: the same samples and
 * labels in the same order, the same counts and aggregations, or an error as well. Extend it for a
 * store, and say with jqwik's {@code @PropertyDefaults(tries = ..)} how many datasets to try.
 *
 * <p>A failure prints the smallest case found as one line of JSON. Put it into {@code
 * found-cases.json} beside this class, and every store is held to it from then on.
 */
public abstract class ViewsAgreeContract {
  /** The same cases in each run; another number looks elsewhere. */
  private static final String SEED = "20261127";

  private @Nullable DatasetStore opened;

  /** Opens an empty store. */
  protected abstract DatasetStore open();

  /**
   * Whether the store may do the work of a stage before that of earlier stages, so that it can fail
   * for samples that those would have dropped. As databases do.
   */
  protected boolean reordersStages() {
    return false;
  }

  private DatasetStore store() {
    DatasetStore known = opened;
    if (known == null) {
      known = open();
      opened = known;
    }
    return known;
  }

  @AfterProperty
  void close() {
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }

  @Provide
  Arbitrary<ViewCase> cases() {
    return RandomDatasets.all()
        .flatMap(
            dataset -> {
              RandomViews views = RandomViews.of(dataset);
              Arbitrary<Document> question =
                  Combinators.combine(views.views(), views.aggregations().list().ofMaxSize(2))
                      .as(
                          (view, aggregates) ->
                              Document.of(
                                  "view",
                                  Values.list(view),
                                  "aggregates",
                                  Values.list(aggregates)));
              return question
                  .list()
                  .ofMinSize(1)
                  .ofMaxSize(5)
                  .map(questions -> new ViewCase(dataset, questions));
            });
  }

  @Property(seed = SEED, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
  void answersRandomViewsAsTheNaiveEvaluatorDoes(@ForAll("cases") ViewCase random) {
    assertThat(differences(random)).isEmpty();
  }

  @Example
  void answersWhatOnceWasFoundAsTheNaiveEvaluatorDoes() throws IOException {
    try (InputStream in = ViewsAgreeContract.class.getResourceAsStream("found-cases.json")) {
      String text =
          new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (Object found : (List<?>) java.util.Objects.requireNonNull(Json.read(text))) {
        ViewCase known = ViewCase.parse((Document) java.util.Objects.requireNonNull(found));
        assertThat(differences(known)).as("%s", known).isEmpty();
      }
    }
  }

  /** Counts what became of questions, for the report. */
  void collect(String what, String outcome) {
    Statistics.label(what).collect(outcome);
  }

  List<String> differences(ViewCase random) {
    List<String> differences = new ArrayList<>();
    ViewCase.Asked asked = random.createIn(store());
    try {
      NaiveViews naive = NaiveViews.of(asked.store());
      for (Document question : random.questions()) {
        differences.addAll(new Comparison(asked, naive, question).differences());
      }
    } finally {
      store().delete(asked.store().info().name());
    }
    return differences;
  }

  /** One question to both sides. */
  private final class Comparison {
    private final ViewCase.Asked asked;
    private final NaiveViews naive;
    private final Document question;
    private final ViewDefinition view;
    private final List<String> differences = new ArrayList<>();

    Comparison(ViewCase.Asked asked, NaiveViews naive, Document question) {
      this.asked = asked;
      this.naive = naive;
      this.question = question;
      this.view = asked.view(question);
    }

    List<String> differences() {
      compare(
          "samples",
          () -> naive.read(view),
          () -> asked.store().read(view),
          (expected, actual) -> differences.addAll(compareSamples(expected, actual)));
      compare(
          "count",
          () -> naive.count(view),
          () -> asked.store().count(view),
          (expected, actual) -> note("count", expected, actual));
      for (Object aggregate : question.getList("aggregates")) {
        Document d = (Document) java.util.Objects.requireNonNull(aggregate);
        compare(
            d.toString(),
            () -> Values.listOf(naive.aggregate(view, asked.aggregation(d))),
            () -> Values.listOf(asked.store().aggregate(view, asked.aggregation(d))),
            (expected, actual) ->
                note(d.toString(), result(d, expected.get(0)), result(d, actual.get(0))));
      }
      return differences;
    }

    private void note(String what, @Nullable Object expected, @Nullable Object actual) {
      GoldenCompare.differences(expected, actual).forEach(d -> differences.add(what + d + where()));
    }

    private String where() {
      return " in " + Json.write(question.getList("view"));
    }

    /** Asks both; an error of one alone is a difference, unless it may be. */
    private <T> void compare(
        String what,
        Supplier<T> expected,
        Supplier<T> actual,
        java.util.function.BiConsumer<T, T> comparison) {
      T wanted;
      try {
        wanted = expected.get();
      } catch (NotCovered e) {
        collect(what(what), "not covered");
        return;
      } catch (NaiveError e) {
        collect(what(what), "error");
        T found = answered(actual, true, what);
        // What a store never comes to, or need not know to count, it need not fail for.
        if (found != null && view.stages().size() <= 1 && !what.equals("count")) {
          differences.add(what + ": should fail: " + e.getMessage() + where());
        }
        return;
      }
      collect(what(what), "answered");
      T found = answered(actual, reordersStages() && view.stages().size() > 1, what);
      if (found != null) {
        comparison.accept(wanted, found);
      }
    }

    private static String what(String what) {
      return what.startsWith("{") ? "aggregations" : what;
    }

    private <T> @Nullable T answered(Supplier<T> actual, boolean mayFail, String what) {
      try {
        return actual.get();
      } catch (PostilException e) {
        if (!mayFail) {
          differences.add(what + ": failed: " + e.getMessage() + where());
        }
        return null;
      }
    }

    // --- samples ---------------------------------------------------------------------------------

    private List<String> compareSamples(List<Shown> expected, List<Shown> actual) {
      List<@Nullable Object> wanted = new ArrayList<>();
      List<@Nullable Object> found = new ArrayList<>();
      expected.forEach(s -> wanted.add(asked.described(s)));
      actual.forEach(s -> found.add(asked.described(s)));
      if (wanted.size() == found.size()) {
        for (int from = 0, to; from < expected.size(); from = to) {
          to = from + 1;
          while (to < expected.size() && expected.get(to).rank() == expected.get(from).rank()) {
            to++;
          }
          wanted.subList(from, to).sort(Comparator.comparing(ViewsAgreeContract::text));
          found.subList(from, to).sort(Comparator.comparing(ViewsAgreeContract::text));
        }
      }
      return GoldenCompare.differences(Values.list(wanted), Values.list(found)).stream()
          .map(d -> "samples" + d + where())
          .toList();
    }

    private boolean hasTies() {
      try {
        List<Shown> shown = naive.read(view);
        return shown.stream().map(Shown::rank).distinct().count() < shown.size();
      } catch (NotCovered e) {
        return false;
      }
    }

    // --- aggregations ----------------------------------------------------------------------------

    private @Nullable Object result(Document aggregate, @Nullable Object result) {
      Object recorded = asked.golden().recordStored(result);
      String op = aggregate.getString("op", "");
      boolean anyOrder = op.equals("CountValues") || op.equals("Values") && hasTies();
      if (recorded instanceof List<?> list && anyOrder) {
        return Values.list(
            list.stream().sorted(Comparator.comparing(ViewsAgreeContract::key)).toList());
      }
      return recorded;
    }
  }

  /** A value as text that does not depend on the order of properties. */
  private static String text(@Nullable Object value) {
    if (value instanceof Document d) {
      java.util.Map<String, String> sorted = new java.util.TreeMap<>();
      d.forEach((name, v) -> sorted.put(name, text(v)));
      return sorted.toString();
    }
    return value instanceof List<?> list
        ? list.stream().map(ViewsAgreeContract::text).toList().toString()
        : String.valueOf(value);
  }

  private static String key(@Nullable Object pair) {
    Object value = pair instanceof List<?> list && !list.isEmpty() ? list.get(0) : pair;
    return value instanceof Number n ? String.valueOf(n.doubleValue()) : String.valueOf(value);
  }
}
