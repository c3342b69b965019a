package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tag or shape as CVAT has it, alone or as an observation of a track.
 *
 * @param id the server's id; 0 for one that is not there yet
 * @param type such as {@code rectangle}; {@code tag} for a tag
 * @param frame the number on the server
 * @param labelId the label; 0 within a track
 * @param points in pixels, as the type wants them
 * @param rotation in degrees, 0 to 360
 * @param occluded whether something hides it
 * @param outside whether the object is not to be seen from here on
 * @param group the number of its group, 0 for none
 * @param zOrder which of two lies on top
 * @param attributes values by the id of the attribute
 * @param elements the points of a skeleton
 */
record CvatShape(
    long id,
    String type,
    int frame,
    int labelId,
    double[] points,
    double rotation,
    boolean occluded,
    boolean outside,
    int group,
    int zOrder,
    Map<Integer, String> attributes,
    List<CvatShape> elements) {
  static final String TAG = "tag";
  private static final double[] NOTHING = {};

  /** A pixel's ten-millionth: less than anybody can draw, more than calculating errs. */
  private static final double TOLERANCE = 1e-7;

  /** A shape to be sent, as yet without label, frame and attributes. */
  static CvatShape of(String type, double... points) {
    return new CvatShape(0, type, 0, 0, points, 0, false, false, 0, 0, Map.of(), List.of());
  }

  CvatShape rotated(double degrees) {
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        degrees,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  /** The same as it is placed on a frame, with its elements. */
  CvatShape placed(
      int frame, int labelId, boolean occluded, int group, Map<Integer, String> attributes) {
    List<CvatShape> there = elements;
    if (!elements.isEmpty()) {
      there = elements.stream().map(element -> element.at(frame, element.outside)).toList();
    }
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        there);
  }

  /** The same on another frame, there to be seen or not. */
  CvatShape at(int frame, boolean outside) {
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  CvatShape withPoints(double[] points, double rotation) {
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  CvatShape withId(long id) {
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  CvatShape withElements(List<CvatShape> elements) {
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  CvatShape withAttributes(Map<Integer, String> attributes) {
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  /** Whether both have the same outline. */
  boolean sameGeometry(CvatShape other) {
    if (!type.equals(other.type)
        || points.length != other.points.length
        || elements.size() != other.elements.size()
        || Math.abs(rotation - other.rotation) > TOLERANCE) {
      return false;
    }
    for (int i = 0; i < points.length; i++) {
      if (Math.abs(points[i] - other.points[i]) > TOLERANCE) {
        return false;
      }
    }
    for (int i = 0; i < elements.size(); i++) {
      CvatShape a = elements.get(i);
      CvatShape b = other.elements.get(i);
      if (a.outside != b.outside || !a.outside && !a.sameGeometry(b)) {
        return false;
      }
    }
    return true;
  }

  // --- JSON -----------------------------------------------------------------------------------

  /**
   * Reads a tag, shape, or observation of a track, of which the parser has read the first brace.
   * Answers have thousands of them, so no documents are made.
   */
  static CvatShape read(JsonParser json) throws IOException {
    long id = 0;
    String type = TAG;
    int frame = 0;
    int labelId = 0;
    double[] points = NOTHING;
    double rotation = 0;
    boolean occluded = false;
    boolean outside = false;
    int group = 0;
    int zOrder = 0;
    Map<Integer, String> attributes = Map.of();
    List<CvatShape> elements = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "id" -> id = json.getValueAsLong();
        case "type" -> type = json.getValueAsString(TAG);
        case "frame" -> frame = json.getValueAsInt();
        case "label_id" -> labelId = json.getValueAsInt();
        case "points" -> points = readPoints(json);
        case "rotation" -> rotation = json.getValueAsDouble();
        case "occluded" -> occluded = json.getValueAsBoolean();
        case "outside" -> outside = json.getValueAsBoolean();
        case "group" -> group = json.getValueAsInt();
        case "z_order" -> zOrder = json.getValueAsInt();
        case "attributes" -> attributes = readAttributes(json);
        case "elements" -> elements = readElements(json);
        default -> json.skipChildren();
      }
    }
    return new CvatShape(
        id,
        type,
        frame,
        labelId,
        points,
        rotation,
        occluded,
        outside,
        group,
        zOrder,
        attributes,
        elements);
  }

  private static double[] readPoints(JsonParser json) throws IOException {
    double[] points = new double[8];
    int length = 0;
    while (inArray(json)) {
      if (length == points.length) {
        points = Arrays.copyOf(points, 2 * length);
      }
      points[length++] = json.currentToken().isNumeric() ? json.getDoubleValue() : Double.NaN;
      json.skipChildren();
    }
    return Arrays.copyOf(points, length);
  }

  private static List<CvatShape> readElements(JsonParser json) throws IOException {
    List<CvatShape> elements = new ArrayList<>();
    while (inArray(json)) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        elements.add(read(json));
      }
    }
    if (elements.size() > 1) {
      elements.sort((a, b) -> Integer.compare(a.labelId(), b.labelId()));
    }
    return elements;
  }

  /** Reads the list of values that attributes have. */
  static Map<Integer, String> readAttributes(JsonParser json) throws IOException {
    Map<Integer, String> attributes = new LinkedHashMap<>();
    while (inArray(json)) {
      int attribute = -1;
      String value = "";
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isId = json.currentName().equals("spec_id");
        boolean isValue = json.currentName().equals("value");
        json.nextToken();
        if (isId) {
          attribute = json.getValueAsInt();
        } else if (isValue) {
          value = json.getValueAsString("");
        } else {
          json.skipChildren();
        }
      }
      if (attribute >= 0) {
        attributes.put(attribute, value);
      }
    }
    return attributes;
  }

  /** Goes on to the next element of a list; false at its end, and if there is no list. */
  static boolean inArray(JsonParser json) throws IOException {
    if (!json.getParsingContext().inArray()) {
      json.skipChildren();
      return false;
    }
    JsonToken token = json.nextToken();
    if (token == null) {
      throw new IOException("the answer is cut off");
    }
    return token != JsonToken.END_ARRAY;
  }

  /** Writes it as a tag or shape to be made. */
  void write(JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("frame", frame);
    out.writeNumberField("label_id", labelId);
    out.writeNumberField("group", group);
    out.writeStringField("source", "manual");
    if (!type.equals(TAG)) {
      writeOutline(out);
      if (!elements.isEmpty()) {
        out.writeArrayFieldStart("elements");
        for (CvatShape element : elements) {
          element.write(out);
        }
        out.writeEndArray();
      }
    }
    writeAttributes(out, attributes);
    out.writeEndObject();
  }

  /** Writes it as an observation of a track. */
  void writeObservation(JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("frame", frame);
    writeOutline(out);
    writeAttributes(out, attributes);
    out.writeEndObject();
  }

  private void writeOutline(JsonGenerator out) throws IOException {
    out.writeStringField("type", type);
    out.writeBooleanField("occluded", occluded);
    out.writeBooleanField("outside", outside);
    out.writeNumberField("z_order", zOrder);
    if (rotation != 0) {
      out.writeNumberField("rotation", rotation);
    }
    out.writeArrayFieldStart("points");
    for (double point : points) {
      if (point == Math.rint(point) && Math.abs(point) < 1e15) {
        out.writeNumber((long) point);
      } else {
        out.writeNumber(point);
      }
    }
    out.writeEndArray();
  }

  static void writeAttributes(JsonGenerator out, Map<Integer, String> attributes)
      throws IOException {
    out.writeArrayFieldStart("attributes");
    for (Map.Entry<Integer, String> attribute : attributes.entrySet()) {
      out.writeStartObject();
      out.writeNumberField("spec_id", attribute.getKey());
      out.writeStringField("value", attribute.getValue());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
