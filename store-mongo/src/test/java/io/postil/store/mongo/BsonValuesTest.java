package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Label;
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
import java.util.Set;
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

  /** Lists that are read at once, and others with something that is left to the common way. */
  private static List<Document> lists() {
    Detections usual =
        TestSamples.boxes(20)
            .withLabels(
                List.of(
                    TestSamples.box("cat", 0.1).withConfidence(0.5).withIndex(7),
                    TestSamples.box("dog", 0.2).withAttributes(everything()),
                    TestSamples.box("cat", 0.3).withMaskPath("/a.png").withLabel(null)));
    Document plain = LabelDocuments.toDocument(TestSamples.box("cat", 0.2));
    List<Document> lists = new ArrayList<>();
    lists.add(LabelDocuments.toDocument(usual));
    lists.add(LabelDocuments.toDocument(TestSamples.boxes(0)));
    lists.add(LabelDocuments.toDocument(usual).with("extra", Document.of("a", 1)));
    lists.add(LabelDocuments.toDocument(usual).with("attributes", Document.empty()));
    lists.add(Document.of("detections", Values.listOf(plain)));
    lists.add(Document.of("_cls", "Detections"));
    lists.add(Document.of("_cls", "Detections", "detections", null));
    lists.add(Document.of("_cls", "Detections", "detections", "none"));
    for (Document label :
        List.of(
            plain.without("_cls"),
            plain.with("_cls", "Polyline"),
            plain.with("_cls", null),
            plain.with("_id", "no id"),
            plain.with("tags", List.of("a", "b")),
            plain.with("tags", Values.listOf("a", 1)),
            plain.with("tags", null),
            plain.with("label", 5),
            plain.with("bounding_box", List.of()),
            plain.with("bounding_box", null),
            plain.with("bounding_box", List.of(0, 0, 1, 1)),
            plain.with("bounding_box", List.of(0L, 0L, 1L, 1L)),
            plain.with("bounding_box", List.of(0.1, 0.2, 0.3)),
            plain.with("bounding_box", Document.of("x", 1)),
            plain.with("mask", Binary.wrap(TestSamples.mask(3, 3, 1).packed())),
            plain.with("mask", null).with("index", null).with("confidence", null),
            plain.with("mask_path", 1),
            plain.with("confidence", 1),
            plain.with("index", 2.0),
            plain.with("index", 2.5),
            plain.with("attributes", Document.of("old", Document.empty())),
            plain.with("attributes", 1),
            plain.with("points", List.of()))) {
      lists.add(Document.of("_cls", "Detections", "detections", Values.listOf(plain, label)));
    }
    lists.add(Document.of("_cls", "Detections", "detections", Values.listOf(plain, null)));
    return lists;
  }

  @Test
  void readsDetectionsAtOnceAsByWayOfDocuments() {
    int atOnce = 0;
    for (Document list : lists()) {
      byte[] bytes = byDriver(Document.of("before", 1, "boxes", list).with("after", "x"));
      Document read = BsonDecoder.decode(bytes, 0, bytes.length, Set.of("boxes"));

      Object boxes = read.get("boxes");
      atOnce += boxes instanceof Detections ? 1 : 0;
      Label expected = LabelDocuments.fromDocument(list, "Detections");
      assertThat(boxes instanceof Document d ? LabelDocuments.fromDocument(d, "Detections") : boxes)
          .as(list.toString())
          .isEqualTo(expected);
      assertThat(read.names()).containsExactly("before", "boxes", "after");
      assertThat(read.get("after")).isEqualTo("x");
    }
    assertThat(atOnce).isBetween(5, 12);
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
