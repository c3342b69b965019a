package io.postil.store.sqlite;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.query.LabelColumn;
import io.postil.core.query.LabelColumns;
import io.postil.core.query.RowSource;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.TestSamples;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What views ask of labels is answered from columns, and is what the labels themselves say. */
class LabelColumnsTest {
  private static final String LABELS = "ground_truth.detections";

  @TempDir private Path home;
  private Database database;
  private SqliteStore store;
  private StoredDataset dataset;

  @BeforeEach
  void open() {
    database = Database.open(home.resolve("postil.db"), false, Schema.CURRENT);
    store = new SqliteStore(database);
    dataset =
        store.create(
            TestSamples.imageDataset("photos")
                .withField("people", FieldSpec.embedded("people", "Detections")));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void insert(Sample... samples) {
    dataset.write(
        writer -> {
          List.of(samples).forEach(writer::insert);
          return true;
        });
  }

  private static Sample image(Detection... boxes) {
    return Sample.of("/a.jpg").with("ground_truth", new Detections(List.of(boxes)));
  }

  private static Detection box(String label, Object... attributes) {
    Document.Builder all = Document.builder();
    for (int i = 0; i < attributes.length; i += 2) {
      all.put((String) attributes[i], attributes[i + 1]);
    }
    return TestSamples.box(label, 0.1).withAttributes(all.build());
  }

  /** The columns of the truth in one block, or null. */
  private @Nullable LabelColumns columns(String... properties) {
    return database.read(
        session -> {
          SnapshotReader reader =
              new SnapshotReader(
                  session,
                  new Catalog(database.dictionary()).find(session, dataset.info().id(), ""),
                  database.dictionary().lookup(session));
          try (Cursor<LabelColumns> blocks = reader.columns("ground_truth", Set.of(properties))) {
            return blocks == null || !blocks.hasNext() ? null : blocks.next();
          }
        });
  }

  private static List<@Nullable Object> coded(@Nullable LabelColumns block, String property) {
    LabelColumn.Coded column = (LabelColumn.Coded) block.columns().get(property);
    List<@Nullable Object> values = new ArrayList<>();
    for (char code : column.codes()) {
      values.add(code == 0 ? "-" : column.values().get(code - 1));
    }
    return values;
  }

  @Test
  void holdTextsNumbersAndTruthValuesOfLabels() {
    insert(
        image(box("cat", "eval", "fp"), box("dog", "iscrowd", true).withConfidence(0.5)),
        image(),
        Sample.of("/b.jpg"),
        image(box("cat", "eval", null)));

    LabelColumns block = columns("label", "eval", "iscrowd", "confidence", "nothing");

    assertThat(block.samples()).hasSize(3);
    assertThat(block.ends()).containsExactly(2, 2, 3);
    assertThat(coded(block, "label")).containsExactly("cat", "dog", "cat");
    assertThat(coded(block, "eval")).containsExactly("fp", "-", null);
    assertThat(coded(block, "iscrowd")).containsExactly("-", true, "-");
    assertThat(coded(block, "confidence")).containsExactly("-", 0.5, "-");
    assertThat(block.columns()).doesNotContainKey("nothing");
  }

  @Test
  void holdManyNumbersAsTheyAre() {
    insert(
        IntStream.range(0, 100)
            .mapToObj(i -> image(box("cat", "iou", i / 100.0), box("dog")))
            .toArray(Sample[]::new));

    LabelColumn.Reals column = (LabelColumn.Reals) columns("iou").columns().get("iou");

    assertThat(column.values()).hasSize(200).contains(0.99);
    assertThat(column.missing().cardinality()).isEqualTo(100);
    assertThat(column.missing().get(1)).isTrue();
  }

  @Test
  void areGivenUpForListsAndForTextsThatHardlyRepeat() {
    insert(
        image(
            IntStream.range(0, 3000)
                .mapToObj(i -> box("cat", "match", ObjectId.create().toString()))
                .toArray(Detection[]::new)),
        image(box("dog", "seen_by", List.of("ann"))));

    assertThat(columns("match")).isNull();
    assertThat(columns("seen_by")).isNull();
    assertThat(columns("label")).isNotNull();
    assertThat(dataset.aggregate(ViewDefinition.ALL, List.of(Aggregation.count(LABELS + ".match"))))
        .containsExactly(3000L);
  }

  @Test
  void areNotUsedWhereAFieldHoldsSomethingElse() {
    insert(image(box("cat")), Sample.of("/b.jpg").with("ground_truth", Classification.of("dog")));

    assertThat(columns("label")).isNull();
    assertThat(
            dataset.aggregate(ViewDefinition.ALL, List.of(Aggregation.distinct(LABELS + ".label"))))
        .containsExactly(List.of("cat"));
  }

  @Test
  void areAskedWithinAChangeOnlyOnceItIsOver() {
    insert(image(box("cat")));
    ObjectId id = all().get(0).id();

    dataset.write(
        writer -> {
          writer.set(id, 0, "ground_truth", truth(id), new Detections(List.of(box("dog"))));
          assertThat(
                  writer.aggregate(
                      ViewDefinition.ALL, List.of(Aggregation.distinct(LABELS + ".label"))))
              .containsExactly(List.of("dog"));
          return true;
        });

    assertThat(coded(columns("label"), "label")).containsExactly("dog");
  }

  @Test
  void areThoseOfBeforeWhereAChangeFails() {
    insert(image(box("cat")));
    ObjectId id = all().get(0).id();

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                dataset.write(
                    writer -> {
                      writer.deleteSamples(List.of(id));
                      throw new IllegalStateException("no");
                    }));

    assertThat(coded(columns("label"), "label")).containsExactly("cat");
  }

