package io.postil.cli;

import io.postil.core.value.Document;
import io.postil.core.view.Aggregation;
import io.postil.core.viewtext.AggregationText;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postil datasets aggregate}. */
final class AggregateCommand extends RunsCommand.OfDataset {
  private List<String> questions = new ArrayList<>();
  private final ViewOptions view = new ViewOptions();

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax
        .description("Answer questions about the values of a dataset or view, all in one pass.")
        .footer(
            "Questions: count, countValues, distinct, bounds, min, max, sum, mean, std, quantiles,",
            "histogramValues, values, schema, listSchema; each of a path or a formula.",
            "Examples:",
            "  postil datasets aggregate street 'countValues(predictions.detections.label)'"
                + " 'mean(predictions.detections.confidence)'",
            "  postil datasets aggregate street 'quantiles(score, [0.1, 0.5, 0.9])'"
                + " 'histogramValues(score, bins=20, range=[0, 1])' --view 'matchTags(val)' --json");
    syntax.parameters("QUESTION", "Such as 'mean(score)'.", v -> questions = v).arity("1..*");
    view.syntax(syntax);
  }

  @Override
  void run(Workspace workspace, Dataset dataset) {
    List<Aggregation> aggregations = questions.stream().map(AggregationText::parse).toList();
    List<@Nullable Object> answers = view.of(dataset).aggregate(aggregations);
    Document.Builder out = Document.builder();
    for (int i = 0; i < answers.size(); i++) {
      out.put(questions.get(i), answers.get(i));
    }
    common.print(out.build());
  }
}
