package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
  void namesTheNearestCommandOfAGroup() {
    assertThat(run("datasets", "lst")).isEqualTo(2);
    assertThat(err.toString()).contains("no command 'postil datasets lst'", "Did you mean list?");
  }

  @Test
  void namesTheNearestOption() {
    assertThat(run("annotate", "qs", "key", "--label-feild", "truth")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'postil annotate' has no option --label-feild", "Did you mean --label-field?");
  }

  @Test
  void saysWhichParametersAreMissing() {
    assertThat(run("annotate")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "Missing required parameters: 'DATASET', 'ANNO_KEY'", "See: postil annotate --help");
  }

  @Test
  void saysOfWhichOptionAValueIsWrong() {
    assertThat(run("annotate", "qs", "key", "--backend-param", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("postil: Value for option '--backend-param' (NAME=VALUE)");
  }

  @Test
  void ofParametersThatMayBeGivenSeveralTimesOneIsNeeded() {
    assertThat(run("edit", "tag", "street")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'TAG'");
  }

  @Test
  void pointsToTheHelpWhereNothingIsNear() {
    assertThat(run("doctor", "zebra")).isEqualTo(2);
    assertThat(err.toString()).contains("'zebra'", "See: postil doctor --help");
  }

  @Test
  void neverRepeatsThePasswordOfAnAddress() {
    for (String address :
        List.of(
            "mongodb://u:s3cret%@localhost/x",
            "mongodb://u:s3cret@localhost:port/x",
            "mongodb://u:s3cret@local host/x",
            "mongodb://u:s3cret@nobody.invalid/x?serverSelectionTimeoutMS=100")) {
      assertThat(run("--database", address, "doctor")).isNotZero();
    }
    assertThat(err.toString()).contains("percent-encoded", "no host that is known");
    assertThat(out + "" + err).doesNotContain("s3cret");
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

  @Test
  void saysWhichConfiguredBackendCannotBeUsed(@TempDir Path directory) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("annotation_config.json"),
            "{\"backends\": {\"labelstudio\": {\"url\": \"http://127.0.0.1:1\", \"api_key\": \"0123456789\"}}}");
    Map<String, String> environment = Map.of("FIFTYONE_ANNOTATION_CONFIG_PATH", config.toString());

    int status =
        Main.run(
            new String[] {"doctor", "--database", "sqlite:" + directory.resolve("a.db")},
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environment);

    assertThat(status).isZero();
    assertThat(out.toString()).contains("labelstudio: Label Studio cannot be reached");
    assertThat(out.toString()).doesNotContain("cvat");
  }
}
