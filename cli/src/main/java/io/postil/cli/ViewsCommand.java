package io.postil.cli;

import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postil views}. */
@Command(
    name = "views",
    description = "List, save and delete views.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ViewsCommand.ListViews.class,
      ViewsCommand.Save.class,
      ViewsCommand.Delete.class
    },
    footer = {"", "Example: postil views list street"})
final class ViewsCommand extends Group {
  @Command(
      name = "list",
      description = "List the saved views of a dataset.",
      footer = {"", "Example: postil views list street --json"})
  static final class ListViews extends RunsCommand.OfDataset {
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
    @Parameters(index = "1", paramLabel = "NAME", description = "The name of the view.")
    String name = "";
  }

  @Command(
      name = "save",
      description = "Save a view under a name, in place of the one that had it.",
      footer = {
        "",
        "Example: postil views save street confident --view"
            + " 'filterLabels(predictions, confidence > 0.8)'"
      })
  static final class Save extends OfView {
    @Option(
        names = "--view",
        required = true,
        paramLabel = "VIEW",
        description = "Stages as text, serialised stages as JSON or in a JSON file, or a name.")
    private String text = "";

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

  @Command(
      name = "delete",
      description = "Forget a saved view; the samples stay.",
      footer = {"", "Example: postil views delete street confident"})
  static final class Delete extends OfView {
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
}
