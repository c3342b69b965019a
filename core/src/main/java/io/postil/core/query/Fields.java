package io.postil.core.query;

import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Label;
import io.postil.core.label.Polyline;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads properties of values by name and path, with MongoDB's traversal of arrays. Stateless. */
final class Fields {
  /** Something with properties that is neither label, sample, frame nor document. */
  interface Container {
    /** The property, or {@link Missing#MISSING}. */
    @Nullable Object property(String name);

    /** All properties. */
    Document toDocument();
  }

  private Fields() {}

  /** The property of one value; {@link Missing#MISSING} if it has none. Lists are not traversed. */
  static @Nullable Object get(@Nullable Object container, String name) {
    // A chain of tests, since a pattern switch over these types takes several times as long.
    if (container instanceof Label label) {
      Object value = label.property(name);
      if (value != null || label.hasProperty(name)) {
        return value;
      }
      // Geometric labels always store the legacy attribute dict, mostly empty.
      return name.equals("attributes") && hasLegacyAttributes(label)
          ? Document.empty()
          : Missing.MISSING;
    }
    if (container instanceof Document document) {
      Object value = document.get(name);
      return value != null || document.contains(name) ? value : Missing.MISSING;
    }
    if (container instanceof Row row) {
      return row.property(name);
    }
    if (container instanceof Sample sample) {
      Object value = sample.property(name);
      return value != null ? value : Missing.MISSING;
    }
    if (container instanceof Frame frame) {
      Object value = frame.property(name);
      return value != null ? value : Missing.MISSING;
    }
    return container instanceof Container c ? c.property(name) : Missing.MISSING;
  }

  private static boolean hasLegacyAttributes(Label label) {
    return label instanceof Detection || label instanceof Polyline || label instanceof Keypoint;
  }

  /** The value of a path; over an array the list of the values its elements have. */
  static @Nullable Object path(@Nullable Object root, String[] names, int from) {
    Object value = root;
    for (int i = from; i < names.length; i++) {
      if (value instanceof List<?> list) {
        List<@Nullable Object> values = new ArrayList<>(list.size());
        for (Object element : list) {
          Object inner =
              element instanceof List<?>
                  ? pathOfNestedList((List<?>) element, names, i)
                  : path(element, names, i);
          if (inner != Missing.MISSING) {
            values.add(inner);
          }
        }
        return Values.list(values);
      }
      value = get(value, names[i]);
      if (value == Missing.MISSING) {
        return value;
      }
    }
    return value;
  }

  private static @Nullable Object pathOfNestedList(List<?> list, String[] names, int from) {
    return path(list, names, from);
  }
}
