package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.Workspace;
import io.postil.testkit.MemoryBackend;
import io.postil.testkit.MongoServer;
import io.postil.testkit.PythonFiftyOne;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Postil and Python FiftyOne on one database, both ways. */
@Tag("mongo")
class FiftyOneTest extends CommandTest {
  private final String database = MongoServer.newDatabase();
  private final String address = MongoServer.shared().address(database);
  private PythonFiftyOne fiftyOne;

  @BeforeEach
  void shareADatabase() {
    environment.put("FIFTYONE_ANNOTATION_DEFAULT_BACKEND", "memory");
    environment.put("FIFTYONE_DATABASE_URI", MongoServer.shared().address());
    environment.put("FIFTYONE_DATABASE_NAME", database);
    fiftyOne =
        new PythonFiftyOne(
            Path.of("src/test/python/fiftyone_side.py").toAbsolutePath(),
            MongoServer.shared().address(),
            database,
            directory);
  }

  @AfterEach
  void forget() {
    MemoryBackend.clear();
    try (Workspace workspace = workspace()) {
      workspace.datasets().forEach(workspace.store()::delete);
    }
  }

  private String printed(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--json");
    done(all.toArray(String[]::new));
    return out;
  }

  private Workspace workspace() {
    return Workspace.open(Workspace.home(environment), URI.create(address), environment);
  }

  private long samples(String dataset) {
    return Json.readDocument(printed("datasets", "info", dataset)).getLong("samples", 0);
  }

  @Test
  void readsAndWritesEverythingFiftyOneWrites() {
    fiftyOne.run("make");
    try (Workspace workspace = workspace()) {
      for (String name : List.of("images", "videos", "groups")) {
        copy(workspace, name, name + " by Postil");
      }
    }
    for (String name : List.of("images", "videos", "groups")) {
      fiftyOne.run("same", name, name + " by Postil");
    }
  }

  /** Reads a dataset and writes what was read as another one. */
  private static void copy(Workspace workspace, String from, String to) {
    StoredDataset source = workspace.store().open(from);
    DatasetInfo info = source.info();
    DatasetInfo renamed =
        new DatasetInfo(
            ObjectId.create(),
            to,
            info.mediaType(),
            info.group(),
            info.sampleFields(),
            info.frameFields(),
            info.classes(),
            info.defaultClasses(),
            info.maskTargets(),
            info.defaultMaskTargets(),
            info.skeletons(),
            info.defaultSkeleton(),
            info.tags(),
            info.info(),
            info.createdAt(),
            info.extras());
    ViewDefinition all =
        info.group() == null
            ? ViewDefinition.ALL
            : new ViewDefinition(
                List.of(new Stage.SelectGroupSlices(null, null, true, true, true)));
    workspace
        .store()
        .create(
            renamed,
            writer -> {
              try (SampleCursor samples = source.read(all, Projection.ALL)) {
                while (samples.hasNext()) {
                  Sample sample = samples.next();
                  Sample copied = sample.withId(ObjectId.create());
                  writer.insert(copied);
                  try (Cursor<Frame> frames = samples.frames()) {
                    while (frames.hasNext()) {
                      Frame f = frames.next();
                      writer.insertFrame(
                          new Frame(
                              ObjectId.create(), copied.id(), f.number(), f.fields(), f.system()));
                    }
                  }
                }
              }
              return null;
            });
  }

  /** What the annotator does: cats become horses, and each image gets a cow. */
  private static final UnaryOperator<List<SingleLabel>> EDIT =
      labels -> {
        List<SingleLabel> edited = new ArrayList<>();
        for (SingleLabel label : labels) {
          Detection d = (Detection) label;
          edited.add("cat".equals(d.label()) ? d.withLabel("horse") : d);
        }
        edited.add(Detection.of("cow", new BoundingBox(0.1, 0.2, 0.3, 0.4)));
        return edited;
      };

