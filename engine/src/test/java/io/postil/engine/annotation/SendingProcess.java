package io.postil.engine.annotation;

import io.postil.core.ProgressListener;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.view.ViewDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A program that sends a run, or goes on with it. Its tool is a file with a line for each item it
 * was sent, idempotent for an item as backends must be. It prints a line before and after each call
 * of the backend; it is made to be killed.
 */
final class SendingProcess {
  private SendingProcess() {}

  public static void main(String[] args) throws IOException {
    Path home = Path.of(args[0]);
    Path tool = home.resolve("tool.txt");
    try (RunFixture fixture = RunFixture.reopen(home)) {
      fixture.backend.preparing =
          (run, state) -> {
            System.out.println("preparing");
            run.checkpoint(state.with("project", 1));
            System.out.println("prepared");
            return state.with("project", 1);
          };
      fixture.backend.uploading =
          items -> {
            System.out.println("sending");
            try {
              String there = Files.exists(tool) ? Files.readString(tool) : "";
              for (var item : items) {
                // An item that was sent by a call that did not return is known to the tool.
                if (!there.contains(item.id().toString())) {
                  Files.writeString(
                      tool, item.id() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
              }
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
            System.out.println("sent");
          };
      if (fixture.dataset.run(RunRecord.ANNOTATION, "run").isPresent()) {
        fixture.annotations.resume("run", Document.empty(), ProgressListener.NONE);
      } else {
        fixture.annotations.annotate(
            "run", ViewDefinition.ALL, RunFixture.request(), ProgressListener.NONE);
      }
      System.out.println("done");
    }
    System.out.println("waiting");
  }
}
