package io.postil.cli;

import io.postil.core.dataset.MediaType;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.Workspace;
import io.postil.zoo.Zoo;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postil zoo}. */
@Command(
    name = "zoo",
    description = "Load sample datasets.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: postil zoo load quickstart street --samples 20"})
final class ZooCommand extends Group {
  ZooCommand() {
    super(ListSamples.class, Load.class);
  }

  @Command(
      name = "list",
      description = "List the sample datasets.",
      footer = {"", "Example: postil zoo list"})
  static final class ListSamples implements Callable<Integer> {
    @Mixin private Common common = new Common();

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

  @Command(
      name = "load",
      sortOptions = false,
      description = "Draw a sample dataset, if that has not happened yet, and load it.",
      footer = {
        "",
        "Examples:",
        "  postil zoo load quickstart",
        "  postil zoo load quickstart street --samples 20 --seed 7"
      })
  static final class Load implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "The sample dataset.")
    private String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "DATASET",
        description = "The name of the new dataset (default: NAME).")
    private @Nullable String dataset;

    @Option(names = "--samples", paramLabel = "N", description = "How many samples.")
    private @Nullable Integer samples;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "" + Zoo.SEED,
        description = "Another number gives other pictures (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin private Common common = new Common();

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
