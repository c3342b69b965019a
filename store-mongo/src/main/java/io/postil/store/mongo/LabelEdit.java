package io.postil.store.mongo;

import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What differs of one label.
 *
 * @param before its properties before, or those among which all differences are
 * @param after the same afterwards
 * @param names of what differs
 * @param place the label's place in its list, or {@link #NOWHERE} if that is not known
 */
record LabelEdit(ObjectId id, Document before, Document after, List<String> names, int place) {
  /** No place of a list. */
  static final int NOWHERE = -1;

  /** The edit between two states of a label. */
  static LabelEdit of(SingleLabel was, SingleLabel label, int place) {
    Document before = was.attributes();
    Document after = label.attributes();
    // An evaluation sets attributes and nothing else; then the label need not be taken apart.
    if (was.withAttributes(after).equals(label)) {
      LabelEdit edit =
          new LabelEdit(label.id(), before, after, FieldChange.differing(before, after), place);
      if (edit.onlySets() && edit.isOfAttributes()) {
        return edit;
      }
    }
    before = LabelDocuments.toDocument(was);
    after = LabelDocuments.toDocument(label);
    return new LabelEdit(label.id(), before, after, FieldChange.differing(before, after), place);
  }

  /**
   * The edits that give labels attributes they do not have yet, as an evaluation does for the first
   * time; null if some have such an attribute, or the ids do not tell the labels apart.
   */
  static @Nullable List<LabelEdit> additions(
      LabelList<?> list, Map<ObjectId, Document> attributes) {
    List<LabelEdit> edits = new ArrayList<>(attributes.size());
    List<String> names = List.of();
    Document last = Document.empty();
    int place = 0;
    for (SingleLabel label : list.labels()) {
      Document added = attributes.get(label.id());
      if (added != null && !added.isEmpty()) {
        if (!haveSameNames(added, last)) {
          names = added.names();
          last = added;
          if (!areAttributes(names)) {
            return null;
          }
        }
        if (hasAny(label.attributes(), names)) {
          return null;
        }
        edits.add(new LabelEdit(label.id(), Document.empty(), added, names, place));
      }
      place++;
    }
    return edits.size() == attributes.size() ? edits : null;
  }

  /** Whether all can be parts of a path, and none is a property that labels have anyway. */
  private static boolean areAttributes(List<String> names) {
    for (String name : names) {
      if (!FieldConditions.isPlainName(name) || LabelDocuments.isOwnProperty(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean haveSameNames(Document a, Document b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.nameAt(i).equals(b.nameAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasAny(Document attributes, List<String> names) {
    for (int i = 0; i < attributes.size(); i++) {
      if (names.contains(attributes.nameAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** That the label is there and what differs is as it was. */
  Document condition() {
    Document.Builder condition = Document.builder().append("_id", id);
    for (String name : names) {
      // Whether a class is written out does not matter.
      if (!name.equals("_cls") && !name.equals("_id")) {
        condition.append(name, FieldConditions.expected(before.get(name)));
      }
    }
    return Document.of("$elemMatch", condition.build());
  }

  /** The new values. */
  Document changed() {
    return names.size() == after.size() ? after : only(after, names);
  }

  /** The old values, of those there were. */
  Document former() {
    return before.isEmpty() ? before : only(before, names);
  }

  private static Document only(Document document, List<String> names) {
    @Nullable Object[] only = new @Nullable Object[2 * names.size()];
    int length = 0;
    for (int i = 0; i < document.size(); i++) {
      String name = document.nameAt(i);
      if (names.contains(name)) {
        only[length++] = name;
        only[length++] = document.valueAt(i);
      }
    }
    return Document.ofEntries(length == only.length ? only : Arrays.copyOf(only, length));
  }

  private boolean isOfAttributes() {
    for (String name : names) {
      if (LabelDocuments.isOwnProperty(name)) {
        return false;
      }
    }
    return true;
  }

  /** Whether nothing is removed, and all names can be part of a path. */
  boolean onlySets() {
    for (String name : names) {
      if (!FieldConditions.isPlainName(name) || !after.contains(name)) {
        return false;
      }
    }
    return true;
  }
}
