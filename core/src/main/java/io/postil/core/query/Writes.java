package io.postil.core.query;

import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets values inside documents and labels, as MongoDB's {@code $set} does. Stateless. */
final class Writes {
  private Writes() {}

  /**
   * A value with the end of a path replaced: lists on the way are changed element by element, what
   * is no document becomes one.
   */
  static @Nullable Object set(
      @Nullable Object current, String[] path, int from, @Nullable Object value) {
    if (from == path.length) {
      return value;
    }
    if (current instanceof List<?> list) {
      List<@Nullable Object> changed = new ArrayList<>(list.size());
      for (Object element : list) {
        changed.add(set(element, path, from, value));
      }
      return Values.list(changed);
    }
    Object child = set(Fields.get(current, path[from]), path, from + 1, value);
    return with(current, path[from], child);
  }

  /** A document or label with one property replaced; {@link Missing#MISSING} removes it. */
  static Object with(@Nullable Object container, String name, @Nullable Object value) {
    if (container instanceof LabelList<?> list
        && name.equals(list.listName())
        && value instanceof List<?> labels) {
      List<SingleLabel> singles = new ArrayList<>(labels.size());
      for (Object label : labels) {
        if (label instanceof SingleLabel single) {
          singles.add(single);
        }
      }
      if (singles.size() == labels.size()) {
        return list.withLabels(singles);
      }
    }
    Document document = BsonOrder.asDocument(container);
    if (document == null) {
      document = Document.empty();
    }
    return value == Missing.MISSING ? document.without(name) : document.with(name, value);
  }

  /** A value in which every label has become a document. */
  static @Nullable Object plain(@Nullable Object value) {
    if (value == null || value == Missing.MISSING) {
      return null;
    }
    if (value instanceof Label label) {
      return LabelDocuments.toDocument(label);
    }
    if (value instanceof Fields.Container container) {
      return plain(container.toDocument());
    }
    if (value instanceof Document document) {
      Document.Builder out = Document.builder();
      document.forEach((name, v) -> out.append(name, plain(v)));
      return out.build();
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> out = new ArrayList<>(list.size());
      for (Object element : list) {
        out.add(plain(element));
      }
      return Values.list(out);
    }
    return value;
  }
}
