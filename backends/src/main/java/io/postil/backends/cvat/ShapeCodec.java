package io.postil.backends.cvat;

import io.postil.backends.spool.RecordSpool;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How shapes wait in a {@link RecordSpool}. */
final class ShapeCodec implements RecordSpool.Codec<CvatShape> {
  private static final List<String> TYPES =
      List.of(
          CvatShape.TAG,
          Boxes.TYPE,
          Cuboids.TYPE,
          Masks.TYPE,
          Ellipses.TYPE,
          Paths.POLYGON,
          Paths.POLYLINE,
          KeypointShapes.POINTS,
          KeypointShapes.SKELETON);

  static final ShapeCodec INSTANCE = new ShapeCodec();

  private ShapeCodec() {}

  @Override
  public void write(DataOutput out, CvatShape shape) throws IOException {
    out.writeLong(shape.id());
    int type = TYPES.indexOf(shape.type());
    out.writeByte(type);
    if (type < 0) {
      writeText(out, shape.type());
    }
    out.writeInt(shape.frame());
    out.writeInt(shape.labelId());
    out.writeInt(shape.points().length);
    for (double point : shape.points()) {
      out.writeDouble(point);
    }
    out.writeDouble(shape.rotation());
    out.writeByte((shape.occluded() ? 1 : 0) | (shape.outside() ? 2 : 0));
    out.writeInt(shape.group());
    out.writeInt(shape.zOrder());
    out.writeShort(shape.attributes().size());
    for (Map.Entry<Integer, String> attribute : shape.attributes().entrySet()) {
      out.writeInt(attribute.getKey());
      writeText(out, attribute.getValue());
    }
    out.writeInt(shape.elements().size());
    for (CvatShape element : shape.elements()) {
      write(out, element);
    }
  }

  private static void writeText(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public CvatShape read(DataInput in) throws IOException {
    long id = in.readLong();
    int type = in.readByte();
    String typeName = type < 0 ? readText(in) : TYPES.get(type);
    int frame = in.readInt();
    int labelId = in.readInt();
    double[] points = new double[in.readInt()];
    for (int i = 0; i < points.length; i++) {
      points[i] = in.readDouble();
    }
    double rotation = in.readDouble();
    int flags = in.readByte();
    int group = in.readInt();
    int zOrder = in.readInt();
    return new CvatShape(
        id,
        typeName,
        frame,
        labelId,
        points,
        rotation,
        (flags & 1) != 0,
        (flags & 2) != 0,
        group,
        zOrder,
        readAttributes(in),
        readElements(in));
  }

  private static Map<Integer, String> readAttributes(DataInput in) throws IOException {
    int count = in.readUnsignedShort();
    if (count == 0) {
      return Map.of();
    }
    Map<Integer, String> attributes = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      attributes.put(in.readInt(), readText(in));
    }
    return attributes;
  }

  private List<CvatShape> readElements(DataInput in) throws IOException {
    int count = in.readInt();
    if (count == 0) {
      return List.of();
    }
    List<CvatShape> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(read(in));
    }
    return elements;
  }

  private static String readText(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
