package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk through the guide on custom backends, as commands. */
class CustomBackendTest {
  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private String out = "";

  private void run(String... args) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int code =
        Main.run(
            args, new PrintWriter(printed, true), new PrintWriter(complained, true), environment);
    out = printed.toString();
    assertThat(code).as(complained::toString).isZero();
  }

  @Test
  void aJarInThePluginsFolderIsABackendLikeAnyOther() throws IOException {
    Path home = directory.resolve("postil");
    environment.put("HOME", directory.toString());
    environment.put("POSTIL_HOME", home.toString());
    ExampleBackend.install(home);
    Path config = directory.resolve("config.json");
    Path work = directory.resolve("work");
    Files.writeString(
        config,
        "{\"backends\": {\"folder\": {\"config_cls\": \"example.folder.FolderBackendProvider\","
            + " \"directory\": \""
            + work
            + "\"}}}");
    environment.put("FIFTYONE_ANNOTATION_CONFIG_PATH", config.toString());

    run("zoo", "load", "quickstart", "qs", "--samples", "3");
    run("annotation", "backends", "folder");
    assertThat(out).contains("Folder of JSON files");
    run("annotate", "qs", "first", "--backend", "folder", "--label-field", "ground_truth");

    for (Path file : files(work)) {
      String edited =
          Files.readString(file).replaceAll("\"label\":\"[a-z_ ]+\"", "\"label\":\"car\"");
      Files.writeString(file, edited.replace("\"state\":\"new\"", "\"state\":\"completed\""));
    }
    run("runs", "status", "qs", "first", "--json");
    assertThat(out).contains("\"completed\":3");
    run("load-annotations", "qs", "first", "--json", "--only", "completed");
    assertThat(out).contains("\"deleted\":0").doesNotContain("\"edited\":0,\"unchanged\":0");
    run("runs", "cleanup", "qs", "first");
    assertThat(files(work)).isEmpty();
  }

  private static Path[] files(Path work) throws IOException {
    try (Stream<Path> all = Files.walk(work)) {
      return all.filter(Files::isRegularFile).toArray(Path[]::new);
    }
  }
}
