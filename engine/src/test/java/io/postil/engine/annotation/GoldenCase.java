package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.UploadItem;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One recorded case: its dataset, its steps, and what must come of each. */
final class GoldenCase implements AutoCloseable {
  private static int count;

  private final Document recorded;
  private final Path home;
  private final GoldenValues values = new GoldenValues();
  private final GoldenBackend backend = new GoldenBackend();
  private final DatasetStore store;

  /** The ids of clips by the symbols of the recordings. */
  private final Map<String, ObjectId> items = new HashMap<>();

  private @Nullable StoredDataset dataset;
  private @Nullable Annotations annotations;

  GoldenCase(Document recorded, Path parent, Function<Path, DatasetStore> open) {
    this.recorded = recorded;
    try {
      this.home = Files.createDirectories(parent.resolve("case" + count++));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    store = open.apply(home);
    if (recorded.contains("dataset")) {
      dataset = store.create(DatasetInfo.create("golden", MediaType.UNKNOWN));
      build(recorded.getDocument("dataset"));
      annotations = new Annotations(dataset, backends(), home);
    }
  }

  private StoredDataset dataset() {
    return java.util.Objects.requireNonNull(dataset);
  }

  private Annotations annotations() {
    return java.util.Objects.requireNonNull(annotations);
  }

  private Backends backends() {
    Document golden =
        recorded
            .getDocument("backendParams")
            .withAll(Document.of("config_cls", GoldenBackend.CLASS));
    Document json =
        Document.of(
            "default_backend",
            "golden",
            "backends",
            Document.builder()
                .put("golden", golden)
                .put("other", Document.of("config_cls", GoldenBackend.CLASS))
                .put("bare", Document.empty())
                .build());
    return new Backends(List.of(backend), config(json, Map.of()), home);
  }

  private AnnotationConfig config(@Nullable Document json, Map<String, String> env) {
    Path file = home.resolve("annotation_config.json");
    try {
      Files.deleteIfExists(file);
      if (json != null) {
        Files.writeString(file, Json.write(json));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> environment = new HashMap<>(env);
    environment.put("FIFTYONE_ANNOTATION_CONFIG_PATH", file.toString());
    List<AnnotationBackendProvider> providers =
        recorded.contains("dataset") ? List.of(backend) : List.of();
    return AnnotationConfig.read(environment, home, providers);
  }

  @Override
  public void close() {
    store.close();
  }

  /** Plays all steps; gives the first difference, or null. */
  @Nullable String play() {
    int number = 0;
    for (Object entry : recorded.getList("steps")) {
      Document step = (Document) java.util.Objects.requireNonNull(entry);
      String where = "step " + number++ + " (" + step.getString("op", "") + ")";
      String difference =
          switch (step.getString("op", "")) {
            case "annotate" -> annotate(where, step);
            case "mutate" -> mutate(step);
            case "load" -> load(where, step);
            case "runs" -> runs(where, step);
            case "config" -> config(where, step);
            default -> where + ": unknown step";
          };
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  // --- the dataset ----------------------------------------------------------------------------

  private void build(Document d) {
    DatasetInfo[] info = {dataset().info()};
    String media = d.getString("mediaType", "image");
    info[0] = info[0].withMediaType(MediaType.of(media));
    d.getDocument("schema")
        .forEach(
            (name, type) ->
                info[0] = info[0].withField(name, GoldenValues.field(name, String.valueOf(type))));
    Map<String, Map<String, String>> targets = new LinkedHashMap<>();
    d.getDocument("maskTargets")
        .forEach(
            (field, map) ->
                targets.put(field, strings((Document) java.util.Objects.requireNonNull(map))));
    info[0] = info[0].withMaskTargets(targets, strings(d.getDocument("defaultMaskTargets")));
    Map<String, List<String>> classes = new LinkedHashMap<>();
    d.getDocument("classes")
        .forEach(
            (field, list) ->
                classes.put(field, texts((List<?>) java.util.Objects.requireNonNull(list))));
    info[0] = info[0].withClasses(classes, texts(d.getList("defaultClasses")));
    List<Sample> samples = new ArrayList<>();
    List<Frame> frames = new ArrayList<>();
    Map<String, MediaType> slices = new LinkedHashMap<>();
    for (Object entry : d.getList("samples")) {
      Document s = (Document) java.util.Objects.requireNonNull(entry);
      String symbol = s.getString("id", "");
      String path =
          s.getString("filepath", "/data/" + symbol + (media.equals("video") ? ".mp4" : ".png"));
      Sample sample = Sample.of(path).withId(values.id(symbol)).withTags(texts(s.getList("tags")));
      sample =
          sample.withSystem(Document.of("_media_type", media.equals("video") ? "video" : "image"));
      if (s.contains("group")) {
        String slice = s.getDocument("group").getString("slice", "");
        slices.put(slice, MediaType.IMAGE);
        ObjectId group = values.id("group:" + s.getDocument("group").getString("name", ""));
        sample =
            sample.with(
                "group",
                Document.builder()
                    .put("_cls", "Group")
                    .put("_id", group)
                    .put("name", slice)
                    .build());
      }
      for (String name : s.getDocument("fields").names()) {
        Object value = values.value(s.getDocument("fields").get(name));
        sample = sample.with(name, value);
        declare(info, name, value);
      }
      samples.add(sample);
      ObjectId sampleId = sample.id();
      s.getDocument("frames")
          .forEach(
              (number, content) -> {
                Document fields = (Document) java.util.Objects.requireNonNull(content);
                Map<String, Object> read = new LinkedHashMap<>();
                fields.forEach(
                    (name, value) -> {
                      Object v = values.value(value);
                      declare(info, DatasetInfo.FRAMES + name, v);
                      if (v != null) {
                        read.put(name, v);
                      }
                    });
                if (d.getBoolean("frameImages", false)) {
                  read.put(
                      "filepath",
                      "/data/"
                          + symbol
                          + "-"
                          + String.format("%06d", Integer.parseInt(number))
                          + ".png");
                  if (info[0].field("frames.filepath").isEmpty()) {
                    info[0] =
                        info[0].withField(
                            "frames.filepath", FieldSpec.of("filepath", FieldType.STRING));
                  }
                }
                ObjectId frameId = values.id(symbol + "#" + number);
                frames.add(
                    new Frame(frameId, sampleId, Integer.parseInt(number), read, Document.empty()));
              });
    }
    if (media.equals("group")) {
      info[0] = info[0].withField("group", FieldSpec.embedded("group", "Group"));
      info[0] =
          info[0].withGroup(
              new DatasetInfo.GroupInfo(
                  "group", slices, d.getString("groupDefault", slices.keySet().iterator().next())));
    }
    dataset()
        .write(
            writer -> {
              writer.putInfo(info[0]);
              samples.forEach(writer::insert);
              frames.forEach(writer::insertFrame);
              return null;
            });
  }

  private static void declare(DatasetInfo[] info, String name, @Nullable Object value) {
    if (value != null && info[0].field(name).isEmpty()) {
      info[0] = info[0].withField(name, GoldenValues.fieldOf(name, value));
    }
  }

  private static Map<String, String> strings(Document d) {
    Map<String, String> map = new LinkedHashMap<>();
    d.forEach((k, v) -> map.put(k, String.valueOf(v)));
    return map;
  }

  private static List<String> texts(List<?> list) {
    return list.stream().map(String::valueOf).toList();
  }

  // --- views ----------------------------------------------------------------------------------

  private ViewDefinition view(@Nullable Object on) {
    return GoldenSteps.view(dataset(), on instanceof List<?> l ? l : List.of(), values);
  }

  // --- annotate -------------------------------------------------------------------------------

  private @Nullable String annotate(String where, Document step) {
    Document call = step.getDocument("call");
    Document expect = step.getDocument("expect");
    backend.caps = step.getDocument("caps");
    backend.uploadFails = step.get("uploadError") != null;
    Object key = call.contains("anno_key") ? call.get("anno_key") : "run";
    AnnotationRequest request = new AnnotationRequest(call.without("anno_key"));
    if (!call.contains("backend")) {
      request = request.backend("golden");
    }
    if (step.contains("caps")) {
      request = request.with("caps", step.get("caps"));
    }
    Document error = expect.get("error", Document.class);
    AnnotationRun run;
    boolean before = key instanceof String text && annotations().has(text);
    try {
      run = annotations().annotate(key, view(step.get("on")), request, ProgressListener.NONE);
    } catch (PostilException e) {
      if (error == null) {
        return where + ": expected no error but was " + e.problems();
      }
      String reason = e.problems().get(0).code().name();
      if (!reason.equals(error.getString("reason"))) {
        return where + ": expected error " + error.getString("reason") + " but was " + e.problems();
      }
      boolean registered = !before && key instanceof String text && annotations().has(text);
      return registered == expect.getBoolean("runRegistered", registered)
          ? null
          : where + ": expected runRegistered " + !registered;
    } finally {
      backend.uploadFails = false;
    }
    if (error != null) {
      return where + ": expected error " + error.getString("reason");
    }
    bindItems(run);
    List<UploadItem> uploads = backend.uploads.getOrDefault(run.record().id(), List.of());
    Document.Builder media = Document.builder();
    uploads.forEach(item -> media.put(itemSymbol(item.id()), item.media()));
    Document schema = run.schema().toDocument();
    return first(
        values.difference(where + " labelSchema", expect.getDocument("labelSchema"), schema),
        values.difference(where + " media", expect.getDocument("media"), media.build()),
        values.difference(
            where + " uploaded",
            pruned(expect.getDocument("uploaded")),
            uploaded(run.schema(), uploads)),
        values.difference(
            where + " idMap", sorted(expect.getDocument("idMap")), sorted(idMap(run))));
  }

  private static Document pruned(Document byField) {
    Document.Builder out = Document.builder();
    byField.forEach(
        (field, items) -> {
          if (!(items instanceof Document d) || !d.isEmpty()) {
            out.put(field, items);
          }
        });
    return out.build();
  }

  static @Nullable String first(@Nullable String... differences) {
    for (String difference : differences) {
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  /** The symbol of an item: of its clip, else of its sample or frame. */
  private String itemSymbol(ObjectId id) {
    return items.entrySet().stream()
        .filter(e -> e.getValue().equals(id))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(() -> values.symbol(id));
  }

  /** Names clips after the frames they cover, as the recordings do. */
  private void bindItems(AnnotationRun run) {
    for (RunData.Item item : items(run)) {
      if (item.firstFrame() > 0) {
        items.put(
            values.symbol(item.sampleId()) + ":" + item.firstFrame() + "-" + item.lastFrame(),
            item.id());
      }
    }
  }

  private List<RunData.Item> items(AnnotationRun run) {
    List<RunData.Item> items = new ArrayList<>();
    RunData.forEachItem(dataset(), run.record(), items::add);
    return items;
  }

  private Document uploaded(LabelSchema schema, List<UploadItem> uploads) {
    Map<String, Map<String, Object>> byField = new TreeMap<>();
    for (UploadItem item : uploads) {
      for (UploadItem.Content content : item.content()) {
        boolean list =
            schema
                .field(content.field())
                .map(f -> f.type() != null && f.type().isList())
                .orElse(false);
        Object value =
            content.kind() == AnswerKind.SCALAR
                ? content.scalar()
                : list
                    ? Values.list(content.labels().stream().map(values::recorded).toList())
                    : values.recorded(content.labels().get(0));
        Map<String, Object> items = byField.computeIfAbsent(content.field(), f -> new TreeMap<>());
        put(items, itemSymbol(item.id()), content.frameNumber(), value);
      }
    }
    return documents(byField);
  }

  @SuppressWarnings("unchecked")
  private static void put(
      Map<String, Object> items, String item, int frame, @Nullable Object value) {
    if (frame == 0) {
      items.put(item, java.util.Objects.requireNonNull(value));
    } else {
      ((Map<String, Object>) items.computeIfAbsent(item, i -> new TreeMap<String, Object>()))
          .put(String.valueOf(frame), java.util.Objects.requireNonNull(value));
    }
  }

  private static Document documents(Map<String, ?> map) {
    Document.Builder out = Document.builder();
    map.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner) {
            Map<String, Object> copy = new LinkedHashMap<>();
            inner.forEach(
                (k, v) -> copy.put(String.valueOf(k), java.util.Objects.requireNonNull(v)));
            out.put(name, documents(copy));
          } else {
            out.put(name, value);
          }
        });
    return out.build();
  }

  /** The ids that an annotator could delete, from the base of the run. */
  private Document idMap(AnnotationRun run) {
    List<RunData.Item> items = items(run);
    List<StoredDataset.SideRecord> records = dataset().side(run.record().id()).toList();
    Set<String> fields = Set.copyOf(run.schema().fields().stream().map(f -> f.field()).toList());
    Pattern elsewhere = Pattern.compile("#(?:to|kept:\\w+):[^:]*:(.+)");
    Map<String, Map<String, Object>> map = new TreeMap<>();
    for (StoredDataset.SideRecord record : records) {
      Matcher other = elsewhere.matcher(record.name());
      String name = other.matches() ? other.group(1) : record.name();
      if (!other.matches() && !fields.contains(name)) {
        continue;
      }
      for (RunData.Item item : items) {
        if (item.sampleId().equals(record.sampleId()) && item.covers(record.frameNumber())) {
          boolean scalar = LabelMerge.labels(record.value()).isEmpty();
          Object ids =
              scalar
                  ? (Object) true
                  : Values.list(
                      LabelMerge.labels(record.value()).stream()
                          .map(l -> values.symbol(l.id()))
                          .toList());
          int frame = item.frameNumber() > 0 ? 0 : record.frameNumber();
          put(map.computeIfAbsent(name, f -> new TreeMap<>()), itemSymbol(item.id()), frame, ids);
        }
      }
    }
    return documents(map);
  }

  /** An id map with single ids as lists, lists in order, and without empty entries. */
  private static Document sorted(Document map) {
    Document.Builder out = Document.builder();
    map.forEach(
        (name, value) -> {
          if (value instanceof Document inner) {
            Document kept = sorted(inner);
            if (!kept.isEmpty() && !name.startsWith("_")) {
              out.put(name, kept);
            }
          } else if (value instanceof List<?> list) {
            if (!list.isEmpty()) {
              out.put(name, Values.list(list.stream().map(String::valueOf).sorted().toList()));
            }
          } else if (value instanceof String id) {
            out.put(name, Values.listOf(id));
          } else if (value != null) {
            out.put(name, value);
          }
        });
    return out.build();
  }

  // --- mutate ---------------------------------------------------------------------------------

  private @Nullable String mutate(Document step) {
    for (Object op : step.getList("ops")) {
      List<?> args = (List<?>) java.util.Objects.requireNonNull(op);
      new GoldenSteps(dataset(), values, items).mutate(args);
    }
    annotations = new Annotations(dataset(), backends(), home);
    return null;
  }

  // --- load -----------------------------------------------------------------------------------

  private @Nullable String load(String where, Document step) {
    Document call = step.getDocument("load");
    String key = call.getString("anno_key", "run");
    backend.downloadFails = step.get("downloadError") != null;
    backend.script =
        sink ->
            new GoldenSteps(dataset(), values, items)
                .answer(step.getDocument("response"), sink, schemaOf(key));
    Document error = step.get("error", Document.class);
    Document before = state(step.getDocument("expectAfter"));
    LoadReport report;
    try {
      report = annotations().load(key, options(call, step.getList("answers")), change -> {});
    } catch (PostilException e) {
      if (error == null) {
        return where + ": expected no error but was " + e.problems();
      }
      String reason = e.problems().get(0).code().name();
      if (!reason.equals(error.getString("reason"))) {
        return where + ": expected error " + error.getString("reason") + " but was " + e.problems();
      }
      // The peer leaves half of such a load behind; here an error changes nothing.
      return values.difference(
          where + " after the error", before, state(step.getDocument("expectAfter")));
    } finally {
      backend.downloadFails = false;
    }
    if (error != null) {
      return where + ": expected error " + error.getString("reason");
    }
    Document ignored = Document.empty();
    if (report.refusedAdditions() > 0) {
      ignored = ignored.with("additions", report.refusedAdditions());
    }
    if (report.refusedDeletions() > 0) {
      ignored = ignored.with("deletions", report.refusedDeletions());
    }
    return first(
        after(where, step),
        values.difference(where + " unexpected", step.get("unexpected"), unexpected(report, key)),
        values.difference(where + " ignored", step.getDocument("ignored"), ignored),
        backend.cleaned.contains(key) == step.getBoolean("cleanedUp", false)
            ? null
            : where + ": cleanedUp");
  }

  private LabelSchema schemaOf(String key) {
    return annotations().run(key).schema();
  }

  private static LoadOptions options(Document call, List<?> answers) {
    LoadOptions options = LoadOptions.DEFAULT.withCleanup(call.getBoolean("cleanup", false));
    Object destination = call.get("dest_field");
    if (destination instanceof String field) {
      options = options.withDestination(field);
    } else if (destination instanceof Document map) {
      options = options.withDestinations(strings(map));
    }
    Object unexpected = call.contains("unexpected") ? call.get("unexpected") : "ignore";
    if (unexpected instanceof Document map) {
      Map<String, String> into = strings(map);
      into.keySet().removeIf(kind -> map.get(kind) == null);
      return options.withUnexpected(new LoadOptions.Unexpected.Into(into));
    }
    if (unexpected instanceof List<?> list) {
      Map<String, String> kinds = new HashMap<>();
      list.forEach(kind -> kinds.put(String.valueOf(kind), String.valueOf(kind)));
      return options.withUnexpected(new LoadOptions.Unexpected.Into(kinds));
    }
    return options.withUnexpected(
        switch (String.valueOf(unexpected)) {
          case "keep" -> LoadOptions.Unexpected.KEEP;
          case "return" -> LoadOptions.Unexpected.RETURN;
          case "prompt" -> new LoadOptions.Unexpected.Ask(new Typed(answers));
          default -> LoadOptions.Unexpected.IGNORE;
        });
  }

  /** What a user types. */
  private static final class Typed implements LoadOptions.Prompt {
    private final List<?> answers;
    private int next;

    Typed(List<?> answers) {
      this.answers = answers;
    }

    @Override
    public String ask(String field, String kind, @Nullable String problem) {
      if (next >= answers.size()) {
        throw new PostilException(ErrorCode.NO_INTERACTIVE_INPUT, "nobody to ask");
      }
      return String.valueOf(answers.get(next++));
    }
  }

  private @Nullable Object unexpected(LoadReport report, String key) {
    if (report.unexpected().isEmpty()) {
      return null;
    }
    boolean framesView =
        "frames".equals(annotations().run(key).record().state().getString("items"));
    Map<String, Object> fields = new TreeMap<>();
    for (LoadReport.Unexpected entry : report.unexpected()) {
      Map<String, Object> labels = new LinkedHashMap<>();
      entry
          .labels()
          .forEach(
              l ->
                  labels.put(
                      values.symbol(l.id()), java.util.Objects.requireNonNull(values.recorded(l))));
      List<String> path =
          new ArrayList<>(
              List.of(
                  (framesView ? DatasetInfo.FRAMES : "") + entry.field(),
                  entry.kind().id(),
                  values.symbol(entry.sampleId())));
      if (entry.frameNumber() > 0) {
        path.add(String.valueOf(entry.frameNumber()));
      }
      place(
          fields,
          path,
          entry.kind() == AnswerKind.SCALAR
              ? java.util.Objects.requireNonNull(entry.scalar())
              : labels);
    }
    return documents(fields);
  }

  @SuppressWarnings("unchecked")
  private static void place(Map<String, Object> map, List<String> path, Object value) {
    if (path.size() == 1) {
      map.put(path.get(0), value);
    } else {
      place(
          (Map<String, Object>)
              map.computeIfAbsent(path.get(0), p -> new TreeMap<String, Object>()),
          path.subList(1, path.size()),
          value);
    }
  }

  private @Nullable String after(String where, Document step) {
    if (!step.contains("expectAfter")) {
      return null;
    }
    return values.difference(
        where + " after", step.getDocument("expectAfter"), state(step.getDocument("expectAfter")));
  }

  /** The whole dataset in the recordings' form. */
  private Document state(Document expected) {
    DatasetInfo info = dataset().info();
    Document.Builder schema = Document.builder();
    info.sampleFields()
        .forEach(
            f -> {
              if (info.group() == null || !f.name().equals("group")) {
                schema.put(f.name(), GoldenValues.typeName(f));
              }
            });
    info.frameFields()
        .forEach(
            f -> {
              if (!f.name().equals("filepath")) {
                schema.put(DatasetInfo.FRAMES + f.name(), GoldenValues.typeName(f));
              }
            });
    List<@Nullable Object> samples = new ArrayList<>();
    List<ObjectId> order = new ArrayList<>();
    for (Object s : expected.getList("samples")) {
      order.add(values.id(((Document) java.util.Objects.requireNonNull(s)).getString("id", "")));
    }
    Map<ObjectId, Document> states = new HashMap<>();
    if (info.group() == null) {
      try (SampleCursor cursor = dataset().read(ViewDefinition.ALL, Projection.ALL)) {
        order.clear();
        while (cursor.hasNext()) {
          order.add(cursor.next().id());
        }
      }
    }
    for (Sample sample : dataset().samples(order, Projection.ALL)) {
      states.put(sample.id(), state(sample));
    }
    order.forEach(id -> samples.add(states.get(id)));
    Document.Builder out =
        Document.builder().put("schema", schema.build()).put("samples", Values.list(samples));
    return out.build();
  }

  private Document state(Sample sample) {
    Document.Builder fields = Document.builder();
    sample
        .fields()
        .forEach(
            (name, value) -> {
              if (!name.equals("group")) {
                fields.put(name, values.recorded(value));
              }
            });
    Document.Builder frames = Document.builder();
    try (Cursor<Frame> cursor =
        dataset().frames(sample.id(), 1, Integer.MAX_VALUE, Projection.ALL)) {
      while (cursor.hasNext()) {
        Frame frame = cursor.next();
        Document.Builder content = Document.builder();
        frame
            .fields()
            .forEach(
                (name, value) -> {
                  if (!name.equals("filepath")) {
                    content.put(name, values.recorded(value));
                  }
                });
        frames.put(String.valueOf(frame.number()), content.build());
      }
    }
    Document.Builder out =
        Document.builder().put("id", values.symbol(sample.id())).put("fields", fields.build());
    if (!frames.build().isEmpty()) {
      out.put("frames", frames.build());
    }
    return out.build();
  }

  // --- runs -----------------------------------------------------------------------------------

  private @Nullable String runs(String where, Document step) {
    Document expect = step.getDocument("expect");
    Document args = step.getDocument("args");
    String key = args.getString("anno_key", "run");
    Document error = expect.get("error", Document.class);
    Object value;
    try {
      value = call(step.getString("call", ""), key, args, step);
    } catch (PostilException e) {
      return error != null && e.problems().get(0).code().name().equals(error.getString("reason"))
          ? null
          : where + ": expected " + error + " but was " + e.problems();
    }
    if (error != null) {
      return where + ": expected error " + error.getString("reason");
    }
    return values.difference(where + " value", withSortedFields(expect.get("value")), value);
  }

  private static @Nullable Object withSortedFields(@Nullable Object value) {
    return value instanceof Document d && d.get("fields") instanceof List<?> fields
        ? d.with("fields", Values.list(texts(fields).stream().sorted().toList()))
        : value;
  }

  private @Nullable Object call(String call, String key, Document args, Document step) {
    return switch (call) {
      case "list" -> {
        Object type = args.get("type");
        boolean known =
            type == null
                || type.equals("annotation")
                || String.valueOf(type).contains("Golden")
                || String.valueOf(type).contains("AnnotationBackend");
        Map<String, @Nullable Object> filters = args.without("type").without("method").toMap();
        yield known
            ? Values.list(annotations().list(args.getString("method"), filters))
            : Values.listOf();
      }
      case "has" -> annotations().has(key);
      case "hasAny" -> !annotations().runs().isEmpty();
      case "info" -> {
        AnnotationRun run = annotations().run(key);
        Document config = run.record().config().without("cls");
        Document wanted = step.getDocument("expect").getDocument("value").getDocument("config");
        yield Document.builder()
            .put("key", run.key())
            .put("version", !run.record().version().isEmpty())
            .put("timestamp", true)
            .put("config", wanted.contains("cls") ? config.with("cls", wanted.get("cls")) : config)
            .build();
      }
      case "rename" -> {
        annotations().rename(key, args.getString("new_anno_key", ""));
        yield null;
      }
      case "delete" -> {
        annotations().delete(key);
        yield null;
      }
      case "deleteAll" -> {
        annotations().runs().forEach(r -> annotations().delete(r.key()));
        yield null;
      }
      case "results" -> {
        AnnotationRun run = annotations().run(key);
        Document wanted = step.getDocument("expect").getDocument("value");
        yield run.state() == RunState.FAILED
            ? null
            : Document.of(
                "key",
                run.key(),
                "idMap",
                wanted.contains("idMap") ? same(wanted.getDocument("idMap"), idMap(run)) : null);
      }
      case "view" -> viewOf(key, args);
      case "cleanup" -> {
        annotations().cleanup(key, Document.empty());
        yield Document.of("cleanedUp", Values.list(backend.cleaned));
      }
      default -> throw new IllegalArgumentException(call);
    };
  }

  private Document same(Document wanted, Document came) {
    return values.difference("", sorted(wanted), sorted(came)) == null ? wanted : came;
  }

  private Document viewOf(String key, Document args) {
    boolean selectFields = args.getBoolean("select_fields", false);
    ViewDefinition view =
        selectFields ? annotations().viewWithoutOtherRuns(key) : annotations().view(key);
    ViewSchema schema = DatasetViews.schema(dataset(), view);
    List<String> samples = new ArrayList<>();
    try (SampleCursor cursor = dataset().read(view, Projection.of("id"))) {
      while (cursor.hasNext()) {
        samples.add(itemSymbol(cursor.next().id()));
      }
    }
    List<String> fields = new ArrayList<>();
    schema.sampleFields().forEach(f -> fields.add(f.name()));
    schema.frameFields().forEach(f -> fields.add(DatasetInfo.FRAMES + f.name()));
    return Document.builder()
        .put("samples", Values.list(samples))
        .put(
            "fields",
            Values.list(
                fields.stream().filter(f -> !f.equals("frames.filepath")).sorted().toList()))
        .put("isView", !view.stages().isEmpty())
        .build();
  }

  // --- config ---------------------------------------------------------------------------------

  private @Nullable String config(String where, Document step) {
    Document expect = step.getDocument("expect");
    Document error = expect.get("error", Document.class);
    AnnotationConfig config;
    try {
      config = config(step.get("json", Document.class), strings(step.getDocument("env")));
    } catch (PostilException e) {
      return error != null && e.code().name().equals(error.getString("reason"))
          ? null
          : where + ": " + e.problems();
    }
    if (error != null) {
      return where + ": expected error " + error.getString("reason");
    }
    for (Object entry : step.getList("runtime")) {
      List<?> edit = (List<?>) java.util.Objects.requireNonNull(entry);
      if ("defaultBackend".equals(edit.get(0))) {
        config.setDefaultBackend(String.valueOf(edit.get(1)));
      } else {
        config.setParameter(String.valueOf(edit.get(1)), String.valueOf(edit.get(2)), edit.get(3));
      }
    }
    Document value = config.inClear();
    Document.Builder backends = Document.builder();
    value
        .getDocument("backends")
        .forEach(
            (name, parameters) -> {
              if (!name.equals(AnnotationConfig.LOCAL) && parameters instanceof Document d) {
                Object cls = d.get("config_cls");
                boolean builtIn =
                    AnnotationConfig.BUILT_IN.stream()
                        .anyMatch(b -> b.name().equals(name) && b.configClass().equals(cls));
                backends.put(name, builtIn ? d.with("config_cls", "<builtin " + name + ">") : d);
              }
            });
    String chosen = value.getString("default_backend", "");
    return values.difference(
        where + " value",
        expect.get("value"),
        Document.of(
            "default_backend",
            chosen.equals(AnnotationConfig.LOCAL) ? "cvat" : chosen,
            "backends",
            backends.build()));
  }

  /** For tests of the wanted behaviour that build on a recorded dataset. */
  static List<SingleLabel> labels(@Nullable Object value) {
    return value instanceof LabelList<?> list ? List.copyOf(list.labels()) : List.of();
  }
}
