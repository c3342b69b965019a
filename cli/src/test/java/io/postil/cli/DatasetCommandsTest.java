package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The commands that bring datasets in and out. */
class DatasetCommandsTest extends CommandTest {
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

    done("datasets", "import", "photos", "--data", photos.toString());
    assertThat(out).contains("photos: 1 samples added");
    done("datasets", "rename", "photos", "pictures");
    done("datasets", "list");
    assertThat(out).contains("pictures").doesNotContain("photos");
    done("datasets", "head", "pictures");
    assertThat(out).contains("a.png", "width: 4");
    done("datasets", "delete", "pictures");
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

  @Test
  void importsPicturesThatAreElsewhere() throws IOException {
    Path labels = directory.resolve("labels.json");
    String image = "{\"id\": 1, \"file_name\": \"https://host/a.jpg?size=large\"%s}";
    String file =
        "{\"images\": [%s], \"categories\": [{\"id\": 1, \"name\": \"cat\"}],"
            + " \"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 1,"
            + " \"bbox\": [1, 1, 2, 2]}]}";
    Files.writeString(labels, file.formatted(image.formatted("")));
    assertThat(run("datasets", "import", "far", "--labels", labels.toString())).isEqualTo(2);
    assertThat(err).contains("needs its width and height");

    Files.writeString(labels, file.formatted(image.formatted(", \"width\": 8, \"height\": 8")));
    done("datasets", "import", "far", "--labels", labels.toString());
    done("datasets", "import", "far", "--labels", labels.toString(), "--label-field", "again");
    done("datasets", "head", "far");
    assertThat(out)
        .containsOnlyOnce("https://host/a.jpg?size=large")
        .contains("again: Detections with 1 labels");
  }
}
