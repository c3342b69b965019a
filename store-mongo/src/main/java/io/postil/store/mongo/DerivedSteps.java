package io.postil.store.mongo;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.List;

/** Steps that show labels or frames of samples as samples of their own. Stateless. */
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

  /**
   * Each frame of a video.
   *
   * @param joined the step that joins them
   */
  static List<Document> frames(ViewSchema schema, Document joined) {
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
        joined, Document.of("$unwind", "$frames"), Document.of("$replaceWith", frame.build()));
  }
}
