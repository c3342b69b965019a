package io.postil.core.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON text and back. Types that JSON lacks are written as MongoDB's relaxed extended
 * JSON ({@code {"$oid": ..}}, {@code {"$date": ..}}, {@code {"$numberDouble": "NaN"}} and so on)
 * and both its relaxed and canonical forms are read. An object with one unknown {@code $} name,
 * such as an aggregation operator, stays a document. Stateless.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/">Extended
 *     JSON</a>
 */
public final class Json {
  /** Deepest nesting that is read. */
  public static final int MAX_DEPTH = 200;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(256_000_000)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private Json() {}

  /** The factory for parsers and generators, for callers that stream. */
  public static JsonFactory factory() {
    return FACTORY;
  }

  /**
   * Reads one value.
   *
   * @throws PostilException with {@link ErrorCode#INVALID_REQUEST}, naming line and column
   */
  public static @Nullable Object read(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new PostilException(ErrorCode.INVALID_REQUEST, "empty text where JSON was expected");
      }
      Object value = readValue(parser);
      if (parser.nextToken() != null) {
        throw invalid("text after the end of the JSON value", parser.currentLocation());
      }
      return value;
    } catch (JsonProcessingException e) {
      throw invalid(e.getOriginalMessage(), e.getLocation());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads one object.
   *
   * @throws PostilException with {@link ErrorCode#INVALID_REQUEST} if it is anything else
   */
  public static Document readDocument(String text) {
    if (read(text) instanceof Document document) {
      return document;
    }
    throw new PostilException(ErrorCode.INVALID_REQUEST, "a JSON object was expected");
  }

  private static PostilException invalid(String message, @Nullable JsonLocation at) {
    String place =
        at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new PostilException(ErrorCode.INVALID_REQUEST, "invalid JSON: " + message + place);
  }

  /**
   * Reads the value at the parser's current token and leaves the parser at its last token.
   *
   * @throws IOException if the text is invalid or cannot be read
   */
  public static @Nullable Object readValue(JsonParser parser) throws IOException {
    return readValue(parser, null);
  }

  /** Reads what may be too long to be held as a value. */
  @FunctionalInterface
  public interface LongMember {
    /**
     * Reads the value at the parser's current token and leaves the parser at its last token.
     *
     * @return what stands for it in the document
     */
    @Nullable Object read(JsonParser parser) throws IOException;
  }

  /**
   * As the other, without the members of one name, however deep; they are not even built.
   *
   * @param leftOut the name, or null to read everything
   */
  public static @Nullable Object readValue(JsonParser parser, @Nullable String leftOut)
      throws IOException {
    return readValue(parser, leftOut, null, null);
  }

  /**
   * As the other, with the members of another name, however deep, read by the caller.
   *
   * @param leftOut the name of members that are left out, or null
   * @param name the name of members that the caller reads, or null
   * @param reader reads them
   */
  public static @Nullable Object readValue(
      JsonParser parser,
      @Nullable String leftOut,
      @Nullable String name,
      @Nullable LongMember reader)
      throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Document.Builder builder = Document.builder();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String member = parser.currentName();
          parser.nextToken();
          if (member.equals(leftOut)) {
            parser.skipChildren();
          } else if (reader != null && member.equals(name)) {
            builder.put(member, reader.read(parser));
          } else {
            builder.put(member, readValue(parser, leftOut, name, reader));
          }
        }
        return fromExtended(builder.build());
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(readValue(parser, leftOut, name, reader));
        }
        return Values.list(list);
      }
      case VALUE_STRING -> {
        return parser.getText();
      }
      case VALUE_NUMBER_INT -> {
        return switch (parser.getNumberType()) {
          case INT -> (Object) parser.getIntValue();
          case LONG -> parser.getLongValue();
          default -> parser.getDoubleValue();
        };
      }
      case VALUE_NUMBER_FLOAT -> {
        return parser.getDoubleValue();
      }
      case VALUE_TRUE -> {
        return Boolean.TRUE;
      }
      case VALUE_FALSE -> {
        return Boolean.FALSE;
      }
      default -> {
        return null;
      }
    }
  }

  /** Turns an extended JSON wrapper into its value; any other document is returned as it is. */
  private static Object fromExtended(Document document) {
    int size = document.size();
    if (size == 0
        || size > 2
        || document.nameAt(0).isEmpty()
        || document.nameAt(0).charAt(0) != '$') {
      return document;
    }
    Object value = document.valueAt(0);
    try {
      switch (document.nameAt(0)) {
        case "$oid" -> {
          return value instanceof String s && ObjectId.isValid(s) ? ObjectId.of(s) : document;
        }
        case "$date" -> {
          if (value instanceof String s) {
            return OffsetDateTime.parse(s).toInstant();
          }
          return value instanceof Number n ? Instant.ofEpochMilli(n.longValue()) : document;
        }
        case "$numberInt" -> {
          return value instanceof String s ? Integer.valueOf(s) : document;
        }
        case "$numberLong" -> {
          return value instanceof String s ? Long.valueOf(s) : document;
        }
        case "$numberDouble" -> {
          return value instanceof String s ? parseDouble(s) : document;
        }
        case "$binary" -> {
          if (value instanceof Document d && d.get("base64") instanceof String base64) {
            byte subtype = (byte) Integer.parseInt(d.getString("subType", "00"), 16);
            return Binary.wrap(subtype, Base64.getDecoder().decode(base64));
          }
          return document;
        }
        case "$numberDecimal",
            "$regularExpression",
            "$timestamp",
            "$minKey",
            "$maxKey",
            "$symbol",
            "$code",
            "$dbPointer",
            "$undefined" -> {
          return new OtherValue(document);
        }
        default -> {
          return document;
        }
      }
    } catch (IllegalArgumentException | DateTimeParseException e) {
      return document;
    }
  }

  private static Double parseDouble(String text) {
    return switch (text) {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.valueOf(text);
    };
  }

  /** The value as relaxed extended JSON on one line. */
  public static String write(@Nullable Object value) {
    return write(value, false);
  }

  /** The value as relaxed extended JSON, indented by two spaces. */
  public static String writePretty(@Nullable Object value) {
    return write(value, true);
  }

  private static String write(@Nullable Object value, boolean pretty) {
    StringWriter text = new StringWriter();
    write(value, text, pretty);
    return text.toString();
  }

  /** Writes the value as relaxed extended JSON; the writer stays open. */
  public static void write(@Nullable Object value, Writer out, boolean pretty) {
    try (JsonGenerator generator = generator(out)) {
      if (pretty) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        generator.setPrettyPrinter(
            new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
      }
      writeValue(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes what becomes of the values as one list, each as it comes; the writer stays open. */
  public static <T> void writeList(Iterator<T> values, Function<? super T, ?> form, Writer out) {
    try (JsonGenerator generator = generator(out)) {
      generator.writeStartArray();
      while (values.hasNext()) {
        writeValue(generator, form.apply(values.next()));
      }
      generator.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonGenerator generator(Writer out) throws IOException {
    return FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  /**
   * Writes one value at the generator's position. Maps with text keys, enums and other character
   * sequences are accepted besides the value types, so that reports need no conversion.
   *
   * @throws IOException if it cannot be written
   */
  public static void writeValue(JsonGenerator out, @Nullable Object value) throws IOException {
    // A chain of tests: with one compiler only, a pattern switch takes several times as long.
    if (value instanceof String s) {
      out.writeString(s);
    } else if (value instanceof Double d) {
      writeDouble(out, d);
    } else if (value instanceof Integer i) {
      out.writeNumber(i);
    } else if (value instanceof ObjectId id) {
      writeWrapped(out, "$oid", id.toString());
    } else if (value instanceof Document document) {
      writeDocument(out, document);
    } else if (value instanceof Boolean b) {
      out.writeBoolean(b);
    } else if (value instanceof Long l) {
      out.writeNumber(l);
    } else if (value instanceof Iterable<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        writeValue(out, element);
      }
      out.writeEndArray();
    } else if (value == null) {
      out.writeNull();
    } else {
      writeRare(out, value);
    }
  }

  private static void writeDocument(JsonGenerator out, Document document) throws IOException {
    out.writeStartObject();
    int size = document.size();
    for (int i = 0; i < size; i++) {
      out.writeFieldName(document.nameAt(i));
      writeValue(out, document.valueAt(i));
    }
    out.writeEndObject();
  }

  private static void writeRare(JsonGenerator out, Object value) throws IOException {
    switch (value) {
      case Float f -> writeDouble(out, f.doubleValue());
      case Instant instant -> writeWrapped(out, "$date", instant.toString());
      case Binary binary -> {
        out.writeStartObject();
        out.writeFieldName("$binary");
        out.writeStartObject();
        out.writeStringField("base64", Base64.getEncoder().encodeToString(binary.bytes()));
        out.writeStringField("subType", String.format("%02x", binary.subtype()));
        out.writeEndObject();
        out.writeEndObject();
      }
      case OtherValue other -> writeDocument(out, other.extendedJson());
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName(String.valueOf(entry.getKey()));
          writeValue(out, entry.getValue());
        }
        out.writeEndObject();
      }
      default -> out.writeString(value.toString());
    }
  }

  private static void writeDouble(JsonGenerator out, double d) throws IOException {
    if (Double.isFinite(d)) {
      out.writeNumber(d);
    } else {
      writeWrapped(out, "$numberDouble", Double.toString(d));
    }
  }

  private static void writeWrapped(JsonGenerator out, String name, String text) throws IOException {
    out.writeStartObject();
    out.writeStringField(name, text);
    out.writeEndObject();
  }
}
