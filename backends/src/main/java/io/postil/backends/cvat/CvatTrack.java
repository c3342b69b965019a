package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A track as CVAT has it.
 *
 * @param id the server's id; 0 for one that is not there yet
 * @param labelId the label
 * @param group the number of its group, 0 for none
 * @param attributes the values that hold for all frames
 * @param shapes the key frames, in order; skeletons with their points
 */
record CvatTrack(
    long id, int labelId, int group, Map<Integer, String> attributes, List<CvatShape> shapes) {

  /**
   * Reads a track, of which the parser has read the first brace; of two shapes on one frame the
   * last one counts.
   */
  static CvatTrack read(JsonParser json) throws IOException {
    long id = 0;
    int labelId = 0;
    int group = 0;
    Map<Integer, String> attributes = Map.of();
    List<CvatShape> shapes = List.of();
    List<CvatTrack> elements = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "id" -> id = json.getValueAsLong();
        case "label_id" -> labelId = json.getValueAsInt();
        case "group" -> group = json.getValueAsInt();
        case "attributes" -> attributes = CvatShape.readAttributes(json);
        case "shapes" -> shapes = readObservations(json);
        case "elements" -> {
          while (CvatShape.inArray(json)) {
            elements.add(read(json));
          }
        }
        default -> json.skipChildren();
      }
    }
    return new CvatTrack(
        id, labelId, group, attributes, elements.isEmpty() ? shapes : joined(shapes, elements));
  }

  private static List<CvatShape> readObservations(JsonParser json) throws IOException {
    Map<Integer, CvatShape> byFrame = new LinkedHashMap<>();
    while (CvatShape.inArray(json)) {
      CvatShape read = CvatShape.read(json);
      byFrame.put(read.frame(), read);
    }
    List<CvatShape> shapes = new ArrayList<>(byFrame.values());
    shapes.sort((a, b) -> Integer.compare(a.frame(), b.frame()));
    return shapes;
  }

  /** A skeleton's points move on their own; a key frame of one is one of the skeleton. */
  private static List<CvatShape> joined(List<CvatShape> shapes, List<CvatTrack> elements) {
    java.util.TreeSet<Integer> frames = new java.util.TreeSet<>();
    shapes.forEach(s -> frames.add(s.frame()));
    elements.forEach(e -> e.shapes().forEach(s -> frames.add(s.frame())));
    List<CvatShape> joined = new ArrayList<>();
    for (int frame : frames) {
      CvatShape whole = TrackFrames.at(shapes, frame);
      if (whole == null) {
        continue;
      }
      List<CvatShape> points = new ArrayList<>();
      for (CvatTrack element : elements) {
        CvatShape point = TrackFrames.at(element.shapes(), frame);
        if (point != null) {
          CvatShape labelled =
              point.placed(frame, element.labelId(), point.occluded(), 0, point.attributes());
          points.add(labelled);
        }
      }
      boolean hidden = whole.outside() || points.stream().allMatch(CvatShape::outside);
      joined.add(whole.withElements(points).at(frame, hidden));
    }
    return joined;
  }

  /** Writes it to be made. */
  void write(JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("frame", shapes.get(0).frame());
    out.writeNumberField("label_id", labelId);
    out.writeNumberField("group", group);
    out.writeStringField("source", "manual");
    out.writeArrayFieldStart("shapes");
    for (CvatShape shape : shapes) {
      shape.writeObservation(out);
    }
    out.writeEndArray();
    CvatShape.writeAttributes(out, attributes);
    out.writeEndObject();
  }
}
