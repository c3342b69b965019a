package io.postil.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.dataset.Skeleton;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Label;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.LabelRewrite;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link DatasetStore} must do. An implementation extends this class and opens its store
 * in {@link #open()}.
 */
@NullUnmarked // Tests read absent values on purpose.
public abstract class DatasetStoreContract {
  private final List<DatasetStore> opened = new ArrayList<>();

  /** The store under test. */
  protected DatasetStore store;

  /** For subclasses. */
  protected DatasetStoreContract() {}

  /** Opens the store of this test: the same data at each call within one test, empty at first. */
  protected abstract DatasetStore open();

  /**
   * Whether others see nothing of a change before it is done. A store without transactions can only
   * promise that a change is done or taken back in the end.
   */
  protected boolean hidesChangesInProgress() {
    return true;
  }

  /** Whether a read sees one state though others write meanwhile, which needs snapshots. */
  protected boolean readsOneState() {
    return true;
  }

  @BeforeEach
  void openStore() {
    store = another();
  }

  @AfterEach
  void closeStores() {
    opened.forEach(DatasetStore::close);
  }

  /** Another store on the same data, as a second program would open it. */
  protected final DatasetStore another() {
    DatasetStore another = open();
    opened.add(another);
    return another;
  }

  private static void fails(ErrorCode code, String message, ThrowingCallable action) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(action)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private StoredDataset images(int count) {
    StoredDataset dataset = store.create(TestSamples.imageDataset("photos"));
    dataset.write(
        writer -> {
          for (int i = 0; i < count; i++) {
            writer.insert(TestSamples.image("/data/" + i + ".jpg", 3));
          }
          return count;
        });
    return dataset;
  }

  private static List<Sample> all(StoredDataset dataset) {
    return dataset.read(ViewDefinition.ALL, Projection.ALL).toList().stream()
        .map(DatasetStoreContract::plain)
        .toList();
  }

  /** What stores add by themselves, and may change with every write. */
  private static final List<String> STAMPS =
      List.of("_media_type", "_rand", "_dataset_id", "created_at", "last_modified_at");

  /** A sample without what stores add by themselves. */
  private static Sample plain(Sample sample) {
    return sample.withSystem(plain(sample.system()));
  }

  private static Frame plain(Frame frame) {
    return new Frame(
        frame.id(), frame.sampleId(), frame.number(), frame.fields(), plain(frame.system()));
  }

  private static Document plain(Document system) {
    Document kept = system;
    for (String name : STAMPS) {
      kept = kept.without(name);
    }
    return kept;
  }

  private static void insert(StoredDataset dataset, Sample... samples) {
    dataset.write(
        writer -> {
          for (Sample sample : samples) {
            writer.insert(sample);
          }
          return samples.length;
        });
  }

  private static void set(
      StoredDataset dataset, ObjectId id, int frame, String field, Object before, Object after) {
    dataset.write(
        writer -> {
          writer.set(id, frame, field, before, after);
          return id;
        });
  }

  // Datasets.

  @Test
  void listsDatasetsByName() {
    store.create(TestSamples.imageDataset("zebras"));
    store.create(TestSamples.imageDataset("apples"));

    assertThat(store.list()).extracting(DatasetInfo::name).containsExactly("apples", "zebras");
    assertThat(another().list()).isEqualTo(store.list());
  }

  @Test
  void keepsEverythingOfADatasetsDescription() {
    DatasetInfo info =
        TestSamples.videoDataset("été 100%")
            .withField("numbers", FieldSpec.listOf("numbers", FieldType.INT))
            .withClasses(Map.of("scene", List.of("day", "night")), List.of("cat"))
            .withMaskTargets(
                Map.of("mask", Map.of("1", "road", "#ff0000", "sky")), Map.of("255", "other"))
            .withSkeletons(
                Map.of("pose", new Skeleton(List.of("a", "b"), List.of(List.of(0, 1)))),
                new Skeleton(List.of(), List.of()))
            .withInfo(List.of("v1"), TestSamples.everyType());

    store.create(info);

    assertThat(store.open("été 100%").info()).isEqualTo(info);
    assertThat(another().open("été 100%").info()).isEqualTo(info);
  }

  @Test
  void refusesANameThatIsTaken() {
    store.create(TestSamples.imageDataset("photos"));

    fails(
        ErrorCode.DATASET_EXISTS, "photos", () -> store.create(TestSamples.imageDataset("photos")));
  }

  @Test
  void namesTheNearestDatasetWhenThereIsNone() {
    store.create(TestSamples.imageDataset("photos"));

    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> store.open("fotos"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_DATASET))
        .satisfies(e -> assertThat(e.getMessage() + e.remedy()).contains("fotos", "photos"));
  }

  @Test
  void renamesADataset() {
    StoredDataset photos = images(2);
    store.create(TestSamples.imageDataset("other"));

    store.rename("photos", "pictures");

    assertThat(photos.info().name()).isEqualTo("pictures");
    assertThat(store.open("pictures").count(ViewDefinition.ALL)).isEqualTo(2);
    fails(ErrorCode.UNKNOWN_DATASET, "photos", () -> store.open("photos"));
    fails(ErrorCode.DATASET_EXISTS, "other", () -> store.rename("pictures", "other"));
    fails(ErrorCode.UNKNOWN_DATASET, "nothing", () -> store.rename("nothing", "something"));
  }

  @Test
  void deletesADatasetWithAllItHas() {
    StoredDataset photos = images(2);
    photos.write(
        writer -> {
          writer.putRun(run("r1"));
          writer.appendHistory(Document.of("what", "load"));
          return 0;
        });

    store.delete("photos");

    assertThat(store.list()).isEmpty();
    fails(ErrorCode.UNKNOWN_DATASET, "photos", () -> photos.count(ViewDefinition.ALL));
    StoredDataset again = store.create(TestSamples.imageDataset("photos"));
    assertThat(again.count(ViewDefinition.ALL)).isZero();
    assertThat(again.runs(RunRecord.ANNOTATION)).isEmpty();
    assertThat(again.history()).isEmpty();
  }

  @Test
  void describesItself() {
    assertThat(store.describe().getString("kind", "")).isNotEmpty();
    assertThat(store.location()).isNotEmpty();
  }

  // Samples.

  @Test
  void streamsSamplesInTheOrderOfInsertion() {
    StoredDataset dataset = images(25);

    assertThat(all(dataset))
        .extracting(Sample::filepath)
        .startsWith("/data/0.jpg", "/data/1.jpg")
        .endsWith("/data/24.jpg")
        .hasSize(25);
    assertThat(dataset.count(ViewDefinition.ALL)).isEqualTo(25);
  }

  @Test
  void keepsEverythingOfASample() {
    Sample sample =
        TestSamples.image("/data/Straße/日本.jpg", 2)
            .withTags(List.of("a", "b", "a b"))
            .withMetadata(TestSamples.everyType())
            .withSystem(Document.of("_rand", 0.25, "other", TestSamples.everyType()));
    StoredDataset dataset = store.create(TestSamples.imageDataset("photos"));

    insert(dataset, sample);

    assertThat(all(dataset)).containsExactly(plain(sample));
    Sample read = another().open("photos").samples(List.of(sample.id()), Projection.ALL).get(0);
    assertThat(plain(read)).isEqualTo(plain(sample));
    assertThat(read.system().get("_rand")).isEqualTo(0.25);
  }

  @Test
  void keepsEveryTypeOfLabel() {
    DatasetInfo info = DatasetInfo.create("labels", MediaType.IMAGE);
    Sample sample = Sample.of("/a.jpg");
    for (Map.Entry<String, Label> entry : TestSamples.everyLabel().entrySet()) {
      info = info.withField(entry.getKey(), FieldSpec.embedded(entry.getKey(), entry.getKey()));
      sample = sample.with(entry.getKey(), entry.getValue());
    }
    StoredDataset dataset = store.create(info);

    insert(dataset, sample);

    assertThat(all(dataset).get(0).fields()).isEqualTo(sample.fields());
    assertThat(all(another().open("labels")).get(0).fields()).isEqualTo(sample.fields());
  }

  @Test
  void keepsEveryTypeOfValue() {
    Map<FieldType, Object> values = new LinkedHashMap<>();
    values.put(FieldType.STRING, "text");
    values.put(FieldType.INT, Long.MAX_VALUE);
    values.put(FieldType.FLOAT, 2.0);
    values.put(FieldType.BOOLEAN, false);
    values.put(FieldType.DATE, Instant.ofEpochMilli(86_400_000));
    values.put(FieldType.DATETIME, Instant.ofEpochMilli(1));
    values.put(FieldType.OBJECT_ID, ObjectId.create());
    values.put(FieldType.LIST, Values.listOf(1, null, "x"));
    values.put(FieldType.DICT, TestSamples.everyType());
    values.put(FieldType.VECTOR, Binary.wrap(new byte[10_000]));
    values.put(FieldType.OTHER, TestSamples.everyType().get("decimal"));
    DatasetInfo info = DatasetInfo.create("values", MediaType.IMAGE);
    Sample sample = Sample.of("/a.jpg");
    for (Map.Entry<FieldType, Object> entry : values.entrySet()) {
      String name = entry.getKey().id();
      info = info.withField(name, FieldSpec.of(name, entry.getKey()));
      sample = sample.with(name, entry.getValue());
    }
    StoredDataset dataset = store.create(info);

    insert(dataset, sample);

    assertThat(all(dataset).get(0).fields()).isEqualTo(sample.fields());
  }

  @Test
  void readsOnlyTheFieldsAskedFor() {
    Sample sample = TestSamples.image("/a.jpg", 1);
    StoredDataset dataset = store.create(TestSamples.imageDataset("photos"));
    insert(dataset, sample);

    Sample read = dataset.read(ViewDefinition.ALL, Projection.of("weather")).toList().get(0);

    assertThat(read.label("weather")).isEqualTo(sample.label("weather"));
    assertThat(read.tags()).isEqualTo(sample.tags());
    assertThat(read.metadata()).isEqualTo(sample.metadata());
  }

  @Test
  void findsSamplesByIdInTheOrderAsked() {
    List<Sample> samples = all(images(5));

    List<ObjectId> ids = List.of(samples.get(3).id(), ObjectId.create(), samples.get(0).id());

    assertThat(store.open("photos").samples(ids, Projection.ALL))
        .extracting(DatasetStoreContract::plain)
        .containsExactly(samples.get(3), samples.get(0));
  }

  @Test
  void refusesUndeclaredFields() {
    StoredDataset dataset = images(1);
    ObjectId id = all(dataset).get(0).id();

    fails(
        ErrorCode.UNKNOWN_FIELD,
        "groundtruth",
        () -> insert(dataset, Sample.of("/b.jpg").with("groundtruth", TestSamples.boxes(1))));
    fails(ErrorCode.UNKNOWN_FIELD, "mood", () -> set(dataset, id, 0, "mood", null, "good"));
    assertThat(dataset.count(ViewDefinition.ALL)).isEqualTo(1);
  }

  @Test
  void refusesAnIdTwice() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);

    fails(ErrorCode.INVALID_REQUEST, sample.id().toString(), () -> insert(dataset, sample));
  }

  @Test
  void changesWhatIsKnownOfASampleAndKeepsItsFields() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);
    Sample changed =
        sample.withTags(List.of("done")).withMetadata(null).withSystem(Document.of("x", 1));

    dataset.write(
        writer -> {
          writer.putSample(changed.withFields(Map.of()));
          return 0;
        });

    assertThat(all(dataset)).containsExactly(changed);
    fails(
        ErrorCode.UNKNOWN_SAMPLE,
        "no sample",
        () ->
            dataset.write(
                writer -> {
                  writer.putSample(Sample.of("/other.jpg"));
                  return 0;
                }));
  }

  @Test
  void deletesSamples() {
    StoredDataset dataset = images(4);
    List<Sample> samples = all(dataset);

    dataset.write(
        writer -> {
          writer.deleteSamples(
              List.of(samples.get(1).id(), samples.get(3).id(), ObjectId.create()));
          return 0;
        });

    assertThat(all(dataset)).containsExactly(samples.get(0), samples.get(2));
    insert(dataset, TestSamples.image("/new.jpg", 1));
    assertThat(all(dataset)).extracting(Sample::filepath).endsWith("/new.jpg");
  }

  // Setting values.

  @Test
  void setsReplacesAndRemovesAValue() {
    StoredDataset dataset = images(2);
    Sample sample = all(dataset).get(0);
    Detections before = (Detections) sample.fields().get("ground_truth");
    Detections after = before.withLabels(before.labels().subList(1, 3));

    set(dataset, sample.id(), 0, "ground_truth", before, after);
    assertThat(all(dataset).get(0)).isEqualTo(sample.with("ground_truth", after));

    set(dataset, sample.id(), 0, "ground_truth", after, null);
    assertThat(all(dataset).get(0)).isEqualTo(sample.with("ground_truth", null));

    set(dataset, sample.id(), 0, "score", 0.5, 1.0);
    assertThat(all(dataset).get(0).fields().get("score")).isEqualTo(1.0);
    set(dataset, sample.id(), 0, "score", 1.0, null);
    assertThat(all(dataset).get(0).fields()).containsOnlyKeys("weather");
  }

  @Test
  void refusesToSetAValueThatSomebodyElseChanged() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);
    Object before = sample.fields().get("weather");
    set(another().open("photos"), sample.id(), 0, "weather", before, Classification.of("rain"));

    fails(
        ErrorCode.STALE_REVISION,
        "weather of sample " + sample.id(),
        () -> set(dataset, sample.id(), 0, "weather", before, Classification.of("snow")));
    assertThat(((Classification) all(dataset).get(0).fields().get("weather")).label())
        .isEqualTo("rain");
  }

  @Test
  void keepsLargeMasksThroughEditsOfOtherLabels() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);
    Detections before = (Detections) sample.fields().get("ground_truth");
    Detections masked =
        before.withLabels(
            List.of(
                before.labels().get(0).withMask(TestSamples.mask(200, 200, 1)),
                before.labels().get(1).withMask(TestSamples.mask(200, 200, 2))));
    set(dataset, sample.id(), 0, "ground_truth", before, masked);

    Detections edited =
        masked.withLabels(
            List.of(
                masked.labels().get(0).withMask(TestSamples.mask(200, 200, 3)),
                masked.labels().get(1).withLabel("horse")));
    set(dataset, sample.id(), 0, "ground_truth", masked, edited);

    assertThat(all(dataset).get(0).fields().get("ground_truth")).isEqualTo(edited);
  }

  @Test
  void addsAttributesToLabelsByTheirIds() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);
    Detections boxes = (Detections) sample.label("ground_truth");
    Document tp = Document.of("eval", "tp", "eval_iou", 0.75);
    Document fn = Document.of("eval", "fn", "eval_iou", null);

    Detections marked =
        add(dataset, sample, boxes, Map.of(boxes.labels().get(0).id(), tp, id(boxes, 2), fn));
    assertThat(marked.labels().get(0))
        .isEqualTo(boxes.labels().get(0).withAttributes(tp))
        .isNotEqualTo(boxes.labels().get(0));
    assertThat(marked.labels().get(1)).isEqualTo(boxes.labels().get(1));
    assertThat(marked.labels().get(2)).isEqualTo(boxes.labels().get(2).withAttributes(fn));

    // What a label has already is replaced, and what it has besides stays.
    Document odd = Document.of("eval", "fp", "$odd.name", 1);
    Detections again = add(dataset, sample, marked, Map.of(id(boxes, 0), odd, id(boxes, 1), tp));
    assertThat(again.labels().get(0).attributes())
        .isEqualTo(Document.of("eval", "fp", "eval_iou", 0.75).with("$odd.name", 1));
    assertThat(again.labels().get(1).attributes()).isEqualTo(tp);
    assertThat(again.labels().get(2)).isEqualTo(marked.labels().get(2));

    fails(
        ErrorCode.STALE_REVISION,
        "ground_truth",
        () -> add(dataset, sample, boxes, Map.of(id(boxes, 0), fn)));
    fails(
        ErrorCode.UNKNOWN_FIELD,
        "no_such",
        () ->
            dataset.write(
                writer -> {
                  writer.addAttributes(sample.id(), 0, "no_such", boxes, Map.of(id(boxes, 0), tp));
                  return 0;
                }));
  }

  private static ObjectId id(Detections boxes, int place) {
    return boxes.labels().get(place).id();
  }

  /**
   * Adds attributes to labels of the ground truth, of which it is said how they are; gives them.
   */
  private static Detections add(
      StoredDataset dataset, Sample sample, Detections before, Map<ObjectId, Document> attributes) {
    dataset.write(
        writer -> {
          writer.addAttributes(sample.id(), 0, "ground_truth", before, attributes);
          return 0;
        });
    return (Detections) all(dataset).get(0).label("ground_truth");
  }

  @Test
  void addsAttributesToWhatTheChangeReads() {
    StoredDataset dataset = images(3);
    Document seen = Document.of("seen", true);

    dataset.write(
        writer -> {
          try (SampleCursor samples = writer.read(ViewDefinition.ALL, Projection.ALL)) {
            while (samples.hasNext()) {
              Sample sample = samples.next();
              Detections boxes = (Detections) sample.label("ground_truth");
              writer.addAttributes(
                  sample.id(), 0, "ground_truth", boxes, Map.of(id(boxes, 1), seen));
              writer.set(sample.id(), 0, "score", sample.property("score"), 1.0);
            }
          }
          return 0;
        });

    assertThat(all(dataset))
        .hasSize(3)
        .allSatisfy(
            sample -> {
              Detections boxes = (Detections) sample.label("ground_truth");
              assertThat(boxes.labels().get(0).attributes()).isEqualTo(Document.empty());
              assertThat(boxes.labels().get(1).attributes()).isEqualTo(seen);
              assertThat(sample.property("score")).isEqualTo(1.0);
            });
  }

  @Test
  void addsAttributesToLabelsOfFrames() {
    Sample sample = Sample.of("/a.mp4");
    StoredDataset dataset = video(sample, 2);
    Detections boxes =
        (Detections)
            Objects.requireNonNull(frames(dataset, sample.id(), 2, 2).get(0).property("objects"));
    Document seen = Document.of("seen", true);

    dataset.write(
        writer -> {
          writer.addAttributes(sample.id(), 2, "objects", boxes, Map.of(id(boxes, 0), seen));
          return 0;
        });

    List<Frame> frames = frames(dataset, sample.id(), 1, 2);
    assertThat(((Detections) frames.get(1).property("objects")).labels().get(0).attributes())
        .isEqualTo(seen);
    assertThat(((Detections) frames.get(0).property("objects")).labels().get(0).attributes())
        .isEqualTo(Document.empty());
  }

  // Changes.

  @Test
  void makesAllOfAChangeOrNothing() {
    StoredDataset dataset = images(2);
    List<Sample> before = all(dataset);
    DatasetInfo info = dataset.info();

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                dataset.write(
                    writer -> {
                      writer.insert(TestSamples.image("/new.jpg", 1));
                      writer.set(before.get(0).id(), 0, "score", 0.5, 0.75);
                      writer.deleteSamples(List.of(before.get(1).id()));
                      writer.putRun(run("r1"));
                      writer.putInfo(writer.info().withoutField("weather"));
                      throw new IllegalStateException("changed my mind");
                    }));

    assertThat(all(dataset)).isEqualTo(before);
    assertThat(dataset.run(RunRecord.ANNOTATION, "r1")).isEmpty();
    assertThat(dataset.info()).isEqualTo(info);
  }

  @Test
  void seesItsOwnChangesWhileOthersSeeTheStateBefore() {
    StoredDataset dataset = images(1);
    StoredDataset other = another().open("photos");

    dataset.write(
        writer -> {
          Sample added = TestSamples.image("/new.jpg", 1);
          writer.insert(added);
          writer.set(added.id(), 0, "score", 0.5, 0.75);
          assertThat(writer.samples(List.of(added.id()), Projection.ALL))
              .extracting(DatasetStoreContract::plain)
              .containsExactly(added.with("score", 0.75));
          assertThat(writer.count(ViewDefinition.ALL)).isEqualTo(2);
          assertThat(other.count(ViewDefinition.ALL)).isEqualTo(hidesChangesInProgress() ? 1 : 2);
          return 0;
        });

    assertThat(other.count(ViewDefinition.ALL)).isEqualTo(2);
  }

  @Test
  void readsOneStateThoughOthersWriteMeanwhile() {
    StoredDataset dataset = images(50);
    StoredDataset other = another().open("photos");
    List<Sample> before = all(dataset);

    List<Sample> read = new ArrayList<>();
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.ALL)) {
      read.add(cursor.next());
      set(other, before.get(40).id(), 0, "score", 0.5, 0.75);
      insert(other, TestSamples.image("/new.jpg", 1));
      cursor.forEachRemaining(read::add);
    }

    if (readsOneState()) {
      assertThat(read).extracting(DatasetStoreContract::plain).isEqualTo(before);
    }
    assertThat(dataset.count(ViewDefinition.ALL)).isEqualTo(51);
  }

  @Test
  void changesSamplesWhileItStreamsThem() {
    StoredDataset dataset = images(100);

    dataset.write(
        writer -> {
          try (SampleCursor cursor = writer.read(ViewDefinition.ALL, Projection.ALL)) {
            while (cursor.hasNext()) {
              Sample sample = cursor.next();
              writer.set(sample.id(), 0, "score", sample.fields().get("score"), 0.75);
              writer.set(sample.id(), 0, "weather", sample.fields().get("weather"), null);
            }
          }
          return 0;
        });

    assertThat(all(dataset)).hasSize(100);
    assertThat(all(dataset))
        .allSatisfy(s -> assertThat(s.fields()).containsOnlyKeys("ground_truth", "score"))
        .allSatisfy(s -> assertThat(s.fields().get("score")).isEqualTo(0.75));
  }

  @Test
  void changesAValueOfOneChangeAgain() {
    StoredDataset dataset = images(3);
    List<Sample> samples = all(dataset);
    Sample first = samples.get(0);
    Sample last = samples.get(2);

    dataset.write(
        writer -> {
          try (SampleCursor cursor = writer.read(ViewDefinition.ALL, Projection.ALL)) {
            cursor.next();
            writer.set(first.id(), 0, "score", 0.5, 0.6);
            writer.set(last.id(), 0, "score", 0.5, 0.7);
            while (cursor.hasNext()) {
              cursor.next();
            }
          }
          writer.set(first.id(), 0, "score", 0.6, null);
          writer.set(last.id(), 0, "score", 0.7, 0.8);
          return 0;
        });

    List<Sample> after = all(dataset);
    assertThat(after).extracting(s -> s.fields().get("score")).containsExactly(null, 0.5, 0.8);
  }

  @Test
  void letsTwoStoresWriteInTurns() {
    StoredDataset one = images(0);
    StoredDataset two = another().open("photos");

    for (int i = 0; i < 20; i++) {
      insert(i % 2 == 0 ? one : two, TestSamples.image("/" + i + ".jpg", 1));
    }

    assertThat(all(one)).hasSize(20).isEqualTo(all(two));
  }

  // Fields.

  @Test
  void declaresFieldsLater() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);

    dataset.write(
        writer -> {
          writer.putInfo(writer.info().withField("mood", FieldSpec.of("mood", FieldType.STRING)));
          writer.set(sample.id(), 0, "mood", null, "good");
          return 0;
        });

    assertThat(all(another().open("photos"))).containsExactly(sample.with("mood", "good"));
  }

  @Test
  void deletesAFieldWithItsValues() {
    StoredDataset dataset = images(2);
    DatasetInfo before = dataset.info();

    dataset.write(
        writer -> {
          writer.deleteField("ground_truth");
          writer.deleteField("score");
          return 0;
        });
    assertThat(dataset.info().fieldNames()).containsExactly("weather");
    assertThat(all(dataset)).allSatisfy(s -> assertThat(s.fields()).containsOnlyKeys("weather"));

    dataset.write(
        writer -> {
          writer.putInfo(before);
          return 0;
        });
    assertThat(all(dataset)).allSatisfy(s -> assertThat(s.fields()).containsOnlyKeys("weather"));
  }

  @Test
  void aFieldThatIsDeletedAndDeclaredAgainHoldsWhatIsSetAfterwards() {
    StoredDataset dataset = images(3);
    List<Sample> before = all(dataset);

    dataset.write(
        writer -> {
          writer.deleteField("score");
          assertThat(all(writer)).noneMatch(s -> s.fields().containsKey("score"));
          writer.putInfo(writer.info().withField("score", FieldSpec.of("score", FieldType.STRING)));
          writer.set(before.get(0).id(), 0, "score", null, "high");
          return 0;
        });

    assertThat(all(dataset))
        .extracting(s -> s.property("score"))
        .containsExactly("high", null, null);
  }

  @Test
  void deletesAttributesOfAllLabels() {
    StoredDataset dataset = images(2);
    Document kept = Document.of("mood", "glad", "$odd.name", 1);
    Document marks = kept.with("eval", "tp").with("eval_id", "x");
    dataset.write(
        writer -> {
          LabelRewrite.attributes(writer, List.of("ground_truth", "weather"), attributes -> marks);
          return 0;
        });

    dataset.write(
        writer -> {
          writer.deleteAttributes("ground_truth", List.of("eval", "eval_id", "no_such"));
          writer.deleteAttributes("weather", List.of("eval"));
          writer.deleteAttributes("weather", List.of("$odd.name", "label"));
          return 0;
        });

    assertThat(all(dataset))
        .hasSize(2)
        .allSatisfy(
            sample -> {
              Detections boxes = (Detections) sample.label("ground_truth");
              assertThat(boxes.labels())
                  .isNotEmpty()
                  .allSatisfy(box -> assertThat(box.attributes()).isEqualTo(kept));
              Classification weather = (Classification) sample.label("weather");
              assertThat(weather.attributes())
                  .isEqualTo(Document.of("eval_id", "x", "mood", "glad"));
              assertThat(weather.label()).isEqualTo("sunny");
            });
    fails(
        ErrorCode.UNKNOWN_FIELD,
        "no_such",
        () ->
            dataset.write(
                writer -> {
                  writer.deleteAttributes("no_such", List.of("eval"));
                  return 0;
                }));
  }

  @Test
  void renamesAFieldWithItsValues() {
    StoredDataset dataset = images(1);
    Sample sample = all(dataset).get(0);

    dataset.write(
        writer -> {
          writer.renameField("ground_truth", "truth");
          writer.renameField("score", "points");
          return 0;
        });

    Sample renamed = all(dataset).get(0);
    assertThat(renamed.label("truth")).isEqualTo(sample.label("ground_truth"));
    assertThat(renamed.fields()).containsEntry("points", 0.5).hasSize(3);
    assertThat(dataset.info().fieldNames()).containsExactly("truth", "weather", "points");
    fails(
        ErrorCode.FIELD_EXISTS,
        "weather",
        () ->
            dataset.write(
                writer -> {
                  writer.renameField("truth", "weather");
                  return 0;
                }));
  }

  // Frames.

  private StoredDataset video(Sample sample, int frames) {
    StoredDataset dataset = store.create(TestSamples.videoDataset("clips"));
    dataset.write(
        writer -> {
          writer.insert(sample);
          for (int number = frames; number >= 1; number--) {
            writer.insertFrame(TestSamples.frame(sample.id(), number, 2));
          }
          return 0;
        });
    return dataset;
  }

  private static List<Frame> frames(StoredDataset dataset, ObjectId id, int first, int last) {
    return dataset.frames(id, first, last, Projection.ALL).toList().stream()
        .map(DatasetStoreContract::plain)
        .toList();
  }

  @Test
  void streamsFramesByNumber() {
    Sample sample = Sample.of("/a.mp4");
    StoredDataset dataset = video(sample, 30);

    assertThat(frames(dataset, sample.id(), 1, 1_000)).extracting(Frame::number).hasSize(30);
    assertThat(frames(dataset, sample.id(), 10, 12))
        .extracting(Frame::number)
        .containsExactly(10, 11, 12);
    assertThat(frames(dataset, sample.id(), 3, 2)).isEmpty();
    assertThat(frames(dataset, ObjectId.create(), 1, 5)).isEmpty();
  }

  @Test
  void streamsTheFramesOfEachSample() {
    Sample first = Sample.of("/a.mp4");
    Sample second = Sample.of("/b.mp4").with("scene", Classification.of("day"));
    StoredDataset dataset = video(first, 3);
    Frame frame = TestSamples.frame(second.id(), 7, 1);
    dataset.write(
        writer -> {
          writer.insert(second);
          writer.insertFrame(frame);
          return 0;
        });

    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.ALL)) {
      assertThat(plain(cursor.next())).isEqualTo(first);
      try (Cursor<Frame> frames = cursor.frames()) {
        assertThat(frames.next().number()).isEqualTo(1);
      }
      assertThat(plain(cursor.next())).isEqualTo(second);
      assertThat(cursor.frames().toList())
          .extracting(DatasetStoreContract::plain)
          .containsExactly(frame);
      assertThat(cursor.hasNext()).isFalse();
    }
  }

  @Test
  void readsOnlyTheFrameFieldsAskedFor() {
    Sample sample = Sample.of("/a.mp4");
    StoredDataset dataset = video(sample, 2);

    List<Frame> frames =
        dataset.frames(sample.id(), 1, 2, Projection.of("frames.objects")).toList();

    assertThat(frames).allSatisfy(f -> assertThat(f.fields()).containsKey("objects"));
  }

  @Test
  void setsAFrameFieldAndMakesTheFrameIfNeeded() {
    Sample sample = Sample.of("/a.mp4");
    StoredDataset dataset = video(sample, 1);
    Detections boxes = TestSamples.boxes(1);

    set(dataset, sample.id(), 5, "objects", null, boxes);
    set(dataset, sample.id(), 1, "blur", 0.1, null);

    List<Frame> frames = frames(dataset, sample.id(), 1, 9);
    assertThat(frames).extracting(Frame::number).containsExactly(1, 5);
    assertThat(frames.get(0).fields()).containsOnlyKeys("objects");
    assertThat(frames.get(1).fields()).containsExactly(Map.entry("objects", boxes));
    fails(
        ErrorCode.STALE_REVISION,
        "frame 5",
        () -> set(dataset, sample.id(), 5, "objects", null, TestSamples.boxes(2)));
  }

  @Test
  void replacesAndDeletesFrames() {
    Sample sample = Sample.of("/a.mp4");
    StoredDataset dataset = video(sample, 3);
    Frame replacement =
        new Frame(ObjectId.create(), sample.id(), 2, Map.of("blur", 9.0), Document.of("x", 1));

    dataset.write(
        writer -> {
          writer.insertFrame(replacement);
          writer.deleteFrames(sample.id(), List.of(1, 99));
          return 0;
        });

    List<Frame> frames = frames(dataset, sample.id(), 1, 9);
    assertThat(frames).extracting(Frame::number).containsExactly(2, 3);
    assertThat(frames.get(0)).isEqualTo(replacement);

    dataset.write(
        writer -> {
          writer.deleteSamples(List.of(sample.id()));
          return 0;
        });
    assertThat(frames(dataset, sample.id(), 1, 9)).isEmpty();
  }

  @Test
  void deletesAndRenamesFrameFields() {
    Sample sample = Sample.of("/a.mp4");
    StoredDataset dataset = video(sample, 2);

    dataset.write(
        writer -> {
          LabelRewrite.attributes(
              writer, List.of("frames.objects"), attributes -> Document.of("eval", "tp", "n", 1));
          return 0;
        });
    dataset.write(
        writer -> {
          writer.deleteAttributes("frames.objects", List.of("eval"));
          return 0;
        });
    dataset.write(
        writer -> {
          writer.deleteField("frames.blur");
          writer.renameField("frames.objects", "frames.things");
          return 0;
        });

    assertThat(frames(dataset, sample.id(), 1, 2))
        .allSatisfy(f -> assertThat(f.fields()).containsOnlyKeys("things"))
        .flatExtracting(f -> ((Detections) f.property("things")).labels())
        .isNotEmpty()
        .allSatisfy(
            box -> assertThat(((Detection) box).attributes()).isEqualTo(Document.of("n", 1)));
    assertThat(dataset.info().fieldNames()).containsExactly("scene", "frames.things");
  }

  // Runs and what belongs to them.

  private static RunRecord run(String key) {
    return new RunRecord(
        ObjectId.create(),
        RunRecord.ANNOTATION,
        key,
        "1.0",
        Instant.ofEpochMilli(1_000),
        Document.of("backend", "local"),
        List.of("{\"_cls\":\"fiftyone.core.stages.Limit\"}"),
        Document.of("ids", Values.listOf()),
        Document.of("state", "planned"));
  }

  @Test
  void keepsRuns() {
    StoredDataset dataset = images(0);
    RunRecord second = run("b");
    RunRecord first = run("a");
    dataset.write(
        writer -> {
          writer.putRun(second);
          writer.putRun(first);
          return 0;
        });

    assertThat(dataset.runs(RunRecord.ANNOTATION)).containsExactly(first, second);
    assertThat(dataset.run(RunRecord.ANNOTATION, "a")).contains(first);
    assertThat(dataset.runs(RunRecord.EVALUATION)).isEmpty();
    fails(
        ErrorCode.KEY_EXISTS,
        "a",
        () ->
            dataset.write(
                writer -> {
                  writer.putRun(run("a"));
                  return 0;
                }));

    RunRecord changed = second.withKey("c").withResults(null).withState(TestSamples.everyType());
    dataset.write(
        writer -> {
          writer.putRun(changed);
          writer.deleteRun(first.id());
          return 0;
        });
    assertThat(another().open("photos").runs(RunRecord.ANNOTATION)).containsExactly(changed);
  }

  @Test
  void keepsDataBesideRuns() {
    StoredDataset dataset = images(3);
    List<ObjectId> ids = all(dataset).stream().map(Sample::id).toList();
    ObjectId owner = ObjectId.create();
    ObjectId other = ObjectId.create();
    SideRecord second = new SideRecord(ids.get(0), 2, "a", TestSamples.boxes(2));
    SideRecord first = new SideRecord(ids.get(0), 0, "z", "value");
    SideRecord third = new SideRecord(ids.get(2), 0, "a", Document.of("hash", 1L));
    dataset.write(
        writer -> {
          List.of(third, second, first).forEach(record -> writer.putSide(owner, record));
          writer.putSide(other, first);
          return 0;
        });

    assertThat(dataset.side(owner).toList()).containsExactly(first, second, third);
    assertThat(dataset.side(owner, List.of(ids.get(2), ids.get(1), ids.get(0))))
        .containsExactly(third, first, second);
    assertThat(dataset.side(owner, ids.get(0), 0, 1).toList()).containsExactly(first);
    assertThat(dataset.side(owner, ids.get(0), 1, Integer.MAX_VALUE).toList())
        .containsExactly(second);
    assertThat(dataset.side(owner, ids.get(1), 0, 9).toList()).isEmpty();

    SideRecord replaced = new SideRecord(ids.get(0), 0, "z", "new");
    dataset.write(
        writer -> {
          writer.putSide(owner, replaced);
          writer.deleteSide(other);
          return 0;
        });
    assertThat(dataset.side(owner, List.of(ids.get(0)))).containsExactly(replaced, second);
    assertThat(dataset.side(other).toList()).isEmpty();
  }

  @Test
  void keepsTheHistoryInOrder() {
    StoredDataset dataset = images(0);

    for (int i = 0; i < 3; i++) {
      Document entry = Document.of("what", "load", "number", i);
      dataset.write(
          writer -> {
            writer.appendHistory(entry);
            return 0;
          });
    }

    assertThat(dataset.history()).extracting(entry -> entry.get("number")).containsExactly(0, 1, 2);
  }

  @Test
  void keepsSavedViews() {
    StoredDataset dataset = images(0);
    SavedView zebra =
        new SavedView(
            ObjectId.create(), "zebra", ViewDefinition.ALL.then(Stages.limit(5)), Document.empty());
    SavedView apple =
        new SavedView(
            ObjectId.create(), "apple", ViewDefinition.ALL, Document.of("color", "#ff0000"));
    dataset.write(
        writer -> {
          writer.putSavedView(zebra);
          writer.putSavedView(apple);
          return 0;
        });

    assertThat(dataset.savedViews()).containsExactly(apple, zebra);

    dataset.write(
        writer -> {
          writer.deleteSavedView(apple.id());
          return 0;
        });
    assertThat(dataset.savedViews()).containsExactly(zebra);
  }
}
