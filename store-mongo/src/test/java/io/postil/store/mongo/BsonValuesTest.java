package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.LabelDocuments;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.testkit.TestSamples;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonSerializationException;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.junit.jupiter.api.Test;

/** Our own reading and writing of BSON, held to the driver's. */
class BsonValuesTest {
  private static Document everything() {
    List<Object> many = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      many.add(i % 3 == 0 ? (Object) i : "n" + i);
    }
    return Document.builder()
        .put("", "no name")
        .put("text", "a text that is longer than those which are kept, \u00e4\u20ac\ud83d\ude00")
        .put("empty", "")
        .put("short", "\u00fc")
        .put("gr\u00f6\u00dfe", 1)
        .put("int", Integer.MIN_VALUE)
        .put("long", Long.MAX_VALUE)
        .put("double", -0.1)
        .put("nan", Double.NaN)
        .put("true", true)
        .put("false", false)
        .put("null", null)
        .put("id", ObjectId.of("fedcba987654321001234567"))
        .put("time", Instant.ofEpochMilli(-1))
        .put("bytes", Binary.wrap((byte) 0, new byte[] {1, 2, 3}))
        .put("uuid", Binary.wrap((byte) 4, new byte[16]))
        .put("oldest", Binary.wrap((byte) 2, new byte[] {4, 5}))
        .put("document", Document.of("a", Document.empty(), "b", List.of()))
        .put("list", Values.listOf(1.5, null, Document.of("x", List.of(List.of()))))
        .put("many", many)
        .build();
  }

  /** Values that only extended JSON can tell. */
  private static Document rare() {
    return Json.readDocument(
        """
        {"decimal": {"$numberDecimal": "1.5"}, "pattern": {"$regularExpression":
         {"pattern": "^a", "options": "i"}}, "stamp": {"$timestamp": {"t": 7, "i": 2}},
         "low": {"$minKey": 1}, "inside": [{"high": {"$maxKey": 1}}]}""");
  }

  private static byte[] byDriver(Document document) {
    try (BasicOutputBuffer buffer = new BasicOutputBuffer();
        BsonBinaryWriter writer = new BsonBinaryWriter(buffer)) {
      BsonValues.write(writer, document);
      return buffer.toByteArray();
    }
  }

  private static Document readByDriver(byte[] bytes) {
    try (BsonBinaryReader reader = new BsonBinaryReader(ByteBuffer.wrap(bytes))) {
      return BsonValues.read(reader);
    }
  }

  @Test
  void writesTheBytesTheDriverWrites() {
    for (Document document : List.of(everything(), rare(), Document.empty())) {
      assertThat(BsonEncoder.content(BsonValues.raw(document))).isEqualTo(byDriver(document));
    }
    Document ends = Document.of("low", new BsonMinKey(), "high", new BsonMaxKey());
    assertThat(BsonEncoder.content(BsonValues.raw(ends))).isEqualTo(byDriver(ends));
    Document numbers = Document.of("n", Doubles.wrap(new double[] {1, 2.5}), "f", 0.5f);
    assertThat(BsonEncoder.content(BsonValues.raw(numbers))).isEqualTo(byDriver(numbers));
  }

  @Test
  void readsWhatTheDriverReads() {
    for (Document document : List.of(everything(), rare(), Document.empty())) {
      byte[] bytes = byDriver(document);
      assertThat(BsonDecoder.decode(bytes, 0, bytes.length)).isEqualTo(document);
      assertThat(BsonDecoder.decode(bytes, 0, bytes.length)).isEqualTo(readByDriver(bytes));
      assertThat(BsonValues.fromRaw(new RawBsonDocument(bytes))).isEqualTo(document);
    }
  }

  @Test
  void refusesDamagedBytesAsTheDriverDoes() {
    byte[] bytes = byDriver(Document.of("a", "text"));
    // The length of the text is beyond the document.
    bytes[7] = 100;

    assertThatExceptionOfType(BsonSerializationException.class)
        .isThrownBy(() -> BsonDecoder.decode(bytes, 0, bytes.length));
    assertThatExceptionOfType(BsonSerializationException.class)
        .isThrownBy(() -> BsonValues.raw(Document.of("a\0b", 1)));
  }

  @Test
  void readsLabelsBesideARunPackedAndAsTheyWereStoredBefore() {
    Detection box = TestSamples.box("cat", 0.2);
    Detections labels = new Detections(List.of(box));
    ObjectId sample = ObjectId.create();
    SideRecord record = new SideRecord(sample, 3, "ground_truth", labels);

    Document packed = RunDocuments.toDocument(ObjectId.create(), ObjectId.create(), record);
    assertThat(packed.get("value")).isInstanceOf(Binary.class);
    assertThat(RunDocuments.side(packed)).isEqualTo(record);

    Document before = packed.with("value", LabelDocuments.toDocument(labels));
    assertThat(RunDocuments.side(before)).isEqualTo(record);
  }
}
