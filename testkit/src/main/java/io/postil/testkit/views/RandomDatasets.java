package io.postil.testkit.views;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.jspecify.annotations.Nullable;

/**
 * Random small datasets in the form of the recorded cases: few values from small pools, so that
 * they meet, with everything that a value can lack or be instead. Fields have the names of {@link
 * RandomViews}. Stateless.
 */
final class RandomDatasets {
  private RandomDatasets() {}

  /** Images, videos or groups of images. */
  static Arbitrary<Document> all() {
    return Arbitraries.frequencyOf(
        Tuple.of(5, images()), Tuple.of(4, videos()), Tuple.of(1, groups()));
  }

  /** Groups of up to three images each. */
  static Arbitrary<Document> groups() {
    Arbitrary<Document> groups =
        Arbitraries.of("left", "middle", "right")
            .set()
            .ofMinSize(1)
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(RandomDatasets::members);
    return net.jqwik.api.Combinators.combine(
            groups, sample(imageFields(), Arbitraries.just(Document.empty())).list().ofSize(9))
        .as(
            (members, samples) -> {
              List<Document> some = new ArrayList<>();
              for (Object member : members.getList("members")) {
                some.add(samples.get(some.size()).with("group", member));
              }
              return dataset("group", IMAGE_SCHEMA, some).with("groupDefault", "middle");
            });
  }

