package io.postil.store.mongo;

import com.mongodb.client.MongoCursor;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/**
 * The results of runs as FiftyOne keeps them: JSON text in GridFS, the two collections {@code
 * fs.files} and {@code fs.chunks}. The driver's own access to GridFS cannot be part of a
 * transaction, so the few documents it takes are written here.
 *
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md">the
 *     layout of GridFS</a>
 */
final class Results {
  private static final int CHUNK = 261_120;

  /** More pairs than this are not written out for FiftyOne, one by one as it wants them. */
  private static final long MOST_PAIRS = 2_000_000;

  private Results() {}

  /** The writes that store a text. */
  static List<Op> store(ObjectId file, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    List<Op> ops = new ArrayList<>();
    int n = 0;
    for (int from = 0; from < bytes.length; from += CHUNK) {
      byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + CHUNK));
      Document chunk =
          Document.builder()
              .put("_id", ObjectId.create())
              .put("files_id", file)
              .put("n", n++)
              .put("data", Binary.wrap(part))
              .build();
      ops.add(Op.insert(Connection.CHUNKS, BsonValues.raw(chunk)));
    }
    Document entry =
        Document.builder()
            .put("_id", file)
            .put("contentType", "application/json")
            .put("chunkSize", CHUNK)
            .put("length", (long) bytes.length)
            .put("uploadDate", Instant.ofEpochMilli(System.currentTimeMillis()))
            .build();
    ops.add(Op.insert(Connection.FILES, BsonValues.raw(entry)));
    return ops;
  }

  /** The writes that remove a file. */
  static List<Op> remove(ObjectId file) {
    return List.of(
        Op.deleteMany(Connection.CHUNKS, BsonValues.toBson(Document.of("files_id", file))),
        Op.deleteMany(Connection.FILES, BsonValues.toBson(Document.of("_id", file))));
  }

  /** What a file holds, or null if it is not there or no JSON object. */
  static @Nullable Document read(Reading reading, ObjectId file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MongoCursor<Document> chunks =
        reading.find(
            Connection.CHUNKS,
            BsonValues.toBson(Document.of("files_id", file)),
            null,
            new BsonDocument("n", new BsonInt32(1)),
            0)) {
      while (chunks.hasNext()) {
        if (chunks.next().get("data") instanceof Binary data) {
          bytes.writeBytes(data.bytes());
        }
      }
    }
    return bytes.size() == 0
        ? null
        : Json.read(bytes.toString(StandardCharsets.UTF_8)) instanceof Document d ? d : null;
  }

  /**
   * Results in the form that FiftyOne's class for them reads; null if it has none. Evaluations keep
   * how often a true class met a predicted one; FiftyOne wants the pairs one by one.
   */
  static @Nullable String forFiftyOne(RunRecord run) {
    Document results = run.results();
    if (results == null) {
      return null;
    }
    if (!run.type().equals(RunRecord.EVALUATION) || !results.contains("pairs")) {
      return Json.write(results);
    }
    long total = 0;
    for (Object pair : results.getList("pairs")) {
      total += pair instanceof List<?> p && p.get(2) instanceof Number n ? n.longValue() : 0;
    }
    if (total > MOST_PAIRS) {
      return null;
    }
    Document.Builder out =
        Document.builder()
            .put("cls", classOf(results))
            .put("custom_metrics", null)
            .put("weights", null)
            .put("classes", results.get("classes"))
            .put("missing", results.get("missing"));
    if (run.config().getString("method", "").equals("coco")
        && results.contains("precision_recall")) {
      putCurves(out, results);
    }
    return withPairs(Json.write(out.build()), results, (int) total);
  }

  /** Adds the pairs to a JSON object: what they have in common is written once and repeated. */
  private static String withPairs(String object, Document results, int total) {
    StringBuilder truths = new StringBuilder();
    StringBuilder predictions = new StringBuilder();
    for (Object pair : results.getList("pairs")) {
      if (pair instanceof List<?> p && p.get(2) instanceof Number n) {
        truths.repeat(Json.write(String.valueOf(p.get(0))) + ",", n.intValue());
        predictions.repeat(Json.write(String.valueOf(p.get(1))) + ",", n.intValue());
      }
    }
    StringBuilder out = new StringBuilder(object);
    out.setLength(object.length() - 1);
    addList(out, "ytrue", truths);
    addList(out, "ypred", predictions);
    StringBuilder nothing = new StringBuilder().repeat("null,", total);
    for (String name : List.of("confs", "ious", "ytrue_ids", "ypred_ids")) {
      addList(out, name, nothing);
    }
    return out.append('}').toString();
  }

  /** Adds a list to an object that is not closed yet; its elements are given with a comma each. */
  private static void addList(StringBuilder out, String name, StringBuilder elements) {
    out.append(",\"").append(name).append("\":[");
    out.append(elements, 0, Math.max(0, elements.length() - 1)).append(']');
  }

  /** Precision by threshold, class and recall, as FiftyOne's results of COCO's method have it. */
  private static void putCurves(Document.Builder out, Document results) {
    Document curves = results.getDocument("precision_recall");
    List<@Nullable Object> thresholds = curves.getList("thresholds");
    List<Object> byThreshold = new ArrayList<>();
    List<Object> recalls = new ArrayList<>();
    for (int i = 0; i < thresholds.size(); i++) {
      List<@Nullable Object> byClass = new ArrayList<>();
      List<@Nullable Object> recallOfClasses = new ArrayList<>();
      for (Object label : results.getList("classes")) {
        String name = String.valueOf(label);
        byClass.add(curves.getDocument("precision").getList(name).get(i));
        // The mean over the thresholds is all that FiftyOne shows.
        recallOfClasses.add(curves.getDocument("recall").get(name));
      }
      byThreshold.add(byClass);
      recalls.add(recallOfClasses);
    }
    List<Object> points = new ArrayList<>();
    for (int i = 0; i <= 100; i++) {
      points.add(i / 100.0);
    }
    out.put("cls", "fiftyone.utils.eval.coco.COCODetectionResults")
        .put("precision", byThreshold)
        .put("recall", points)
        .put("iou_threshs", thresholds)
        .put("recall_sweep", recalls)
        .put("thresholds", null);
  }

  private static String classOf(Document results) {
    return switch (results.getString("cls", "")) {
      case "io.postil.ClassificationResults" ->
          "fiftyone.utils.eval.classification.ClassificationResults";
      case "io.postil.BinaryClassificationResults" ->
          "fiftyone.utils.eval.classification.BinaryClassificationResults";
      default -> "fiftyone.utils.eval.detection.DetectionResults";
    };
  }
}
