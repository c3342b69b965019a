package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the stages so far make of the frames of each video: steps on documents of frames, which stay
 * in their own collection. A sample never holds its frames, since all frames of a video may be more
 * than one document can hold; where a stage chooses samples by their frames, the server looks for
 * one frame. Not thread-safe; for one {@link ViewPipeline}.
 */
final class FrameSteps {
  /** Where the one frame that was looked for is held for a moment. */
  private static final String FOUND = "_found_frames";

  private final String collection;
  private final List<Document> steps = new ArrayList<>();

  FrameSteps(String collection) {
    this.collection = collection;
  }

  /** Whether a field or path is one of frames by its name. */
  static boolean isOfFrames(String path) {
    return path.startsWith(DatasetInfo.FRAMES);
  }

  /** A path as it is in the document of a frame or, without the prefix, of a sample. */
  static String inHolder(String path) {
    return isOfFrames(path) ? path.substring(DatasetInfo.FRAMES.length()) : path;
  }

  void add(String name, @Nullable Object argument) {
    steps.add(Document.of(name, argument));
  }

  void clear() {
    steps.clear();
  }

  int size() {
    return steps.size();
  }

  /** Takes back all steps but the first ones. */
  void truncate(int size) {
    steps.subList(size, steps.size()).clear();
  }

  /** Whether what is in frames changes; else there are fewer of them at most. */
  boolean isChanged() {
    return steps.stream().anyMatch(step -> !step.nameAt(0).equals("$match"));
  }

  List<Document> steps() {
    return List.copyOf(steps);
  }

  /** The step that joins all frames; one that takes them apart behind it lets them stream. */
  static Document joined(String collection, List<Document> changes) {
    List<Document> inner = new ArrayList<>();
    inner.add(Document.of("$sort", Document.of("frame_number", 1)));
    inner.addAll(changes);
    return lookup(collection, inner, "frames");
  }

  Document joined() {
    return joined(collection, steps);
  }

  /** The step that joins what further steps make of all frames. */
  Document joined(List<Document> further, String as) {
    List<Document> inner = new ArrayList<>();
    inner.add(Document.of("$sort", Document.of("frame_number", 1)));
    inner.addAll(steps);
    inner.addAll(further);
    return lookup(collection, inner, as);
  }

  private static Document lookup(String collection, List<Document> inner, String as) {
    return Document.of(
        "$lookup",
        Document.builder()
            .put("from", collection)
            .put("localField", "_id")
            .put("foreignField", "_sample_id")
            .put("pipeline", inner)
            .put("as", as)
            .build());
  }

  /** The step that looks for one frame for which a condition holds; see {@link #found}. */
  Document find(Object condition) {
    List<Document> inner = new ArrayList<>(steps);
    if (!condition.equals(true)) {
      inner.add(Document.of("$match", Document.of("$expr", condition)));
    }
    inner.add(Document.of("$limit", 1));
    inner.add(Document.of("$project", Document.of("_id", 1)));
    return lookup(collection, inner, FOUND);
  }

  /** Whether {@link #find} found one. */
  static Document found() {
    return Document.of("$gt", Values.listOf(Document.of("$size", "$" + FOUND), 0));
  }

  /** The step that forgets what was found. */
  static Document forget() {
    return Document.of("$unset", FOUND);
  }

  /** An expression with the document of the frame as a variable. */
  static Document withFrame(String variable, Object expression) {
    return Document.of(
        "$let", Document.of("vars", Document.of(variable, "$$ROOT"), "in", expression));
  }

  /** Whether an expression on frames looks at the sample as well, which is not there. */
  static boolean readsSample(@Nullable Object expression) {
    return switch (expression) {
      case String s ->
          s.startsWith("$") && !s.startsWith("$$")
              || s.startsWith("$$ROOT")
              || s.startsWith("$$CURRENT");
      case List<?> list -> list.stream().anyMatch(FrameSteps::readsSample);
      case Document d -> {
        boolean reads = false;
        for (int i = 0; i < d.size() && !reads; i++) {
          reads =
              !d.nameAt(i).equals("$literal")
                  && (isFieldOfSample(d.nameAt(i), d.valueAt(i)) || readsSample(d.valueAt(i)));
        }
        yield reads;
      }
      case null -> false;
      default -> false;
    };
  }

  /** Whether a property is asked for without saying of what. */
  private static boolean isFieldOfSample(String operator, @Nullable Object argument) {
    return operator.equals("$getField") && !(argument instanceof Document d && d.contains("input"));
  }
}
