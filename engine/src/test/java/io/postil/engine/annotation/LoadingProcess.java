package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that loads a run in which every box was made a bird. It prints a line for every change,
 * inside the transaction, and {@code done} after it; it is made to be killed.
 */
final class LoadingProcess {
  private LoadingProcess() {}

  public static void main(String[] args) {
    try (RunFixture fixture = RunFixture.reopen(Path.of(args[0]))) {
      fixture.backend.script =
          sink -> {
            for (Sample sample : fixture.samples()) {
              sink.delivered(sample.id());
              sink.labels(sample.id(), 0, "gt", AnswerKind.DETECTIONS, birds(sample));
            }
          };
      fixture.annotations.load(
          "run", LoadOptions.DEFAULT, change -> System.out.println(change.labelId()));
      System.out.println("done");
      // Waits to be killed, so that the last round is killed after the commit.
      System.out.println("waiting");
    }
  }

  private static List<Detection> birds(Sample sample) {
    Detections boxes = (Detections) sample.fields().get("gt");
    return boxes.labels().stream().map(b -> b.withLabel("bird")).toList();
  }
}
