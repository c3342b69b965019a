package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walk through the guide on custom backends, as commands. */
class CustomBackendTest extends CommandTest {
  @Test
  void aJarInThePluginsFolderIsABackendLikeAnyOther() throws IOException {
    Path home = directory.resolve("postil");
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

    done("zoo", "load", "quickstart", "qs", "--samples", "3");
    done("annotation", "backends", "folder");
    assertThat(out).contains("Folder of JSON files");
    done("annotate", "qs", "first", "--backend", "folder", "--label-field", "ground_truth");

    for (Path file : files(work)) {
      String edited =
          Files.readString(file).replaceAll("\"label\":\"[a-z_ ]+\"", "\"label\":\"car\"");
      Files.writeString(file, edited.replace("\"state\":\"new\"", "\"state\":\"completed\""));
    }
    done("runs", "status", "qs", "first", "--json");
    assertThat(out).contains("\"completed\":3");
    done("load-annotations", "qs", "first", "--json", "--only", "completed");
    assertThat(out).contains("\"deleted\":0").doesNotContain("\"edited\":0,\"unchanged\":0");
    done("runs", "cleanup", "qs", "first");
    assertThat(files(work)).isEmpty();
  }

  private static Path[] files(Path work) throws IOException {
    try (Stream<Path> all = Files.walk(work)) {
      return all.filter(Files::isRegularFile).toArray(Path[]::new);
    }
  }
}
