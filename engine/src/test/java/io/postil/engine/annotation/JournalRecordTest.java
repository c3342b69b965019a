package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.engine.annotation.JournalRecord.Written;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a load's journal keeps of a field, and what is read from it again. */
class JournalRecordTest {
  private static final BoundingBox BOX = new BoundingBox(0.1, 0.1, 0.2, 0.2);

  private final ObjectId sample = ObjectId.create();
  private final Detection cat = Detection.of("cat", BOX);
  private final Detection dog = Detection.of("dog", BOX);
  private final Detection cow = Detection.of("cow", BOX);

  private static Detections list(Detection... labels) {
    return new Detections(List.of(labels));
  }

  private Written written(Object before, Object after) {
    return new Written(sample, 0, "truth", before, after, "truth");
  }

  @Test
  void labelsThatWereEditedRemovedAddedAndMovedAreReadAgain() {
    Detection moved = dog.withBoundingBox(new BoundingBox(0.5, 0.5, 0.2, 0.2));
    Detection added = Detection.of("hen", BOX);
    Written change = written(list(cat, dog, cow), list(cow, moved, added));

    SideRecord record = JournalRecord.of(change);

    assertThat(JournalRecord.written(List.of(record))).containsExactly(change);
  }

  @Test
  void onlyLabelsThatDifferAreKeptOfTheListAfterwards() {
    SideRecord record =
        JournalRecord.of(written(list(cat, dog, cow), list(cat, dog.withLabel("fox"), cow)));

    assertThat(JournalRecord.labels(record)).isEqualTo(3 + 1);
  }

  @Test
  void equalLabelsThatAreOtherObjectsDoNotDiffer() {
    Detection sameCat = cat.withLabel("cat");
    SideRecord record = JournalRecord.of(written(list(cat, dog), list(sameCat)));

    assertThat(JournalRecord.labels(record)).isEqualTo(2);
    assertThat(JournalRecord.written(List.of(record)))
        .containsExactly(written(list(cat, dog), list(cat)));
  }

  @Test
  void labelsOfOneIdAreToldApartByWhatTheyAre() {
    Detection twin = dog.withId(cat.id());
    Written change = written(list(cat, twin), list(twin, cat));

    assertThat(JournalRecord.written(List.of(JournalRecord.of(change)))).containsExactly(change);
  }

  @Test
  void listsThatAreMoreThanTheirLabelsAndOtherValuesAreKeptWhole() {
    Detections noted = new Detections(List.of(cat), Document.of("note", "checked"));
    List<Written> changes =
        List.of(
            written(list(cat), noted),
            written(null, list(cat)),
            written(list(cat), null),
            written(Classification.of("day"), Classification.of("night")),
            written(1, 2));

    for (Written change : changes) {
      assertThat(JournalRecord.written(List.of(JournalRecord.of(change)))).containsExactly(change);
    }
  }

  @Test
  void aFieldThatOneLoadWritesTwiceWentFromTheFirstValueToTheLast() {
    List<SideRecord> records =
        List.of(
            JournalRecord.after(sample, 0, "truth", list(cow)),
            JournalRecord.of(written(list(cat), list(dog))));

    assertThat(JournalRecord.written(records)).containsExactly(written(list(cat), list(cow)));
  }

  @Test
  void loadsOfEarlierVersionsAreRead() {
    Document nothing = Document.of("#nothing", true);
    List<SideRecord> records =
        List.of(
            new SideRecord(sample, 0, "after:truth", list(cow)),
            new SideRecord(sample, 0, "base:truth", list(cat)),
            new SideRecord(sample, 0, "before:truth", nothing));

    assertThat(JournalRecord.written(records))
        .containsExactly(new Written(sample, 0, "truth", null, list(cow), null));
    assertThat(JournalRecord.baseOf(records.get(1))).isEqualTo("truth");
  }
}
