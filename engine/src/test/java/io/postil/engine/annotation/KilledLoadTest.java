package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.testkit.KilledProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load that is killed leaves the dataset as it was before, or as it is after. */
class KilledLoadTest {
  private static final int SAMPLES = 45;
  private static final int ROUNDS = 20;

  @TempDir Path home;

  @Test
  void aKilledLoadIsDoneOrNotDoneAtAll() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      samples.add(RunFixture.sample(RunFixture.box("cat", 0.1), RunFixture.box("dog", 0.4)));
    }
    List<Sample> before;
    try (RunFixture fixture = new RunFixture(home, samples)) {
      fixture.annotate(RunFixture.request());
      before = fixture.samples();
    }
    int committed = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      // 90 changes and two lines after the commit: the last round dies behind it.
      int lines = round == ROUNDS ? 2 * SAMPLES + 1 : round * 2 * SAMPLES / ROUNDS;
      KilledProcess.run(LoadingProcess.class, lines, home.toString());
      try (RunFixture fixture = RunFixture.reopen(home)) {
        boolean loaded = fixture.annotations.run("run").lastLoad() != null;
        if (loaded) {
          committed++;
          assertThat(fixture.samples())
              .allSatisfy(
                  s ->
                      assertThat(fixture.boxes(s.id(), "gt"))
                          .extracting(Detection::label)
                          .containsOnly("bird"));
          fixture.annotations.undo("run", "me");
        }
        assertThat(fixture.samples()).as("round %s", round).isEqualTo(before);
      }
    }
    assertThat(committed).isBetween(1, ROUNDS - 1);
  }
}
