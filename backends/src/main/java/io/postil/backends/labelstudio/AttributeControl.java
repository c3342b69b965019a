package io.postil.backends.labelstudio;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The control for one attribute, of regions or of classes of the whole image or video. Immutable.
 *
 * @param name the control's name
 * @param attribute what is asked
 * @param classes the classes it is for; empty for all
 */
record AttributeControl(String name, AttributeSchema attribute, List<String> classes) {
  /** Copies the list. */
  AttributeControl {
    classes = List.copyOf(classes);
  }

  /** What a control shows: the tag's name in results, and the entry of the value. */
  private enum Form {
    CHOICES("Choices", "choices", "choices"),
    TEXT("TextArea", "textarea", "text"),
    NUMBER("Number", "number", "number");

    final String tag;
    final String type;
    final String entry;

    Form(String tag, String type, String entry) {
      this.tag = tag;
      this.type = type;
      this.entry = entry;
    }
  }

  private Form form() {
    return switch (attribute.type()) {
      case "select", "radio", "checkbox" -> Form.CHOICES;
      case "number" -> Form.NUMBER;
      default -> Form.TEXT;
    };
  }

  private List<?> choices() {
    List<?> given = attribute.values();
    return attribute.type().equals("checkbox") && given.isEmpty() ? List.of(true, false) : given;
  }

  /** The type of its rows. */
  String type() {
    return form().type;
  }

  /** Its tag. */
  String tag() {
    return form().tag;
  }

  /** What can be chosen; empty where anything can be typed. */
  List<String> choiceNames() {
    return form() == Form.CHOICES ? choices().stream().map(String::valueOf).toList() : List.of();
  }

  /** Writes the control; it shows when a region of its classes is selected. */
  void write(ConfigXml xml, String object, String labelControl) {
    Map<String, String> when = new LinkedHashMap<>();
    if (isNameable()) {
      when.put("whenTagName", labelControl);
      when.put("whenLabelValue", String.join(",", classes));
    }
    when.put("visibleWhen", "region-selected");
    write(xml, attribute.name(), object, Map.of("perRegion", "true"), when);
  }

  /**
   * Writes the control for classes that are chosen for the whole image or video; it shows while one
   * of its classes is chosen.
   *
   * @param header what is written above it
   * @param choices the name of the control that chooses the classes
   */
  void writeForChoice(ConfigXml xml, String header, String object, String choices) {
    Map<String, String> when = new LinkedHashMap<>();
    when.put("whenTagName", choices);
    if (isNameable()) {
      when.put("whenChoiceValue", String.join(",", classes));
    }
    when.put("visibleWhen", "choice-selected");
    write(xml, header, object, Map.of(), when);
  }

  /**
   * Whether a condition can name the classes: they are separated by commas there, so one with a
   * comma cannot be named.
   */
  private boolean isNameable() {
    return !classes.isEmpty() && classes.stream().noneMatch(c -> c.contains(","));
  }

  private void write(
      ConfigXml xml,
      String header,
      String object,
      Map<String, String> scope,
      Map<String, String> when) {
    xml.open("View", when);
    xml.tag("Header", "value", header, "size", "5");
    Map<String, String> tag = new LinkedHashMap<>();
    tag.put("name", name);
    tag.put("toName", object);
    tag.putAll(scope);
    tag.putAll(when);
    switch (form()) {
      case CHOICES -> {
        tag.put("choice", attribute.type().equals("select") ? "single" : "single-radio");
        if (attribute.type().equals("select")) {
          tag.put("layout", "select");
        }
        xml.open(tag(), tag);
        choiceNames().forEach(choice -> xml.tag("Choice", "value", choice));
        xml.close();
      }
      case TEXT -> {
        tag.put("maxSubmissions", "1");
        tag.put("editable", "true");
        xml.tag(tag(), tag);
      }
      case NUMBER -> xml.tag(tag(), tag);
    }
    xml.close();
  }

  /** The entry of a value that shows it; null if the control cannot. */
  @Nullable Document encode(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (form()) {
      case CHOICES -> {
        boolean known =
            choices().stream().anyMatch(c -> String.valueOf(c).equals(String.valueOf(value)));
        yield known ? Document.of("choices", Values.listOf(String.valueOf(value))) : null;
      }
      case TEXT ->
          value instanceof List<?> || value instanceof Document || value.toString().isEmpty()
              ? null
              : Document.of("text", Values.listOf(value.toString()));
      case NUMBER ->
          value instanceof Number n && Double.isFinite(n.doubleValue())
              ? Document.of("number", n)
              : null;
    };
  }

  /**
   * The value of a label after people worked on it.
   *
   * @param row the value of the control's row, or null if it has none
   * @param before the label's value, or null
   * @param isNew whether the label was drawn by an annotator
   */
  @Nullable Object decode(@Nullable Document row, @Nullable Object before, boolean isNew) {
    Document sent = encode(before);
    if (row == null || row.get(form().entry) == null) {
      if (isNew) {
        return attribute.defaultValue();
      }
      return sent == null ? before : null;
    }
    Object entry = row.get(form().entry);
    if (sent != null && Values.same(sent.get(form().entry), entry)) {
      return before;
    }
    return switch (form()) {
      case NUMBER ->
          before instanceof Double && entry instanceof Number n ? (Object) n.doubleValue() : entry;
      case TEXT ->
          entry instanceof List<?> lines
              ? lines.stream().map(String::valueOf).collect(Collectors.joining("\n"))
              : entry;
      case CHOICES -> {
        String chosen = Region.first(row, "choices");
        yield choices().stream()
            .filter(c -> String.valueOf(c).equals(chosen))
            .findFirst()
            .map(Object.class::cast)
            .orElse(chosen);
      }
    };
  }
}
