package io.postil.engine.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.DetectionResults;
import io.postil.engine.evaluation.EvaluationResults;
import io.postil.engine.evaluation.Evaluations;
import io.postil.engine.evaluation.Match;
import io.postil.engine.evaluation.PrecisionRecall;
import io.postil.testkit.GoldenCompare;
import io.postil.testkit.GoldenDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One recorded case of an evaluation. Stateless. */
final class GoldenEvaluation {
  private GoldenEvaluation() {}

  static void run(Document recorded, GoldenDataset golden, StoredDataset dataset) {
    Document expected = recorded.getDocument("expect");
    Document error = expected.get("error", Document.class);
    Evaluations evaluations = new Evaluations(dataset);
    ViewDefinition view =
        recorded.contains("view")
            ? StageDocuments.view(golden.resolve(recorded.get("view")))
            : ViewDefinition.ALL;
    List<@Nullable Object> matches = new ArrayList<>();
    DetectionEvaluation request = request(recorded.getDocument("evaluate"));
    DetectionResults results;
    try {
      results =
          evaluations.evaluateDetections(view, request, m -> matches.add(recorded(m, golden)));
    } catch (PostilException e) {
      assertThat(error).as(e.getMessage()).isNotNull();
      assertThat(GoldenViews.isExpected(e.code(), error.getString("reason", "")))
          .as(e.code() + " for " + error)
          .isTrue();
      return;
    }
    if (error != null) {
      fail("expected the error %s", error);
    }
    List<String> differences = new ArrayList<>();
    Document actual = actual(results, matches, recorded.getDocument("evaluate"));
    for (String name : actual.names()) {
      if (expected.contains(name)) {
        GoldenCompare.differences(expected.get(name), actual.get(name))
            .forEach(d -> differences.add(name + d));
      }
    }
    differences.addAll(GoldenCompare.differences(expected.get("schema"), schema(dataset.info())));
    differences.addAll(
        GoldenCompare.differences(expected.get("samples"), samples(golden, dataset)));
    assertThat(differences).isEmpty();
    if (request.key() != null) {
      EvaluationResults again = evaluations.results(request.key());
      assertThat(again.report(null)).isEqualTo(results.report(null));
      assertThat(evaluations.list()).containsExactly(request.key());
    }
  }

  private static DetectionEvaluation request(Document arguments) {
    List<String> classes =
        arguments.contains("classes")
            ? arguments.getList("classes").stream().map(String::valueOf).toList()
            : null;
    DetectionEvaluation request =
        DetectionEvaluation.of(
                arguments.getString("pred_field", "predictions"),
                arguments.getString("gt_field", "ground_truth"),
                arguments.getString("eval_key"))
            .withMethod(arguments.getString("method"))
            .withClasses(classes, arguments.getString("missing", DetectionEvaluation.NONE))
            .withMatching(
                arguments.get("iou") instanceof Number n ? n.doubleValue() : 0.5,
                arguments.getBoolean("classwise", true),
                arguments.getString("iscrowd", "iscrowd"))
            .withShapes(
                arguments.getBoolean("use_masks", false),
                arguments.getBoolean("use_boxes", false),
                doubles(arguments, "keypoint_sigmas"));
    return arguments.getBoolean("compute_mAP", false)
        ? request
            .withMap(doubles(arguments, "iou_threshs"), (int) arguments.getLong("max_preds", 100))
            .withTies(DetectionEvaluation.Ties.CORRECT_FIRST)
        : request;
  }

  private static @Nullable List<Double> doubles(Document arguments, String name) {
    return arguments.contains(name)
        ? arguments.getList(name).stream()
            .map(v -> v instanceof Number n ? n.doubleValue() : Double.NaN)
            .toList()
        : null;
  }

  private static Object recorded(Match match, GoldenDataset golden) {
    return Values.listOf(
        match.groundTruth(),
        match.predicted(),
        match.iou(),
        match.confidence(),
        golden.record(match.groundTruthId()),
        golden.record(match.predictedId()));
  }

  private static Document actual(
      DetectionResults results, List<@Nullable Object> matches, Document arguments) {
    Document.Builder out = Document.builder();
    out.put("matches", Values.list(matches));
    out.put("classes", Values.list(results.classes()));
    out.put("missing", results.missing());
    out.put("metrics", metrics(results.metrics()));
    out.put("report", results.report(null));
    out.put("confusionMatrix", matrix(results.confusionMatrix(null, false, false)));
    out.put("confusionMatrixWithMissing", matrix(results.confusionMatrix(null, false, true)));
    results.precisionRecall().ifPresent(p -> precision(p, out));
    Document.Builder queries = Document.builder();
    arguments
        .getDocument("queries")
        .forEach((name, text) -> queries.put(name, query(results, String.valueOf(text))));
    out.put("queries", queries.build());
    return out.build();
  }

