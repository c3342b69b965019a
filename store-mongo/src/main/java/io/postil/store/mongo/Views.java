package io.postil.store.mongo;

import io.postil.core.query.RowSource;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import io.postil.store.mongo.ViewPipeline.Compiled;
import io.postil.store.mongo.ViewPipeline.Use;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers views. A view is one aggregation pipeline where {@link ViewPipeline} can say all of it;
 * otherwise the stages that choose samples at its beginning are, and the evaluator of the core does
 * the rest on what they give. Stateless.
 */
final class Views {
  private Views() {}

  /** The samples of a view; the action runs when the cursor is closed. */
  static SampleCursor read(
      DatasetReader reader, ViewDefinition view, Projection projection, Runnable onClose) {
    if (view.stages().isEmpty() && reader.info().group() == null) {
      return reader.scan(projection).onClose(onClose);
    }
    ViewSchema schema = ViewSchema.of(reader.info(), view);
    Compiled compiled = compile(reader, view, Use.READING);
    SampleCursor rows =
        isAll(compiled, view)
            ? new PipelineReader(reader, compiled, schema).scan(projection)
            : evaluator(reader, view, compiled).read(projection);
    return rows.onClose(onClose);
  }

  static long count(DatasetReader reader, ViewDefinition view) {
    if (view.stages().isEmpty() && reader.info().group() == null) {
      return reader.count();
    }
    ViewSchema schema = ViewSchema.of(reader.info(), view);
    Compiled compiled = compile(reader, view, Use.COUNT);
    return isAll(compiled, view)
        ? new PipelineReader(reader, compiled, schema).count()
        : evaluator(reader, view, compiled).count();
  }

  static List<@Nullable Object> aggregate(
      DatasetReader reader, ViewDefinition view, List<Aggregation> aggregations) {
    ViewSchema schema = ViewSchema.of(reader.info(), view);
    Compiled compiled = compile(reader, view, Use.SUMMARY);
    Map<Aggregation, @Nullable Object> results = new IdentityHashMap<>();
    if (isAll(compiled, view)) {
      PipelineReader rows = new PipelineReader(reader, compiled, schema);
      for (Aggregation aggregation : aggregations) {
        AggregationPipeline steps =
            AggregationPipeline.compile(reader, schema, compiled.frameSteps(), aggregation);
        if (steps != null) {
          results.put(aggregation, steps.result(rows));
        }
      }
    }
    List<Aggregation> rest = aggregations.stream().filter(a -> !results.containsKey(a)).toList();
    if (!rest.isEmpty()) {
      List<@Nullable Object> evaluated = evaluator(reader, view, compiled).aggregate(rest);
      for (int i = 0; i < rest.size(); i++) {
        results.put(rest.get(i), evaluated.get(i));
      }
    }
    List<@Nullable Object> all = new ArrayList<>();
    aggregations.forEach(a -> all.add(results.get(a)));
    return all;
  }

  private static Compiled compile(DatasetReader reader, ViewDefinition view, Use use) {
    return ViewPipeline.compile(reader.pipelineSource(), view, use);
  }

  private static boolean isAll(Compiled compiled, ViewDefinition view) {
    return compiled.stages() == view.stages().size();
  }

  /** Evaluates on what the server chose, if that is all the other stages need to see. */
  private static ViewEvaluator evaluator(
      DatasetReader reader, ViewDefinition view, Compiled compiled) {
    List<Stage> rest = view.stages().subList(compiled.stages(), view.stages().size());
    boolean splits =
        compiled.stages() > 0
            && compiled.whole()
            && reader.info().group() == null
            && rest.stream().noneMatch(Views::seesWholeDataset);
    if (!splits) {
      return new ViewEvaluator(reader, view);
    }
    RowSource chosen = new PipelineReader(reader, compiled, null);
    return new ViewEvaluator(chosen, new ViewDefinition(rest));
  }

  private static boolean seesWholeDataset(Stage stage) {
    return stage instanceof Stage.Concat
        || stage instanceof Stage.GroupBy
        || stage instanceof Stage.Flatten
        || stage instanceof Stage.SelectGroupSlices
        || stage instanceof Stage.ExcludeGroupSlices;
  }
}
