package io.postil.backends.labelstudio;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.ClassSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The attribute controls of one field: for regions, or for classes of the whole image or video.
 * Immutable.
 */
final class Attributes {
  private final List<AttributeControl> controls = new ArrayList<>();
  private final Names names;

  private Attributes(Names names) {
    this.names = names;
  }

  /**
   * The controls for a field of which several classes can be chosen for the whole image or video:
   * one for each class and attribute, as there is no region to tell them apart.
   */
  static Attributes ofEachClass(FieldSchema field, Names names) {
    Attributes attributes = new Attributes(names);
    int number = 0;
    for (String className : field.classNames()) {
      number++;
      Map<String, AttributeSchema> byName = new LinkedHashMap<>();
      field.attributes().forEach(a -> byName.put(a.name(), a));
      for (ClassSchema group : field.classes()) {
        if (group.classes().contains(className)) {
          group.attributes().forEach(a -> byName.put(a.name(), a));
        }
      }
      for (AttributeSchema attribute : byName.values()) {
        String usualName = field.field() + "." + attribute.name() + "." + number;
        attributes.add(usualName, attribute, List.of(className));
      }
    }
    return attributes;
  }

  /**
   * The controls for the attributes of a field.
   *
   * @param except names of attributes that have another form, such as a rotation
   */
  Attributes(FieldSchema field, Names names, Set<String> except) {
    this.names = names;
    for (AttributeSchema attribute : field.attributes()) {
      if (!except.contains(attribute.name())) {
        List<String> overridden = classesWith(field, attribute.name());
        List<String> rest =
            overridden.isEmpty()
                ? List.of()
                : field.classNames().stream().filter(c -> !overridden.contains(c)).toList();
        if (overridden.isEmpty() || !rest.isEmpty()) {
          add(field.field() + "." + attribute.name(), attribute, rest);
        }
      }
    }
    int number = 0;
    for (ClassSchema group : field.classes()) {
      number++;
      for (AttributeSchema attribute : group.attributes()) {
        if (!except.contains(attribute.name())) {
          add(field.field() + "." + attribute.name() + "." + number, attribute, group.classes());
        }
      }
    }
  }

  private void add(String usualName, AttributeSchema attribute, List<String> classes) {
    controls.add(new AttributeControl(names.of(usualName), attribute, classes));
  }

  private static List<String> classesWith(FieldSchema field, String attribute) {
    List<String> classes = new ArrayList<>();
    for (ClassSchema group : field.classes()) {
      if (group.attributes().stream().anyMatch(a -> a.name().equals(attribute))) {
        classes.addAll(group.classes());
      }
    }
    return classes;
  }

  List<AttributeControl> controls() {
    return controls;
  }

  void write(ConfigXml xml, String labelControl) {
    controls.forEach(c -> c.write(xml, names.object(), labelControl));
  }

  /** Writes the controls for what a control chooses for the whole image or video. */
  void writeForChoices(ConfigXml xml, String choices, boolean namesClass) {
    for (AttributeControl control : controls) {
      String header = control.attribute().name();
      control.writeForChoice(
          xml,
          namesClass ? control.classes().get(0) + ": " + header : header,
          names.object(),
          choices);
    }
  }

  private static Predicate<AttributeControl> isFor(@Nullable String className) {
    return c -> c.classes().isEmpty() || className != null && c.classes().contains(className);
  }

  /** The attributes of a label as further rows of its region. */
  void encode(SingleLabel label, Region region, Document geometry, Consumer<Region> out) {
    for (AttributeControl control : controls) {
      if (isFor(label.label()).test(control)) {
        Document entry = control.encode(value(label, control.attribute().name()));
        if (entry != null) {
          out.accept(
              new Region(
                  region.id(),
                  control.name(),
                  region.toName(),
                  control.type(),
                  geometry.withAll(entry),
                  region.width(),
                  region.height(),
                  region.readOnly()));
        }
      }
    }
  }

  /** The attributes of a class of the whole image or video, each a row of its own. */
  void encodeForItem(SingleLabel label, ItemMedia media, boolean fixed, Consumer<Region> out) {
    for (AttributeControl control : controls) {
      if (isFor(label.label()).test(control)) {
        Document entry = control.encode(value(label, control.attribute().name()));
        if (entry != null) {
          out.accept(
              new Region(
                  Region.derived(control.name()).toString(),
                  control.name(),
                  names.object(),
                  control.type(),
                  entry,
                  media.width(),
                  media.height(),
                  fixed));
        }
      }
    }
  }

  /** The attributes of a class of the whole image or video after people worked on it. */
  Document decodeForItem(
      Document attributes,
      @Nullable SingleLabel before,
      @Nullable String className,
      List<Region> rows) {
    return decode(attributes, before, className, rows, row -> true);
  }

  /**
   * The attributes of a label after people worked on it.
   *
   * @param before the label as it was, or null for a new one
   * @param rows all rows of the task
   * @param ids the ids of the label's regions
   */
  Document decode(
      Document attributes,
      @Nullable SingleLabel before,
      @Nullable String className,
      List<Region> rows,
      List<String> ids) {
    return decode(attributes, before, className, rows, row -> ids.contains(row.id()));
  }

  private Document decode(
      Document attributes,
      @Nullable SingleLabel before,
      @Nullable String className,
      List<Region> rows,
      Predicate<Region> isOfLabel) {
    Document result = attributes;
    for (AttributeControl control : controls) {
      if (isFor(className).test(control)) {
        String name = control.attribute().name();
        Object old = before == null ? null : value(before, name);
        Object value = decode(control, old, before == null, rows, isOfLabel);
        if (value == null ? old != null : !value.equals(old)) {
          result = set(result, name, value);
        }
      }
    }
    return result;
  }

  /** Of a label with several regions, each of which shows the attribute, what differs counts. */
  private static @Nullable Object decode(
      AttributeControl control,
      @Nullable Object before,
      boolean isNew,
      List<Region> rows,
      Predicate<Region> isOfLabel) {
    boolean found = false;
    for (Region row : rows) {
      if (row.fromName().equals(control.name()) && isOfLabel.test(row)) {
        found = true;
        Object value = control.decode(row.value(), before, isNew);
        if (value != null && !value.equals(before)) {
          return value;
        }
      }
    }
    return found ? before : control.decode(null, before, isNew);
  }

  private static Document set(Document attributes, String name, @Nullable Object value) {
    Document legacy = attributes.getDocument("attributes");
    Document plain =
        legacy.contains(name) ? attributes.with("attributes", legacy.without(name)) : attributes;
    return value == null ? plain.without(name) : plain.with(name, value);
  }

  /** The value of an attribute, also where FiftyOne kept it once. */
  static @Nullable Object value(SingleLabel label, String name) {
    Object value = label.attributes().get(name);
    if (value == null) {
      Object entry = label.attributes().getDocument("attributes").get(name);
      return entry instanceof Document d ? d.get("value") : entry;
    }
    return value;
  }
}
