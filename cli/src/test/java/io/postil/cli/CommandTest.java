package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test that calls {@code postil} as a shell does, in a home of its own. */
abstract class CommandTest {
  @TempDir Path directory;

  /** The variables that commands see. */
  final Map<String, String> environment = new HashMap<>();

  /** What the last command printed, and what it complained of. */
  String out = "";

  String err = "";

  @BeforeEach
  void aHome() {
    environment.put("HOME", directory.toString());
    environment.put("POSTIL_HOME", directory.resolve("postil").toString());
  }

  /** Runs a command and gives its exit code. */
  final int run(String... args) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int code =
        Main.run(
            args, new PrintWriter(printed, true), new PrintWriter(complained, true), environment);
    out = printed.toString();
    err = complained.toString();
    return code;
  }

  /** Runs a command that must succeed. */
  final void done(String... args) {
    assertThat(run(args)).as(() -> String.join(" ", args) + ": " + err).isZero();
  }

  /** Runs a command that must succeed, and reads what it prints for scripts. */
  final Document json(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--json");
    done(all.toArray(String[]::new));
    return Json.readDocument(out);
  }
}
