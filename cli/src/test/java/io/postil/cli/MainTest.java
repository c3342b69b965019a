package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void listsItsCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("postil", "--database", "doctor");
  }

  @Test
  void createsEveryCommandOfTheTable() {
    assertThat(CommandTable.entries())
        .allSatisfy(e -> assertThat(CommandTable.create(e.name())).isNotNull());
  }

  @Test
  void namesTheNearestCommand() {
    assertThat(run("docter")).isEqualTo(2);
    assertThat(err.toString()).contains("docter", "Did you mean doctor?");
  }

  @Test
  void printsAnErrorAndWhatToDoAboutIt(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("notes.txt"), "no database ".repeat(100));

    assertThat(run("--database", "sqlite:" + file, "doctor")).isEqualTo(1);

    assertThat(err.toString().lines()).hasSize(2);
    assertThat(err.toString()).contains("notes.txt is not a Postil database", "--database");
  }

  @Test
  void describesTheDatabase(@TempDir Path directory) {
    assertThat(run("doctor", "--json", "--database", "sqlite:" + directory.resolve("a.db")))
        .isZero();
    assertThat(out.toString()).contains("\"kind\"", "sqlite", "a.db");
  }
}
