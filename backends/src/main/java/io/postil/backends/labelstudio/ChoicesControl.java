package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Classification;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Classes of the whole image or video. One row holds all of a field: of several rows the editor
 * keeps only the last. Their attributes have controls of their own, which show while a class that
 * has them is chosen. Immutable.
 */
final class ChoicesControl extends FieldControl {
  private static final String TYPE = "choices";

  private final boolean several;
  private final Attributes attributes;

  /** The control of a field that holds one class, or several. */
  ChoicesControl(FieldSchema field, Names names, boolean several) {
    super(field, names);
    this.several = several;
    this.attributes =
        several ? Attributes.ofEachClass(field, names) : new Attributes(field, names, Set.of());
  }

  Attributes attributes() {
    return attributes;
  }

  @Override
  String tag() {
    return "Choices";
  }

  @Override
  void writeAbove(ConfigXml xml) {}

  @Override
  void writeBelow(ConfigXml xml) {
    xml.open(
        tag(),
        "name",
        name(),
        "toName",
        names.object(),
        "choice",
        several ? "multiple" : "single-radio");
    field.classNames().forEach(c -> xml.tag("Choice", "value", c));
    xml.close();
    attributes.writeForChoices(xml, name(), several);
  }

  @Override
  void encode(ItemMedia media, List<Content> content, Consumer<Region> out) {
    Map<String, SingleLabel> shown = shown(labels(content));
    Set<@Nullable Object> classes = new LinkedHashSet<>(shown.keySet());
    if (!classes.isEmpty()) {
      out.accept(
          new Region(
              Region.derived(name()).toString(),
              name(),
              names.object(),
              TYPE,
              Document.of(TYPE, Values.list(new ArrayList<>(classes))),
              media.width(),
              media.height(),
              isFixed()));
      shown.values().forEach(label -> attributes.encodeForItem(label, media, isFixed(), out));
    }
  }

  /** The label that is shown for a class: of several of one class the first. */
  private Map<String, SingleLabel> shown(List<SingleLabel> labels) {
    Map<String, SingleLabel> shown = new LinkedHashMap<>();
    for (SingleLabel label : labels) {
      String name = label.label();
      if (name != null && (several || shown.isEmpty())) {
        shown.putIfAbsent(name, label);
      }
    }
    return shown;
  }

  @Override
  void decode(Answer answer, AnswerSink sink) {
    Set<String> chosen = new LinkedHashSet<>();
    for (Region row : answer.rowsOf(name())) {
      if (!several) {
        chosen.clear();
      }
      for (Object choice : row.value().getList(TYPE)) {
        String name = choice instanceof String text ? className(text) : null;
        if (name != null) {
          chosen.add(name);
        }
      }
    }
    List<SingleLabel> before = labels(answer.base());
    List<SingleLabel> labels =
        several ? several(answer, before, chosen) : one(answer, before, chosen);
    if (!labels.isEmpty()) {
      sink.labels(answer.item(), 0, field.field(), field.kind(), labels);
    }
  }

  private List<SingleLabel> several(Answer answer, List<SingleLabel> before, Set<String> chosen) {
    List<SingleLabel> labels = new ArrayList<>();
    Set<String> rest = new LinkedHashSet<>(chosen);
    for (SingleLabel label : before) {
      String name = label.label();
      if (name == null) {
        labels.add(label);
      } else if (chosen.contains(name)) {
        labels.add(rest.remove(name) ? withAttributes(label, label, answer) : label);
      }
    }
    for (String name : rest) {
      labels.add(withAttributes(made(answer, name() + "/" + name, name), null, answer));
    }
    return labels;
  }

  private List<SingleLabel> one(Answer answer, List<SingleLabel> before, Set<String> chosen) {
    SingleLabel old = before.isEmpty() ? null : before.get(0);
    if (chosen.isEmpty()) {
      return old != null && old.label() == null ? List.of(old) : List.of();
    }
    String name = chosen.iterator().next();
    SingleLabel label =
        old instanceof Classification c
            ? name.equals(c.label()) ? c : c.withLabel(name)
            : made(answer, name(), name);
    return List.of(withAttributes(label, old, answer));
  }

  private SingleLabel withAttributes(
      SingleLabel label, @Nullable SingleLabel before, Answer answer) {
    Document now =
        attributes.decodeForItem(label.attributes(), before, label.label(), answer.rows());
    return now.equals(label.attributes()) ? label : label.withAttributes(now);
  }

  private static Classification made(Answer answer, String place, String className) {
    return Classification.of(className).withId(Region.derived(answer.item(), place));
  }
}
