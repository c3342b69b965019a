package io.postil.backends.labelstudio;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes a labelling configuration. Only tags, attributes and values of a closed table are written,
 * each of which the editor was seen to take: the server accepts others without a word, and then the
 * editor shows no labels and stores empty answers. Not thread-safe.
 */
final class ConfigXml {
  /** Any value. */
  private static final Set<String> ANY = Set.of();

  private static final Set<String> TRUE = Set.of("true");
  private static final Set<String> WHEN = Set.of("region-selected", "choice-selected");
  private static final Set<String> BOOLEAN = Set.of("true", "false");

  private static final Map<String, Map<String, Set<String>>> LEGAL =
      Map.ofEntries(
          Map.entry(
              "View",
              Map.of(
                  "whenTagName", ANY,
                  "whenLabelValue", ANY,
                  "whenChoiceValue", ANY,
                  "visibleWhen", WHEN)),
          Map.entry("Header", Map.of("value", ANY, "size", Set.of("5"))),
          Map.entry("Image", Map.of("name", ANY, "value", ANY, "zoom", TRUE, "zoomControl", TRUE)),
          Map.entry("Video", Map.of("name", ANY, "value", ANY, "framerate", ANY)),
          Map.entry("RectangleLabels", Map.of("name", ANY, "toName", ANY, "canRotate", BOOLEAN)),
          Map.entry("BrushLabels", Map.of("name", ANY, "toName", ANY)),
          Map.entry("PolygonLabels", Map.of("name", ANY, "toName", ANY)),
          Map.entry(
              "VectorLabels", Map.of("name", ANY, "toName", ANY, "closable", Set.of("false"))),
          Map.entry("KeyPointLabels", Map.of("name", ANY, "toName", ANY)),
          Map.entry("Labels", Map.of("name", ANY, "toName", ANY)),
          Map.entry("VideoRectangle", Map.of("name", ANY, "toName", ANY)),
          Map.entry("Label", Map.of("value", ANY)),
          Map.entry("Choice", Map.of("value", ANY)),
          Map.entry(
              "Choices",
              Map.of(
                  "name", ANY,
                  "toName", ANY,
                  "choice", Set.of("single", "single-radio", "multiple"),
                  "layout", Set.of("select"),
                  "perRegion", TRUE,
                  "whenTagName", ANY,
                  "whenLabelValue", ANY,
                  "whenChoiceValue", ANY,
                  "visibleWhen", WHEN)),
          Map.entry(
              "TextArea",
              Map.of(
                  "name", ANY,
                  "toName", ANY,
                  "maxSubmissions", Set.of("1"),
                  "editable", TRUE,
                  "perRegion", TRUE,
                  "whenTagName", ANY,
                  "whenLabelValue", ANY,
                  "whenChoiceValue", ANY,
                  "visibleWhen", WHEN)),
          Map.entry(
              "Number",
              Map.of(
                  "name", ANY,
                  "toName", ANY,
                  "perRegion", TRUE,
                  "whenTagName", ANY,
                  "whenLabelValue", ANY,
                  "whenChoiceValue", ANY,
                  "visibleWhen", WHEN)));

  private final StringBuilder text = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens a tag with attributes, names and values in turn. */
  ConfigXml open(String tag, String... attributes) {
    start(tag, attributes);
    text.append(">");
    open.push(tag);
    return this;
  }

  /** Writes a tag without content. */
  ConfigXml tag(String tag, String... attributes) {
    start(tag, attributes);
    text.append("/>");
    return this;
  }

  /** Writes a tag without content, with attributes in their order. */
  ConfigXml tag(String tag, Map<String, String> attributes) {
    return tag(tag, flat(attributes));
  }

  /** Opens a tag with attributes in their order. */
  ConfigXml open(String tag, Map<String, String> attributes) {
    return open(tag, flat(attributes));
  }

  /** Closes the tag opened last. */
  ConfigXml close() {
    text.append("</").append(open.pop()).append(">");
    return this;
  }

  private static String[] flat(Map<String, String> attributes) {
    String[] flat = new String[attributes.size() * 2];
    int i = 0;
    for (Map.Entry<String, String> attribute : new LinkedHashMap<>(attributes).entrySet()) {
      flat[i++] = attribute.getKey();
      flat[i++] = attribute.getValue();
    }
    return flat;
  }

  private void start(String tag, String... attributes) {
    Map<String, Set<String>> legal = LEGAL.get(tag);
    if (legal == null) {
      throw new IllegalArgumentException("no tag of ours: " + tag);
    }
    text.append("<").append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      Set<String> values = legal.get(attributes[i]);
      if (values == null || !values.isEmpty() && !values.contains(attributes[i + 1])) {
        throw new IllegalArgumentException(
            "not legal: " + tag + " " + attributes[i] + "=" + attributes[i + 1]);
      }
      text.append(" ").append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      text.append("\"");
    }
  }

  /** Characters that XML would read as something else; control characters have no form at all. */
  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> text.append("&amp;");
        case '<' -> text.append("&lt;");
        case '>' -> text.append("&gt;");
        case '"' -> text.append("&quot;");
        case '\n', '\r', '\t' -> text.append("&#").append((int) c).append(";");
        default -> text.append(c < ' ' ? ' ' : c);
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