  @Test
  void aFileFromBeforeHasNoneAndIsReadWithoutThem() throws Exception {
    insert(image(box("cat")));
    store.close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("postil.db"))) {
      var statement = connection.createStatement();
      statement.execute("DROP TABLE column_1");
      statement.execute("ALTER TABLE field DROP COLUMN columns");
      statement.execute("PRAGMA user_version = 1");
    }
    database = Database.open(home.resolve("postil.db"), false, Schema.CURRENT);
    store = new SqliteStore(database);
    dataset = store.open("photos");

    insert(image(box("dog")));

    assertThat(columns("label")).isNull();
    assertThat(
            dataset.aggregate(ViewDefinition.ALL, List.of(Aggregation.distinct(LABELS + ".label"))))
        .containsExactly(List.of("cat", "dog"));
  }

  @Test
  void whatFailsForSomeLabelFailsAsItDoesWithoutColumns() {
    insert(image(box("cat", "n", 1), box("dog", "n", 0)), image(box("cat", "n", "text")));
    Expression division = Expression.of(1).dividedBy(F("n")).gt(0);

    // The division is not asked for where the first condition does not hold.
    assertThat(dataset.count(filter(F("label").eq("bird").and(division)))).isZero();
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> dataset.count(filter(division)))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.EVALUATION_FAILED));
  }

  private static ViewDefinition filter(Expression condition) {
    return ViewDefinition.ALL.then(Stages.filterLabels("ground_truth", condition));
  }

  /** Random changes over more rows than a block has; after each, columns and labels agree. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sayWhatTheLabelsSayAfterAnyChange(int seed) {
    Random random = new Random(seed);
    insert(IntStream.range(0, 2500).mapToObj(i -> sample(random)).toArray(Sample[]::new));
    requireAgreement();
    for (int round = 0; round < 10; round++) {
      change(random);
      requireAgreement();
    }
  }

  private void change(Random random) {
    List<Sample> samples = all();
    dataset.write(
        writer -> {
          switch (random.nextInt(5)) {
            case 0 -> insertSome(random).forEach(writer::insert);
            case 1 ->
                writer.deleteSamples(
                    samples.stream().filter(s -> random.nextInt(20) == 0).map(Sample::id).toList());
            case 2 -> {
              // In any order, and some samples twice.
              for (int i = 0; i < 300; i++) {
                ObjectId id = samples.get(random.nextInt(samples.size())).id();
                Object before =
                    writer.samples(List.of(id), Projection.ALL).get(0).fields().get("ground_truth");
                writer.set(id, 0, "ground_truth", before, truth(random));
              }
            }
            case 3 -> {
              for (Sample sample : samples) {
                Object before = sample.fields().get("ground_truth");
                writer.set(sample.id(), 0, "ground_truth", before, truth(random));
              }
            }
            default -> {
              writer.renameField("ground_truth", "other");
              writer.renameField("people", "ground_truth");
              writer.renameField("other", "people");
            }
          }
          return true;
        });
  }

  private static List<Sample> insertSome(Random random) {
    return IntStream.range(0, random.nextInt(400)).mapToObj(i -> sample(random)).toList();
  }

  private static Sample sample(Random random) {
    Sample sample = Sample.of("/a.jpg");
    Detections truth = truth(random);
    Detections people = truth(random);
    sample = truth == null ? sample : sample.with("ground_truth", truth);
    return people == null ? sample : sample.with("people", people);
  }

  private static @Nullable Detections truth(Random random) {
    if (random.nextInt(10) == 0) {
      return null;
    }
    List<Detection> boxes = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      Detection box = TestSamples.box(random.nextBoolean() ? "cat" : "dog", 0.1);
      boxes.add(
          box.withConfidence(random.nextInt(3) == 0 ? null : random.nextDouble())
              .withIndex(random.nextInt(5) == 0 ? random.nextInt(4) : null)
              .withAttributes(attributes(random)));
    }
    return new Detections(boxes);
  }

  private static Document attributes(Random random) {
    Document.Builder out = Document.builder();
    if (random.nextBoolean()) {
      out.put("eval", List.of("tp", "fp", "fn").get(random.nextInt(3)));
    }
    if (random.nextBoolean()) {
      out.put("mixed", List.of(1, 1.0, 2L, "1", true, Double.NaN, -0.0).get(random.nextInt(7)));
    } else if (random.nextInt(4) == 0) {
      out.put("mixed", null);
    }
    return out.build();
  }

  private List<Sample> all() {
    return dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
  }

  private Object truth(ObjectId id) {
    return dataset.samples(List.of(id), Projection.ALL).get(0).fields().get("ground_truth");
  }

  private void requireAgreement() {
    RowSource rows = new InMemory(dataset.info(), all());
    List<Aggregation> aggregations = new ArrayList<>();
    aggregations.add(Aggregation.count(LABELS));
    for (String property : List.of("label", "confidence", "index", "eval", "mixed")) {
      String path = LABELS + "." + property;
      aggregations.add(Aggregation.count(path));
      aggregations.add(Aggregation.countValues(path));
      aggregations.add(Aggregation.distinct(path));
      aggregations.add(Aggregation.bounds(path));
      aggregations.add(Aggregation.sum(path));
      aggregations.add(Aggregation.mean(path));
      aggregations.add(Aggregation.std(path, false));
      aggregations.add(Aggregation.quantiles(path, 0.25, 0.5));
    }
    aggregations.add(Aggregation.histogramValues(LABELS + ".confidence", 7));
    for (ViewDefinition view :
        List.of(
            ViewDefinition.ALL,
            filter(F("confidence").gt(0.5)),
            filter(F("confidence").gt(0.2).and(F("eval").eq("fp"))),
            filter(F("mixed").eq(1).or(F("mixed").isNull())),
            filter(F("label").isIn(List.of("cat")).and(F("index").lt(2))))) {
      ViewEvaluator naive = new ViewEvaluator(rows, view);
      assertThat(dataset.count(view)).isEqualTo(naive.count());
      for (Aggregation aggregation : aggregations) {
        assertThat(dataset.aggregate(view, List.of(aggregation)))
            .as("%s of %s", aggregation, view)
            .isEqualTo(naive.aggregate(List.of(aggregation)));
      }
      for (boolean reverse : new boolean[] {false, true}) {
        ViewDefinition sorted = view.then(Stages.sortBy(F(LABELS).length(), reverse));
        assertThat(ids(dataset.read(sorted, Projection.ALL)))
            .isEqualTo(ids(new ViewEvaluator(rows, sorted).read(Projection.ALL)));
      }
    }
  }

  private static List<ObjectId> ids(SampleCursor samples) {
    return samples.toList().stream().map(Sample::id).toList();
  }

  /** Samples without columns. */
  private record InMemory(DatasetInfo info, List<Sample> all) implements RowSource {
    @Override
    public SampleCursor scan(Projection fields) {
      Cursor<Sample> samples = Cursor.of(all);
      return new SampleCursor() {
        @Override
        public Cursor<Frame> frames() {
          return Cursor.of(List.of());
        }

        @Override
        public boolean hasNext() {
          return samples.hasNext();
        }

        @Override
        public Sample next() {
          return samples.next();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
      return all.stream().filter(sample -> ids.contains(sample.id())).toList();
    }

    @Override
    public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
      return Cursor.of(List.of());
    }

    @Override
    public long count() {
      return all.size();
    }
  }
}
