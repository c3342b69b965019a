package io.postil.core.packed;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Classifications;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.FrameRange;
import io.postil.core.label.GeoLocation;
import io.postil.core.label.Heatmap;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Label;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.Regression;
import io.postil.core.label.Segmentation;
import io.postil.core.label.TemporalDetection;
import io.postil.core.label.TemporalDetections;
import io.postil.core.label.UnknownLabel;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import io.postil.core.value.Values;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what {@link PackedWriter} wrote. Bytes that it cannot have written give {@link
 * Malformed}; memory is bounded by a small multiple of the document's size. Not thread-safe.
 */
public final class PackedReader extends PackedCursor {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);

  /** Most elements a list is given room for before they are read. */
  private static final int ROOM = 64;

  /** The document is damaged. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  private int depth;
  private boolean sized;
  private @Nullable Parts parts;

  /** Decodes documents whose texts are in a table. */
  public PackedReader(TextTable texts) {
    super(texts);
  }

  /** The names and values of a document within another one. */
  static @Nullable Object[] entries(TextTable texts, byte[] bytes, int from, int to)
      throws Malformed {
    PackedReader reader = new PackedReader(texts);
    reader.bytes = bytes;
    reader.position = from;
    reader.sized = true;
    @Nullable Object[] entries = reader.entries();
    if (reader.position != to) {
      throw new Malformed("they end after " + (reader.position - from) + " bytes");
    }
    return entries;
  }

  /** The one value of a document. */
  public @Nullable Object read(byte[] document, @Nullable Parts parts) throws Malformed {
    start(document, parts);
    Object value = value();
    end();
    return value;
  }

  /** Begins a document of parts that the caller reads one by one. */
  public void start(byte[] document, @Nullable Parts parts) throws Malformed {
    this.bytes = document;
    this.parts = parts;
    position = 0;
    depth = 0;
    int format = octet();
    if (format < Packed.FIRST_FORMAT || format > Packed.FORMAT) {
      throw new Malformed("unknown format " + format);
    }
    sized = format > Packed.FIRST_FORMAT;
    octet();
  }

  /** Checks that nothing is left. */
  public void end() throws Malformed {
    if (position != bytes.length) {
      throw new Malformed((bytes.length - position) + " bytes too many");
    }
  }

  /** Whether a document refers to parts beside it. */
  public static boolean hasParts(byte[] document) {
    return document.length > 1 && (document[1] & Packed.HAS_PARTS) != 0;
  }

  /** Reads the next value. */
  public @Nullable Object value() throws Malformed {
    int tag = octet();
    return switch (tag) {
      case Packed.NULL -> null;
      case Packed.FALSE -> Boolean.FALSE;
      case Packed.TRUE -> Boolean.TRUE;
      case Packed.INT -> integer();
      case Packed.LONG -> (Long) signed();
      case Packed.DOUBLE -> (Double) real();
      case Packed.STRING -> text();
      case Packed.BINARY -> {
        byte subtype = (byte) octet();
        yield Binary.wrap(subtype, large());
      }
      case Packed.OBJECT_ID -> id();
      case Packed.INSTANT -> Instant.ofEpochMilli(signed());
      case Packed.LIST -> list();
      case Packed.DOUBLE_LIST -> doubleList();
      case Packed.DOCUMENT -> document();
      case Packed.OTHER -> new OtherValue(document());
      case Packed.LABEL -> label();
      default -> throw new Malformed("unknown type " + tag);
    };
  }

  private List<@Nullable Object> list() throws Malformed {
    enter();
    int size = size(1);
    List<@Nullable Object> list = new ArrayList<>(Math.min(size, ROOM));
    for (int i = 0; i < size; i++) {
      list.add(value());
    }
    depth--;
    return Values.list(list);
  }

  private List<@Nullable Object> doubleList() throws Malformed {
    int size = size(8);
    @Nullable Object[] list = new @Nullable Object[size];
    for (int i = 0; i < size; i++) {
      list[i] = real();
    }
    return Values.listOf(list);
  }

  /** Reads the next document, written without its type. */
  public Document document() throws Malformed {
    return Document.ofEntries(entries());
  }

  private @Nullable Object[] entries() throws Malformed {
    enter();
    int size = size(2);
    @Nullable Object[] entries = new @Nullable Object[2 * Math.min(size, ROOM)];
    for (int i = 0; i < 2 * size; i += 2) {
      if (i == entries.length) {
        entries = Arrays.copyOf(entries, Math.min(2 * i, 2 * size));
      }
      entries[i] = text();
      entries[i + 1] = value();
    }
    depth--;
    return entries;
  }

  private void enter() throws Malformed {
    if (++depth > Packed.MAX_DEPTH) {
      throw new Malformed("nested too deep");
    }
  }

  private Label label() throws Malformed {
    int type = octet();
    return switch (type) {
      case Packed.CLASSIFICATION -> classification();
      case Packed.CLASSIFICATIONS ->
          new Classifications(labels(PackedReader::classification), document());
      case Packed.DETECTION -> detection();
      case Packed.DETECTIONS -> new Detections(labels(PackedReader::detection), document());
      case Packed.POLYLINE -> polyline();
      case Packed.POLYLINES -> new Polylines(labels(PackedReader::polyline), document());
      case Packed.KEYPOINT -> keypoint();
      case Packed.KEYPOINTS -> new Keypoints(labels(PackedReader::keypoint), document());
      case Packed.SEGMENTATION -> segmentation();
      case Packed.REGRESSION -> regression();
      case Packed.TEMPORAL_DETECTION -> temporalDetection();
      case Packed.TEMPORAL_DETECTIONS ->
          new TemporalDetections(labels(PackedReader::temporalDetection), document());
      case Packed.HEATMAP -> heatmap();
      case Packed.GEO_LOCATION -> geoLocation();
      case Packed.UNKNOWN -> new UnknownLabel(document());
      default -> throw new Malformed("unknown label type " + type);
    };
  }

  private interface Element<T> {
    T read(PackedReader in) throws Malformed;
  }

  private <T> List<T> labels(Element<T> element) throws Malformed {
    int size = size(13);
    List<T> labels = new ArrayList<>(Math.min(size, ROOM));
    for (int i = 0; i < size; i++) {
      labels.add(element.read(this));
    }
    return labels;
  }

  private Classification classification() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    String label = text(flags, 0);
    Double confidence = number(flags, 1);
    NdArray logits = array(flags, 2);
    return new Classification(id, tags(flags), label, confidence, logits, attributes(id, flags));
  }

  private Detection detection() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    String label = text(flags, 0);
    BoundingBox box = null;
    if ((flags & 2) != 0) {
      box = new BoundingBox(real(), real(), real(), real());
    }
    NdArray mask = array(flags, 2);
    String maskPath = text(flags, 3);
    Double confidence = number(flags, 4);
    Integer index = integer(flags, 5);
    return new Detection(
        id, tags(flags), label, box, mask, maskPath, confidence, index, attributes(id, flags));
  }

  private Polyline polyline() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    String label = text(flags, 0);
    int size = size(2);
    List<Points> lines = new ArrayList<>(Math.min(size, ROOM));
    for (int i = 0; i < size; i++) {
      lines.add(points());
    }
    Double confidence = number(flags, 3);
    Integer index = integer(flags, 4);
    boolean closed = (flags & 2) != 0;
    boolean filled = (flags & 4) != 0;
    return new Polyline(
        id, tags(flags), label, lines, closed, filled, confidence, index, attributes(id, flags));
  }

  private Keypoint keypoint() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    String label = text(flags, 0);
    Points points = points();
    Doubles confidence = numbers(flags, 1);
    Integer index = integer(flags, 2);
    return new Keypoint(id, tags(flags), label, points, confidence, index, attributes(id, flags));
  }

  private Segmentation segmentation() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    NdArray mask = array(flags, 0);
    String maskPath = text(flags, 1);
    return new Segmentation(id, tags(flags), mask, maskPath, attributes(id, flags));
  }

  private Regression regression() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    Double value = number(flags, 0);
    Double confidence = number(flags, 1);
    return new Regression(id, tags(flags), value, confidence, attributes(id, flags));
  }

  private TemporalDetection temporalDetection() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    String label = text(flags, 0);
    FrameRange support = null;
    if ((flags & 2) != 0) {
      support = new FrameRange(integer(), integer());
    }
    Double confidence = number(flags, 2);
    return new TemporalDetection(
        id, tags(flags), label, support, confidence, attributes(id, flags));
  }

  private Heatmap heatmap() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    NdArray map = array(flags, 0);
    String mapPath = text(flags, 1);
    Doubles range = numbers(flags, 2);
    return new Heatmap(id, tags(flags), map, mapPath, range, attributes(id, flags));
  }

  private GeoLocation geoLocation() throws Malformed {
    int flags = octet();
    ObjectId id = id();
    String className = text();
    return new GeoLocation(id, tags(flags), className, attributes(id, flags));
  }

  private List<String> tags(int flags) throws Malformed {
    return (flags & 64) == 0 ? List.of() : names();
  }

  private Document attributes(ObjectId label, int flags) throws Malformed {
    if ((flags & 128) == 0) {
      return Document.empty();
    }
    Document attributes = sized ? sized(label) : document();
    return attributes == null ? Document.empty() : attributes;
  }

  /** Whether documents were written by {@link PackedWriter#sized}. */
  public boolean hasSizes() {
    return sized;
  }

  /**
   * Reads a document written by {@link PackedWriter#sized}, or defers that until it is asked for.
   *
   * @param owner whose it is, to say which one is damaged
   */
  public @Nullable Document sized(ObjectId owner) throws Malformed {
    int size = size(1);
    if (size == 0) {
      return null;
    }
    int from = position;
    if (bytes[from] == 0 || hasParts(bytes) || !texts.isLasting()) {
      Document document = document();
      if (position != from + size) {
        throw new Malformed("a document of " + size + " bytes ends elsewhere");
      }
      return document;
    }
    position += size;
    return Document.ofDeferred(new PackedDocument(texts, owner, bytes, from, position));
  }

  /** Reads texts written by {@link PackedWriter#names}. */
  public List<String> names() throws Malformed {
    int size = size(1);
    List<String> names = new ArrayList<>(Math.min(size, ROOM));
    for (int i = 0; i < size; i++) {
      names.add(text());
    }
    return names;
  }

  private @Nullable String text(int flags, int bit) throws Malformed {
    return (flags >> bit & 1) == 0 ? null : text();
  }

  private @Nullable Double number(int flags, int bit) throws Malformed {
    return (flags >> bit & 1) == 0 ? null : (Double) real();
  }

  private @Nullable Integer integer(int flags, int bit) throws Malformed {
    return (flags >> bit & 1) == 0 ? null : (Integer) integer();
  }

  private @Nullable NdArray array(int flags, int bit) throws Malformed {
    return (flags >> bit & 1) == 0 ? null : NdArray.ofPacked(large());
  }

  private @Nullable Doubles numbers(int flags, int bit) throws Malformed {
    if ((flags >> bit & 1) == 0) {
      return null;
    }
    double[] numbers = new double[size(8)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = real();
    }
    return Doubles.wrap(numbers);
  }

  private Points points() throws Malformed {
    byte[] data = large();
    if (data.length % 16 != 0) {
      throw new Malformed("a point list of " + data.length + " bytes");
    }
    double[] coordinates = new double[data.length / 8];
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = (double) DOUBLE.get(data, 8 * i);
    }
    return Points.wrap(coordinates);
  }

  private byte[] large() throws Malformed {
    int kind = octet();
    if (kind == 0) {
      int size = size(1);
      position += size;
      return Arrays.copyOfRange(bytes, position - size, position);
    }
    if (kind != 1 || parts == null) {
      throw new Malformed("unknown kind of data " + kind);
    }
    long id = unsigned();
    int length = (int) unsigned();
    return parts.get(new Parts.Reference(id, length, longValue(), longValue()));
  }

  /** Reads a text written by {@link PackedWriter#text}. */
  public String text() throws Malformed {
    long kind = unsigned();
    if (isNumbered(kind)) {
      return numbered(kind);
    }
    if (kind == Packed.TEXT_HEX) {
      return id().toString();
    }
    if (kind != Packed.TEXT_INLINE) {
      throw new Malformed("unknown kind of text " + kind);
    }
    int size = size(1);
    position += size;
    return new String(bytes, position - size, size, StandardCharsets.UTF_8);
  }

  ObjectId id() throws Malformed {
    need(12);
    ObjectId id = ObjectId.of((int) INT.get(bytes, position), (long) LONG.get(bytes, position + 4));
    position += 12;
    return id;
  }

  private double real() throws Malformed {
    need(8);
    position += 8;
    return (double) DOUBLE.get(bytes, position - 8);
  }

  private long longValue() throws Malformed {
    need(8);
    position += 8;
    return (long) LONG.get(bytes, position - 8);
  }

  private int integer() throws Malformed {
    long value = signed();
    if (value != (int) value) {
      throw new Malformed("the number " + value + " does not fit its type");
    }
    return (int) value;
  }

  private long signed() throws Malformed {
    long raw = unsigned();
    return raw >>> 1 ^ -(raw & 1);
  }
}
