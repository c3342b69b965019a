package io.postil.store.mongo;

import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must still hold of a document for an update to be made. Stateless. */
final class FieldConditions {
  private FieldConditions() {}

  /** That a field still has a value as a whole. */
  static Document whole(String path, @Nullable Object value) {
    if (value == null) {
      return Document.of(path, null);
    }
    if (value instanceof LabelList<?> list) {
      String labels = path + "." + list.listName();
      if (list.labels().isEmpty()) {
        return emptyList(path, labels);
      }
      List<Document> all = new ArrayList<>();
      list.labels().forEach(l -> all.add(elementMatch(LabelDocuments.toDocument(l), null)));
      return Document.of(labels, Document.of("$all", all, "$size", list.labels().size()));
    }
    if (value instanceof SingleLabel label) {
      Document.Builder condition = Document.builder();
      properties(LabelDocuments.toDocument(label), null)
          .forEach((name, wanted) -> condition.append(path + "." + name, wanted));
      return condition.build();
    }
    Object plain = value instanceof Label label ? LabelDocuments.toDocument(label) : value;
    return Document.of(path, Document.of("$eq", plain));
  }

  /** That a field has a value, but its list no labels. */
  static Document emptyList(String path, String labels) {
    return Document.of(
        labels,
        Document.of("$in", Values.listOf(Values.listOf(), null)),
        path,
        Document.of("$ne", null));
  }

  /** That an element of a list has an id and properties; all of them if no names are given. */
  static Document elementMatch(Document label, @Nullable List<String> names) {
    return Document.of("$elemMatch", properties(label, names));
  }

  static Document properties(Document label, @Nullable List<String> names) {
    Document.Builder condition = Document.builder();
    condition.append("_id", label.get("_id"));
    for (String name : names == null ? label.names() : names) {
      // Whether a class is written out does not matter.
      if (isPlainName(name) && !name.equals("_cls") && !name.equals("_id")) {
        condition.append(name, expected(label.get(name)));
      }
    }
    return condition.build();
  }

  /** A stored value may leave away what is empty or false. */
  static @Nullable Object expected(@Nullable Object value) {
    boolean mayBeMissing =
        value instanceof List<?> list && list.isEmpty()
            || value instanceof Document d && d.isEmpty()
            || Boolean.FALSE.equals(value);
    if (mayBeMissing) {
      return Document.of("$in", Values.listOf(value, null));
    }
    return value == null || value instanceof String || value instanceof Number
        ? value
        : Document.of("$eq", value);
  }

  /** Whether a name can be part of a path. */
  static boolean isPlainName(String name) {
    return !name.isEmpty() && name.indexOf('.') < 0 && name.charAt(0) != '$';
  }
}