  private static Document members(List<java.util.Set<String>> groups) {
    List<Document> members = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      for (String slice : List.of("middle", "right", "left")) {
        if (groups.get(i).contains(slice) || members.isEmpty()) {
          members.add(Document.of("name", "g" + i, "slice", slice));
        }
      }
    }
    return Document.of("members", members);
  }

  static Arbitrary<Document> images() {
    return sample(imageFields(), Arbitraries.just(Document.empty()))
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(samples -> dataset("image", IMAGE_SCHEMA, samples));
  }

  static Arbitrary<Document> videos() {
    Arbitrary<Document> frames =
        documents(
            List.of(Tuple.of("1", frame()), Tuple.of("2", frame()), Tuple.of("4", frame())), 0.4);
    return sample(videoFields(), frames)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(samples -> dataset("video", VIDEO_SCHEMA, samples));
  }

  private static final Document IMAGE_SCHEMA =
      Document.builder()
          .put("n", "int")
          .put("x", "float")
          .put("s", "str")
          .put("b", "bool")
          .put("t", "datetime")
          .put("d", "date")
          .put("any", "dict")
          .put("mixed", "list")
          .put("gt", "Detections")
          .put("pred", "Detections")
          .put("cls", "Classification")
          .put("multi", "Classifications")
          .put("polys", "Polylines")
          .put("kps", "Keypoints")
          .put("reg", "Regression")
          .build();

  private static final Document VIDEO_SCHEMA =
      Document.builder()
          .put("n", "int")
          .put("ev", "TemporalDetections")
          .put("cls", "Classification")
          .put("frames.objs", "Detections")
          .put("frames.w", "Classification")
          .put("frames.v", "float")
          .build();

  private static Document dataset(String mediaType, Document schema, List<Document> samples) {
    AtomicInteger labels = new AtomicInteger();
    List<Document> named = new ArrayList<>();
    for (Document sample : samples) {
      Document withIds = (Document) withIds(sample, labels);
      named.add(Document.of("id", "S" + (named.size() + 1)).withAll(withIds));
    }
    return Document.builder()
        .put("mediaType", mediaType)
        .put("schema", schema)
        .put("samples", Values.list(named))
        .build();
  }

  /** Every single label gets an id of its own. */
  private static Object withIds(Object value, AtomicInteger labels) {
    if (value instanceof List<?> list) {
      return Values.list(list.stream().map(e -> e == null ? null : withIds(e, labels)).toList());
    }
    if (!(value instanceof Document d)) {
      return value;
    }
    Document.Builder out = Document.builder();
    if (d.getString("_cls", "s").endsWith("s")) {
      d.forEach((name, v) -> out.put(name, v == null ? null : withIds(v, labels)));
      return out.build();
    }
    out.put("id", "L" + labels.incrementAndGet());
    d.forEach(out::put);
    return out.build();
  }

  // --- parts -------------------------------------------------------------------------------------

  /** A document of the entries that happen to have a value. */
  private static Arbitrary<Document> documents(
      List<Tuple2<String, Arbitrary<?>>> entries, double missing) {
    Arbitrary<Document> document = Arbitraries.just(Document.empty());
    for (Tuple2<String, Arbitrary<?>> entry : entries) {
      Arbitrary<List<Object>> value = entry.get2().map(v -> v == null ? NULL : List.<Object>of(v));
      document =
          net.jqwik.api.Combinators.combine(document, value.optional(1 - missing))
              .as(
                  (d, v) ->
                      v.isEmpty()
                          ? d
                          : d.with(entry.get1(), v.get() == NULL ? null : v.get().get(0)));
    }
    return document;
  }

  private static final List<Object> NULL = new ArrayList<>();

  private static Tuple2<String, Arbitrary<?>> entry(String name, Arbitrary<?> values) {
    return Tuple.of(name, values);
  }

  private static Arbitrary<Document> sample(
      Arbitrary<Document> fields, Arbitrary<Document> frames) {
    Arbitrary<Document> metadata =
        documents(
            List.of(
                entry("width", Arbitraries.of(640, 100, 1920)),
                entry("height", Arbitraries.of(480, 100))),
            0.2);
    return documents(
        List.of(
            entry("tags", Arbitraries.of("train", "val", "x").list().uniqueElements().ofMaxSize(2)),
            entry("metadata", metadata),
            entry("fields", fields),
            entry("frames", frames)),
        0.1);
  }

  private static Arbitrary<Document> imageFields() {
    return documents(
        List.of(
            entry("n", Arbitraries.of(3, 0, -1, 10, -7, 2_147_483_647, 3_000_000_000L)),
            entry("x", Arbitraries.of(0.5, 0.0, -2.5, 1.5, 3.0, "NaN", "Infinity", "-Infinity")),
            entry("s", Arbitraries.of("cat", "", "Dog.1", "éclair", " cat-a,b ", "CAT", "7", "b")),
            entry("b", Arbitraries.of(true, false)),
            entry("t", DATETIMES),
            entry(
                "d", Arbitraries.of("2024-02-29", "2023-12-31").map(d -> Document.of("_date", d))),
            entry("ints", Arbitraries.of(1, 2, 3, 5, -4, 10).list().ofMaxSize(4)),
            entry("strs", Arbitraries.of("a", "b", "Z", "é").list().ofMaxSize(3)),
            entry("any", documents(List.of(entry("k", anything(1))), 0.2)),
            entry("mixed", anything(1).list().ofMaxSize(3)),
            entry("gt", labels("Detections", "detections", detection())),
            entry("pred", labels("Detections", "detections", detection())),
            entry("cls", classification()),
            entry("multi", labels("Classifications", "classifications", classification())),
            entry("polys", labels("Polylines", "polylines", polyline())),
            entry("kps", labels("Keypoints", "keypoints", keypoint())),
            entry("reg", regression())),
        0.3);
  }

  private static Arbitrary<Document> videoFields() {
    return documents(
        List.of(
            entry("n", Arbitraries.of(1, 2, 5)),
            entry("cls", classification()),
            entry("ev", labels("TemporalDetections", "detections", event()))),
        0.3);
  }

  private static Arbitrary<Document> frame() {
    return documents(
        List.of(
            entry("objs", labels("Detections", "detections", detection())),
            entry("w", classification()),
            entry("v", Arbitraries.of(1.0, 5.0, 2.5, "NaN"))),
        0.3);
  }

  private static final Arbitrary<Document> DATETIMES =
      Arbitraries.of(
              "2024-02-29T13:45:10.250Z",
              "2023-12-31T23:59:59.999Z",
              "1969-12-31T00:00:00.000Z",
              "2024-01-01T00:00:00.000Z")
          .map(t -> Document.of("_datetime", t));

  /** A value of any type, null among them. */
  private static Arbitrary<@Nullable Object> anything(int depth) {
    Arbitrary<@Nullable Object> plain =
        Arbitraries.of(
            Values.listOf(1, 1.0, 2, "1", "one", "", true, false, null, 0, "NaN", 3_000_000_000L));
    if (depth == 0) {
      return plain;
    }
    return Arbitraries.frequencyOf(
        Tuple.of(6, plain),
        Tuple.of(1, DATETIMES.map(d -> (Object) d)),
        Tuple.of(2, anything(0).list().ofMaxSize(2).map(l -> (Object) Values.list(l))),
        Tuple.of(
            2, Arbitraries.of(Values.listOf(1, null, "z")).map(v -> (Object) Document.of("z", v))));
  }

  // --- labels ------------------------------------------------------------------------------------

  private static Arbitrary<Document> labels(
      String className, String list, Arbitrary<Document> label) {
    return label
        .list()
        .ofMaxSize(3)
        .map(labels -> Document.of("_cls", className, list, Values.list(labels)));
  }

  private static Arbitrary<Document> label(
      String className, List<Tuple2<String, Arbitrary<?>>> more) {
    List<Tuple2<String, Arbitrary<?>>> entries = new ArrayList<>();
    entries.add(entry("label", Arbitraries.of("cat", "dog", "bird", "")));
    entries.add(entry("tags", Arbitraries.of("easy", "hard").list().uniqueElements().ofMaxSize(2)));
    entries.addAll(more);
    entries.add(entry("attrs", attributes()));
    return documents(entries, 0.35).map(d -> Document.of("_cls", className).withAll(d));
  }

  private static Arbitrary<Document> attributes() {
    return documents(
        List.of(
            entry("area", Arbitraries.of(Values.listOf(4, 16.5, "big", null, "NaN", 100))),
            entry("occluded", Arbitraries.of(true, false)),
            entry("marks", anything(0).list().ofMaxSize(2))),
        0.4);
  }

  private static final Arbitrary<Double> CONFIDENCES = Arbitraries.of(0.5, 0.9, 0.1, 0.0, 1.0);

  private static Arbitrary<Document> detection() {
    Arbitrary<?> boxes =
        Arbitraries.of(
            List.of(0.1, 0.1, 0.2, 0.2), List.of(0.5, 0.25, 0.4, 0.5), List.of(0.0, 0.0, 1.0, 1.0));
    return label(
            "Detection",
            List.of(
                entry("confidence", CONFIDENCES),
                entry("index", Arbitraries.of(1, 2)),
                entry("instance", Arbitraries.of("I1", "I2"))))
        .flatMap(d -> boxes.map(box -> d.with("bounding_box", box)));
  }

  private static Arbitrary<Document> classification() {
    return label("Classification", List.of(entry("confidence", CONFIDENCES)));
  }

  private static Arbitrary<Document> polyline() {
    return label("Polyline", List.of(entry("filled", Arbitraries.of(true, false))))
        .map(d -> d.with("points", List.of(List.of(List.of(0.1, 0.1), List.of(0.5, 0.5)))));
  }

  private static Arbitrary<Document> keypoint() {
    Arbitrary<List<List<Object>>> points =
        Arbitraries.of(
            List.of(
                List.of(List.of(0.1, 0.2), List.of(0.3, 0.4)),
                List.of(List.of("NaN", "NaN"), List.of(0.3, 0.4)),
                List.<List<Object>>of()));
    return label("Keypoint", List.of())
        .flatMap(d -> points.map(p -> d.with("points", p)))
        .flatMap(
            d ->
                CONFIDENCES
                    .list()
                    .ofSize(d.getList("points").size())
                    .optional(0.7)
                    .map(c -> c.isEmpty() ? d : d.with("confidence", c.get())));
  }

  private static Arbitrary<Document> regression() {
    return documents(
            List.of(
                entry("value", Arbitraries.of(4.5, 0.0, "NaN")), entry("confidence", CONFIDENCES)),
            0.3)
        .map(d -> Document.of("_cls", "Regression").withAll(d));
  }

  private static Arbitrary<Document> event() {
    Arbitrary<List<Integer>> supports =
        Arbitraries.of(List.of(List.of(1, 2), List.of(2, 4), List.of(4, 4)));
    return label("TemporalDetection", List.of(entry("confidence", CONFIDENCES)))
        .flatMap(d -> supports.map(s -> d.with("support", s)));
  }
}