  @Test
  void worksOnADatasetOfFiftyOnes() {
    fiftyOne.run("make");
    assertThat(samples("images")).isEqualTo(4);
    done(
        "evaluate",
        "detections",
        "images",
        "predictions",
        "--gt-field",
        "ground_truth",
        "--eval-key",
        "ours",
        "--compute-map",
        "--ties=correct_first");
    Document theirs = Json.readDocument(printed("evaluate", "show", "images", "theirs"));
    Document ours = Json.readDocument(printed("evaluate", "show", "images", "ours"));
    assertThat(theirs.getDouble("mAP")).isCloseTo(ours.getDouble("mAP"), within(1e-9));
    assertThat(theirs.getDouble("mAR")).isCloseTo(ours.getDouble("mAR"), within(1e-9));
    done(
        "views",
        "save",
        "images",
        "first cats",
        "--view",
        "filterLabels(ground_truth, label == \"cat\") | limit(3)");
    done(
        "annotate",
        "images",
        "our_run",
        "--label-field",
        "ground_truth",
        "--label-type",
        "detections",
        "--attributes",
        "false");
    fiftyOne.run("expect", "our_run", "first cats", "ours", "3");

    MemoryBackend.edit("ground_truth", EDIT);
    done("load-annotations", "images", "our_run");
    fiftyOne.run("edited");

    done("runs", "undo", "images", "our_run");
    fiftyOne.run("restored");
    fiftyOne.run("expect", "our_run", "first cats", "ours", "3");

    fiftyOne.run("work");
    try (Workspace workspace = workspace()) {
      Sample first =
          workspace
              .dataset("images")
              .stored()
              .read(ViewDefinition.ALL, Projection.ALL)
              .toList()
              .get(0);
      assertThat(first.tags()).contains("seen");
      assertThat(first.fields()).containsEntry("reviewed", true);
      Detections boxes = (Detections) first.fields().get("ground_truth");
      assertThat(boxes.labels()).extracting(Detection::label).containsOnly("zebra", "dog", "fish");
      assertThat(((Detections) first.fields().get("predictions")).labels().get(0).tags())
          .containsExactly("checked");
    }
    assertThat(printed("runs", "list", "images")).contains("second_run", "our_run");
    assertThat(printed("views", "list", "images")).contains("reviewed", "first cats");
    done(
        "annotate",
        "images",
        "again",
        "--label-field",
        "ground_truth",
        "--view",
        "reviewed",
        "--label-type",
        "detections");
  }

  @Test
  void letsFiftyOneWorkOnItsDatasets() {
    done("zoo", "load", "quickstart", "ours", "--samples", "6");
    fiftyOne.run("other", "ours");

    assertThat(printed("datasets", "list")).contains("clone of ours");
    assertThat(printed("views", "list", "ours")).contains("confident");
    assertThat(printed("runs", "list", "ours")).contains("their_run");
    assertThat(printed("datasets", "info", "ours")).contains("remark", "theirs_tp");
    try (Workspace workspace = workspace()) {
      Sample first =
          workspace
              .dataset("ours")
              .stored()
              .read(ViewDefinition.ALL, Projection.ALL)
              .toList()
              .get(0);
      assertThat(first.fields()).containsEntry("remark", "by FiftyOne");
    }
    done(
        "evaluate",
        "detections",
        "ours",
        "predictions",
        "--gt-field",
        "ground_truth",
        "--eval-key",
        "ours");
    done(
        "annotate",
        "clone of ours",
        "run",
        "--label-field",
        "ground_truth",
        "--label-type",
        "detections");
    MemoryBackend.edit("ground_truth", labels -> labels.subList(1, labels.size()));
    done("load-annotations", "clone of ours", "run");
    done("datasets", "rename", "clone of ours", "another");
    fiftyOne.run("datasets", "another", "ours");
    fiftyOne.run("delete", "another");
    assertThat(printed("datasets", "list")).doesNotContain("another");
  }

