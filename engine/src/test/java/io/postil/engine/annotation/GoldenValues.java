package io.postil.engine.annotation;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values of recorded cases as values of the model and back; keeps which symbol is which id. */
final class GoldenValues {
  private static final Set<String> PROPERTIES =
      Set.of(
          "_cls",
          "id",
          "label",
          "bounding_box",
          "mask",
          "mask_path",
          "confidence",
          "index",
          "points",
          "closed",
          "filled",
          "tags",
          "keyframe",
          "instance",
          "attrs",
          "legacyAttributes",
          "support",
          "logits",
          "map",
          "range",
          "value");

  private final Map<String, ObjectId> ids = new HashMap<>();
  private final Map<ObjectId, String> symbols = new HashMap<>();

  ObjectId id(String symbol) {
    ObjectId id = ids.computeIfAbsent(symbol, s -> ObjectId.create());
    symbols.putIfAbsent(id, symbol);
    return id;
  }

  void bind(String symbol, ObjectId id) {
    ids.put(symbol, id);
    symbols.put(id, symbol);
  }

  /** The symbol of an id; the id's digits if it has none. */
  String symbol(ObjectId id) {
    return symbols.getOrDefault(id, "?" + id);
  }

  // --- from the recording ---------------------------------------------------------------------

  @Nullable Object value(@Nullable Object recorded) {
    if (recorded instanceof Document d) {
      if (d.get("_date") instanceof String day) {
        return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      return d.contains("_cls") ? label(d) : d;
    }
    return recorded;
  }

  Label label(Document d) {
    Document.Builder out = Document.builder();
    d.forEach(
        (name, value) -> {
          switch (name) {
            case "id" -> out.put("_id", id(String.valueOf(value)));
            case "detections", "classifications", "polylines", "keypoints" ->
                out.put(
                    name,
                    Values.list(
                        ((List<?>) java.util.Objects.requireNonNull(value))
                            .stream()
                                .map(
                                    l ->
                                        (Object)
                                            LabelDocuments.toDocument(
                                                label(
                                                    (Document)
                                                        java.util.Objects.requireNonNull(l))))
                                .toList()));
            case "mask", "map" ->
                out.put(
                    name,
                    value == null
                        ? null
                        : Binary.wrap(array((List<?>) value, d.getString("_cls", "")).packed()));
            case "points" -> out.put(name, points(value));
            case "confidence" ->
                out.put(
                    name,
                    value instanceof List<?> l
                        ? Values.list(l.stream().map(GoldenValues::number).toList())
                        : value);
            case "attrs" -> ((Document) java.util.Objects.requireNonNull(value)).forEach(out::put);
            case "legacyAttributes" -> {
              Document.Builder legacy = Document.builder();
              ((Document) java.util.Objects.requireNonNull(value))
                  .forEach((n, v) -> legacy.put(n, Document.of("_cls", "Attribute", "value", v)));
              out.put("attributes", legacy.build());
            }
            default -> out.put(name, value);
          }
        });
    if (!d.contains("id") && !d.getString("_cls", "").endsWith("s")) {
      out.put("_id", ObjectId.create());
    }
    return LabelDocuments.fromDocument(out.build());
  }

  private static @Nullable Object number(@Nullable Object value) {
    return value == null || "NaN".equals(value) ? (Object) Double.NaN : value;
  }

  private static @Nullable Object points(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return Values.list(list.stream().map(GoldenValues::points).toList());
    }
    return number(value);
  }

  private static NdArray array(List<?> rows, String className) {
    int height = rows.size();
    int width = height == 0 ? 0 : ((List<?>) java.util.Objects.requireNonNull(rows.get(0))).size();
    byte[] pixels = new byte[height * width];
    for (int y = 0; y < height; y++) {
      List<?> row = (List<?>) java.util.Objects.requireNonNull(rows.get(y));
      for (int x = 0; x < width; x++) {
        Object v = row.get(x);
        pixels[y * width + x] =
            (byte)
                (v instanceof Boolean b
                    ? (b ? 1 : 0)
                    : ((Number) java.util.Objects.requireNonNull(v)).intValue());
      }
    }
    return className.equals("Segmentation")
        ? NdArray.ofBytes(height, width, pixels)
        : NdArray.ofBooleans(height, width, pixels);
  }

  // --- to the recording's form ----------------------------------------------------------------

  @Nullable Object recorded(@Nullable Object value) {
    if (value instanceof LabelList<?> list) {
      return Document.of(
          "_cls",
          list.className(),
          list.listName(),
          Values.list(list.labels().stream().map(this::recorded).toList()));
    }
    if (value instanceof SingleLabel label) {
      return recorded(label);
    }
    if (value instanceof Instant instant) {
      return Document.of("_date", instant.atZone(ZoneOffset.UTC).toLocalDate().toString());
    }
    return value;
  }

