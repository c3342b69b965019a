package io.postil.store.mongo;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list of detections out of the bytes of BSON without making documents of them first, which
 * takes half the time. It knows what most detections look like; a list with anything else, such as
 * a mask or a label of another class, is left to the common way. For one list; not thread-safe.
 */
final class DetectionsDecoder {
  private static final int TEXT = 0x02;
  private static final int DOCUMENT = 0x03;
  private static final int LIST = 0x04;
  private static final int EMPTY = 5;

  /** The bytes of a list of four numbers: its length, four times type, name and value, its end. */
  private static final int BOX = 4 + 4 * 11 + 1;

  private final BsonDecoder in;
  private Detection[] labels = new Detection[16];
  private int count;

  private DetectionsDecoder(BsonDecoder in) {
    this.in = in;
  }

  /** The detections where a reader stands; null if they are unusual, wherever it stands then. */
  static @Nullable Detections read(BsonDecoder in) {
    return new DetectionsDecoder(in).detections();
  }

  private @Nullable Detections detections() {
    in.int32();
    Document.Builder extras = null;
    boolean found = false;
    for (int type = in.type(); type != 0; type = in.type()) {
      String name = in.name();
      switch (name) {
        case "_cls" -> in.value(type);
        case "detections" -> {
          found = type == LIST && !found && list();
          if (!found) {
            return null;
          }
        }
        case "attributes" -> {
          return null;
        }
        default -> {
          extras = extras == null ? Document.builder() : extras;
          extras.append(name, in.value(type));
        }
      }
    }
    return found
        ? new Detections(
            List.of(Arrays.copyOf(labels, count)),
            extras == null ? Document.empty() : extras.build())
        : null;
  }

  private boolean list() {
    in.int32();
    for (int type = in.type(); type != 0; type = in.type()) {
      in.skipName();
      Detection label = type == DOCUMENT ? detection() : null;
      if (label == null) {
        return false;
      }
      if (count == labels.length) {
        labels = Arrays.copyOf(labels, 2 * count);
      }
      labels[count++] = label;
    }
    return true;
  }

  private @Nullable Detection detection() {
    ObjectId id = null;
    List<String> tags = List.of();
    String label = null;
    BoundingBox box = null;
    String maskPath = null;
    Double confidence = null;
    Integer index = null;
    Document.Builder rest = null;
    in.int32();
    for (int type = in.type(); type != 0; type = in.type()) {
      String name = in.name();
      Object value =
          name.equals("bounding_box") && type == LIST && in.length() == BOX
              ? box()
              : isEmptyDocument(type) ? empty() : in.value(type);
      switch (name) {
        case "_id" -> id = value instanceof ObjectId given ? given : null;
        case "_cls" -> {
          if (!"Detection".equals(value)) {
            return null;
          }
        }
        case "tags" -> {
          if (!(value instanceof List<?> list) || !list.isEmpty()) {
            return null;
          }
        }
        case "label" -> {
          if (value != null && type != TEXT) {
            return null;
          }
          label = (String) value;
        }
        case "bounding_box" -> {
          if (!(value instanceof BoundingBox given)) {
            return null;
          }
          box = given;
        }
        case "mask" -> {
          if (value != null) {
            return null;
          }
        }
        case "mask_path" -> {
          if (value != null && type != TEXT) {
            return null;
          }
          maskPath = (String) value;
        }
        case "confidence" -> {
          if (value != null && !(value instanceof Double)) {
            return null;
          }
          confidence = (Double) value;
        }
        case "index" -> {
          if (value != null && !(value instanceof Integer)) {
            return null;
          }
          index = (Integer) value;
        }
        default -> {
          if (!(name.equals("attributes") && value == Document.empty())) {
            rest = rest == null ? Document.builder() : rest;
            rest.append(name, value);
          }
        }
      }
    }
    return id == null
        ? null
        : new Detection(
            id,
            tags,
            label,
            box,
            null,
            maskPath,
            confidence,
            index,
            rest == null ? Document.empty() : rest.build());
  }

  private boolean isEmptyDocument(int type) {
    return type == DOCUMENT && in.length() == EMPTY;
  }

  private Document empty() {
    in.skip(EMPTY);
    return Document.empty();
  }

  /** A box of four numbers, which is not asked for its names; null if it is of others. */
  private @Nullable BoundingBox box() {
    in.int32();
    double x = in.element();
    double y = in.element();
    double width = in.element();
    double height = in.element();
    in.skip(1);
    return new BoundingBox(x, y, width, height);
  }
}
