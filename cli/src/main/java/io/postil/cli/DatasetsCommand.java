package io.postil.cli;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code postil datasets}. */
final class DatasetsCommand extends Group {
  DatasetsCommand() {
    super(
        command("list", ListDatasets::new),
        command("info", Info::new),
        command("head", Head::new),
        command("stats", Stats::new),
        command("aggregate", AggregateCommand::new),
        command("import", ImportCommand::new),
        command("export", ExportCommand::new),
        command("rename", Rename::new),
        command("delete", Delete::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("List, import, export and manage datasets.")
        .footer("Example: postil datasets import photos --data ~/photos");
  }

  static final class ListDatasets extends Command {
    private final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax.description("List the datasets.").footer("Example: postil datasets list --json");
      common.syntax(syntax);
    }

    @Override
    public Integer call() {
      try (Workspace workspace = common.open()) {
        List<Document> datasets = new ArrayList<>();
        for (DatasetInfo info : workspace.store().list()) {
          long samples = workspace.store().open(info.name()).count(ViewDefinition.ALL);
          datasets.add(
              Document.builder()
                  .put("name", info.name())
                  .put("samples", samples)
                  .put("media_type", info.mediaType().id())
                  .put("created_at", info.createdAt().toString())
                  .build());
        }
        print(datasets);
      }
      return 0;
    }

    private void print(List<Document> datasets) {
      if (common.json()) {
        common.out().println(Json.write(Values.list(datasets)));
      } else if (datasets.isEmpty()) {
        common.out().println("No datasets. Load one: postil zoo load quickstart");
      } else {
        TextTable table = new TextTable("name", "samples", "media", "created");
        for (Document d : datasets) {
          table.row(
              d.getString("name", ""),
              d.getLong("samples", 0),
              d.getString("media_type", ""),
              d.getString("created_at", ""));
        }
        table.print(common.out());
      }
    }
  }

  static final class Info extends RunsCommand.OfDataset {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Show what a dataset is made of.")
          .footer("Example: postil datasets info quickstart");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      DatasetInfo info = dataset.info();
      Document.Builder fields = Document.builder();
      info.sampleFields().forEach(f -> fields.put(f.name(), f.describe()));
      info.frameFields().forEach(f -> fields.put(DatasetInfo.FRAMES + f.name(), f.describe()));
      Document.Builder classes = Document.builder();
      info.classes().forEach((field, names) -> classes.put(field, Values.list(names)));
      common.print(
          Document.builder()
              .put("name", info.name())
              .put("id", info.id().toString())
              .put("media_type", info.mediaType().id())
              .put("samples", dataset.count())
              .put("created_at", info.createdAt().toString())
              .put("tags", Values.list(info.tags()))
              .put("fields", fields.build())
              .put("classes", classes.build())
              .put("saved_views", Values.list(dataset.savedViews()))
              .put("database", workspace.store().location())
              .putIfPresent("change_in_progress", dataset.stored().changeInProgress())
              .build());
    }
  }

  static final class Head extends RunsCommand.OfDataset {
    private int samples;
    private final ViewOptions view = new ViewOptions();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Show the first samples of a dataset or a view.")
          .footer("Example: postil datasets head quickstart --samples 3 --json");
      syntax
          .option(
              int.class,
              "--samples",
              "N",
              "How many (default: ${DEFAULT-VALUE}).",
              v -> samples = v)
          .defaultValue("3");
      view.syntax(syntax);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      try (SampleCursor cursor = view.of(dataset).limit(samples).cursor()) {
        if (common.json()) {
          Json.writeList(cursor, this::document, common.out());
          common.out().println();
        } else {
          cursor.forEachRemaining(sample -> common.print(document(sample)));
        }
      }
    }

    private Document document(Sample sample) {
      Document.Builder document =
          Document.builder()
              .put("id", sample.id().toString())
              .put("filepath", sample.filepath())
              .put("tags", Values.list(sample.tags()))
              .put("metadata", sample.metadata());
      sample.fields().forEach((name, value) -> document.put(name, value(value)));
      return document.build();
    }

    /** A label whole for a script, in a few words for a person. */
    private Object value(Object value) {
      if (!(value instanceof Label label)) {
        return value;
      }
      if (common.json()) {
        return LabelDocuments.toDocument(label);
      }
      return label instanceof LabelList<?> list
          ? label.className() + " with " + list.labels().size() + " labels"
          : label.className() + " " + label.property("label");
    }
  }

  static final class Stats extends RunsCommand.OfDataset {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Count labels by field and class.")
          .footer("Example: postil datasets stats quickstart");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      Document.Builder fields = Document.builder();
      DatasetInfo info = dataset.info();
      info.sampleFields().forEach(f -> count(dataset, "", f, fields));
      info.frameFields().forEach(f -> count(dataset, DatasetInfo.FRAMES, f, fields));
      common.print(Document.of("samples", dataset.count(), "labels", fields.build()));
    }

    private static void count(
        Dataset dataset, String prefix, FieldSpec field, Document.Builder out) {
      String path = labelPath(field);
      if (path == null) {
        return;
      }
      Map<@Nullable Object, Long> counts = dataset.countValues(prefix + path);
      Document.Builder classes = Document.builder();
      counts.entrySet().stream()
          .filter(e -> e.getKey() != null)
          .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
          .forEach(e -> classes.put(String.valueOf(e.getKey()), e.getValue()));
      out.put(prefix + field.name(), classes.build());
    }

    /** The path of the classes of a label field, or null for any other field. */
    private static @Nullable String labelPath(FieldSpec field) {
      String type = field.documentClass();
      if (!field.isLabel() || type == null) {
        return null;
      }
      String list = LabelAttributes.listName(field);
      return switch (type) {
        case "Classification", "Detection", "Polyline", "Keypoint", "TemporalDetection" ->
            field.name() + ".label";
        default -> list == null ? null : field.name() + "." + list + ".label";
      };
    }
  }

  static final class Rename extends RunsCommand.OfDataset {
    private String newName = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Rename a dataset.")
          .footer("Example: postil datasets rename street streets");
      syntax.parameter("NEW_NAME", "The new name.", v -> newName = v);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      String oldName = dataset.name();
      workspace.store().rename(oldName, newName);
      if (common.json()) {
        common.print(Document.of("renamed", oldName, "to", newName));
      } else {
        common.out().println("Renamed " + oldName + " to " + newName + ".");
      }
    }
  }

  static final class Delete extends RunsCommand.OfDataset {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Delete a dataset with its labels and runs; the media files stay.")
          .footer("Example: postil datasets delete street");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      String name = dataset.name();
      workspace.store().delete(name);
      if (common.json()) {
        common.print(Document.of("deleted", name));
      } else {
        common.out().println("Deleted " + name + "; its media files stay.");
      }
    }
  }
}
