package io.postil.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program in a Java process of its own, with the class path of this one and a heap of a given
 * size, such as one that its data do not fit. Its errors go to our standard error.
 */
public final class JavaProcess {
  private JavaProcess() {}

  /**
   * Runs a program to its end.
   *
   * @param main the class with the {@code main} method
   * @param heap the largest heap, such as {@code 40m}
   * @param arguments its arguments
   * @return the lines it printed
   * @throws IllegalStateException if it fails, as when the heap is too small
   */
  public static List<String> run(Class<?> main, String heap, String... arguments)
      throws IOException {
    Process process = start(main, heap, arguments);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = out.lines().toList();
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            main.getName() + " ended with code " + code + " after it printed " + lines);
      }
      return lines;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static Process start(Class<?> main, String heap, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx" + heap, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
