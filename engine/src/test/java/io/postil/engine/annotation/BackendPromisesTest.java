package io.postil.engine.annotation;

import static io.postil.engine.annotation.RunFixture.box;
import static io.postil.engine.annotation.RunFixture.classes;
import static io.postil.engine.annotation.RunFixture.request;
import static io.postil.engine.annotation.RunFixture.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ProgressListener;
import io.postil.core.annotation.RunMemory;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine promises to the authors of backends. */
class BackendPromisesTest {
  @TempDir Path home;

  private final Detection cat = box("cat", 0.1);
  private final Detection dog = box("dog", 0.5);
  private final Sample first = sample(cat);
  private final Sample second = sample(dog);
  private RunFixture fixture;

  @BeforeEach
  void makeDataset() {
    fixture = new RunFixture(home, List.of(first, second));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void anItemThatNobodyTouchedKeepsWhatTheDatasetMadeOfItMeanwhile() {
    fixture.annotate(request());
    fixture.tellsUntouched = true;
    fixture.set(first.id(), "gt", new Detections(List.of(cat.withLabel("bird"))));

    LoadReport report = fixture.load();

    assertThat(report.deliveredItems()).isEqualTo(2);
    assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(2);
    assertThat(report.changesAnything()).isFalse();
    assertThat(classes(fixture.boxes(first.id(), "gt"))).containsExactly("bird");
  }

  @Test
  void anItemThatNobodyTouchedIsLoadedIntoAnotherFieldAsItWasSent() {
    fixture.annotate(request());
    fixture.tellsUntouched = true;
    fixture.load(LoadOptions.DEFAULT.withDestination("copy"));
    assertThat(fixture.boxes(first.id(), "copy")).containsExactly(cat);
  }

  @Test
  void aCopyOfALabelOfAnItemThatNobodyTouchedGetsAnIdOfItsOwn() {
    fixture.annotate(request());
    fixture.tellsUntouched = true;
    fixture.tool.put(second.id(), List.of(dog, cat));
    fixture.load();
    List<Detection> boxes = fixture.boxes(second.id(), "gt");
    assertThat(classes(boxes)).containsExactly("dog", "cat");
    assertThat(boxes.get(1).id()).isNotEqualTo(cat.id());
    assertThat(fixture.load().changesAnything()).isFalse();
  }

  @Test
  void whatWasMadeBeforeACrashIsKnownWhenTheRunIsResumed() {
    fixture.backend.preparing =
        (run, state) -> {
          run.memory().put(first.id(), Document.of("task", 7));
          run.checkpoint(Document.of("project", 3));
          throw new IllegalStateException("the connection was lost");
        };
    assertThatThrownBy(() -> fixture.annotate(request())).hasMessageContaining("connection");

    List<Document> states = new ArrayList<>();
    List<Document> tasks = new ArrayList<>();
    fixture.backend.preparing =
        (run, state) -> {
          states.add(state);
          tasks.addAll(run.memory().get(List.of(first.id(), second.id())).values());
          return state;
        };
    fixture.annotations.resume("run", Document.empty(), ProgressListener.NONE);
    assertThat(states).containsExactly(Document.of("project", 3));
    assertThat(tasks).containsExactly(Document.of("task", 7));
  }

  @Test
  void whatAFailedRunMadeIsCleanedWhenItIsReplaced() {
    fixture.backend.preparing =
        (run, state) -> {
          run.checkpoint(Document.of("project", 3));
          throw new IllegalStateException("the connection was lost");
        };
    assertThatThrownBy(() -> fixture.annotate(request())).hasMessageContaining("connection");
    fixture.backend.preparing = (run, state) -> state;
    fixture.annotate(request());
    assertThat(fixture.backend.cleanedStates).containsExactly(Document.of("project", 3));
  }

  @Test
  void whatWasPutIntoTheMemoryWithoutAnyStateIsForgotten() {
    fixture.backend.preparing =
        (run, state) -> {
          run.memory().put(first.id(), Document.of("task", 7));
          throw new IllegalStateException("the connection was lost");
        };
    assertThatThrownBy(() -> fixture.annotate(request())).hasMessageContaining("connection");
    List<RunMemory.Entry> found = new ArrayList<>();
    fixture.backend.preparing =
        (run, state) -> {
          try (var all = run.memory().all()) {
            all.forEachRemaining(found::add);
          }
          run.memory().put(second.id(), Document.of("task", 8));
          try (var all = run.memory().all()) {
            all.forEachRemaining(found::add);
          }
          return state;
        };
    fixture.annotations.resume("run", Document.empty(), ProgressListener.NONE);
    assertThat(found).containsExactly(new RunMemory.Entry(second.id(), Document.of("task", 8)));
  }

  @Test
  void theStateAfterALoadIsKeptAndTakenBackByUndo() {
    fixture.annotate(request());
    List<Document> seen = new ArrayList<>();
    fixture.backend.afterDownload =
        state -> {
          seen.add(state);
          return state.with("loads", state.getLong("loads", 0) + 1);
        };
    fixture.annotations.preview("run", LoadOptions.DEFAULT, c -> {});
    fixture.load();
    fixture.tool.put(first.id(), List.of(dog));
    fixture.load();
    fixture.annotations.undo("run", "me");
    fixture.load();
    assertThat(seen.stream().map(d -> d.getLong("loads", 0))).containsExactly(0L, 0L, 1L, 1L);
  }

  @Test
  void twoLoadsAreComparedLabelByLabel() {
    fixture.annotate(request());
    fixture.tool.put(first.id(), List.of(cat.withLabel("dog")));
    ObjectId one = loadId(fixture.load());
    fixture.tool.put(first.id(), List.of(cat.withLabel("bird")));
    fixture.tool.put(second.id(), List.of(dog, box("cat", 0.3)));
    ObjectId two = loadId(fixture.load());

    List<String> differences = new ArrayList<>();
    fixture.annotations.diff(
        "run",
        one,
        two,
        c -> differences.add(c.kind().id() + " " + name(c.before()) + " " + name(c.after())));
    assertThat(differences).containsExactlyInAnyOrder("edited dog bird", "added null cat");
    assertThatThrownBy(() -> fixture.annotations.diff("run", two, one, c -> {}))
        .hasMessageContaining("later load");
  }

  private static ObjectId loadId(LoadReport report) {
    ObjectId id = report.loadId();
    assertThat(id).isNotNull();
    return id;
  }

  private static String name(Object label) {
    return label instanceof Detection d ? String.valueOf(d.label()) : "null";
  }
}