  @Test
  void evaluatesClassificationsAsFiftyOneDoes() {
    fiftyOne.run("classifications");
    for (String prefix : List.of("", "frames.")) {
      String dataset = prefix.isEmpty() ? "weather" : "weather of frames";
      classify(dataset, prefix, "ours_simple");
      classify(dataset, prefix, "ours_topk", "--method=top-k", "--k=2", "--classes=fog,rain,sun");
      String wet = prefix + "wet_";
      classify(dataset, wet, "ours_binary", "--method=binary", "--classes=dry,rain");
    }
    fiftyOne.run("same_classifications");

    assertThat(printed("evaluate", "list", "weather")).contains("theirs_topk", "ours_topk");
    String theirs = printed("evaluate", "show", "weather", "theirs_topk");
    String ours = printed("evaluate", "show", "weather", "ours_topk");
    assertThat(Json.readDocument(theirs).get("report"))
        .isEqualTo(Json.readDocument(ours).get("report"));
    done("evaluate", "delete", "weather", "theirs_binary");
    assertThat(printed("datasets", "info", "weather")).doesNotContain("theirs_binary");
  }

  private void classify(String dataset, String prefix, String key, String... more) {
    List<String> words = new ArrayList<>(List.of("evaluate", "classifications", dataset));
    words.addAll(List.of(prefix + "guess", "--gt-field", prefix + "truth", "--eval-key", key));
    words.addAll(List.of(more));
    done(words.toArray(String[]::new));
  }

  @Test
  void losesNothingWhileBothWrite() throws IOException {
    done("zoo", "load", "quickstart", "shared", "--samples", "12");
    done(
        "annotate",
        "shared",
        "run",
        "--label-field",
        "ground_truth",
        "--label-type",
        "detections",
        "--attributes",
        "false");
    int rounds = 6;
    List<String> printed = new ArrayList<>();
    Process busy = fiftyOne.start("busy", "shared", String.valueOf(rounds));
    try (BufferedReader told = busy.inputReader()) {
      String line = told.readLine();
      while (line != null && !line.equals("ready")) {
        line = told.readLine();
      }
      assertThat(line).isEqualTo("ready");
      int n = 0;
      for (line = told.readLine(); line != null; line = told.readLine()) {
        printed.add(line);
        String label = "label" + n++;
        MemoryBackend.edit(
            "ground_truth",
            labels ->
                labels.stream().map(l -> (SingleLabel) ((Detection) l).withLabel(label)).toList());
        // Where both write one sample in the same instant, the later one is told to repeat.
        int code = run("load-annotations", "shared", "run");
        while (code != 0) {
          assertThat(err).contains("repeat the command");
          code = run("load-annotations", "shared", "run");
        }
      }
    }
    assertThat(busy.onExit().join().exitValue()).as(() -> printed.toString()).isZero();
    try (Workspace workspace = workspace()) {
      List<Sample> samples =
          workspace.dataset("shared").stored().read(ViewDefinition.ALL, Projection.ALL).toList();
      for (int i = 0; i < samples.size(); i++) {
        for (Detection box : ((Detections) samples.get(i).fields().get("ground_truth")).labels()) {
          assertThat(box.label()).isEqualTo("label" + (rounds - 1));
          assertThat(box.attributes().get("counter")).isEqualTo(rounds - 1);
          if (i < rounds) {
            assertThat(box.tags()).contains("tag" + i);
          }
        }
      }
    }
  }

  @Test
  void opensOtherVersionsForReadingOnly() {
    done("zoo", "load", "quickstart", "old", "--samples", "3");
    fiftyOne.run("versions", "old", "1.20.0");

    assertThat(samples("old")).isEqualTo(3);
    assertThat(printed("doctor")).contains("version 1.20.0");
    int code =
        run(
            "evaluate",
            "detections",
            "old",
            "predictions",
            "--gt-field",
            "ground_truth",
            "--eval-key",
            "eval");
    assertThat(code).isEqualTo(1);
    assertThat(err).contains("version 1.20.0", "reading only");
    fiftyOne.run("versions", "old", "1.22.1");
    done(
        "evaluate",
        "detections",
        "old",
        "predictions",
        "--gt-field",
        "ground_truth",
        "--eval-key",
        "eval");
  }
}
