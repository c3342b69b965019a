package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the controls of a project are called. In a project of ours a control has the name of its
 * field or of field and attribute; in one that was there before, the names found in it. Immutable.
 *
 * @param object the name of the tag that shows the image or video
 * @param dataKey the entry of a task's data with the address of the media
 * @param controls names that are not the usual ones, by the usual one
 */
record Names(String object, String dataKey, Map<String, String> controls) {
  /** Copies the map. */
  Names {
    controls = Map.copyOf(controls);
  }

  /** The names of a project of ours. */
  static Names own(String media) {
    return new Names("postil:" + media, media, Map.of());
  }

  /** The name of a control by its usual one. */
  String of(String usual) {
    return controls.getOrDefault(usual, usual);
  }

  Document toDocument() {
    return Document.builder()
        .put("object", object)
        .put("data_key", dataKey)
        .put("controls", Document.of(new TreeMap<>(controls)))
        .build();
  }

  static Names fromDocument(Document document) {
    Map<String, String> controls = new TreeMap<>();
    document
        .getDocument("controls")
        .forEach((usual, actual) -> controls.put(usual, String.valueOf(actual)));
    return new Names(
        document.getString("object", ""), document.getString("data_key", ""), controls);
  }
}
