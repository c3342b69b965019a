package io.postil.store.mongo;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Steps that show labels, frames or groups of samples as samples of their own. Stateless. */
final class DerivedSteps {
  private DerivedSteps() {}

  /**
   * Each label of a list.
   *
   * @param before what the view showed
   * @param after what it shows then
   * @param listName the property of the field that holds the labels
   */
  static List<Document> patches(
      ViewSchema before, ViewSchema after, Stage.ToPatches s, String listName) {
    String label = "$" + s.field() + "." + listName;
    Document.Builder patch = Document.builder().put("_id", label + "._id");
    copy(patch, List.of("filepath", "tags", "metadata", "_media_type", "_rand"));
    patch.put("_sample_id", Document.of("$ifNull", Values.listOf("$_sample_id", "$_id")));
    copy(patch, after.sampleFields().stream().map(FieldSpec::name).toList());
    if (before.kind() == ViewSchema.Kind.FRAMES) {
      patch.put("frame_id", "$_id").put("_frame_id", "$_id").put("frame_number", "$frame_number");
    }
    boolean lists =
        s.config() instanceof Document config && config.getBoolean("keep_label_lists", false);
    Object only = Document.of(listName, Values.listOf(label));
    patch.put(
        s.field(),
        lists ? Document.of("$mergeObjects", Values.listOf("$" + s.field(), only)) : label);
    return List.of(Document.of("$unwind", label), Document.of("$replaceWith", patch.build()));
  }

  private static void copy(Document.Builder out, List<String> names) {
    names.forEach(name -> out.put(name, "$" + name));
  }

  /** The step that joins the frames of each sample; one that unwinds them lets them stream. */
  static Document joinedFrames(String collection) {
    return Document.of(
        "$lookup",
        Document.builder()
            .put("from", collection)
            .put("localField", "_id")
            .put("foreignField", "_sample_id")
            .put("pipeline", Values.listOf(Document.of("$sort", Document.of("frame_number", 1))))
            .put("as", "frames")
            .build());
  }

  /** Each frame of a video. */
  static List<Document> frames(ViewSchema schema, String collection) {
    Object path = Document.of("$ifNull", Values.listOf("$frames.filepath", "$filepath"));
    Document.Builder frame =
        Document.builder()
            .put("_id", "$frames._id")
            .put("filepath", path)
            .put("_sample_id", "$_id")
            .put("frame_number", "$frames.frame_number");
    copy(frame, List.of("tags", "_media_type", "_rand"));
    for (FieldSpec field : schema.frameFields()) {
      if (!field.name().equals("filepath")) {
        frame.put(field.name(), "$frames." + field.name());
      }
    }
    return List.of(
        joinedFrames(collection),
        Document.of("$unwind", "$frames"),
        Document.of("$replaceWith", frame.build()));
  }

  /** The first sample of each group; null where the members are wanted or have an order. */
  static @Nullable List<Document> groups(Stage.GroupBy s) {
    Object key = key(s.fieldOrExpr());
    if (s.flat() || s.orderBy() != null || s.orderByKey() != null || key == null) {
      return null;
    }
    Document first = Document.of("$first", "$$ROOT");
    return List.of(
        Document.of("$group", Document.of("_id", key, "first", first)),
        Document.of("$replaceWith", "$first"),
        Document.of("$sort", Document.of("_id", 1)));
  }

  /** The expression of a path, an expression, or a list of them. */
  private static @Nullable Object key(@Nullable Object by) {
    return switch (by) {
      case String path -> path.startsWith("$") ? path : "$" + ViewPipeline.storedPath(path);
      case List<?> list -> Values.list(list.stream().map(DerivedSteps::key).toList());
      case null -> null;
      default -> by;
    };
  }
}
