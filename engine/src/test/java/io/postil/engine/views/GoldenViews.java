package io.postil.engine.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.testkit.GoldenCompare;
import io.postil.testkit.GoldenDataset;
import io.postil.testkit.SharedFiles;
import io.postil.testkit.views.ViewAnswers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the recorded cases of views, aggregations and evaluation against a store. */
abstract class GoldenViews {
  /** An empty store; the case closes it. */
  abstract DatasetStore open(String name) throws IOException;

  /** What is asked about the views of a case's dataset. */
  ViewAnswers answers(StoredDataset dataset) {
    return ViewAnswers.of(dataset);
  }

  /** Whether a case is among those to run. */
  boolean covers(Document recorded) throws IOException {
    return true;
  }

  /** Whether an error is the one that a recording names. */
  boolean isExpected(RuntimeException error, String reason) {
    return error instanceof PostilException e && isExpected(e.code(), reason);
  }

  /** A code may be more exact than the reason that only says that a request was refused. */
  static boolean isExpected(ErrorCode code, String reason) {
    return reason(code).equals(reason)
        || reason.equals("INVALID_ARGUMENT") && code != ErrorCode.EVALUATION_FAILED;
  }

  /** Nobody can ask for what the methods do not take at all. */
  private static boolean isUnsayable(RuntimeException error, String reason) {
    return reason.equals("INVALID_ARGUMENT")
        && (error instanceof IllegalArgumentException
            || error instanceof ClassCastException
            || error instanceof IndexOutOfBoundsException);
  }

