package io.postil.store.mongo;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import io.postil.core.value.Values;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonReader;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.BsonWriter;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonValueCodec;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.configuration.CodecRegistries;
import org.bson.codecs.configuration.CodecRegistry;
import org.jspecify.annotations.Nullable;

/** Values of the core as BSON and back, without loss. Stateless. */
final class BsonValues {
  private static final BsonValueCodec ANY = new BsonValueCodec();

  /** Reads and writes documents of the core as they stream by. */
  static final Codec<Document> CODEC =
      new Codec<>() {
        @Override
        public Document decode(BsonReader reader, DecoderContext context) {
          return document(reader);
        }

        @Override
        public void encode(BsonWriter writer, Document value, EncoderContext context) {
          write(writer, value);
        }

        @Override
        public Class<Document> getEncoderClass() {
          return Document.class;
        }
      };

  /** The driver's own codecs with ours before them. */
  static final CodecRegistry REGISTRY =
      CodecRegistries.fromRegistries(
          CodecRegistries.fromCodecs(CODEC, EncodedDocument.CODEC),
          com.mongodb.MongoClientSettings.getDefaultCodecRegistry());

  private BsonValues() {}

  /** Reads the document the reader stands on. */
  static Document document(BsonReader reader) {
    if (!(reader instanceof BsonBinaryReader)) {
      return read(reader);
    }
    byte[] bytes = EncodedDocument.read(reader).bytes();
    return BsonDecoder.decode(bytes, 0, bytes.length);
  }

  /** As the other, value by value. */
  static Document read(BsonReader reader) {
    Document.Builder out = Document.builder();
    reader.readStartDocument();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      String name = reader.readName();
      out.append(name, value(reader));
    }
    reader.readEndDocument();
    return out.build();
  }

  private static @Nullable Object value(BsonReader reader) {
    return switch (reader.getCurrentBsonType()) {
      case STRING -> reader.readString();
      case DOUBLE -> reader.readDouble();
      case INT32 -> reader.readInt32();
      case INT64 -> reader.readInt64();
      case BOOLEAN -> reader.readBoolean();
      case DOCUMENT -> read(reader);
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        reader.readStartArray();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
          list.add(value(reader));
        }
        reader.readEndArray();
        yield Values.list(list);
      }
      case OBJECT_ID -> id(reader.readObjectId());
      case DATE_TIME -> Instant.ofEpochMilli(reader.readDateTime());
      case NULL -> {
        reader.readNull();
        yield null;
      }
      case BINARY -> {
        BsonBinary binary = reader.readBinaryData();
        yield Binary.wrap(binary.getType(), binary.getData());
      }
      default -> other(ANY.decode(reader, DecoderContext.builder().build()));
    };
  }

  private static @Nullable Object other(BsonValue value) {
    String text =
        new BsonDocument("v", value)
            .toJson(
                org.bson.json.JsonWriterSettings.builder()
                    .outputMode(org.bson.json.JsonMode.EXTENDED)
                    .build());
    Object read = Json.readDocument(text).get("v");
    return read instanceof Document d ? new OtherValue(d) : read;
  }

  /** The driver's id as ours. */
  static ObjectId id(org.bson.types.ObjectId id) {
    ByteBuffer bytes = ByteBuffer.wrap(id.toByteArray());
    return ObjectId.of(bytes.getInt(), bytes.getLong());
  }

  /** Our id as the driver's. */
  static org.bson.types.ObjectId id(ObjectId id) {
    return new org.bson.types.ObjectId(
        ByteBuffer.allocate(12).putInt(id.high()).putLong(id.low()).array());
  }

  /** Writes a value where the writer stands. */
  static void write(BsonWriter writer, @Nullable Object value) {
    switch (value) {
      case null -> writer.writeNull();
      case String s -> writer.writeString(s);
      case Double d -> writer.writeDouble(d);
      case Float f -> writer.writeDouble(f);
      case Integer i -> writer.writeInt32(i);
      case Long l -> writer.writeInt64(l);
      case Boolean b -> writer.writeBoolean(b);
      case Document d -> {
        writer.writeStartDocument();
        for (int i = 0; i < d.size(); i++) {
          writer.writeName(d.nameAt(i));
          write(writer, d.valueAt(i));
        }
        writer.writeEndDocument();
      }
      case List<?> list -> {
        writer.writeStartArray();
        for (Object element : list) {
          write(writer, element);
        }
        writer.writeEndArray();
      }
      case Doubles doubles -> {
        writer.writeStartArray();
        for (int i = 0; i < doubles.size(); i++) {
          writer.writeDouble(doubles.get(i));
        }
        writer.writeEndArray();
      }
      case ObjectId id -> writer.writeObjectId(id(id));
      case Instant instant -> writer.writeDateTime(instant.toEpochMilli());
      case Binary binary ->
          writer.writeBinaryData(new BsonBinary(binary.subtype(), binary.bytes()));
      case OtherValue other -> ANY.encode(writer, other(other), EncoderContext.builder().build());
      case BsonValue bson -> ANY.encode(writer, bson, EncoderContext.builder().build());
      default -> throw new IllegalArgumentException("no BSON type for " + value.getClass());
    }
  }

  /** A value of a rare type as the driver has it. */
  static BsonValue other(OtherValue value) {
    return BsonDocument.parse(Json.write(Document.of("v", value)))
        .getOrDefault("v", org.bson.BsonNull.VALUE);
  }

  /** A value as a tree, in which documents stay bytes. */
  static BsonValue toBson(@Nullable Object value) {
    // No pattern switch: it would be linked at each start.
    if (value == null) {
      return BsonNull.VALUE;
    }
    if (value instanceof String s) {
      return new BsonString(s);
    }
    if (value instanceof Integer i) {
      return new BsonInt32(i);
    }
    if (value instanceof ObjectId id) {
      return new BsonObjectId(id(id));
    }
    if (value instanceof Document d) {
      return raw(d);
    }
    if (value instanceof List<?> list) {
      BsonArray array = new BsonArray(list.size());
      list.forEach(element -> array.add(toBson(element)));
      return array;
    }
    return raw(Document.of("v", value)).getOrDefault("v", BsonNull.VALUE);
  }

  /** A document that can be added to, such as a filter. */
  static BsonDocument toBson(Document value) {
    BsonDocument document = new BsonDocument();
    value.forEach((name, element) -> document.append(name, toBson(element)));
    return document;
  }

  /** A tree as a value of the core. */
  static @Nullable Object fromBson(BsonValue value) {
    return fromRaw(new BsonDocument("v", value)).get("v");
  }

  /** Any BSON document as a document of the core. */
  static Document fromRaw(BsonDocument document) {
    if (document instanceof RawBsonDocument raw) {
      byte[] bytes = BsonEncoder.content(raw);
      return BsonDecoder.decode(bytes, 0, bytes.length);
    }
    try (BsonReader reader = document.asBsonReader()) {
      return read(reader);
    }
  }

  /** Bytes of a document. */
  static RawBsonDocument raw(Document document) {
    return BsonEncoder.encode(document);
  }
}
