package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the stages that hide fields or show other values in them. A method that gives false
 * leaves its stage to the evaluator. Not thread-safe; for one {@link ViewPipeline}.
 */
final class FieldSteps {
  private final ViewPipeline view;
  private final LabelSteps labels;

  FieldSteps(ViewPipeline view, LabelSteps labels) {
    this.view = view;
    this.labels = labels;
  }

  boolean filterField(Stage.FilterField s) {
    boolean ofFrames = view.isOfFrames(s.field());
    String field = ofFrames ? FrameSteps.inHolder(s.field()) : s.field();
    if (s.filter() == null
        || field.contains(".")
        || ofFrames && FrameSteps.readsSample(s.filter())) {
      return false;
    }
    Object condition = ofFrames ? FrameSteps.withFrame("frame", s.filter()) : s.filter();
    String path = "$" + field;
    view.change(
        ofFrames, Document.of(field, Document.of("$cond", Values.listOf(condition, path, null))));
    return !s.onlyMatches() || view.matchAny(ofFrames, ViewPipeline.exists(path));
  }

  /** Hides whole fields; what hides properties of labels is left to the evaluator. */
  boolean fields(Stage stage, @Nullable List<?> names) {
    ViewSchema before = view.schema();
    if (names == null || names.stream().anyMatch(n -> isNested(String.valueOf(n)))) {
      return false;
    }
    ViewSchema after = view.schemaAfter(stage);
    view.hide(hidden(before.sampleFields(), after.sampleFields()), false);
    if (before.hasFrames()) {
      view.hide(hidden(before.frameFields(), after.frameFields()), true);
    }
    return true;
  }

  private boolean isNested(String name) {
    return name.equals("frames")
        || (view.isOfFrames(name) ? FrameSteps.inHolder(name) : name).contains(".");
  }

  private static List<String> hidden(Collection<FieldSpec> before, Collection<FieldSpec> after) {
    Set<String> shown = new HashSet<>();
    after.forEach(f -> shown.add(f.name()));
    return before.stream().map(FieldSpec::name).filter(f -> !shown.contains(f)).toList();
  }

  // --- other values ------------------------------------------------------------------------------

  boolean mapLabels(Stage.MapLabels s) {
    LabelSteps.Labels field = labels.find(s.field());
    if (field == null) {
      return false;
    }
    String path = (field.isList() ? field.list() : field.path()) + ".label";
    return assigned(
        field.ofFrames() ? DatasetInfo.FRAMES + path : path,
        value -> ValueMap.mapped(value, false, s.map()));
  }

  boolean mapValues(Stage.MapValues s) {
    boolean isList = isList(s.field());
    return assigned(s.field(), value -> ValueMap.mapped(value, isList, s.map()));
  }

  boolean setField(Stage.SetField s) {
    Object expression = s.expr();
    // An object that is no expression would be merged into the value that is there.
    if (expression instanceof Document d && !(d.size() == 1 && d.nameAt(0).startsWith("$"))) {
      return false;
    }
    if (!view.isOfFrames(s.field())) {
      return assigned(s.field(), value -> expression);
    }
    return !FrameSteps.readsSample(expression)
        && assigned(
            s.field(),
            value ->
                value.startsWith("$$this") || expression == null
                    ? expression
                    : FrameSteps.withFrame("this", expression));
  }

  private boolean isList(String path) {
    return view.schema().find(path).map(f -> f.type() == FieldType.LIST).orElse(false);
  }

  /**
   * Shows another value in a path: of the sample or frame, or of each element of one list, in which
   * an element stays as it is if the value is missing.
   *
   * @param change makes an expression of the path of the present value
   */
  private boolean assigned(String path, Function<String, @Nullable Object> change) {
    boolean ofFrames = view.isOfFrames(path);
    String prefix = ofFrames ? DatasetInfo.FRAMES : "";
    String inner = path.substring(prefix.length());
    int dot = inner.indexOf('.');
    if (!ofFrames) {
      view.assigned(dot < 0 ? inner : inner.substring(0, dot));
    }
    while (dot >= 0 && !isList(prefix + inner.substring(0, dot))) {
      dot = inner.indexOf('.', dot + 1);
    }
    String stored = ViewPipeline.storedPath(inner);
    if (dot < 0) {
      Object value = change.apply("$" + stored);
      return ofFrames
          ? view.replaceFrame(merged("$$ROOT", "$", stored, value))
          : view.change(false, Document.of(stored, value));
    }
    String list = inner.substring(0, dot);
    String property = stored.substring(dot + 1);
    if (property.contains(".")) {
      return false;
    }
    Document changed = Document.of(property, change.apply("$$this." + property));
    Document map =
        Document.builder()
            .put("input", "$" + list)
            .put("as", "this")
            .put("in", Document.of("$mergeObjects", Values.listOf("$$this", changed)))
            .build();
    return view.change(ofFrames, Document.of(list, Document.of("$map", map)));
  }

  /** An object with another value at a path; where that is missing, the one there was stays. */
  private static Document merged(
      String object, String prefix, String path, @Nullable Object value) {
    int dot = path.indexOf('.');
    String name = dot < 0 ? path : path.substring(0, dot);
    Object inner =
        dot < 0
            ? value
            : merged(prefix + name, prefix + name + ".", path.substring(dot + 1), value);
    return Document.of("$mergeObjects", Values.listOf(object, Document.of(name, inner)));
  }
}
