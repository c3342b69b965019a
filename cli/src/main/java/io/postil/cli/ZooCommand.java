package io.postil.cli;

import io.postil.core.dataset.MediaType;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.Workspace;
import io.postil.zoo.Zoo;
import org.jspecify.annotations.Nullable;

/** {@code postil zoo}. */
final class ZooCommand extends Group {
  ZooCommand() {
    super(command("list", ListSamples::new), command("load", Load::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Load sample datasets.")
        .footer("Example: postil zoo load quickstart street --samples 20");
  }

  static final class ListSamples extends Command {
    private final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax.description("List the sample datasets.").footer("Example: postil zoo list");
      common.syntax(syntax);
    }

    @Override
    public Integer call() {
      if (common.json()) {
        common
            .out()
            .println(Json.write(Values.list(Zoo.list().stream().map(this::document).toList())));
        return 0;
      }
      TextTable table = new TextTable("name", "samples", "content");
      Zoo.list().forEach(e -> table.row(e.name(), e.samples(), e.description()));
      table.print(common.out());
      return 0;
    }

    private Document document(Zoo.Entry entry) {
      return Document.builder()
          .put("name", entry.name())
          .put("samples", entry.samples())
          .put("description", entry.description())
          .build();
    }
  }

  static final class Load extends Command {
    private String name = "";
    private @Nullable String dataset;
    private @Nullable Integer samples;
    private long seed;
    private final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax
          .description("Draw a sample dataset, if that has not happened yet, and load it.")
          .footer(
              "Examples:",
              "  postil zoo load quickstart",
              "  postil zoo load quickstart street --samples 20 --seed 7")
          .keepOrder();
      syntax.parameter("NAME", "The sample dataset.", v -> name = v);
      syntax
          .parameter("DATASET", "The name of the new dataset (default: NAME).", v -> dataset = v)
          .arity("0..1");
      syntax.option(Integer.class, "--samples", "N", "How many samples.", v -> samples = v);
      syntax
          .option(
              long.class,
              "--seed",
              "N",
              "Another number gives other pictures (default: ${DEFAULT-VALUE}).",
              v -> seed = v)
          .defaultValue("" + Zoo.SEED);
      common.syntax(syntax);
    }

    @Override
    public Integer call() {
      String target = dataset == null ? name : dataset;
      try (Workspace workspace = common.open()) {
        StoredDataset loaded =
            Zoo.load(
                workspace.store(),
                name,
                target,
                workspace.home(),
                samples,
                seed,
                common.progress());
        long count = loaded.count(ViewDefinition.ALL);
        if (common.json()) {
          common.print(Document.of("dataset", target, "samples", count));
        } else {
          String media = loaded.info().mediaType() == MediaType.VIDEO ? "video" : "image";
          common
              .out()
              .println(
                  "Loaded " + target + ": " + count + " " + media + (count == 1 ? "" : "s") + ".");
        }
      }
      return 0;
    }
  }
}
