package io.postil.core.packed;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.GeoLocation;
import io.postil.core.label.Heatmap;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Label;
import io.postil.core.label.LabelList;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Regression;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.label.TemporalDetection;
import io.postil.core.label.UnknownLabel;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes values and labels; {@link PackedReader} is its inverse. Not thread-safe. */
public final class PackedWriter {
  private static final int ID_DIGITS = 24;

  /** What each character is as a hexadecimal digit in lower case; -1 for none. */
  private static final byte[] DIGITS = new byte[256];

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int digit = 0; digit < 16; digit++) {
      DIGITS[Character.forDigit(digit, 16)] = (byte) digit;
    }
  }

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);

  private final TextTable dictionary;
  private byte[] bytes = new byte[4096];
  private int length;
  private int depth;
  private @Nullable Parts parts;

  /** Encodes documents whose texts may go into a table. */
  public PackedWriter(TextTable dictionary) {
    this.dictionary = dictionary;
  }

  /** The document of one value. */
  public byte[] write(@Nullable Object value, @Nullable Parts parts) {
    start(parts);
    value(value);
    return finish();
  }

  /** Begins a document of parts that the caller writes one by one. */
  public void start(@Nullable Parts parts) {
    this.parts = parts;
    length = 0;
    depth = 0;
    put(Packed.FORMAT);
    put(0);
  }

  /** The document written since {@link #start}. */
  public byte[] finish() {
    return Arrays.copyOf(bytes, length);
  }

  public void value(@Nullable Object value) {
    // A chain of tests: with one compiler only, a pattern switch takes several times as long.
    if (value instanceof String s) {
      put(Packed.STRING);
      text(s, false);
    } else if (value instanceof Double d) {
      put(Packed.DOUBLE);
      real(d);
    } else if (value instanceof Integer i) {
      put(Packed.INT);
      signed(i);
    } else if (value instanceof Boolean b) {
      put(b ? Packed.TRUE : Packed.FALSE);
    } else if (value instanceof Label label) {
      put(Packed.LABEL);
      label(label);
    } else if (value instanceof Document document) {
      put(Packed.DOCUMENT);
      document(document);
    } else if (value instanceof List<?> list) {
      list(list);
    } else if (value == null) {
      put(Packed.NULL);
    } else if (value instanceof Long l) {
      put(Packed.LONG);
      signed(l);
    } else if (value instanceof ObjectId id) {
      put(Packed.OBJECT_ID);
      id(id);
    } else if (value instanceof Instant t) {
      put(Packed.INSTANT);
      signed(t.toEpochMilli());
    } else {
      rare(value);
    }
  }

  private void rare(Object value) {
    switch (value) {
      case Binary b -> {
        put(Packed.BINARY);
        put(b.subtype());
        large(b.bytes());
      }
      case OtherValue other -> {
        put(Packed.OTHER);
        document(other.extendedJson());
      }
      default ->
          throw new PostilException(
              ErrorCode.INVALID_REQUEST,
              "a value of " + value.getClass().getName() + " cannot be stored",
              "Use a label or one of the types of io.postil.core.value.");
    }
  }

  private void list(List<?> list) {
    enter();
    boolean doubles = !list.isEmpty();
    for (Object element : list) {
      doubles &= element instanceof Double;
    }
    put(doubles ? Packed.DOUBLE_LIST : Packed.LIST);
    unsigned(list.size());
    for (Object element : list) {
      if (doubles && element instanceof Double d) {
        real(d);
      } else {
        value(element);
      }
    }
    depth--;
  }

  public void document(Document document) {
    enter();
    unsigned(document.size());
    for (int i = 0; i < document.size(); i++) {
      text(document.nameAt(i), true);
      value(document.valueAt(i));
    }
    depth--;
  }

  private void enter() {
    if (++depth > Packed.MAX_DEPTH) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "a value is nested deeper than " + Packed.MAX_DEPTH + " levels and cannot be stored");
    }
  }

  private void label(Label label) {
    if (label instanceof Detection detection) {
      put(Packed.DETECTION);
      single(detection);
      return;
    }
    if (label instanceof io.postil.core.label.Detections detections) {
      list(Packed.DETECTIONS, detections);
      return;
    }
    switch (label) {
      case UnknownLabel unknown -> {
        put(Packed.UNKNOWN);
        document(unknown.document());
      }
      case LabelList<?> list -> list(listClass(list), list);
      case SingleLabel single -> {
        put(singleClass(single));
        single(single);
      }
    }
  }

  private void list(int kind, LabelList<?> list) {
    put(kind);
    unsigned(list.labels().size());
    for (SingleLabel element : list.labels()) {
      single(element);
    }
    document(list.extras());
  }

  private static int listClass(LabelList<?> list) {
    return switch (list) {
      case io.postil.core.label.Classifications c -> Packed.CLASSIFICATIONS;
      case io.postil.core.label.Detections d -> Packed.DETECTIONS;
      case io.postil.core.label.Polylines p -> Packed.POLYLINES;
      case io.postil.core.label.Keypoints k -> Packed.KEYPOINTS;
      case io.postil.core.label.TemporalDetections t -> Packed.TEMPORAL_DETECTIONS;
    };
  }

  private static int singleClass(SingleLabel label) {
    return switch (label) {
      case Classification c -> Packed.CLASSIFICATION;
      case Detection d -> Packed.DETECTION;
      case Polyline p -> Packed.POLYLINE;
      case Keypoint k -> Packed.KEYPOINT;
      case Segmentation s -> Packed.SEGMENTATION;
      case Regression r -> Packed.REGRESSION;
      case TemporalDetection t -> Packed.TEMPORAL_DETECTION;
      case Heatmap h -> Packed.HEATMAP;
      case GeoLocation g -> Packed.GEO_LOCATION;
    };
  }

  /** A byte of flags, bit 6 for tags, bit 7 for attributes, then what the flags announce. */
  private void single(SingleLabel label) {
    if (label instanceof Detection d) {
      detection(d);
    } else {
      body(label);
    }
    tail(label);
  }

  private void body(SingleLabel label) {
    switch (label) {
      case Classification c -> {
        head(c, flag(0, c.label()) | flag(1, c.confidence()) | flag(2, c.logits()));
        name(c.label());
        number(c.confidence());
        array(c.logits());
      }
      case Detection d -> detection(d);
      case Polyline p -> polyline(p);
      case Keypoint k -> {
        head(k, flag(0, k.label()) | flag(1, k.confidence()) | flag(2, k.index()));
        name(k.label());
        points(k.points());
        numbers(k.confidence());
        integer(k.index());
      }
      case Segmentation s -> {
        head(s, flag(0, s.mask()) | flag(1, s.maskPath()));
        array(s.mask());
        path(s.maskPath());
      }
      case Regression r -> {
        head(r, flag(0, r.value()) | flag(1, r.confidence()));
        number(r.value());
        number(r.confidence());
      }
      case TemporalDetection t -> {
        head(t, flag(0, t.label()) | flag(1, t.support()) | flag(2, t.confidence()));
        name(t.label());
        if (t.support() != null) {
          signed(t.support().first());
          signed(t.support().last());
        }
        number(t.confidence());
      }
      case Heatmap h -> {
        head(h, flag(0, h.map()) | flag(1, h.mapPath()) | flag(2, h.range()));
        array(h.map());
        path(h.mapPath());
        numbers(h.range());
      }
      case GeoLocation g -> {
        head(g, 0);
        text(g.className(), true);
      }
    }
  }

  private void detection(Detection d) {
    head(
        d,
        flag(0, d.label())
            | flag(1, d.boundingBox())
            | flag(2, d.mask())
            | flag(3, d.maskPath())
            | flag(4, d.confidence())
            | flag(5, d.index()));
    name(d.label());
    if (d.boundingBox() != null) {
      real(d.boundingBox().x());
      real(d.boundingBox().y());
      real(d.boundingBox().width());
      real(d.boundingBox().height());
    }
    array(d.mask());
    path(d.maskPath());
    number(d.confidence());
    integer(d.index());
  }

  private void polyline(Polyline p) {
    head(
        p,
        flag(0, p.label())
            | (p.closed() ? 2 : 0)
            | (p.filled() ? 4 : 0)
            | flag(3, p.confidence())
            | flag(4, p.index()));
    name(p.label());
    unsigned(p.points().size());
    p.points().forEach(this::points);
    number(p.confidence());
    integer(p.index());
  }

  private static int flag(int bit, @Nullable Object value) {
    return value == null ? 0 : 1 << bit;
  }

  private void head(SingleLabel label, int flags) {
    put(flags | (label.tags().isEmpty() ? 0 : 64) | (label.attributes().isEmpty() ? 0 : 128));
    id(label.id());
  }

  private void tail(SingleLabel label) {
    if (!label.tags().isEmpty()) {
      names(label.tags());
    }
    if (!label.attributes().isEmpty()) {
      sized(label.attributes());
    }
  }

  /** A document after its number of bytes, so that a reader need not look into it. */
  public void sized(@Nullable Document document) {
    if (document == null) {
      put(0);
      return;
    }
    PackedDocument packed = document.deferred() instanceof PackedDocument p ? p : null;
    if (packed != null && dictionary.hasTextsOf(packed.texts())) {
      unsigned(packed.length());
      raw(packed.bytes(), packed.from(), packed.length());
      return;
    }
    int at = length;
    put(0);
    if (packed == null || !packed.copyTo(this)) {
      length = at + 1;
      document(document);
    }
    int size = length - at - 1;
    if (size < 0x80) {
      bytes[at] = (byte) size;
      return;
    }
    byte[] written = Arrays.copyOfRange(bytes, at + 1, length);
    length = at;
    unsigned(size);
    raw(written);
  }

  /** A list of texts that repeat from sample to sample, such as tags. */
  public void names(List<String> names) {
    unsigned(names.size());
    for (String name : names) {
      text(name, true);
    }
  }

  private void name(@Nullable String name) {
    if (name != null) {
      text(name, true);
    }
  }

  private void path(@Nullable String path) {
    if (path != null) {
      text(path, false);
    }
  }

  private void number(@Nullable Double number) {
    if (number != null) {
      real(number);
    }
  }

  private void integer(@Nullable Integer number) {
    if (number != null) {
      signed(number);
    }
  }

  private void numbers(@Nullable Doubles numbers) {
    if (numbers != null) {
      unsigned(numbers.size());
      for (int i = 0; i < numbers.size(); i++) {
        real(numbers.get(i));
      }
    }
  }

  private void array(@Nullable NdArray array) {
    if (array != null) {
      large(array.packed());
    }
  }

  private void points(Points points) {
    byte[] data = new byte[points.size() * 16];
    for (int i = 0; i < points.size(); i++) {
      DOUBLE.set(data, 16 * i, points.x(i));
      DOUBLE.set(data, 16 * i + 8, points.y(i));
    }
    large(data);
  }

  private void large(byte[] data) {
    if (parts == null || data.length < Packed.LARGE) {
      put(0);
      unsigned(data.length);
      raw(data);
      return;
    }
    Parts.Reference reference = parts.put(data);
    bytes[1] |= Packed.HAS_PARTS;
    put(1);
    unsigned(reference.id());
    unsigned(reference.length());
    longValue(reference.hash1());
    longValue(reference.hash2());
  }

  /**
   * A text.
   *
   * @param repeats whether it likely occurs in many documents
   */
  public void text(String text, boolean repeats) {
    if (text.length() == ID_DIGITS && hexadecimal(text)) {
      return;
    }
    int number = dictionary.number(text, repeats);
    if (number >= 0) {
      unsigned(number + Packed.TEXT_FIRST);
    } else {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      unsigned(Packed.TEXT_INLINE);
      unsigned(utf8.length);
      raw(utf8);
    }
  }

  /**
   * Writes a text of 24 hexadecimal digits in lower case as the number they are; false for others.
   */
  private boolean hexadecimal(String text) {
    byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
    room(1 + ID_DIGITS / 2);
    int at = length + 1;
    for (int i = 0; i < ID_DIGITS; i += 2) {
      int digits = DIGITS[characters[i] & 0xFF] << 4 | DIGITS[characters[i + 1] & 0xFF];
      if (digits < 0) {
        return false;
      }
      bytes[at++] = (byte) digits;
    }
    bytes[length] = Packed.TEXT_HEX;
    length = at;
    return true;
  }

  void id(ObjectId id) {
    room(12);
    INT.set(bytes, length, id.high());
    LONG.set(bytes, length + 4, id.low());
    length += 12;
  }

  private void real(double value) {
    room(8);
    DOUBLE.set(bytes, length, value);
    length += 8;
  }

  private void longValue(long value) {
    room(8);
    LONG.set(bytes, length, value);
    length += 8;
  }

  private void signed(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  public void unsigned(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private void put(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  private void raw(byte[] data) {
    raw(data, 0, data.length);
  }

  void raw(byte[] data, int from, int size) {
    room(size);
    System.arraycopy(data, from, bytes, length, size);
    length += size;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
