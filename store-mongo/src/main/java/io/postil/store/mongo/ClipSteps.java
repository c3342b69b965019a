package io.postil.store.mongo;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps that show ranges of frames as samples. The frames themselves stay where they are: who reads
 * a clip asks for those of its range. Stateless.
 */
final class ClipSteps {
  private static final String RUNS = "_runs";

  private ClipSteps() {}

  /** The temporal labels of a field. */
  static List<Document> ofLabels(LabelSteps.Labels field, ViewSchema after) {
    String labels = field.isList() ? field.list() : field.path();
    Document.Builder clip = clip("$" + labels + "._id", "$" + labels + ".support", after);
    Document rest =
        Document.of("$unsetField", Document.of("field", "support", "input", "$" + labels));
    clip.put(
        field.path(),
        Document.of("$mergeObjects", Values.listOf(rest, Document.of("_cls", "Classification"))));
    List<Document> steps = new ArrayList<>();
    if (field.isList()) {
      steps.add(Document.of("$unwind", "$" + labels));
    }
    steps.add(Document.of("$match", Document.of(labels + ".support", Document.of("$size", 2))));
    steps.add(Document.of("$replaceWith", clip.build()));
    return steps;
  }

  private static Document.Builder clip(Object id, Object support, ViewSchema after) {
    Document.Builder clip = Document.builder().put("_id", id);
    for (String name : List.of("filepath", "tags", "metadata", "_media_type", "_rand")) {
      clip.put(name, "$" + name);
    }
    clip.put("_sample_id", Document.of("$ifNull", Values.listOf("$_sample_id", "$_id")));
    for (FieldSpec field : after.sampleFields()) {
      clip.put(field.name(), "$" + field.name());
    }
    return clip.put("support", support);
  }

  /**
   * The longest runs of frames for which a condition holds.
   *
   * @param condition on the document of a frame
   * @param tolerance how many frames may be missing in a run
   * @param least how long a run is at least
   */
  static List<Document> ofFrames(
      FrameSteps frames, Object condition, long tolerance, long least, ViewSchema after) {
    Document byNumber = Document.of("frame_number", 1);
    Document previous = Document.of("$shift", Document.of("output", "$frame_number", "by", -1));
    Object gap =
        Document.of(
            "$subtract",
            Values.listOf(
                "$frame_number",
                Document.of("$ifNull", Values.listOf("$previous", "$frame_number"))));
    Object starts =
        Document.of(
            "$cond", Values.listOf(Document.of("$gt", Values.listOf(gap, tolerance + 1)), 1, 0));
    Document soFar = Document.of("documents", Values.listOf("unbounded", "current"));
    Document length =
        Document.of(
            "$add", Values.listOf(Document.of("$subtract", Values.listOf("$last", "$first")), 1));
    List<Document> runs =
        List.of(
            Document.of("$match", Document.of("$expr", condition)),
            Document.of("$project", byNumber),
            window(byNumber, Document.of("previous", previous)),
            window(byNumber, Document.of("run", Document.of("$sum", starts, "window", soFar))),
            Document.of(
                "$group",
                Document.builder()
                    .put("_id", "$run")
                    .put("first", Document.of("$min", "$frame_number"))
                    .put("last", Document.of("$max", "$frame_number"))
                    .build()),
            Document.of(
                "$match", Document.of("$expr", Document.of("$gte", Values.listOf(length, least)))),
            Document.of("$sort", Document.of("_id", 1)));
    Object support = Values.listOf("$" + RUNS + ".first", "$" + RUNS + ".last");
    return List.of(
        frames.joined(runs, RUNS),
        Document.of("$unwind", "$" + RUNS),
        Document.of("$replaceWith", clip(id(), support, after).build()));
  }

  private static Document window(Document order, Document output) {
    return Document.of("$setWindowFields", Document.of("sortBy", order, "output", output));
  }

  /** The id of a clip that no label gives one, as {@code ViewEvaluator.clipId} makes it. */
  private static Object id() {
    Object rest =
        Document.of("$substrBytes", Values.listOf(Document.of("$toString", "$_id"), 10, 14));
    return Document.of(
        "$toObjectId",
        Document.of(
            "$concat", Values.listOf(digits(RUNS + ".first"), digits(RUNS + ".last"), rest)));
  }

  /** The last five digits of a number. */
  private static Object digits(String path) {
    Object number =
        Document.of(
            "$add",
            Values.listOf(100_000, Document.of("$mod", Values.listOf("$" + path, 100_000))));
    return Document.of("$substrBytes", Values.listOf(Document.of("$toString", number), 1, 5));
  }
}
