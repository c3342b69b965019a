package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that bring datasets in and out. */
class DatasetCommandsTest {
  @TempDir Path directory;
  private String out = "";
  private String err = "";

  private int run(String... args) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int code =
        Main.run(
            args,
            new PrintWriter(printed, true),
            new PrintWriter(complained, true),
            Map.of("HOME", directory.toString()));
    out = printed.toString();
    err = complained.toString();
    return code;
  }

  private Document json(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--json");
    assertThat(run(all.toArray(String[]::new))).as(() -> err).isZero();
    return Json.readDocument(out);
  }

  @Test
  void loadsASampleDatasetAndExportsWhatImportsAgain() {
    assertThat(json("zoo", "load", "quickstart", "qs", "--samples", "3").get("samples"))
        .isEqualTo(3);
    Document exported =
        json("datasets", "export", "qs", "--format", "coco", "--out", directory + "/out");
    Document imported = json("datasets", "import", "again", "--labels", directory + "/out");

    assertThat(imported.get("labels")).isEqualTo(exported.get("labels"));
    assertThat(imported.get("samples_added")).isEqualTo(3);
    assertThat(json("datasets", "stats", "again").getDocument("labels").get("ground_truth"))
        .isEqualTo(json("datasets", "stats", "qs").getDocument("labels").get("ground_truth"));
    assertThat(json("datasets", "info", "again").getDocument("fields").get("ground_truth"))
        .isEqualTo("Detections");
  }

  @Test
  void importsADirectoryThenRenamesAndDeletesIt() throws IOException {
    Path photos = Files.createDirectories(directory.resolve("my photos"));
    BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", photos.resolve("a.png").toFile());

    assertThat(run("datasets", "import", "photos", "--data", photos.toString()))
        .as(() -> err)
        .isZero();
    assertThat(out).contains("photos: 1 samples added");
    assertThat(run("datasets", "rename", "photos", "pictures")).as(() -> err).isZero();
    assertThat(run("datasets", "list")).as(() -> err).isZero();
    assertThat(out).contains("pictures").doesNotContain("photos");
    assertThat(run("datasets", "head", "pictures")).as(() -> err).isZero();
    assertThat(out).contains("a.png", "width: 4");
    assertThat(run("datasets", "delete", "pictures")).as(() -> err).isZero();
    assertThat(photos.resolve("a.png")).exists();
  }

  @Test
  void saysWhatIsBrokenAndImportsNothing() throws IOException {
    Path labels = directory.resolve("labels.json");
    Files.writeString(labels, "{\"images\": [{\"id\": 1, \"file_name\": \"../a.png\"}]}");

    assertThat(run("datasets", "import", "bad", "--labels", labels.toString())).isEqualTo(2);
    assertThat(err).contains("labels.json:1:13", "leaves the data folder", "--on-error skip");
    assertThat(
            json("datasets", "import", "bad", "--labels", labels.toString(), "--on-error", "skip")
                .get("skipped"))
        .isEqualTo(1);
    assertThat(run("datasets", "import", "nothing")).isEqualTo(2);
  }
}
