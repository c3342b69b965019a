package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that change datasets, and those that ask about their values. */
class EditCommandTest extends CommandTest {
  private static final String DOGS = "filterLabels(ground_truth, label == \"dog\")";

  private Object answer(String question, String... more) {
    List<String> args = new ArrayList<>(List.of("datasets", "aggregate", "qs", question));
    args.addAll(List.of(more));
    return json(args.toArray(String[]::new)).get(question);
  }

  @BeforeEach
  void aDataset() {
    done("zoo", "load", "quickstart", "qs", "--samples", "5");
  }

  @Test
  void tagsWhatAViewShows() {
    done("edit", "tag", "qs", "checked", "--view", "limit(2)");
    assertThat(out).isEqualTo("Tagged 2 samples.\n");
    assertThat(answer("count()", "--view", "matchTags(checked)")).isEqualTo(2);

    Document planned =
        json(
            "edit",
            "tag",
            "qs",
            "odd",
            "--labels",
            "ground_truth",
            "--view",
            "limit(1)",
            "--dry-run");
    assertThat(planned.get("samples")).isEqualTo(1);
    assertThat(answer("countValues(ground_truth.detections.tags)")).isEqualTo(List.of());
    json("edit", "tag", "qs", "odd", "--labels", "ground_truth", "--view", "limit(1)");
    assertThat(answer("count(ground_truth.detections.tags)")).isEqualTo(planned.get("labels"));

    assertThat(run("runs", "history", "qs")).isZero();
    assertThat(out).contains("edit tag_samples, 2 samples", "edit tag_labels, 1 samples");
  }

  @Test
  void setsValuesAndSaysWhatItDoesNotUnderstand() {
    done("edit", "add-field", "qs", "rank", "int");
    done("edit", "set", "qs", "rank", "length(ground_truth.detections)");
    assertThat(out).isEqualTo("Set rank of 5 samples.\n");
    assertThat(answer("sum(rank)")).isEqualTo(answer("count(ground_truth.detections)"));

    assertThat(run("edit", "set", "qs", "rank", "'\"high\"'".replace("'", ""))).isEqualTo(2);
    assertThat(err).contains("does not fit its type, int", "Nothing was changed");
    assertThat(run("edit", "set", "qs", "rank", "rnk + 1")).isEqualTo(2);
    assertThat(err).contains("no field 'rnk'", "Did you mean rank?");
    assertThat(run("edit", "set", "qs", "ground_truth.detections.label", "dog")).isEqualTo(2);
    assertThat(err).contains("quotes of its own");
    assertThat(run("edit", "set", "qs", "rank", "abs(rank")).isEqualTo(2);
    assertThat(err).contains("character 9:", "  abs(rank\n");
    assertThat(run("edit", "set", "qs", "ground_truht.detections.label", "\"dog\"")).isEqualTo(2);
    assertThat(err).contains("Did you mean ground_truth.detections.label?");
    assertThat(run("edit", "map-labels", "qs", "ground_truth", "car")).isEqualTo(2);
    assertThat(err).contains("See: postil edit map-labels --help");
    assertThat(run("edit", "add-field", "qs", "size", "integer")).isEqualTo(2);
    assertThat(err).contains("no type of fields 'integer'", "str, int, float");
  }

  @Test
  void setsValuesByIdAndByPath() throws IOException {
    List<?> paths = (List<?>) answer("values(filepath)");
    List<?> labels = (List<?>) answer("values(ground_truth.detections.id)");
    String label = String.valueOf(((List<?>) labels.get(0)).get(0));
    Path file = directory.resolve("scores.json");
    Files.writeString(
        file, Json.write(Document.of((String) paths.get(0), 0.5, (String) paths.get(3), 0.25)));

    done("edit", "add-field", "qs", "score", "float");
    done("edit", "set-values", "qs", "score", file.toString());
    assertThat(out).isEqualTo("Set score of 2 samples.\n");
    assertThat(answer("sum(score)")).isEqualTo(0.75);
    String odd = "ground_truth.detections.mistakenness";
    done("edit", "set-values", "qs", odd, "{\"" + label + "\": 0.9}");
    assertThat(answer("max(" + odd + ")")).isEqualTo(0.9);

    assertThat(run("edit", "set-values", "qs", "score", "{\"/no/such.png\": 1}")).isEqualTo(2);
    assertThat(err).contains("neither ids nor file paths", "/no/such.png");
    assertThat(run("edit", "set-values", "qs", "score", "{\"" + label + "\": 1}")).isEqualTo(2);
    assertThat(err).contains("1 of 1 ids are not of samples in this view: " + label);
    assertThat(run("edit", "set-values", "qs", odd, "{\"" + paths.get(0) + "\": 1}")).isEqualTo(2);
    assertThat(err).contains("no ids: " + paths.get(0), "named by their ids");
    assertThat(run("edit", "set-values", "qs", "score", "[1]")).isEqualTo(2);
    assertThat(err).contains("VALUES is no JSON object");
    assertThat(answer("sum(score)")).isEqualTo(0.75);
  }

