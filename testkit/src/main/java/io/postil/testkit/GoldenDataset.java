package io.postil.testkit;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.dataset.Skeleton;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dataset of a recorded case: builds it in a store, and writes what a store holds in the form
 * of the recordings, so that the two can be compared. Ids are symbols there ({@code S1}, {@code
 * L2}, {@code S1#3}); this keeps which id stands for which. Not thread-safe.
 */
public final class GoldenDataset {
  private static final Instant TIME = Instant.parse("2024-01-01T00:00:00Z");
  private static final Map<String, String> LISTS =
      Map.of(
          "Detections", "detections",
          "Classifications", "classifications",
          "Polylines", "polylines",
          "Keypoints", "keypoints",
          "TemporalDetections", "detections");

  private final Document recorded;
  private final Map<String, ObjectId> ids = new HashMap<>();
  private final Map<ObjectId, String> symbols = new HashMap<>();
  private final Document rand;
  private long counter = 1;
  private DatasetInfo info;

  /**
   * Prepares a dataset.
   *
   * @param recorded the {@code dataset} of a case
   * @param rand the random number of each sample by symbol; may be empty
   */
  public GoldenDataset(Document recorded, Document rand) {
    this.recorded = recorded;
    this.rand = rand;
    this.info =
        DatasetInfo.create("golden", MediaType.of(recorded.getString("mediaType", "image")));
    bind("DS", info.id());
  }

  private void bind(String symbol, ObjectId id) {
    ids.put(symbol, id);
    symbols.put(id, symbol);
  }

  /** The id behind a symbol; a new one if the symbol is new. */
  public ObjectId id(String symbol) {
    ObjectId known = ids.get(symbol);
    if (known == null) {
      known = ObjectId.of(0x65000000, counter++);
      bind(symbol, known);
    }
    return known;
  }

  /** The symbol of an id, or null if it was not in the recording. */
  public @Nullable String symbol(ObjectId id) {
    return symbols.get(id);
  }

  /** A value of the recording in which {@code @S1} has become the id behind {@code S1}. */
  public @Nullable Object resolve(@Nullable Object value) {
    return switch (value) {
      case String s -> s.startsWith("@") ? id(s.substring(1)).toString() : s;
      case List<?> list -> Values.list(list.stream().map(this::resolve).toList());
      case Document d -> {
        if (d.size() == 1 && d.nameAt(0).equals("$oid")) {
          yield ObjectId.of(String.valueOf(resolve(d.valueAt(0))));
        }
        if (d.size() == 1 && d.nameAt(0).equals("$pairs")) {
          yield resolve(d.valueAt(0));
        }
        Document.Builder out = Document.builder();
        d.forEach((name, v) -> out.put(name, resolve(v)));
        yield out.build();
      }
      case null -> value;
      default -> value;
    };
  }

  /** Creates the dataset in a store. */
  public StoredDataset createIn(DatasetStore store) {
    List<Sample> samples = new ArrayList<>();
    List<Frame> frames = new ArrayList<>();
    declare(recorded.getDocument("schema"));
    for (Object element : recorded.getList("samples")) {
      id(((Document) java.util.Objects.requireNonNull(element)).getString("id", ""));
    }
    Map<String, MediaType> slices = new LinkedHashMap<>();
    for (Object element : recorded.getList("samples")) {
      Document sample = (Document) java.util.Objects.requireNonNull(element);
      samples.add(sample(sample, slices));
      sample
          .getDocument("frames")
          .forEach((number, fields) -> frames.add(frame(sample, number, (Document) fields)));
    }
    if (!slices.isEmpty()) {
      String active = recorded.getString("groupDefault", slices.keySet().iterator().next());
      info = info.withGroup(new DatasetInfo.GroupInfo("group", slices, active));
    }
    info = info.withSkeletons(skeletons(), null);
    StoredDataset dataset = store.create(info);
    dataset.write(
        writer -> {
          samples.forEach(writer::insert);
          frames.forEach(writer::insertFrame);
          return null;
        });
    return dataset;
  }

  private Map<String, Skeleton> skeletons() {
    Map<String, Skeleton> skeletons = new LinkedHashMap<>();
    recorded
        .getDocument("skeletons")
        .forEach(
            (field, value) -> {
              Document d = (Document) java.util.Objects.requireNonNull(value);
              List<String> labels = d.getList("labels").stream().map(String::valueOf).toList();
              skeletons.put(field, new Skeleton(labels, List.of()));
            });
    return skeletons;
  }

  private void declare(Document schema) {
    schema.forEach((name, type) -> declare(name, spec(name, String.valueOf(type))));
  }

  private static FieldSpec spec(String name, String type) {
    String plain = name.startsWith("frames.") ? name.substring(7) : name;
    return LabelDocuments.isLabelClass(type)
        ? FieldSpec.embedded(plain, type)
        : FieldSpec.of(plain, java.util.Objects.requireNonNull(FieldType.ofId(type)));
  }

  private void declare(String name, FieldSpec field) {
    FieldSpec known = info.field(name).orElse(null);
    if (known == null) {
      info = info.withField(name, field);
    } else if (known.type() == FieldType.INT && field.type() == FieldType.FLOAT
        || known.type() == FieldType.LIST
            && known.element() == null
            && !recorded.getDocument("schema").contains(name)) {
      if (field.type() != FieldType.LIST || field.element() != null) {
        info = info.withoutField(name).withField(name, field);
      }
    }
  }

  private void infer(String name, Object value) {
    String plain = name.startsWith("frames.") ? name.substring(7) : name;
    FieldSpec field =
        switch (value) {
          case Label label -> FieldSpec.embedded(plain, label.className());
          case String s -> FieldSpec.of(plain, FieldType.STRING);
          case Boolean b -> FieldSpec.of(plain, FieldType.BOOLEAN);
          case Double d -> FieldSpec.of(plain, FieldType.FLOAT);
          case Number n -> FieldSpec.of(plain, FieldType.INT);
          case Instant i -> FieldSpec.of(plain, FieldType.DATETIME);
          case ObjectId o -> FieldSpec.of(plain, FieldType.OBJECT_ID);
          case List<?> list -> listSpec(plain, list);
          default -> FieldSpec.of(plain, FieldType.DICT);
        };
    declare(name, field);
  }

  private static FieldSpec listSpec(String name, List<?> list) {
    FieldType type = null;
    for (Object element : list) {
      if (element != null) {
        type =
            switch (element) {
              case String s -> FieldType.STRING;
              case Boolean b -> FieldType.BOOLEAN;
              case Double d -> FieldType.FLOAT;
              case Number n -> type == FieldType.FLOAT ? type : FieldType.INT;
              default -> type;
            };
      }
    }
    return type == null ? FieldSpec.of(name, FieldType.LIST) : FieldSpec.listOf(name, type);
  }

  private Sample sample(Document recorded, Map<String, MediaType> slices) {
    String symbol = recorded.getString("id", "");
    boolean video = info.mediaType() == MediaType.VIDEO;
    String path = recorded.getString("filepath", "/data/" + symbol + (video ? ".mp4" : ".png"));
    Map<String, Object> fields = fields("", recorded.getDocument("fields"));
    Document group = recorded.getDocument("group");
    if (!group.isEmpty()) {
      String slice = group.getString("slice", "");
      slices.putIfAbsent(slice, path.endsWith(".mp4") ? MediaType.VIDEO : MediaType.IMAGE);
      fields.put(
          "group",
          Document.builder()
              .put("_id", id("group " + group.getString("name", "")))
              .put("_cls", "Group")
              .put("name", slice)
              .build());
      if (info.field("group").isEmpty()) {
        info = info.withField("group", FieldSpec.embedded("group", "Group"));
      }
    }
    Document.Builder system = Document.builder();
    system.put("created_at", TIME).put("last_modified_at", TIME);
    system.putIfPresent("_rand", rand.get(symbol));
    return new Sample(
        id(symbol),
        path,
        recorded.getList("tags").stream().map(String::valueOf).toList(),
        metadata(recorded, video),
        fields,
        system.build());
  }

  private static @Nullable Document metadata(Document recorded, boolean video) {
    Document metadata = recorded.get("metadata", Document.class);
    return metadata == null
        ? null
        : Document.of("_cls", video ? "VideoMetadata" : "ImageMetadata").withAll(metadata);
  }

  private Frame frame(Document sample, String number, Document recorded) {
    String symbol = sample.getString("id", "");
    Map<String, Object> fields = fields("frames.", recorded);
    Document.Builder system = Document.builder();
    system.put("created_at", TIME).put("last_modified_at", TIME).put("_dataset_id", info.id());
    if (this.recorded.getBoolean("frameImages", false)) {
      system.put("filepath", "/data/" + symbol + "/" + number + ".png");
    }
    return new Frame(
        id(symbol + "#" + number), id(symbol), Integer.parseInt(number), fields, system.build());
  }

  private Map<String, Object> fields(String prefix, Document recorded) {
    Map<String, Object> fields = new LinkedHashMap<>();
    recorded.forEach(
        (name, raw) -> {
          Object value = value(raw);
          if (value != null) {
            boolean date = raw instanceof Document d && d.contains("_date");
            if (date) {
              declare(prefix + name, FieldSpec.of(name, FieldType.DATE));
            } else {
              infer(prefix + name, value);
            }
            fields.put(name, value);
          } else if (raw instanceof Document d && d.contains("_cls")) {
            declare(prefix + name, FieldSpec.embedded(name, d.getString("_cls", "")));
          }
        });
    return fields;
  }

  /** A recorded value as a value of a sample. */
  public @Nullable Object value(@Nullable Object recorded) {
    return switch (recorded) {
      case Document d -> {
        if (d.contains("_cls")) {
          yield LabelDocuments.fromDocument(labelDocument(d));
        }
        if (d.contains("_date")) {
          yield LocalDate.parse(d.getString("_date", "")).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        if (d.contains("_datetime")) {
          yield Instant.parse(d.getString("_datetime", ""));
        }
        Document.Builder out = Document.builder();
        d.forEach((name, v) -> out.put(name, value(v)));
        yield out.build();
      }
      case List<?> list -> Values.list(list.stream().map(this::value).toList());
      case String s -> number(s);
      case null -> recorded;
      default -> recorded;
    };
  }

  private static Object number(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> text;
    };
  }

  private Document labelDocument(Document recorded) {
    Document.Builder out = Document.builder();
    out.put("_cls", recorded.getString("_cls", ""));
    recorded.forEach(
        (name, raw) -> {
          switch (name) {
            case "id" -> out.put("_id", id(String.valueOf(raw)));
            case "_cls" -> {}
            case "detections", "classifications", "polylines", "keypoints" ->
                out.put(
                    name,
                    Values.list(
                        recorded.getList(name).stream()
                            .map(e -> labelDocument((Document) java.util.Objects.requireNonNull(e)))
                            .toList()));
            case "attrs" ->
                ((Document) java.util.Objects.requireNonNull(raw))
                    .forEach((n, v) -> out.put(n, value(v)));
            case "legacyAttributes" -> out.put("attributes", value(raw));
            case "instance" ->
                out.put(
                    "instance", Document.of("_cls", "Instance", "_id", id(String.valueOf(raw))));
            case "mask" -> out.putIfPresent("mask", mask(raw, recorded.getString("_cls", "")));
            default -> {
              if (raw != null) {
                out.put(name, value(raw));
              }
            }
          }
        });
    return out.build();
  }

  private static @Nullable Binary mask(@Nullable Object rows, String className) {
    if (!(rows instanceof List<?> list) || list.isEmpty()) {
      return null;
    }
    int height = list.size();
    int width = ((List<?>) list.get(0)).size();
    byte[] pixels = new byte[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        Object pixel = ((List<?>) list.get(y)).get(x);
        pixels[y * width + x] =
            pixel instanceof Boolean b ? (byte) (b ? 1 : 0) : ((Number) pixel).byteValue();
      }
    }
    NdArray array =
        className.equals("Segmentation")
            ? NdArray.ofBytes(height, width, pixels)
            : NdArray.ofBooleans(height, width, pixels);
    return Binary.wrap(array.packed());
  }

  // --- back to the form of the recordings -------------------------------------------------------

  /** A value of a sample as it is recorded: ids as symbols, no nulls in labels. */
  public @Nullable Object record(@Nullable Object value) {
    return switch (value) {
      case Label label -> recordLabel(LabelDocuments.toDocument(label), label.className());
      case Document d -> {
        if (LabelDocuments.isLabelClass(d.getString("_cls"))) {
          yield recordLabel(d, d.getString("_cls", ""));
        }
        Document.Builder out = Document.builder();
        d.forEach((name, v) -> out.put(name, record(v)));
        yield out.build();
      }
      case ObjectId id -> {
        String symbol = symbol(id);
        yield symbol == null ? "NEW" : symbol;
      }
      case List<?> list -> Values.list(list.stream().map(this::record).toList());
      case null -> value;
      default -> value;
    };
  }

  /** A value as it is stored, but with symbols for ids. */
  public @Nullable Object recordStored(@Nullable Object value) {
    return switch (value) {
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach((name, v) -> out.put(name, recordStored(v)));
        yield out.build();
      }
      case List<?> list -> Values.list(list.stream().map(this::recordStored).toList());
      case null -> record(value);
      default -> record(value);
    };
  }

  private Document recordLabel(Document stored, String className) {
    Document.Builder out = Document.builder();
    Document.Builder attributes = Document.builder();
    out.put("_cls", className);
    String listName = LISTS.get(className);
    if (listName != null) {
      out.put(listName, Values.list(stored.getList(listName).stream().map(this::record).toList()));
      return out.build();
    }
    stored.forEach(
        (name, value) -> {
          switch (name) {
            case "_cls" -> {}
            case "_id" -> out.put("id", record(value));
            case "attributes" -> {
              if (value instanceof Document d && !d.isEmpty()) {
                out.put("legacyAttributes", d);
              }
            }
            case "instance" -> {
              if (value instanceof Document d) {
                out.put("instance", record(d.get("_id")));
              }
            }
            case "mask" -> out.putIfPresent("mask", rows(value));
            case "label",
                "bounding_box",
                "confidence",
                "index",
                "points",
                "closed",
                "filled",
                "tags",
                "keyframe",
                "mask_path",
                "support",
                "value" ->
                out.putIfPresent(name, value);
            default -> {
              if (value != null) {
                attributes.put(name, record(value));
              }
            }
          }
        });
    if (!attributes.build().isEmpty()) {
      out.put("attrs", attributes.build());
    }
    return out.build();
  }

  private static @Nullable Object rows(@Nullable Object mask) {
    if (!(mask instanceof Binary binary)) {
      return null;
    }
    NdArray array = NdArray.ofPacked(binary.bytes());
    int height = array.shape()[0];
    int width = array.shape()[1];
    List<Object> rows = new ArrayList<>();
    for (int y = 0; y < height; y++) {
      List<Object> row = new ArrayList<>();
      for (int x = 0; x < width; x++) {
        row.add((int) array.get(y * width + x));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The fields of a sample or frame as they are recorded. */
  public Document recordFields(Map<String, Object> fields) {
    Document.Builder out = Document.builder();
    fields.forEach(
        (name, value) -> {
          if (!name.equals("group")) {
            out.put(name, record(value));
          }
        });
    return out.build();
  }
}
