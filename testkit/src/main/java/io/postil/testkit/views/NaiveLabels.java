package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.isTrue;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A field of labels of samples or frames, and how to reach and change its labels.
 *
 * @param name with {@code frames.} for a field of frames
 * @param className of the single label, or of the list of labels
 */
record NaiveLabels(String name, String className) {
  boolean isFrame() {
    return NaiveSchema.isFrame(name);
  }

  boolean isList() {
    return NaiveSchema.listOf(className) != null;
  }

  /** The class of one label. */
  String elementClass() {
    return isList() ? className.substring(0, className.length() - 1) : className;
  }

  List<String> path() {
    return PlainValues.names(NaiveSchema.inFrame(name));
  }

  /** The path of the list, or of the single label. */
  List<String> labelPath() {
    List<String> names = new ArrayList<>(path());
    if (isList()) {
      names.add(String.valueOf(NaiveSchema.listOf(className)));
    }
    return names;
  }

  /** What a filter's paths begin with. */
  String prefix() {
    String path = String.join(".", path());
    return isList() ? "$$this" : isFrame() ? "$$frame." + path : "$" + path;
  }

  /** The samples or frames that hold the field. */
  List<Document> holders(Document sample) {
    return isFrame() ? NaiveStages.frames(sample) : List.of(sample);
  }

  /** A sample in which each holder was changed. */
  Document changed(Document sample, UnaryOperator<Document> change) {
    return isFrame()
        ? sample.with(
            "frames", Values.list(NaiveStages.frames(sample).stream().map(change).toList()))
        : change.apply(sample);
  }

  /** The labels of one holder. */
  List<Document> labels(Document holder) {
    Object value = PlainValues.path(holder, labelPath());
    List<Document> labels = new ArrayList<>();
    for (Object label : isList() && value instanceof List<?> list ? list : Values.listOf(value)) {
      if (label instanceof Document d) {
        labels.add(d);
      }
    }
    return labels;
  }

  boolean hasLabels(Document sample) {
    return holders(sample).stream().anyMatch(h -> !labels(h).isEmpty());
  }

  /** Whether a filter holds for a label. */
  boolean test(@Nullable Object filter, Document sample, Document holder, Document label) {
    Object result;
    if (isList()) {
      result = NaiveExpressions.evaluate(filter, sample, "this", label);
    } else if (isFrame()) {
      result = NaiveExpressions.evaluate(filter, sample, "frame", holder);
    } else {
      result = NaiveExpressions.evaluate(filter, sample);
    }
    return isTrue(result);
  }

  /** A holder with only some labels; a missing list becomes one without a value. */
  Document keep(Document holder, Predicate<Document> wanted) {
    Object value = PlainValues.path(holder, labelPath());
    if (isList()) {
      return set(
          holder,
          value instanceof List<?>
              ? Values.list(labels(holder).stream().filter(wanted).toList())
              : null);
    }
    return isNothing(value) || labels(holder).stream().anyMatch(wanted)
        ? holder
        : set(holder, null);
  }

  /** A holder with another list, or another single label. */
  Document set(Document holder, @Nullable Object value) {
    return (Document)
        java.util.Objects.requireNonNull(PlainValues.with(holder, labelPath(), value));
  }
}
