package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.TestSamples;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Changes that something happens to in the middle, and a check that they were made as a whole or
 * not at all. A merge renames the first label of each sample, removes the second and adds one; an
 * undo does the reverse, order included.
 */
final class Work {
  static final int SAMPLES = 60;
  static final String NAME = "photos";

  /** Whose side records tell what a merge did. */
  static final ObjectId LOAD = ObjectId.of("650000000000000000000001");

  /** The label a merge adds to the sample of a number. */
  private static ObjectId added(int number) {
    return ObjectId.of(0x66000000, number);
  }

  private Work() {}

  /** Makes a dataset with its samples; calls the hook after each. */
  static void importSamples(DatasetStore store, IntConsumer hook) {
    store.create(
        TestSamples.imageDataset(NAME),
        writer -> {
          for (int i = 0; i < SAMPLES; i++) {
            writer.insert(TestSamples.image("/data/" + i + ".jpg", 3));
            hook.accept(i);
          }
          return SAMPLES;
        });
  }

  static void merge(DatasetStore store, IntConsumer hook) {
    change(
        store,
        hook,
        writer -> {},
        (writer, sample, number) -> {
          Detections before = (Detections) sample.label("ground_truth");
          List<Detection> labels = new ArrayList<>(before.labels());
          SideRecord record = new SideRecord(sample.id(), 0, "removed", labels.get(1));
          labels.set(0, labels.get(0).withLabel("horse"));
          labels.remove(1);
          labels.add(TestSamples.box("new", 0.5).withId(added(number)));
          writer.set(sample.id(), 0, "ground_truth", before, new Detections(labels));
          writer.putSide(LOAD, record);
        });
  }

  static void undo(DatasetStore store, IntConsumer hook) {
    change(
        store,
        hook,
        writer -> writer.deleteSide(LOAD),
        (writer, sample, number) -> {
          Detections after = (Detections) sample.label("ground_truth");
          List<Detection> labels = new ArrayList<>(after.labels());
          SideRecord record = writer.side(LOAD, List.of(sample.id())).get(0);
          labels.set(0, labels.get(0).withLabel("cat"));
          labels.add(1, (Detection) record.value());
          labels.remove(3);
          writer.set(sample.id(), 0, "ground_truth", after, new Detections(labels));
        });
  }

  private interface Step {
    void apply(DatasetWriter writer, Sample sample, int number);
  }

  private static void change(
      DatasetStore store, IntConsumer hook, Consumer<DatasetWriter> end, Step step) {
    store
        .open(NAME)
        .write(
            writer -> {
              int done = 0;
              try (SampleCursor samples = writer.read(ViewDefinition.ALL, Projection.ALL)) {
                while (samples.hasNext()) {
                  Sample sample = samples.next();
                  step.apply(writer, sample, number(sample));
                  hook.accept(done++);
                }
              }
              end.accept(writer);
              writer.appendHistory(Document.of("samples", done));
              return done;
            });
  }

  /** What a dataset holds. */
  enum State {
    NOTHING,
    IMPORTED,
    MERGED
  }

  /** The state of the dataset, the same for each of its samples, or an error. */
  static State state(DatasetStore store) {
    if (store.list().stream().map(DatasetInfo::name).noneMatch(NAME::equals)) {
      return State.NOTHING;
    }
    StoredDataset dataset = store.open(NAME);
    List<Sample> samples = dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
    require(samples.size() == SAMPLES, samples.size() + " samples");
    State state = null;
    Set<Integer> numbers = new HashSet<>();
    for (Sample sample : samples) {
      int number = number(sample);
      require(numbers.add(number), "twice " + sample.filepath());
      List<Detection> labels = ((Detections) sample.label("ground_truth")).labels();
      List<String> classes = labels.stream().map(Detection::label).toList();
      State now = classes.equals(List.of("cat", "dog", "cat")) ? State.IMPORTED : null;
      if (classes.equals(List.of("horse", "cat", "new"))
          && labels.get(2).id().equals(added(number))) {
        now = State.MERGED;
      }
      require(now != null, "labels " + classes);
      require(state == null || state == now, "half " + state + ", half " + now);
      state = now;
    }
    int sides = dataset.side(LOAD).toList().size();
    require(sides == (state == State.MERGED ? SAMPLES : 0), sides + " side records in " + state);
    return state;
  }

  /** The order in which a server keeps samples may change when it dies, their names do not. */
  private static int number(Sample sample) {
    String path = sample.filepath();
    return Integer.parseInt(path.substring("/data/".length(), path.length() - 4));
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /** For a process that is killed: {@code ADDRESS WORK JOURNALED}, a line for each sample. */
  public static void main(String[] args) {
    Change.Limits limits =
        args[2].equals("true") ? new Change.Limits(0, 0, 0) : Change.Limits.DEFAULT;
    try (DatasetStore store = MongoStore.connect(args[0], limits)) {
      IntConsumer hook = number -> System.out.println(number);
      switch (args[1]) {
        case "import" -> importSamples(store, hook);
        case "merge" -> merge(store, hook);
        default -> undo(store, hook);
      }
      // The process is killed before it ends by itself.
      new java.util.concurrent.Semaphore(0).acquireUninterruptibly();
    }
  }
}
