package io.postil.cli;

import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.viewtext.AggregationText;
import io.postil.core.viewtext.ViewText;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import java.util.List;

/** {@code postil views}. */
final class ViewsCommand extends Group {
  ViewsCommand() {
    super(
        command("list", ListViews::new),
        command("save", Save::new),
        command("delete", Delete::new),
        command("syntax", ViewSyntax::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("List, save and delete views; say how they are written.")
        .footer("Example: postil views list street");
  }

  static final class ListViews extends RunsCommand.OfDataset {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("List the saved views of a dataset.")
          .footer("Example: postil views list street --json");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      List<SavedView> views = dataset.stored().savedViews();
      if (common.json()) {
        common
            .out()
            .println(Json.write(Values.list(views.stream().map(ListViews::document).toList())));
      } else if (views.isEmpty()) {
        common.out().println("No saved views.");
      } else {
        TextTable table = new TextTable("name", "stages");
        for (SavedView view : views) {
          List<String> stages =
              view.view().stages().stream()
                  .map(s -> s.toDocument().getString("_cls", ""))
                  .map(s -> s.substring(s.lastIndexOf('.') + 1))
                  .toList();
          table.row(view.name(), String.join(" | ", stages));
        }
        table.print(common.out());
      }
    }

    private static Document document(SavedView view) {
      return Document.of("name", view.name(), "stages", StageDocuments.toList(view.view()));
    }
  }

  /** A command about one saved view. */
  abstract static class OfView extends RunsCommand.OfDataset {
    String name = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax.parameter("NAME", "The name of the view.", v -> name = v);
    }
  }

  static final class Save extends OfView {
    private String text = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Save a view under a name, in place of the one that had it.")
          .footer(
              "Example: postil views save street confident --view"
                  + " 'filterLabels(predictions, confidence > 0.8)'");
      syntax
          .option(
              "--view",
              "VIEW",
              "Stages as text, serialised stages as JSON or in a JSON file, or a name.",
              v -> text = v)
          .required(true);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      View view = ViewOptions.read(dataset, text);
      long samples = view.count();
      dataset.saveView(name, view);
      if (common.json()) {
        common.print(Document.of("name", name, "samples", samples));
      } else {
        common.out().println("Saved " + name + ", which shows " + samples + " samples now.");
      }
    }
  }

  static final class Delete extends OfView {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Forget a saved view; the samples stay.")
          .footer("Example: postil views delete street confident");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      dataset.deleteSavedView(name);
      if (common.json()) {
        common.print(Document.of("deleted", name));
      } else {
        common.out().println("Deleted the view " + name + ".");
      }
    }
  }

  static final class ViewSyntax extends Command {
    private static final String INTRODUCTION =
        """
        A view is stages with | between them:
          filterLabels(predictions, confidence > 0.8 && eval == "fp")
            | sortBy(length(predictions.detections), desc) | limit(10)
        Expressions have the operators && || ! == != < <= > >= in + - * / % and [POSITION], the
        values 1.5, "text", true, null, [1, 2] and {name: value}, fields, and the functions below.
        In a filter a name is a property of the label or element, $name a field of the sample,
        and it the element itself. Arguments go by position or by name.
        """;

    private final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax
          .description("Say how views, expressions and aggregations are written as text.")
          .footer("Example: postil views syntax");
      common.syntax(syntax);
    }

    @Override
    public Integer call() {
      if (common.json()) {
        common.print(
            Document.of("stages", Values.list(ViewText.stages()))
                .with("functions", Values.list(ViewText.functions()))
                .with("aggregations", Values.list(AggregationText.signatures())));
        return 0;
      }
      common.out().println(INTRODUCTION);
      section("Stages", ViewText.stages());
      section("Functions, where x is what they are applied to", ViewText.functions());
      section("Aggregations, of postil datasets aggregate", AggregationText.signatures());
      return 0;
    }

    private void section(String title, List<String> lines) {
      common.out().println(title + ":");
      lines.forEach(line -> common.out().println("  " + line));
      common.out().println();
    }
  }
}
