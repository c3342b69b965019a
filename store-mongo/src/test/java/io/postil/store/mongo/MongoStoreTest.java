package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.LabelRewrite;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Expression;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.MongoServer;
import io.postil.testkit.TestSamples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular to a database that is a server's, and another program's, too. */
@Tag("mongo")
class MongoStoreTest {
  private final String database = MongoServer.newDatabase();
  private final String address = MongoServer.shared().address(database);
  private MongoStore store;
  private StoredDataset photos;

  @BeforeEach
  void aDataset() {
    store = MongoStore.connect(address);
    photos = store.create(TestSamples.imageDataset("photos"));
    photos.write(
        writer -> {
          for (int i = 0; i < 5; i++) {
            writer.insert(TestSamples.image("/data/" + i + ".jpg", 3));
          }
          return null;
        });
  }

  @AfterEach
  void drop() {
    try (Connection connection = Connection.open(address)) {
      connection.database().drop();
    }
    store.close();
  }

  private static void fails(ErrorCode code, String message, ThrowingCallable action) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(action)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.getMessage() + " " + e.remedy()).contains(message));
  }

  private List<Sample> all() {
    return photos.read(ViewDefinition.ALL, Projection.ALL).toList();
  }

  /** As another program would, which knows nothing of ours. */
  private void update(String collection, String filter, String update) {
    try (Connection connection = Connection.open(address)) {
      connection.raw(collection).updateOne(BsonDocument.parse(filter), BsonDocument.parse(update));
    }
  }

  private String samples() {
    return "samples." + photos.info().id();
  }

  // --- two programs -----------------------------------------------------------------------------

  @Test
  void keepsWhatOthersDidToOtherLabelsAndProperties() {
    Sample sample = all().get(0);
    Detections before = (Detections) sample.label("ground_truth");
    String id = "{_id: {$oid: '" + sample.id() + "'}}";
    update(
        samples(),
        id,
        "{$set: {'ground_truth.detections.0.mood': 'glad', 'ground_truth.detections.2.label':"
            + " 'fox'}}");
    update(
        samples(),
        id,
        "{$push: {'ground_truth.detections': {_id: {$oid: '"
            + ObjectId.create()
            + "'}, _cls: 'Detection', label: 'theirs', bounding_box: [0, 0, 1, 1]}}}");

    List<Detection> labels = new ArrayList<>(before.labels());
    labels.set(0, labels.get(0).withLabel("horse"));
    labels.remove(1);
    labels.add(1, TestSamples.box("ours", 0.3));
    photos.write(
        writer -> {
          writer.set(sample.id(), 0, "ground_truth", before, new Detections(labels));
          return null;
        });

    List<Detection> now = ((Detections) all().get(0).label("ground_truth")).labels();
    assertThat(now).extracting(Detection::label).containsExactly("horse", "ours", "fox", "theirs");
    assertThat(now.get(0).attributes().get("mood")).isEqualTo("glad");
  }

  @Test
  void editsRemovesAndAddsBesideWhatOthersAdd() {
    Sample sample = all().get(0);
    Detections before = (Detections) sample.label("ground_truth");
    String id = "{_id: {$oid: '" + sample.id() + "'}}";
    update(
        samples(),
        id,
        "{$push: {'ground_truth.detections': {_id: {$oid: '"
            + ObjectId.create()
            + "'}, _cls: 'Detection', label: '$theirs', bounding_box: [0, 0, 1, 1]}}}");
    update(samples(), id, "{$set: {'ground_truth.detections.0.mood': 'glad'}}");

    List<Detection> labels = new ArrayList<>(before.labels());
    labels.set(0, labels.get(0).withLabel("$horse"));
    labels.remove(1);
    labels.add(TestSamples.box("$ours", 0.3));
    photos.write(
        writer -> {
          writer.set(sample.id(), 0, "ground_truth", before, new Detections(labels));
          return null;
        });

    List<Detection> now = ((Detections) all().get(0).label("ground_truth")).labels();
    assertThat(now)
        .extracting(Detection::label)
        .containsExactly("$horse", "cat", "$theirs", "$ours");
    assertThat(now.get(0).attributes().get("mood")).isEqualTo("glad");
    assertThat(now.get(3)).isEqualTo(labels.get(2));
  }

  @Test
  void refusesToOverwriteOrDeleteWhatOthersChanged() {
    Sample sample = all().get(0);
    Detections before = (Detections) sample.label("ground_truth");
    String id = "{_id: {$oid: '" + sample.id() + "'}}";
    update(samples(), id, "{$set: {'ground_truth.detections.1.label': 'fox'}}");

    List<Detection> relabelled = new ArrayList<>(before.labels());
    relabelled.set(1, relabelled.get(1).withLabel("horse"));
    List<Detection> deleted = new ArrayList<>(before.labels());
    deleted.remove(1);
    List<Detection> replaced = new ArrayList<>(deleted);
    replaced.set(0, replaced.get(0).withLabel("horse"));
    replaced.add(TestSamples.box("ours", 0.3));
    for (List<Detection> labels : List.of(relabelled, deleted, replaced)) {
      fails(
          ErrorCode.STALE_REVISION,
          sample.id().toString(),
          () ->
              photos.write(
                  writer -> {
                    writer.set(all().get(1).id(), 0, "score", 0.5, 0.75);
                    writer.set(sample.id(), 0, "ground_truth", before, new Detections(labels));
                    return null;
                  }));
    }
    assertThat(((Detections) all().get(0).label("ground_truth")).labels())
        .extracting(Detection::label)
        .containsExactly("cat", "fox", "cat");
    assertThat(all().get(1).fields()).containsEntry("score", 0.5);
  }

  @Test
  void keepsTheLastRecordThatAChangePutsBesideARun() {
    ObjectId owner = ObjectId.create();
    Sample sample = all().get(0);
    Detections labels = (Detections) sample.label("ground_truth");
    SideRecord first = new SideRecord(sample.id(), 0, "after:ground_truth", labels);
    SideRecord second = new SideRecord(sample.id(), 0, first.name(), new Detections(List.of()));
    SideRecord other = new SideRecord(sample.id(), 1, first.name(), Document.of("n", 1));

    photos.write(
        writer -> {
          writer.putSide(owner, first);
          writer.putSide(owner, second);
          writer.putSide(owner, other);
          return null;
        });
    assertThat(photos.side(owner).toList()).containsExactly(second, other);

    photos.write(
        writer -> {
          writer.putSide(owner, first);
          writer.deleteSide(owner);
          writer.putSide(owner, first);
          writer.putSide(owner, second);
          return null;
        });
    assertThat(photos.side(owner).toList()).containsExactly(second);
  }

  /** Whether the change is one transaction or journaled, and whether it is taken back. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "false, true"})
  void keepsFieldsThatOthersDeclareMeanwhile(boolean transaction, boolean fails) {
    Change.Limits limits = transaction ? Change.Limits.DEFAULT : new Change.Limits(0, 0, 0);
    List<String> declared = new ArrayList<>(photos.info().fieldNames());
    AtomicInteger others = new AtomicInteger();
    try (MongoStore store = MongoStore.connect(address, limits)) {
      store
          .open("photos")
          .write(
              writer -> {
                writer.putInfo(
                    writer.info().withField("ours", FieldSpec.of("ours", FieldType.INT)));
                if (others.getAndIncrement() == 0) {
                  declare("theirs");
                }
                writer.putInfo(
                    writer.info().withField("also", FieldSpec.of("also", FieldType.INT)));
                if (fails) {
                  throw new IllegalStateException("changed my mind");
                }
                return null;
              });
      declared.addAll(List.of("ours", "also"));
    } catch (IllegalStateException e) {
      assertThat(fails).isTrue();
    }
    declared.add("theirs");

    assertThat(photos.info().fieldNames()).containsExactlyInAnyOrderElementsOf(declared);
  }

  private void declare(String field) {
    update(
        "datasets",
        "{name: 'photos'}",
        "{$push: {sample_fields: {name: '"
            + field
            + "', ftype: 'fiftyone.core.fields.IntField'}}}");
  }

  @Test
  void tellsThatADatasetWasDeletedWhileItWasOpen() {
    String samples = samples();
    try (Connection connection = Connection.open(address)) {
      connection.raw("datasets").deleteOne(BsonDocument.parse("{name: 'photos'}"));
      connection.raw(samples).drop();
    }

    fails(ErrorCode.UNKNOWN_DATASET, "deleted", () -> photos.count(ViewDefinition.ALL));
    fails(ErrorCode.UNKNOWN_DATASET, "deleted", () -> photos.write(writer -> null));
  }

  // --- what a transaction read itself -----------------------------------------------------------

  private static Detections marked(Detections before, String mark) {
    List<Detection> labels = new ArrayList<>();
    for (Detection label : before.labels()) {
      labels.add(label.withAttributes(label.attributes().with("eval", mark)));
    }
    return new Detections(labels);
  }

  @Test
  void noticesWhatOthersChangeBetweenTheReadingOfATransactionAndItsWriting() {
    ObjectId id = all().get(0).id();
    List<Sample> before = all();
    fails(
        ErrorCode.STALE_REVISION,
        id.toString(),
        () ->
            photos.write(
                writer -> {
                  for (Sample sample : writer.read(ViewDefinition.ALL, Projection.ALL).toList()) {
                    Detections labels = (Detections) sample.label("ground_truth");
                    writer.set(sample.id(), 0, "ground_truth", labels, marked(labels, "tp"));
                  }
                  update(
                      samples(),
                      "{_id: {$oid: '" + id + "'}}",
                      "{$set: {'ground_truth.detections.1.eval': 'fp'}}");
                  return null;
                }));

    List<Detection> now = ((Detections) all().get(0).label("ground_truth")).labels();
    assertThat(now.get(0).attributes().get("eval")).isNull();
    assertThat(now.get(1).attributes().get("eval")).isEqualTo("fp");
    assertThat(all().subList(1, 5))
        .extracting(sample -> sample.label("ground_truth"))
        .isEqualTo(
            before.subList(1, 5).stream().map(sample -> sample.label("ground_truth")).toList());
  }

  @Test
  void keepsWhatOthersDoToOtherLabelsBetweenTheReadingOfATransactionAndItsWriting() {
    ObjectId id = all().get(0).id();
    photos.write(
        writer -> {
          Sample sample = writer.samples(List.of(id), Projection.ALL).get(0);
          Detections before = (Detections) sample.label("ground_truth");
          List<Detection> labels = new ArrayList<>(before.labels());
          labels.set(0, labels.get(0).withLabel("horse"));
          labels.remove(2);
          labels.add(TestSamples.box("ours", 0.3));
          writer.set(id, 0, "ground_truth", before, new Detections(labels));
          String theirs = "{_id: {$oid: '" + id + "'}}";
          update(samples(), theirs, "{$set: {'ground_truth.detections.0.mood': 'glad'}}");
          update(
              samples(),
              theirs,
              "{$push: {'ground_truth.detections': {_id: {$oid: '"
                  + ObjectId.create()
                  + "'}, _cls: 'Detection', label: 'theirs', bounding_box: [0, 0, 1, 1]}}}");
          return null;
        });

    List<Detection> now = ((Detections) all().get(0).label("ground_truth")).labels();
    assertThat(now).extracting(Detection::label).containsExactly("horse", "dog", "theirs", "ours");
    assertThat(now.get(0).attributes().get("mood")).isEqualTo("glad");
  }

  /** A transaction sets what it read by its place, where another label may be by then. */
  @Test
  void marksTheLabelsItReadThoughOthersMoveThemMeanwhile() {
    ObjectId id = all().get(0).id();
    String theirs = "{_id: {$oid: '" + id + "'}}";
    List<ObjectId> read = new ArrayList<>();
    photos.write(
        writer -> {
          Sample sample = writer.samples(List.of(id), Projection.ALL).get(0);
          Detections before = (Detections) sample.label("ground_truth");
          before.labels().forEach(label -> read.add(label.id()));
          Map<ObjectId, Document> marks = new LinkedHashMap<>();
          marks.put(read.get(0), Document.of("eval", "first"));
          marks.put(read.get(2), Document.of("eval", "third"));
          writer.addAttributes(id, 0, "ground_truth", before, marks);
          update(
              samples(),
              theirs,
              "{$push: {'ground_truth.detections': {$position: 0, $each: [{_id: {$oid: '"
                  + ObjectId.create()
                  + "'}, _cls: 'Detection', label: 'theirs', bounding_box: [0, 0, 1, 1]}]}}}");
          update(
              samples(),
              theirs,
              "{$pull: {'ground_truth.detections': {_id: {$oid: '" + read.get(1) + "'}}}}");
          return null;
        });

    List<Detection> now = ((Detections) all().get(0).label("ground_truth")).labels();
    assertThat(now).extracting(Detection::label).containsExactly("theirs", "cat", "cat");
    assertThat(now).extracting(Detection::id).endsWith(read.get(0), read.get(2));
    assertThat(now)
        .extracting(label -> label.attributes().get("eval"))
        .containsExactly(null, "first", "third");
  }

  @Test
  void comparesWithItsOwnWritesToo() {
    ObjectId id = all().get(0).id();
    photos.write(
        writer -> {
          Sample sample = writer.samples(List.of(id), Projection.ALL).get(0);
          Detections before = (Detections) sample.label("ground_truth");
          Detections first = marked(before, "tp");
          writer.set(id, 0, "ground_truth", before, first);
          writer.set(id, 0, "ground_truth", first, marked(first, "fp"));
          return null;
        });
    assertThat(((Detections) all().get(0).label("ground_truth")).labels())
        .allMatch(label -> "fp".equals(label.attributes().get("eval")));

    fails(
        ErrorCode.STALE_REVISION,
        id.toString(),
        () ->
            photos.write(
                writer -> {
                  Sample sample = writer.samples(List.of(id), Projection.ALL).get(0);
                  Detections before = (Detections) sample.label("ground_truth");
                  writer.set(id, 0, "ground_truth", before, marked(before, "tp"));
                  writer.set(id, 0, "ground_truth", before, marked(before, "fn"));
                  return null;
                }));
  }

  @Test
  void comparesWithItsOwnWritesWhereAStreamGivesWhatWasReadBefore() {
    fails(
        ErrorCode.STALE_REVISION,
        "ground_truth",
        () ->
            photos.write(
                writer -> {
                  try (SampleCursor stream = writer.read(ViewDefinition.ALL, Projection.ALL)) {
                    Sample first = stream.next();
                    Sample later = all().get(1);
                    Detections known = (Detections) later.label("ground_truth");
                    writer.set(later.id(), 0, "ground_truth", known, marked(known, "tp"));
                    assertThat(first.id()).isNotEqualTo(later.id());
                    Sample stale = stream.next();
                    Detections before = (Detections) stale.label("ground_truth");
                    writer.set(stale.id(), 0, "ground_truth", before, marked(before, "fn"));
                  }
                  return null;
                }));
  }

  /** So few writes are too many for a transaction, which ends in the middle; 100 are enough. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 6, 100})
  void takesEveryKindOfEditBackAlsoWhereATransactionWasTooSmallForIt(int most) {
    List<Sample> before = all();
    Change.Limits limits = new Change.Limits(most, 64 << 20, 40_000);
    try (MongoStore small = MongoStore.connect(address, limits)) {
      StoredDataset dataset = small.open("photos");
      for (String mark : List.of("tp", "fp")) {
        fails(
            ErrorCode.INVALID_REQUEST,
            "enough",
            () ->
                dataset.write(
                    writer -> {
                      List<Sample> samples =
                          writer.read(ViewDefinition.ALL, Projection.ALL).toList();
                      edit(writer, samples, mark);
                      assertThat(writer.read(ViewDefinition.ALL, Projection.ALL).toList())
                          .isNotEqualTo(samples);
                      throw new PostilException(ErrorCode.INVALID_REQUEST, "enough");
                    }));
        assertThat(all()).extracting(Sample::fields).isEqualTo(fields(before));
        dataset.write(
            writer -> {
              for (Sample sample : writer.read(ViewDefinition.ALL, Projection.ALL).toList()) {
                Detections labels = (Detections) sample.label("ground_truth");
                writer.set(sample.id(), 0, "ground_truth", labels, marked(labels, "old"));
              }
              return null;
            });
        before = all();
      }
    }
  }

  private static List<Object> fields(List<Sample> samples) {
    return new ArrayList<>(samples.stream().map(Sample::fields).toList());
  }

  /** Marks, removes attributes and properties, removes, adds and reorders labels. */
  private static void edit(DatasetWriter writer, List<Sample> samples, String mark) {
    for (int i = 0; i < samples.size(); i++) {
      Detections before = (Detections) samples.get(i).label("ground_truth");
      List<Detection> labels = new ArrayList<>(marked(before, mark).labels());
      switch (i) {
        case 0 -> {}
        case 1 -> labels.set(0, labels.get(0).withLabel(null).withAttributes(Document.empty()));
        case 2 -> labels.remove(1);
        case 3 -> labels.add(1, TestSamples.box("new", 0.4));
        default -> java.util.Collections.swap(labels, 0, 2);
      }
      if (i == 3) {
        // What was written before is sent for this.
        assertThat(writer.count(ViewDefinition.ALL)).isEqualTo(samples.size());
      }
      Sample sample = samples.get(i);
      writer.set(sample.id(), 0, "ground_truth", before, new Detections(labels));
      writer.set(sample.id(), 0, "score", sample.property("score"), 0.25 + i);
    }
  }

  // --- bad input --------------------------------------------------------------------------------

  @Test
  void namesADocumentThatIsNoSampleOrLeavesItOut() {
    Sample sample = all().get(2);
    update(samples(), "{_id: {$oid: '" + sample.id() + "'}}", "{$unset: {filepath: 1}}");

    fails(ErrorCode.STORE_CORRUPT, samples(), this::all);
    fails(ErrorCode.STORE_CORRUPT, sample.id().toString(), this::all);
    String skipping = address + (address.contains("?") ? "&" : "?") + "invalidDocuments=skip";
    try (MongoStore tolerant = MongoStore.connect(skipping)) {
      assertThat(tolerant.open("photos").read(ViewDefinition.ALL, Projection.ALL).toList())
          .hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: {ground_truth: 'a text'}}",
        "{$set: {ground_truth: [1, 2]}}",
        "{$set: {'ground_truth.detections': 'a text'}}",
        "{$set: {'ground_truth.detections.0': null}}",
        "{$set: {'ground_truth.detections.0._cls': 'Strange'}}",
        "{$set: {'ground_truth.detections.0._id': NaN}}",
        "{$unset: {'ground_truth.detections.0._id': 1}}",
        "{$set: {'ground_truth.detections.0.tags': 'a text'}}",
        "{$set: {'ground_truth.detections.0.bounding_box': ['a', null]}}"
      })
  void readsDocumentsThatBreakTheSchemaAndNamesThoseItCannotChange(String harm) {
    Sample sample = all().get(2);
    update(samples(), "{_id: {$oid: '" + sample.id() + "'}}", harm);

    assertThat(all()).hasSize(5);
    ViewDefinition cats =
        ViewDefinition.ALL.then(
            Stages.filterLabels("ground_truth", Expression.F("label").eq("cat")));
    named(sample, () -> photos.read(cats, Projection.ALL).toList());
    named(
        sample,
        () ->
            photos.write(
                writer -> {
                  LabelRewrite.attributes(
                      writer, List.of("ground_truth"), a -> a.with("mood", "glad"));
                  return null;
                }));
    photos.write(
        writer -> {
          writer.deleteAttributes("ground_truth", List.of("mood"));
          return null;
        });
    String skipping = address + (address.contains("?") ? "&" : "?") + "invalidDocuments=skip";
    try (MongoStore tolerant = MongoStore.connect(skipping)) {
      assertThat(tolerant.open("photos").count(cats)).isIn(4L, 5L);
    }
  }

  /** The action works, or says which document is in its way. */
  private void named(Sample sample, Runnable action) {
    try {
      action.run();
    } catch (PostilException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT);
      assertThat(e.getMessage()).contains(sample.id().toString(), samples(), "ground_truth");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tellsThatADatasetWasDeletedInTheMiddleOfAChange(boolean edits) {
    Sample sample = all().get(0);
    String samples = samples();
    fails(
        ErrorCode.UNKNOWN_DATASET,
        "photos was deleted meanwhile",
        () ->
            photos.write(
                writer -> {
                  try (Connection connection = Connection.open(address)) {
                    connection.raw("datasets").deleteOne(BsonDocument.parse("{name: 'photos'}"));
                    connection.raw(samples).drop();
                  }
                  if (edits) {
                    writer.set(sample.id(), 0, "score", 0.5, 0.25);
                  } else {
                    writer.appendHistory(Document.of("n", 1));
                  }
                  return null;
                }));
  }

  @Test
  void importsNothingWhereOneSampleIsBeyondSixteenMegabytes() {
    byte[] noise = new byte[18_000_000];
    new Random(1).nextBytes(noise);
    Detection fat = TestSamples.box("cat", 0).withMask(NdArray.ofBytes(4_500, 4_000, noise));
    Sample sample = Sample.of("/fat.jpg").with("ground_truth", new Detections(List.of(fat)));

    fails(
        ErrorCode.STORE_FULL,
        "16 MB",
        () ->
            photos.write(
                writer -> {
                  writer.insert(TestSamples.image("/new.jpg", 1));
                  writer.insert(sample);
                  return null;
                }));
    fails(
        ErrorCode.STORE_FULL,
        "16 MB",
        () ->
            store.create(
                TestSamples.imageDataset("fat"),
                writer -> {
                  writer.insert(sample);
                  return null;
                }));
    assertThat(all()).hasSize(5);
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void namesASampleThatOutgrowsSixteenMegabytes() {
    byte[] noise = new byte[16_700_000];
    new Random(1).nextBytes(noise);
    Detection fat = TestSamples.box("cat", 0).withMask(NdArray.ofBytes(4_175, 4_000, noise));
    Sample sample = Sample.of("/fat.jpg").with("ground_truth", new Detections(List.of(fat)));
    photos.write(
        writer -> {
          writer.insert(sample);
          return null;
        });

    fails(
        ErrorCode.STORE_FULL,
        "the document " + sample.id() + " of " + samples() + " would be larger than the 16 MB",
        () ->
            photos.write(
                writer -> {
                  LabelRewrite.attributes(
                      writer,
                      List.of("ground_truth"),
                      attributes -> attributes.with("note", "x".repeat(200_000)));
                  return null;
                }));
    assertThat(((Detections) all().get(0).label("ground_truth")).labels())
        .allSatisfy(box -> assertThat(box.attributes()).isEqualTo(Document.empty()));
  }

  @Test
  void refusesASampleBeyondSixteenMegabytes() {
    byte[] noise = new byte[18_000_000];
    new Random(1).nextBytes(noise);
    Detection fat = TestSamples.box("cat", 0).withMask(NdArray.ofBytes(4_500, 4_000, noise));
    Sample sample = all().get(0);
    Object before = sample.fields().get("ground_truth");

    fails(
        ErrorCode.STORE_FULL,
        "16 MB",
        () ->
            photos.write(
                writer -> {
                  writer.set(all().get(1).id(), 0, "score", 0.5, 0.75);
                  writer.set(sample.id(), 0, "ground_truth", before, new Detections(List.of(fat)));
                  return null;
                }));
    assertThat(all().get(0)).isEqualTo(sample);
    assertThat(all().get(1).fields()).containsEntry("score", 0.5);
  }

  @Test
  void saysWhatIsWrongWithAnAddress() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String nobody = "mongodb://127.0.0.1:" + closed + "/x?serverSelectionTimeoutMS=500";
    fails(ErrorCode.STORE_UNAVAILABLE, "cannot be reached", () -> MongoStore.connect(nobody));
    String stranger = address.replace("mongodb://", "mongodb://somebody:se%20cret@");
    fails(ErrorCode.STORE_UNAVAILABLE, "password", () -> MongoStore.connect(stranger));
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> MongoStore.connect(stranger))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("se%20cret", "se cret"));
    fails(ErrorCode.INVALID_REQUEST, "mongodb://", () -> MongoStore.connect("mongodb:///"));
  }

  // --- long changes -----------------------------------------------------------------------------

  @Test
  void outgrowsATransactionWhileItStreams() {
    Change.Limits small = new Change.Limits(20, 1L << 20, 60_000);
    try (MongoStore limited = MongoStore.connect(address, small)) {
      StoredDataset dataset = limited.open("photos");
      dataset.write(
          writer -> {
            for (int i = 5; i < 3_000; i++) {
              writer.insert(TestSamples.image("/data/" + i + ".jpg", 1));
            }
            return null;
          });
      dataset.write(
          writer -> {
            int count = 0;
            try (SampleCursor samples = writer.read(ViewDefinition.ALL, Projection.ALL)) {
              while (samples.hasNext()) {
                Sample sample = samples.next();
                writer.set(sample.id(), 0, "score", 0.5, 0.25);
                count++;
              }
            }
            assertThat(count).isEqualTo(3_000);
            writer.appendHistory(Document.of("what", "all"));
            return null;
          });
    }
    assertThat(all()).hasSize(3_000);
    assertThat(all()).allSatisfy(s -> assertThat(s.fields()).containsEntry("score", 0.25));
    assertThat(photos.history()).hasSize(1);
  }

  @Test
  void goesOnInPartsWhereAServerCannotHoldTheTransaction() {
    try (FailPoint tooSmall = conflict("update", 5)) {
      photos.write(
          writer -> {
            for (Sample sample : all()) {
              writer.set(sample.id(), 0, "score", 0.5, 0.25);
            }
            return null;
          });
    }

    assertThat(all()).allSatisfy(s -> assertThat(s.fields()).containsEntry("score", 0.25));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void goesOnReadingWhereAServerTookTheTransactionBack(int times) {
    photos.write(
        writer -> {
          for (int i = 5; i < 2_400; i++) {
            writer.insert(TestSamples.image("/data/" + i + ".jpg", 1));
          }
          return null;
        });

    try (FailPoint tooSmall = conflict("getMore", times)) {
      photos.write(
          writer -> {
            try (SampleCursor samples = writer.read(ViewDefinition.ALL, Projection.ALL)) {
              while (samples.hasNext()) {
                writer.set(samples.next().id(), 0, "score", 0.5, 0.25);
              }
            }
            return null;
          });
    }

    assertThat(all()).hasSize(2_400);
    assertThat(all()).allSatisfy(s -> assertThat(s.fields()).containsEntry("score", 0.25));
  }

  private FailPoint conflict(String command, int times) {
    String collection = database + ".samples." + photos.info().id();
    return FailPoint.conflict(address, times, collection, command);
  }

  @Test
  void takesALongChangeBackWhenItFails() {
    Change.Limits small = new Change.Limits(2, 1L << 20, 60_000);
    List<Sample> before = all();
    try (MongoStore limited = MongoStore.connect(address, small)) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  limited
                      .open("photos")
                      .write(
                          writer -> {
                            for (Sample sample : before) {
                              writer.set(sample.id(), 0, "score", 0.5, 0.25);
                              writer.set(
                                  sample.id(),
                                  0,
                                  "ground_truth",
                                  sample.fields().get("ground_truth"),
                                  null);
                            }
                            writer.insert(TestSamples.image("/new.jpg", 1));
                            assertThat(writer.count(ViewDefinition.ALL)).isEqualTo(6);
                            writer.deleteSamples(List.of(before.get(0).id()));
                            assertThat(writer.count(ViewDefinition.ALL)).isEqualTo(5);
                            throw new IllegalStateException("changed my mind");
                          }));
    }
    assertThat(all())
        .extracting(Sample::fields)
        .isEqualTo(before.stream().map(Sample::fields).toList());
  }

  @Test
  void keepsTheOrderOfItsWritesWhenItOutgrowsATransaction() {
    Frame frame = TestSamples.frame(ObjectId.of("6500000000000000000000aa"), 2, 1);
    ObjectId owner = ObjectId.create();
    Change.Limits small = new Change.Limits(1_500, 1L << 30, 60_000);
    try (MongoStore limited = MongoStore.connect(address, small)) {
      StoredDataset clips = limited.create(TestSamples.videoDataset("clips"));
      clips.write(
          writer -> {
            writer.insert(Sample.of("/a.mp4").withId(frame.sampleId()));
            writer.insert(Sample.of("/b.mp4"));
            writer.insertFrame(TestSamples.frame(frame.sampleId(), 2, 3));
            writer.putSide(owner, new StoredDataset.SideRecord(frame.sampleId(), 0, "old", "x"));
            return null;
          });
      clips.write(
          writer -> {
            writer.insertFrame(frame);
            writer.deleteSide(owner);
            writer.putSide(owner, new StoredDataset.SideRecord(frame.sampleId(), 0, "new", "y"));
            ObjectId second = writer.read(ViewDefinition.ALL, Projection.ALL).toList().get(1).id();
            writer.deleteSamples(List.of(second));
            for (int i = 0; i < 3_000; i++) {
              writer.insertFrame(TestSamples.frame(frame.sampleId(), i + 3, 1));
            }
            assertThat(writer.count(ViewDefinition.ALL)).isEqualTo(1);
            return null;
          });
      assertThat(clips.count(ViewDefinition.ALL)).isEqualTo(1);
      assertThat(clips.side(owner).toList())
          .extracting(StoredDataset.SideRecord::name)
          .containsExactly("new");
      List<Frame> frames = clips.frames(frame.sampleId(), 1, 9_999, Projection.ALL).toList();
      assertThat(frames).hasSize(3_001);
      assertThat(frames.get(0).fields()).isEqualTo(frame.fields());
    }
  }
}
