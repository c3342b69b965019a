package io.postil.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Classification;
import io.postil.core.label.Label;
import io.postil.core.label.SingleLabel;
import io.postil.core.packed.MemoryTexts;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.testkit.RandomValues;
import io.postil.testkit.TestSamples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedTest {
  private Database database;

  @BeforeEach
  void open(@TempDir Path directory) {
    NativeLibrary.prepare(directory.resolve("home"));
    database = Database.open(directory.resolve("a.db"), false, Schema.CURRENT);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Object roundTrip(Object value) {
    byte[] bytes =
        SqliteWriter.withDictionary(
            database, (session, texts) -> new PackedWriter(texts).write(value, null));
    return database.read(
        session -> Decoding.value(database.dictionary().lookup(session), bytes, null, "a test"));
  }

  @Test
  void everyTypeOfValueComesBack() {
    Document document = TestSamples.everyType();

    Document back = (Document) roundTrip(document);

    assertThat(back).isEqualTo(document);
    document.forEach(
        (name, value) -> {
          if (value != null) {
            assertThat(back.get(name)).as(name).hasSameClassAs(value);
          }
        });
    assertThat(back.names()).isEqualTo(document.names());
  }

  @Test
  void everyTypeOfLabelComesBack() {
    TestSamples.everyLabel()
        .forEach((type, label) -> assertThat(roundTrip(label)).as(type).isEqualTo(label));
  }

  @Test
  void labelsAreCopiedToWhereTextsHaveOtherNumbers() throws PackedReader.Malformed {
    MemoryTexts others = new MemoryTexts();
    TestSamples.everyType().names().reversed().forEach(others::add);
    for (long seed = 0; seed < 2_000; seed++) {
      Label label = new RandomValues(seed).label();
      Object stored = roundTrip(label);

      byte[] copy = new PackedWriter(others).write(stored, null);

      assertThat(new PackedReader(others).read(copy, null)).as("seed " + seed).isEqualTo(label);
      assertThat(copy).isEqualTo(new PackedWriter(others).write(label, null));
    }
  }

  @Test
  void namesOfAttributesAreToldWithoutTheirValues() {
    for (long seed = 0; seed < 500; seed++) {
      if (roundTrip(new RandomValues(seed).label()) instanceof SingleLabel label) {
        Set<String> asked = new LinkedHashSet<>();

        assertThat(label.attributes().allNames(name -> asked.add(name) || true)).isTrue();
        assertThat(asked).containsExactlyElementsOf(label.attributes().names());
        for (String name : asked) {
          assertThat(label.attributes().allNames(other -> !other.equals(name))).isFalse();
        }
      }
    }
  }

  @Test
  void randomValuesAndLabelsComeBack() {
    for (long seed = 0; seed < 2_000; seed++) {
      RandomValues random = new RandomValues(seed);
      Object value = seed % 4 == 0 ? random.label() : random.value(5);
      assertThat(roundTrip(value)).as("seed " + seed).isEqualTo(value);
    }
  }

  @Test
  void keepsTheFormatOfFilesWritten() {
    // Documents in users' files look like this; a change needs a new format number.
    byte[] bytes =
        HexFormat.of()
            .parseHex("0100" + "0b" + "02" + "000161" + "0302" + "000162" + "053ff8000000000000");

    Object value = database.read(session -> Decoding.value(n -> null, bytes, null, "a test"));

    assertThat(value).isEqualTo(Document.of("a", 1, "b", 1.5));
  }

  private Object decode(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return database.read(
        session -> Decoding.value(database.dictionary().lookup(session), bytes, null, "a test"));
  }

  @Test
  void readsLabelsOfTheFirstFormatAndOfTheSecond() {
    String id = "000102030405060708090a0b";
    String attributes = "01" + "000161" + "0302";
    Classification label =
        new Classification(ObjectId.of(id), List.of(), "car", null, null, Document.of("a", 1));

    assertThat(decode("0100" + "0d01" + "81" + id + "0003636172" + attributes)).isEqualTo(label);
    assertThat(decode("0200" + "0d01" + "81" + id + "0003636172" + "06" + attributes))
        .isEqualTo(label);
  }

  @Test
  void attributesAreReadWhenTheyAreAskedForAndDamageIsToldThen() {
    String id = "000102030405060708090a0b";

    Classification label =
        (Classification) decode("0200" + "0d01" + "81" + id + "0003636172" + "06" + "017f00610302");

    assertThat(label.label()).isEqualTo("car");
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> label.attributes().get("a"))
        .withMessageContaining(id)
        .extracting(PostilException::code)
        .isEqualTo(ErrorCode.STORE_CORRUPT);
  }

  @Test
  void attributesThatNobodyChangedAreWrittenAsTheyWereRead() {
    Document attributes = Document.of("pose", "left", "text", "x".repeat(200));
    Classification label = Classification.of("car").withAttributes(attributes);
    byte[] written =
        SqliteWriter.withDictionary(
            database, (session, texts) -> new PackedWriter(texts).write(label, null));
    Object read =
        database.read(
            session ->
                Decoding.value(database.dictionary().lookup(session), written, null, "a test"));

    byte[] again =
        SqliteWriter.withDictionary(
            database, (session, texts) -> new PackedWriter(texts).write(read, null));
    byte[] elsewhere = new PackedWriter(TextTable.NONE).write(read, null);

    assertThat(again).isEqualTo(written);
    assertThat(Decoding.value(TextTable.NONE, elsewhere, null, "a test")).isEqualTo(label);
  }

  @Test
  void refusesTooDeepNesting() {
    Object value = Values.listOf();
    for (int i = 0; i < 300; i++) {
      value = Values.listOf(value);
    }
    Object deep = value;

    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> roundTrip(deep))
        .withMessageContaining("nested deeper than 200");
  }

  @Test
  void damagedDocumentsGiveAnErrorAtOnce() {
    List<byte[]> documents =
        SqliteWriter.withDictionary(
            database,
            (session, texts) ->
                TestSamples.everyLabel().values().stream()
                    .map(label -> new PackedWriter(texts).write(label, null))
                    .toList());
    Random random = new Random(1);

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < 20_000; round++) {
            decodeDamaged(documents.get(round % documents.size()), random);
          }
        });
  }

  /** Gives another label or an error, and nothing else. */
  private static void decodeDamaged(byte[] document, Random random) {
    byte[] damaged =
        random.nextInt(4) == 0
            ? Arrays.copyOf(document, random.nextInt(document.length))
            : document.clone();
    for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
      // Most of a document is a mask: aim at its beginning.
      int at = random.nextInt(random.nextBoolean() ? damaged.length : Math.min(80, damaged.length));
      damaged[at] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt());
    }
    try {
      new PackedReader(number -> "text").read(damaged, null);
    } catch (PackedReader.Malformed expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }
}
