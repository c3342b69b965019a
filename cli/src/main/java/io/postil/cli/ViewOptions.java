package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.value.ObjectId;
import io.postil.core.view.StageDocuments;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which part of a dataset a command is about. */
final class ViewOptions {
  private @Nullable String view;
  private List<String> select = new ArrayList<>();

  void syntax(Syntax syntax) {
    syntax.option(
        "--view",
        "VIEW",
        "A saved view's name, stages as text such as 'match(score > 0.5) | limit(10)', or"
            + " serialised stages as JSON or in a JSON file.",
        v -> view = v);
    syntax
        .options("--select", "ID", "Only the samples with these ids.", v -> select = v)
        .splitRegex(",");
  }

  /** The view of a dataset that the options name; the whole dataset if they name none. */
  View of(Dataset dataset) {
    View chosen = view == null ? dataset : read(dataset, view);
    if (select.isEmpty()) {
      return chosen;
    }
    List<ObjectId> ids = new ArrayList<>();
    for (String id : select) {
      if (!id.strip().matches("[0-9a-fA-F]{24}")) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "--select: '" + id + "' is no id of a sample",
            "An id has 24 characters of 0-9 and a-f.");
      }
      ids.add(ObjectId.of(id.strip()));
    }
    return chosen.select(ids.toArray(ObjectId[]::new));
  }

  /** Reads a view in any of the forms. */
  static View read(Dataset dataset, String text) {
    List<String> saved = dataset.savedViews();
    if (saved.contains(text)) {
      return dataset.savedView(text);
    }
    if (text.endsWith(".json") && Files.isRegularFile(Path.of(text))) {
      return dataset.view(StageDocuments.view(Arguments.json("--view", text)));
    }
    if (!text.contains("(") && !Arguments.looksLikeJson(text)) {
      throw new PostilException(
          ErrorCode.UNKNOWN_VIEW,
          "'" + text + "' is neither a saved view of '" + dataset.name() + "' nor a view's text",
          saved.isEmpty()
              ? "Write stages, such as 'match(score > 0.5) | limit(10)'."
              : Nearest.hint(text, saved));
    }
    return dataset.view(text);
  }
}
