package io.postil.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Java process that is killed (as by {@code kill -9}) in the middle of its work. The program
 * prints a line at each point where it may die, inside its transactions, too; the process is killed
 * as soon as a given number of lines was read, so that no test waits by the clock. It must not end
 * before.
 */
public final class KilledProcess {
  private KilledProcess() {}

  /**
   * Starts a program with the class path of this one and kills it.
   *
   * @param main the class with the {@code main} method
   * @param lines how many lines it may print
   * @param arguments its arguments
   * @return the lines it printed, those after the kill was sent included
   */
  public static List<String> run(Class<?> main, int lines, String... arguments) {
    List<String> printed = new ArrayList<>();
    try {
      Process process = start(main, arguments);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        while (line != null) {
          printed.add(line);
          if (printed.size() == lines) {
            process.destroyForcibly();
          }
          line = out.readLine();
        }
      } catch (IOException closed) {
        // The stream of a killed process may end with an error.
      }
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the process does not end: " + main.getName());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (printed.size() < lines) {
      throw new IllegalStateException(
          main.getName() + " ended by itself after " + printed.size() + " lines: " + printed);
    }
    return printed;
  }

  /** Starts a program with the class path of this one; its errors go to our standard error. */
  public static Process start(Class<?> main, String... arguments) throws IOException {
    return JavaProcess.start(main, "256m", arguments);
  }
}
