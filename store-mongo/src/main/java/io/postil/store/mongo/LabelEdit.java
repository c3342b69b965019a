package io.postil.store.mongo;

import io.postil.core.label.LabelDocuments;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs of one label.
 *
 * @param before its properties before, or those among which all differences are
 * @param after the same afterwards
 * @param names of what differs
 */
record LabelEdit(ObjectId id, Document before, Document after, List<String> names) {
  /** The edit between two states of a label. */
  static LabelEdit of(SingleLabel was, SingleLabel label) {
    Document before = was.attributes();
    Document after = label.attributes();
    // An evaluation sets attributes and nothing else; then the label need not be taken apart.
    if (was.withAttributes(after).equals(label)) {
      LabelEdit edit =
          new LabelEdit(label.id(), before, after, FieldChange.differing(before, after));
      if (edit.onlySets() && edit.isOfAttributes()) {
        return edit;
      }
    }
    before = LabelDocuments.toDocument(was);
    after = LabelDocuments.toDocument(label);
    return new LabelEdit(label.id(), before, after, FieldChange.differing(before, after));
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
    return only(after, names);
  }

  /** The old values, of those there were. */
  Document former() {
    return only(before, names);
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
