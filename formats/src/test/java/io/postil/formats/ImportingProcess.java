package io.postil.formats;

import io.postil.core.store.DatasetStore;
import java.nio.file.Path;

/**
 * A program that imports a COCO file. It prints a line whenever the import tells how far it is,
 * inside the transaction, too, and one after it; it is made to be killed.
 */
final class ImportingProcess {
  private ImportingProcess() {}

  public static void main(String[] args) {
    try (DatasetStore store = Stores.open(Path.of(args[0]))) {
      Imports.run(
          store,
          ImportRequest.of("street", "coco", Path.of(args[1])).withCheckMedia(false),
          (phase, done, total) -> System.out.println(phase + " " + done));
      System.out.println("done");
      // Waits to be killed, so that the last round is killed after the commit.
      System.out.println("waiting");
    }
  }
}
