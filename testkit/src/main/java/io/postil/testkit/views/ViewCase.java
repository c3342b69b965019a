package io.postil.testkit.views;

import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.GoldenDataset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dataset and questions about it, as text that can be read, kept and asked again.
 *
 * @param dataset in the form of the recorded cases
 * @param questions each with a {@code view} and, perhaps, an {@code aggregate}
 */
record ViewCase(Document dataset, List<Document> questions) {
  static ViewCase parse(Document text) {
    List<Document> questions = new ArrayList<>();
    text.getList("questions")
        .forEach(q -> questions.add((Document) java.util.Objects.requireNonNull(q)));
    return new ViewCase(text.getDocument("dataset"), questions);
  }

  @Override
  public String toString() {
    return Json.write(Document.of("dataset", dataset, "questions", Values.list(questions)));
  }

  /** Creates the dataset in a store. */
  Asked createIn(DatasetStore store) {
    Document.Builder random = Document.builder();
    List<@Nullable Object> samples = dataset.getList("samples");
    for (int i = 0; i < samples.size(); i++) {
      random.put("S" + (i + 1), 0.999 + 0.000_137 * (i + 1));
    }
    GoldenDataset golden = new GoldenDataset(dataset, random.build());
    return new Asked(golden, ViewAnswers.of(golden.createIn(store)));
  }

  /** The dataset in a store, of which questions can be asked. */
  record Asked(GoldenDataset golden, ViewAnswers store) {
    ViewDefinition view(Document question) {
      return StageDocuments.view(golden.resolve(question.getList("view")));
    }

    Aggregation aggregation(Document aggregate) {
      Object expression = golden.resolve(aggregate.get("expr"));
      return new Aggregation(
          aggregate.getString("op", ""),
          aggregate.getString("field"),
          expression == null ? null : Expression.parse(expression),
          aggregate.getDocument("args"));
    }

    /** An element of a view with symbols for ids. */
    Document described(ViewAnswers.Shown shown) {
      Sample sample = shown.sample();
      Document.Builder frames = Document.builder();
      for (Frame frame : shown.frames()) {
        frames.put(String.valueOf(frame.number()), golden.recordFields(frame.fields()));
      }
      Document metadata = sample.metadata();
      return Document.builder()
          .put("id", golden.symbol(sample.id()))
          .put(
              "of",
              sample.system().get("_sample_id") instanceof ObjectId id ? golden.symbol(id) : null)
          .put("frame", sample.system().get("frame_number"))
          .put("filepath", sample.filepath())
          .put("tags", Values.list(sample.tags()))
          .put("metadata", metadata == null ? null : metadata.without("_cls"))
          .put("fields", golden.recordFields(sample.fields()))
          .put("frames", frames.build())
          .build();
    }
  }
}