  @TestFactory
  Stream<DynamicTest> recordedCases() throws IOException {
    Path directory = SharedFiles.cases("views", "golden/views");
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files =
          all.filter(f -> f.toString().endsWith(".json")).filter(this::covers).sorted().toList();
    }
    assertThat(files).as("cases in " + directory).isNotEmpty();
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
  }

  private static Path temporary() {
    try {
      Path directory = Files.createTempDirectory("written");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private boolean covers(Path file) {
    try {
      return covers(Json.readDocument(Files.readString(file)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void run(Path file) throws IOException {
    Document recorded = Json.readDocument(Files.readString(file));
    GoldenDataset golden =
        new GoldenDataset(recorded.getDocument("dataset"), recorded.getDocument("rand"));
    try (DatasetStore store = open(file.getFileName().toString())) {
      StoredDataset dataset = golden.createIn(store);
      if (recorded.contains("evaluate")) {
        GoldenEvaluation.run(recorded, golden, dataset);
      } else {
        new Case(recorded, golden, answers(dataset)).run();
      }
    }
  }

  /** The reason that the recordings name for an error of ours. */
  static String reason(ErrorCode code) {
    return switch (code) {
      case EVALUATION_FAILED -> "MONGO";
      case UNKNOWN_FIELD -> "NO_SUCH_FIELD";
      case INVALID_VIEW, INVALID_REQUEST -> "INVALID_ARGUMENT";
      case UNKNOWN_SLICE -> "NO_SUCH_SLICE";
      case INVALID_EVAL_KEY -> "INVALID_KEY";
      default -> code.name();
    };
  }

  /** The question of a recording. */
  static Aggregation aggregation(Document recorded, GoldenDataset golden) {
    String op = recorded.getString("op");
    if (op == null) {
      return PythonViews.aggregation(recorded.getString("text", ""));
    }
    Object expression = recorded.get("expr");
    return new Aggregation(
        op,
        recorded.getString("field"),
        expression == null ? null : Expression.parse(golden.resolve(expression)),
        (Document) java.util.Objects.requireNonNull(golden.value(recorded.getDocument("args"))));
  }

  /** The type of a field as the recordings name it. */
  static String typeOf(FieldSpec field) {
    if (field.type() == FieldType.EMBEDDED) {
      return String.valueOf(field.documentClass());
    }
    String name = field.type().fiftyOneClass().replace("Field", "");
    return field.type() == FieldType.LIST
        ? "list<" + (field.element() == null ? "" : typeOf(field.element())) + ">"
        : name;
  }

  /** One case about a view. */
  private final class Case {
    private final Document recorded;
    private final GoldenDataset golden;
    private final ViewAnswers dataset;

    Case(Document recorded, GoldenDataset golden, ViewAnswers dataset) {
      this.recorded = recorded;
      this.golden = golden;
      this.dataset = dataset;
    }

    void run() {
      Document expected = recorded.getDocument("expect");
      Document error = expected.get("error", Document.class);
      if (error == null) {
        compare(expected);
        return;
      }
      try {
        ViewDefinition view = view();
        dataset.count(view);
        samples(view);
      } catch (RuntimeException e) {
        String reason = error.getString("reason", "");
        if (!isExpected(e, reason) && !isUnsayable(e, reason)) {
          throw e;
        }
        return;
      }
      fail("expected the error %s", error);
    }

    private ViewDefinition view() {
      Object stages = recorded.get("view");
      if (stages != null) {
        ViewDefinition view = StageDocuments.view(golden.resolve(stages));
        Object again = StageDocuments.toList(view);
        assertThat(GoldenCompare.differences(golden.resolve(stages), again)).isEmpty();
        return view;
      }
      String text = recorded.getString("text", "");
      try {
        return written(text);
      } catch (IllegalArgumentException | ClassCastException e) {
        // What the methods do not take, such as a document in place of an expression.
        return PythonViews.view(text);
      }
    }

    /** The view that the library's methods make of a text. */
    private ViewDefinition written(String text) {
      Path home = temporary();
      URI database = URI.create("sqlite:" + home.resolve("written.db"));
      try (Workspace workspace = Workspace.open(home, database, Map.of())) {
        GoldenDataset same =
            new GoldenDataset(recorded.getDocument("dataset"), recorded.getDocument("rand"));
        String name = same.createIn(workspace.store()).info().name();
        Map<String, @Nullable Object> names = new HashMap<>();
        names.put("ds", workspace.dataset(name));
        Object view =
            new PythonEvaluator(text, names, s -> String.valueOf(same.resolve("@" + s))).evaluate();
        return ((View) java.util.Objects.requireNonNull(view)).definition();
      }
    }

    private void compare(Document expected) {
      ViewDefinition view = view();
      List<String> differences = new ArrayList<>();
      if (expected.contains("samples")) {
        ViewSchema schema = ViewSchema.of(dataset.info(), view);
        differences.addAll(
            GoldenCompare.differences(expected.get("mediaType"), schema.mediaType().id()));
        differences.addAll(GoldenCompare.differences(expected.get("schema"), schemaOf(schema)));
        differences.addAll(compareSamples(expected, samples(view)));
      }
      if (expected.contains("count")) {
        differences.addAll(GoldenCompare.differences(expected.get("count"), dataset.count(view)));
      }
      if (expected.contains("groups")) {
        differences.addAll(GoldenCompare.differences(expected.get("groups"), groups(view)));
      }
      recorded
          .getDocument("aggregate")
          .forEach(
              (key, a) ->
                  differences.addAll(
                      aggregate(
                          view, key, (Document) java.util.Objects.requireNonNull(a), expected)));
      assertThat(differences).isEmpty();
    }

    // --- samples ------------------------------------------------------------------------------

    private List<Document> samples(ViewDefinition view) {
      List<Document> samples = new ArrayList<>();
      for (ViewAnswers.Shown shown : dataset.read(view)) {
        Document.Builder frames = Document.builder();
        for (Frame frame : shown.frames()) {
          frames.put(String.valueOf(frame.number()), golden.recordFields(frame.fields()));
        }
        samples.add(recorded(shown.sample(), frames.build()));
      }
      return samples;
    }

    private Document recorded(Sample sample, Document frames) {
      Document.Builder out = Document.builder();
      out.put("id", symbol(sample));
      Object parent = sample.system().get("_sample_id");
      if (parent instanceof ObjectId id) {
        out.put("sampleId", golden.symbol(id));
      }
      out.putIfPresent("frameNumber", sample.system().get("frame_number"));
      out.put("tags", Values.list(sample.tags()));
      Document metadata = sample.metadata();
      out.putIfPresent("metadata", metadata == null ? null : metadata.without("_cls"));
      out.put("fields", golden.recordFields(sample.fields()));
      if (!frames.isEmpty()) {
        out.put("frames", frames);
      }
      return out.build();
    }

    private @Nullable String symbol(Sample sample) {
      Object support = sample.fields().get("support");
      if (sample.system().get("_sample_id") instanceof ObjectId parent
          && support instanceof List<?> s) {
        return golden.symbol(parent) + ":" + s.get(0) + "-" + s.get(1);
      }
      return golden.symbol(sample.id());
    }

    private List<String> compareSamples(Document expected, List<Document> actual) {
      List<@Nullable Object> wanted = expected.getList("samples");
      if (recorded.getBoolean("nondeterministic", false) && isMade()) {
        // Labels, frames and clips have random numbers of their own.
        return GoldenCompare.differences((long) wanted.size(), (long) actual.size());
      }
      boolean anyOrder =
          recorded.getBoolean("nondeterministic", false) && !recorded.contains("rand");
      if (anyOrder) {
        Comparator<Object> byId = Comparator.comparing(d -> ((Document) d).getString("id", ""));
        return GoldenCompare.differences(
            Values.list(wanted.stream().sorted(byId).toList()),
            Values.list(actual.stream().sorted(byId).toList()));
      }
      Map<String, String> ties = ties(expected.getList("ties"));
      List<String> differences = new ArrayList<>();
      differences.addAll(GoldenCompare.differences(ids(wanted, ties), ids(actual, ties)));
      if (differences.isEmpty() && ties.isEmpty()) {
        // A view may show a sample twice, each time differently.
        for (int i = 0; i < actual.size(); i++) {
          Document same = (Document) java.util.Objects.requireNonNull(wanted.get(i));
          differences.addAll(GoldenCompare.differences(withoutEmptyFrames(same), actual.get(i)));
        }
        return differences;
      }
      Map<String, Document> byId = new HashMap<>();
      wanted.forEach(
          d ->
              byId.put(
                  ((Document) java.util.Objects.requireNonNull(d)).getString("id", ""),
                  (Document) d));
      for (Document sample : actual) {
        Document same = byId.get(sample.getString("id", ""));
        if (same != null) {
          differences.addAll(GoldenCompare.differences(withoutEmptyFrames(same), sample));
        }
      }
      return differences;
    }

    /** Whether the view shows samples that stages make. */
    private boolean isMade() {
      String text = recorded.getString("text", "");
      return text.contains("to_patches") || text.contains("to_frames") || text.contains("to_clips");
    }

    private static Document withoutEmptyFrames(Document sample) {
      return sample.getDocument("frames").isEmpty() ? sample.without("frames") : sample;
    }

    private static List<@Nullable Object> ids(Collection<?> samples, Map<String, String> ties) {
      List<@Nullable Object> ids = new ArrayList<>();
      for (Object sample : samples) {
        String id = ((Document) sample).getString("id", "?");
        ids.add(ties.getOrDefault(id, id));
      }
      return ids;
    }

    /** For each tied sample the name of its group of ties. */
    private static Map<String, String> ties(List<?> pairs) {
      Map<String, String> groups = new HashMap<>();
      for (Object element : pairs) {
        List<?> pair = (List<?>) java.util.Objects.requireNonNull(element);
        String a = String.valueOf(pair.get(0));
        String b = String.valueOf(pair.get(1));
        String groupA = groups.getOrDefault(a, a);
        String groupB = groups.getOrDefault(b, b);
        groups.put(a, groupA);
        groups.put(b, groupA);
        groups.replaceAll((sample, group) -> group.equals(groupB) ? groupA : group);
      }
      return groups;
    }

    /** The members of dynamic groups: a flattened view, cut where the next group's first begins. */
    private List<List<@Nullable String>> groups(ViewDefinition view) {
      List<String> firsts = samples(view).stream().map(d -> d.getString("id", "")).toList();
      List<List<@Nullable String>> groups = new ArrayList<>();
      for (Document sample : samples(view.then(new Stage.Flatten(null)))) {
        String id = sample.getString("id", "");
        if (groups.size() < firsts.size() && firsts.get(groups.size()).equals(id)) {
          groups.add(new ArrayList<>());
        }
        groups.get(groups.size() - 1).add(id);
      }
      return groups;
    }

    // --- schema -------------------------------------------------------------------------------

    private static Document schemaOf(ViewSchema schema) {
      Document.Builder out = Document.builder();
      schema.sampleFields().forEach(f -> out.put(f.name(), typeOf(f)));
      schema.frameFields().forEach(f -> out.put(DatasetInfo.FRAMES + f.name(), typeOf(f)));
      return out.build();
    }

    // --- aggregations ---------------------------------------------------------------------------

    private List<String> aggregate(
        ViewDefinition view, String key, Document recorded, Document expected) {
      Object wanted = expected.getDocument("aggregations").get(key);
      Document error = wanted instanceof Document d ? d.get("error", Document.class) : null;
      Object result;
      try {
        result = dataset.aggregate(view, aggregation(recorded, golden));
      } catch (RuntimeException e) {
        String reason = error == null ? "" : error.getString("reason", "");
        return isExpected(e, reason) || isUnsayable(e, reason)
            ? List.of()
            : List.of(key + ": " + recorded.getString("text") + " failed: " + e.getMessage());
      }
      if (error != null) {
        return List.of(
            key + ": " + recorded.getString("text") + " gave " + result + " instead of " + error);
      }
      Object actual = golden.recordStored(result);
      if (recorded.getString("op", "").endsWith("Schema")) {
        wanted = sortedTypes(wanted);
        actual = sortedTypes(actual);
      }
      if (recorded.getString("op", "").equals("CountValues")) {
        wanted = sortedPairs(wanted);
        actual = sortedPairs(actual);
      }
      Map<String, String> ties = ties(expected.getList("ties"));
      return GoldenCompare.differences(tied(wanted, ties), tied(actual, ties)).stream()
          .map(d -> key + " " + recorded.getString("text") + d)
          .toList();
    }

    /** A schema in which several types of one path are in the order of their names. */
    private static @Nullable Object sortedTypes(@Nullable Object schema) {
      return switch (schema) {
        case List<?> types -> Values.list(types.stream().map(String::valueOf).sorted().toList());
        case Document d -> {
          Document.Builder out = Document.builder();
          d.forEach((name, types) -> out.put(name, sortedTypes(types)));
          yield out.build();
        }
        case null -> null;
        default -> schema;
      };
    }

    /** A result in which tied samples have the name of their group of ties. */
    private static @Nullable Object tied(@Nullable Object result, Map<String, String> ties) {
      return switch (result) {
        case String s -> ties.getOrDefault(s, s);
        case List<?> l -> Values.list(l.stream().map(e -> tied(e, ties)).toList());
        case null -> result;
        default -> result;
      };
    }

    private static @Nullable Object sortedPairs(@Nullable Object pairs) {
      return pairs instanceof List<?> list
          ? Values.list(
              list.stream()
                  .sorted(Comparator.comparing(p -> sortKey(((List<?>) p).get(0))))
                  .toList())
          : pairs;
    }

    private static String sortKey(@Nullable Object value) {
      return switch (value) {
        case Number n -> String.valueOf(n.doubleValue());
        case Document d -> {
          if (d.contains("_date")) {
            yield d.getString("_date") + "T00:00:00Z";
          }
          yield d.contains("_datetime")
              ? String.valueOf(java.time.Instant.parse(d.getString("_datetime", "")))
              : d.toString();
        }
        case null -> String.valueOf(value);
        default -> String.valueOf(value);
      };
    }
  }
}
