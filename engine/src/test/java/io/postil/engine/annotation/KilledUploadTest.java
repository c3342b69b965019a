package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.ProgressListener;
import io.postil.core.dataset.Sample;
import io.postil.core.value.Document;
import io.postil.testkit.KilledProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload that is killed before and after every call goes on where it stood. */
class KilledUploadTest {
  private static final int SAMPLES = 14;
  private static final int ROUNDS = 20;

  @TempDir Path home;

  @Test
  void everySampleArrivesOnceHoweverOftenTheUploadIsKilled() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      samples.add(RunFixture.sample(RunFixture.box("cat", 0.1)));
    }
    new RunFixture(home, samples).close();
    // Two lines for the project, two for each of seven batches; each round sees a few more.
    int killed = 0;
    boolean sent = false;
    for (int round = 0; round < ROUNDS && !sent; round++) {
      KilledProcess.run(SendingProcess.class, 1 + round % 3, home.toString());
      killed++;
      try (RunFixture fixture = RunFixture.reopen(home)) {
        RunState state =
            fixture.annotations.has("run")
                ? fixture.annotations.run("run").state()
                : RunState.PLANNED;
        sent = state == RunState.WAITING;
        if (!sent) {
          assertThat(state).isIn(RunState.PLANNED, RunState.UPLOADING);
        }
      }
    }
    assertThat(killed).isGreaterThan(5);

    try (RunFixture fixture = RunFixture.reopen(home)) {
      AnnotationRun run =
          fixture.annotations.resume("run", Document.empty(), ProgressListener.NONE);
      List<String> tool = Files.readAllLines(home.resolve("tool.txt"));
      assertThat(tool).doesNotHaveDuplicates();
      List<String> here =
          new ArrayList<>(
              fixture.backend.uploads.values().stream()
                  .flatMap(List::stream)
                  .map(item -> item.id().toString())
                  .toList());
      here.addAll(tool);
      assertThat(here).containsAll(samples.stream().map(s -> s.id().toString()).toList());
      assertThat(run.items()).isEqualTo(SAMPLES);
      assertThat(run.labels()).isEqualTo(SAMPLES);
      assertThat(run.state()).isEqualTo(RunState.WAITING);
    }
  }
}
