package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

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
    List<CvatShape> shapes = new ArrayList<>();
    Read read = read(json, shapes::add);
    List<CvatShape> ordered = ordered(shapes);
    return read.head()
        .withShapes(read.elements().isEmpty() ? ordered : joined(ordered, read.elements()));
  }

  /**
   * A track that was read but for its own shapes.
   *
   * @param head the track without shapes
   * @param elements the points of a skeleton, whole
   */
  record Read(CvatTrack head, List<CvatTrack> elements) {}

  /**
   * Reads a track, of which the parser has read the first brace, without keeping its shapes.
   *
   * @param shapes hears of each as it comes, which may be in any order
   */
  static Read read(JsonParser json, Consumer<CvatShape> shapes) throws IOException {
    long id = 0;
    int labelId = 0;
    int group = 0;
    Map<Integer, String> attributes = Map.of();
    List<CvatTrack> elements = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "id" -> id = json.getValueAsLong();
        case "label_id" -> labelId = json.getValueAsInt();
        case "group" -> group = json.getValueAsInt();
        case "attributes" -> attributes = CvatShape.readAttributes(json);
        case "shapes" -> {
          while (CvatShape.inArray(json)) {
            shapes.accept(CvatShape.read(json));
          }
        }
        case "elements" -> {
          while (CvatShape.inArray(json)) {
            elements.add(read(json));
          }
        }
        default -> json.skipChildren();
      }
    }
    return new Read(new CvatTrack(id, labelId, group, attributes, List.of()), elements);
  }

  CvatTrack withShapes(List<CvatShape> shapes) {
    return new CvatTrack(id, labelId, group, attributes, shapes);
  }

  /** Shapes by ascending frame; of two on one frame the one that came last. */
  static List<CvatShape> ordered(List<CvatShape> shapes) {
    Map<Integer, CvatShape> byFrame = new TreeMap<>();
    shapes.forEach(s -> byFrame.put(s.frame(), s));
    return new ArrayList<>(byFrame.values());
  }

  /** A skeleton's points move on their own; a key frame of one is one of the skeleton. */
  static List<CvatShape> joined(List<CvatShape> shapes, List<CvatTrack> elements) {
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

  /**
   * Writes it to be made.
   *
   * @param start the frame of its first shape
   * @param shapes its shapes
   */
  void write(JsonGenerator out, int start, Iterator<CvatShape> shapes) throws IOException {
    out.writeStartObject();
    out.writeNumberField("frame", start);
    out.writeNumberField("label_id", labelId);
    out.writeNumberField("group", group);
    out.writeStringField("source", "manual");
    out.writeArrayFieldStart("shapes");
    while (shapes.hasNext()) {
      shapes.next().writeObservation(out);
    }
    out.writeEndArray();
    CvatShape.writeAttributes(out, attributes);
    out.writeEndObject();
  }
}
