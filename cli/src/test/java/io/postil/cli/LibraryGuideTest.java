package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the guide on the library compiles and does what the guide says. */
class LibraryGuideTest {
  @TempDir Path directory;

  @Test
  void theProgramOfTheGuideRuns() throws Exception {
    Path guide = Path.of("").toAbsolutePath().resolveSibling("docs/guide/library.md");
    String program = Files.readString(guide).split("```java\n")[1].split("```")[0];
    Path source = Files.writeString(directory.resolve("Recipe.java"), program);
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "21",
                "-proc:none",
                "-d",
                directory.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(code).isZero();

    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader classes = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      Method main = classes.loadClass("Recipe").getMethod("main", String[].class);
      main.setAccessible(true);
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      main.invoke(null, (Object) new String[] {directory.resolve("home").toString()});
    } finally {
      System.setOut(console);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .containsPattern("precision 0\\.\\d\\d")
        .contains("quickstart-51/000", "0 labels would be edited");
    assertThat(directory.resolve("home/out/labels.json")).exists();
  }
}