  private static Object metrics(DetectionResults.Metrics metrics) {
    return Document.builder()
        .put("accuracy", metrics.accuracy())
        .put("precision", metrics.precision())
        .put("recall", metrics.recall())
        .put("fscore", metrics.fscore())
        .put("support", metrics.support())
        .build();
  }

  private static Object matrix(long[][] matrix) {
    List<Object> rows = new ArrayList<>();
    for (long[] row : matrix) {
      List<Object> cells = new ArrayList<>();
      for (long cell : row) {
        cells.add(cell);
      }
      rows.add(cells);
    }
    return rows;
  }

  private static void precision(PrecisionRecall p, Document.Builder out) {
    out.put("mAP", p.meanAveragePrecision());
    out.put("AP", Document.of(p.averagePrecision()));
    out.put("mAR", p.meanRecall());
    out.put("AR", Document.of(p.recall()));
    out.put("iouThreshs", list(p.thresholds()));
    Document.Builder first = Document.builder();
    Document.Builder last = Document.builder();
    p.precision()
        .forEach(
            (label, curves) -> {
              first.put(label, list(curves[0]));
              last.put(label, list(curves[curves.length - 1]));
            });
    out.put("precision@first", first.build());
    out.put("precision@last", last.build());
  }

  private static Object list(double[] values) {
    List<Object> list = new ArrayList<>();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }

  private static Object query(DetectionResults results, String text) {
    PythonCalls.Call call = PythonCalls.parse(text).get(0);
    Map<String, @Nullable Object> named = call.named();
    List<String> classes =
        named.get("classes") instanceof List<?> l ? l.stream().map(String::valueOf).toList() : null;
    return switch (call.name()) {
      case "report" -> results.report(classes);
      case "metrics" ->
          metrics(
              results.metrics(
                  classes,
                  named.get("average") instanceof String a
                      ? DetectionResults.Average.valueOf(a.toUpperCase(Locale.ROOT))
                      : DetectionResults.Average.MICRO,
                  named.get("beta") instanceof Number n ? n.doubleValue() : 1));
      default ->
          matrix(
              results.confusionMatrix(
                  classes,
                  Boolean.TRUE.equals(named.get("include_other")),
                  Boolean.TRUE.equals(named.get("include_missing"))));
    };
  }

  private static Document schema(DatasetInfo info) {
    Document.Builder out = Document.builder();
    for (FieldSpec field : info.sampleFields()) {
      out.put(field.name(), GoldenViews.typeOf(field));
    }
    for (FieldSpec field : info.frameFields()) {
      out.put(DatasetInfo.FRAMES + field.name(), GoldenViews.typeOf(field));
    }
    return out.build();
  }

  private static List<Document> samples(GoldenDataset golden, StoredDataset dataset) {
    List<Document> samples = new ArrayList<>();
    try (SampleCursor cursor = dataset.read(ViewDefinition.ALL, Projection.ALL)) {
      while (cursor.hasNext()) {
        Sample sample = cursor.next();
        Document.Builder frames = Document.builder();
        try (Cursor<Frame> each = cursor.frames()) {
          while (each.hasNext()) {
            Frame frame = each.next();
            frames.put(
                String.valueOf(frame.number()),
                symbols(golden, golden.recordFields(frame.fields())));
          }
        }
        Document.Builder out = Document.builder();
        out.put("id", golden.symbol(sample.id()));
        out.put("tags", Values.list(sample.tags()));
        out.put("fields", symbols(golden, golden.recordFields(sample.fields())));
        if (!frames.build().isEmpty()) {
          out.put("frames", frames.build());
        }
        samples.add(out.build());
      }
    }
    return samples;
  }

  /** Ids that are stored as text, as symbols. */
  private static @Nullable Object symbols(GoldenDataset golden, @Nullable Object value) {
    return switch (value) {
      case String s -> ObjectId.isValid(s) ? golden.record(ObjectId.of(s)) : s;
      case List<?> l -> Values.list(l.stream().map(e -> symbols(golden, e)).toList());
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach((name, v) -> out.put(name, symbols(golden, v)));
        yield out.build();
      }
      case null -> value;
      default -> value;
    };
  }
}