  private Document recorded(SingleLabel label) {
    Document stored = LabelDocuments.toDocument(label);
    Document.Builder out = Document.builder();
    Document.Builder attrs = Document.builder();
    stored.forEach(
        (name, value) -> {
          if (value == null) {
            return;
          }
          switch (name) {
            case "_id" -> out.put("id", symbol((ObjectId) value));
            case "mask", "map" ->
                out.put(
                    name,
                    value instanceof NdArray a
                        ? rows(a)
                        : value instanceof io.postil.core.value.Binary b
                            ? rows(NdArray.ofPacked(b.bytes()))
                            : value);
            case "attributes" -> {
              Document.Builder legacy = Document.builder();
              if (value instanceof Document entries) {
                entries.forEach(
                    (n, v) -> legacy.put(n, v instanceof Document e ? e.get("value") : v));
              }
              if (!legacy.build().isEmpty()) {
                out.put("legacyAttributes", legacy.build());
              }
            }
            case "tags" -> {
              if (!((List<?>) value).isEmpty()) {
                out.put(name, value);
              }
            }
            default -> {
              if (PROPERTIES.contains(name)) {
                out.put(name, value);
              } else {
                attrs.put(name, value);
              }
            }
          }
        });
    if (!attrs.build().isEmpty()) {
      out.put("attrs", attrs.build());
    }
    return out.build();
  }

  private static Object rows(NdArray array) {
    List<@Nullable Object> rows = new ArrayList<>();
    for (int y = 0; y < array.height(); y++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (int x = 0; x < array.width(); x++) {
        row.add(array.get(y * array.width() + x));
      }
      rows.add(Values.list(row));
    }
    return Values.list(rows);
  }

  // --- fields ---------------------------------------------------------------------------------

  static FieldSpec field(String name, String type) {
    FieldType plain = FieldType.ofId(type);
    return plain != null && plain != FieldType.EMBEDDED
        ? FieldSpec.of(name, plain)
        : FieldSpec.embedded(name, type);
  }

  /** The declaration for a field of which only a value is known. */
  static FieldSpec fieldOf(String name, Object value) {
    if (value instanceof Label label) {
      return FieldSpec.embedded(name, label.className());
    }
    FieldType type =
        value instanceof Boolean
            ? FieldType.BOOLEAN
            : value instanceof Integer || value instanceof Long
                ? FieldType.INT
                : value instanceof Number
                    ? FieldType.FLOAT
                    : value instanceof Instant
                        ? FieldType.DATE
                        : value instanceof List<?>
                            ? FieldType.LIST
                            : value instanceof Document ? FieldType.DICT : FieldType.STRING;
    return FieldSpec.of(name, type);
  }

  /** The type of a field as the recordings name it. */
  static String typeName(FieldSpec field) {
    return field.documentClass() != null ? field.documentClass() : field.type().id();
  }

  // --- comparison -----------------------------------------------------------------------------

  private final Map<String, String> fresh = new HashMap<>();

  /** The first difference between what was recorded and what came, or null. */
  @Nullable String difference(String where, @Nullable Object expected, @Nullable Object actual) {
    if (expected instanceof Document e && actual instanceof Document a) {
      Set<String> names = new java.util.LinkedHashSet<>(e.names());
      names.addAll(a.names());
      for (String name : names) {
        Object wanted = e.get(name);
        Object came = a.get(name);
        if (wanted == null && name.matches("NEW\\d+")) {
          continue;
        }
        boolean same = usual(name, wanted) && usual(name, came);
        if (!same) {
          String difference = difference(where + "." + name, wanted, came);
          if (difference != null) {
            return difference;
          }
        }
      }
      return null;
    }
    if (expected instanceof List<?> e && actual instanceof List<?> a && e.size() == a.size()) {
      for (int i = 0; i < e.size(); i++) {
        String difference = difference(where + "[" + i + "]", e.get(i), a.get(i));
        if (difference != null) {
          return difference;
        }
      }
      return null;
    }
    if (expected instanceof Boolean || actual instanceof Boolean) {
      boolean pixel = expected instanceof Number || actual instanceof Number;
      if (pixel) {
        return pixel(expected) == pixel(actual) && where.contains("mask")
            ? null
            : where + ": expected " + expected + " but was " + actual;
      }
    }
    if (expected instanceof Number e && actual instanceof Number a) {
      return Double.compare(e.doubleValue(), a.doubleValue()) == 0
              || Math.abs(e.doubleValue() - a.doubleValue()) <= 1e-9
          ? null
          : where + ": expected " + e + " but was " + a;
    }
    if ("NaN".equals(expected) && actual instanceof Double d && d.isNaN()
        || expected == null && actual instanceof Double n && n.isNaN()) {
      return null;
    }
    if (expected instanceof String e && actual instanceof String a && e.matches("NEW\\d+")) {
      String bound = fresh.putIfAbsent(e, a);
      return (bound == null || bound.equals(a)) && (a.startsWith("?") || a.startsWith("NEW"))
          ? null
          : where + ": expected the new id " + e + " (" + bound + ") but was " + a;
    }
    return java.util.Objects.equals(expected, actual)
        ? null
        : where + ": expected " + expected + " but was " + actual;
  }

  private static double pixel(@Nullable Object value) {
    return value instanceof Boolean b
        ? (b ? 1 : 0)
        : value instanceof Number n ? n.doubleValue() : -1;
  }

  /** Whether a value is the same as its absence. */
  private static boolean usual(String name, @Nullable Object value) {
    return value == null
        || (name.equals("closed") || name.equals("filled")) && Boolean.FALSE.equals(value)
        || (name.equals("tags")
                || name.equals("frames")
                || name.equals("attrs")
                || name.equals("legacyAttributes"))
            && (Values.same(value, List.of())
                || value instanceof Document d
                    && d.names().stream().allMatch(n -> d.get(n) == null));
  }
}