  @Test
  void keepsTheSamplesOfAView() {
    assertThat(run("edit", "keep-samples", "qs", "--yes")).isEqualTo(2);
    assertThat(err).contains("no samples are chosen to be kept");
    assertThat(run("edit", "keep-samples", "qs", "--view", "limit(2)")).isNotZero();
    assertThat(err).contains("this deletes 3 samples", "--yes");
    done("edit", "keep-samples", "qs", "--view", "limit(2)", "--yes");
    assertThat(out).isEqualTo("Deleted 3 samples.\n");
    assertThat(answer("count()")).isEqualTo(2);
  }

  @Test
  void mapsAndDeletesLabels() {
    Object labels = answer("count(ground_truth.detections)");
    String first =
        String.valueOf(((List<?>) answer("distinct(ground_truth.detections.label)")).get(0));
    done("edit", "map-labels", "qs", "ground_truth", first + "=dog");
    Object dogs = answer("count(ground_truth.detections)", "--view", DOGS);

    assertThat(run("edit", "delete-labels", "qs", "ground_truth", "--view", DOGS)).isEqualTo(3);
    assertThat(err).contains("this deletes", "--yes");
    assertThat(answer("count(ground_truth.detections)")).isEqualTo(labels);
    Document deleted = json("edit", "delete-labels", "qs", "ground_truth", "--view", DOGS, "--yes");
    assertThat(deleted.get("labels")).isEqualTo(dogs);
    assertThat(answer("distinct(ground_truth.detections.label)").toString()).doesNotContain("dog");
  }

  @Test
  void deletesSamplesOnlyOfAView() {
    assertThat(run("edit", "delete-samples", "qs", "--yes")).isEqualTo(2);
    assertThat(err).contains("--view");
    assertThat(json("edit", "delete-samples", "qs", "--view", "skip(3)", "--yes").get("samples"))
        .isEqualTo(2);
    assertThat(answer("count()")).isEqualTo(3);
  }

  @Test
  void copiesRenamesAndDeletesFields() {
    json("edit", "clone-field", "qs", "ground_truth", "dogs", "--view", DOGS);
    json("edit", "rename-field", "qs", "dogs", "puppies");
    assertThat(run("edit", "delete-field", "qs", "predictions")).isEqualTo(3);
    json("edit", "delete-field", "qs", "predictions", "--yes");

    assertThat(json("datasets", "info", "qs").getDocument("fields").names())
        .contains("puppies", "ground_truth")
        .doesNotContain("dogs", "predictions");
    assertThat(run("edit", "rename-field", "qs", "pupies", "x")).isEqualTo(2);
    assertThat(err).contains("Did you mean puppies?");
  }

  @Test
  void answersSeveralQuestionsInOnePass() {
    Document answers =
        json(
            "datasets",
            "aggregate",
            "qs",
            "count()",
            "bounds(predictions.detections.confidence)",
            "quantiles(predictions.detections.confidence, [0.5])",
            "histogramValues(predictions.detections.confidence, bins=4, range=[0, 1])",
            "max(length(ground_truth.detections))",
            "std(predictions.detections.confidence, sample=true)");
    assertThat(answers.get("count()")).isEqualTo(5);
    assertThat((List<?>) answers.getList("bounds(predictions.detections.confidence)")).hasSize(2);
    assertThat(run("datasets", "aggregate", "qs", "average(score)")).isEqualTo(2);
    assertThat(err).contains("no aggregation 'average'", "mean");
    assertThat(run("datasets", "aggregate", "qs", "histogramValues(x, bin=3)")).isEqualTo(2);
    assertThat(err).contains("no parameter 'bin'", "bins");
  }
}
