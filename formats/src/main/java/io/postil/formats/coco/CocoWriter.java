package io.postil.formats.coco;

import com.fasterxml.jackson.core.JsonGenerator;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Skeleton;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.Json;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a COCO labels file. Images and annotations grow in two parts beside it, since the classes
 * are known only in the end; {@link #finish} joins them. Not thread-safe.
 */
final class CocoWriter implements AutoCloseable {
  /** Keys of an annotation that no attribute may take; such an attribute goes one level down. */
  private static final Set<String> RESERVED =
      Set.of(
          "id",
          "image_id",
          "category_id",
          "bbox",
          "segmentation",
          "area",
          "keypoints",
          "num_keypoints",
          "score",
          "tags",
          "index",
          "attributes",
          "closed",
          "mask",
          "visible",
          CocoLabels.POINT_SCORES);

  /** The lists of a file, which the writer makes itself. */
  private static final Set<String> LISTS = Set.of("images", "annotations", "categories");

  private final Document rootKeys;
  private final Path imagesPart;
  private final Path annotationsPart;
  private final JsonGenerator images;
  private final JsonGenerator annotations;
  private final Map<String, Long> categoryIds = new LinkedHashMap<>();
  private final Map<String, Document> categories = new LinkedHashMap<>();
  private final @Nullable Skeleton skeleton;
  private long nextCategory = 1;
  private long imageId;
  private int width;
  private int height;
  private long labelCount;
  private long lostCount;

  CocoWriter(Path directory, DatasetInfo info, List<String> fields) throws IOException {
    imagesPart = Files.createTempFile(directory, ".images", ".part");
    annotationsPart = Files.createTempFile(directory, ".annotations", ".part");
    images = generator(imagesPart);
    annotations = generator(annotationsPart);
    skeleton =
        fields.stream()
            .map(info.skeletons()::get)
            .filter(s -> s != null)
            .findFirst()
            .orElse(info.defaultSkeleton());
    rootKeys = info.info().getDocument(CocoImport.ROOT_KEYS);
    declaredClasses(info, fields);
  }

  private static JsonGenerator generator(Path part) throws IOException {
    JsonGenerator generator =
        Json.factory()
            .createGenerator(new BufferedOutputStream(Files.newOutputStream(part), 1 << 16));
    generator.writeStartArray();
    return generator;
  }

  /** The categories the dataset was imported with, then its class lists. */
  private void declaredClasses(DatasetInfo info, List<String> fields) {
    for (Object entry : info.info().getList("categories")) {
      if (entry instanceof Document category
          && category.get("id") instanceof Number id
          && category.get("name") instanceof String name) {
        categoryIds.putIfAbsent(name, id.longValue());
        categories.putIfAbsent(name, category);
        nextCategory = Math.max(nextCategory, id.longValue() + 1);
      }
    }
    for (String field : fields) {
      info.classes().getOrDefault(field, List.of()).forEach(this::categoryId);
    }
    if (categoryIds.isEmpty()) {
      info.defaultClasses().forEach(this::categoryId);
    }
  }

  private long categoryId(String name) {
    Long id = categoryIds.get(name);
    if (id == null) {
      id = nextCategory++;
      categoryIds.put(name, id);
    }
    return id;
  }

  /** Adds an image; the labels that follow are of it. */
  void image(long id, String fileName, int width, int height, Document extras) throws IOException {
    this.imageId = id;
    this.width = width;
    this.height = height;
    images.writeStartObject();
    images.writeNumberField("id", id);
    images.writeStringField("file_name", fileName);
    images.writeNumberField("width", width);
    images.writeNumberField("height", height);
    for (String name : extras.names()) {
      if (!CocoImport.IMAGE_KEYS.contains(name)) {
        images.writeFieldName(name);
        Json.writeValue(images, extras.get(name));
      }
    }
    images.writeEndObject();
  }

  void detection(Detection detection) throws IOException {
    BoundingBox box = detection.boundingBox();
    String label = detection.label();
    if (box == null || label == null || !box.isFinite()) {
      lostCount++;
      return;
    }
    start(label);
    double x = pixels(box.x(), width);
    double y = pixels(box.y(), height);
    double w = pixels(box.width(), width);
    double h = pixels(box.height(), height);
    writeBox(x, y, w, h);
    double area = w * h;
    NdArray mask = detection.mask();
    if (mask != null) {
      MaskCrop crop = crop(mask, MaskCrop.bounds(x, y, w, h, width, height));
      annotations.writeObjectFieldStart("segmentation");
      writeNumbers("size", height, width);
      annotations.writeStringField("counts", Rle.encode(crop, width, height));
      annotations.writeEndObject();
      area = 0;
      for (byte pixel : crop.pixels()) {
        area += pixel;
      }
    }
    annotations.writeNumberField("area", area);
    end(detection, detection.confidence());
  }

  /** The mask in the image's pixels; its own pixels if they fit, else the nearest ones. */
  private static MaskCrop crop(NdArray mask, int[] b) {
    MaskCrop crop = MaskCrop.of(b[0], b[1], b[2], b[3]);
    int rows = mask.height();
    int columns = mask.width();
    for (int y = 0; y < crop.height(); y++) {
      int row = (int) ((long) y * rows / crop.height());
      for (int x = 0; x < crop.width(); x++) {
        int column = (int) ((long) x * columns / crop.width());
        crop.pixels()[y * crop.width() + x] =
            (byte) (mask.get(row * columns + column) == 0 ? 0 : 1);
      }
    }
    return crop;
  }

  void polyline(Polyline polyline) throws IOException {
    String label = polyline.label();
    if (label == null || polyline.points().isEmpty() || !polyline.filled() && !polyline.closed()) {
      lostCount++;
      return;
    }
    start(label);
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    annotations.writeArrayFieldStart("segmentation");
    for (Points ring : polyline.points()) {
      annotations.writeStartArray();
      for (int i = 0; i < ring.size(); i++) {
        double x = pixels(ring.x(i), width);
        double y = pixels(ring.y(i), height);
        annotations.writeNumber(x);
        annotations.writeNumber(y);
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
      annotations.writeEndArray();
    }
    annotations.writeEndArray();
    writeBox(left, top, right - left, bottom - top);
    annotations.writeNumberField("area", (right - left) * (bottom - top));
    if (!polyline.closed()) {
      annotations.writeBooleanField("closed", false);
    }
    end(polyline, polyline.confidence());
  }

  void keypoint(Keypoint keypoint) throws IOException {
    String label = keypoint.label();
    if (label == null) {
      lostCount++;
      return;
    }
    start(label);
    Points points = keypoint.points();
    List<?> visible =
        keypoint.attributes().get("visible") instanceof List<?> list && list.size() == points.size()
            ? list
            : List.of();
    int present = 0;
    annotations.writeArrayFieldStart("keypoints");
    for (int i = 0; i < points.size(); i++) {
      boolean missing = points.isMissing(i);
      present += missing ? 0 : 1;
      int visibility = !visible.isEmpty() && visible.get(i) instanceof Number n ? n.intValue() : 2;
      annotations.writeNumber(missing ? 0 : pixels(points.x(i), width));
      annotations.writeNumber(missing ? 0 : pixels(points.y(i), height));
      annotations.writeNumber(missing ? 0 : Math.max(1, visibility));
    }
    annotations.writeEndArray();
    annotations.writeNumberField("num_keypoints", present);
    Doubles confidence = keypoint.confidence();
    Double score = confidence == null || confidence.size() == 0 ? null : (Double) confidence.get(0);
    if (confidence != null && Arrays.stream(confidence.toArray()).distinct().count() > 1) {
      annotations.writeFieldName(CocoLabels.POINT_SCORES);
      Json.writeValue(annotations, confidence.toList());
    }
    end(
        visible.isEmpty()
            ? keypoint
            : keypoint.withAttributes(keypoint.attributes().without("visible")),
        score);
  }

  private void start(String label) throws IOException {
    annotations.writeStartObject();
    annotations.writeNumberField("id", ++labelCount);
    annotations.writeNumberField("image_id", imageId);
    annotations.writeNumberField("category_id", categoryId(label));
  }

  private void writeBox(double x, double y, double w, double h) throws IOException {
    annotations.writeArrayFieldStart("bbox");
    annotations.writeNumber(x);
    annotations.writeNumber(y);
    annotations.writeNumber(w);
    annotations.writeNumber(h);
    annotations.writeEndArray();
  }

  private void writeNumbers(String name, int a, int b) throws IOException {
    annotations.writeArrayFieldStart(name);
    annotations.writeNumber(a);
    annotations.writeNumber(b);
    annotations.writeEndArray();
  }

  private void end(SingleLabel label, @Nullable Double score) throws IOException {
    if (score != null) {
      annotations.writeNumberField("score", score);
    }
    Document.Builder nested = Document.builder();
    Document attributes = label.attributes();
    if (!attributes.contains("iscrowd")) {
      annotations.writeNumberField("iscrowd", 0);
    }
    for (int i = 0; i < attributes.size(); i++) {
      String name = attributes.nameAt(i);
      if (RESERVED.contains(name)) {
        nested.put(name, attributes.valueAt(i));
      } else {
        annotations.writeFieldName(name);
        Json.writeValue(annotations, attributes.valueAt(i));
      }
    }
    if (!label.tags().isEmpty()) {
      annotations.writeFieldName("tags");
      Json.writeValue(annotations, Values.list(label.tags()));
    }
    if (label.index() != null) {
      annotations.writeNumberField("index", label.index());
    }
    Document rest = nested.build();
    if (!rest.isEmpty()) {
      annotations.writeFieldName("attributes");
      Json.writeValue(annotations, rest);
    }
    annotations.writeEndObject();
  }

  /**
   * A relative number in pixels: the shortest decimal that gives the same relative number again,
   * where there is one.
   */
  static double pixels(double relative, int size) {
    double exact = relative * size;
    for (double unit = 1; unit <= 1e8; unit *= 100) {
      double rounded = Math.rint(exact * unit) / unit;
      if (rounded / size == relative) {
        return rounded;
      }
    }
    return exact;
  }

  long labelCount() {
    return labelCount;
  }

  long lostCount() {
    return lostCount;
  }

  private void writeRootKeys(JsonGenerator head) throws IOException {
    if (!rootKeys.contains("info")) {
      head.writeObjectFieldStart("info");
      head.writeStringField("description", "Exported by Postil");
      head.writeEndObject();
    }
    if (!rootKeys.contains("licenses")) {
      head.writeArrayFieldStart("licenses");
      head.writeEndArray();
    }
    for (String name : rootKeys.names()) {
      if (!LISTS.contains(name)) {
        head.writeFieldName(name);
        Json.writeValue(head, rootKeys.get(name));
      }
    }
  }

  /** Joins the parts into the labels file, which appears at once. */
  void finish(Path labels) throws IOException {
    images.writeEndArray();
    images.close();
    annotations.writeEndArray();
    annotations.close();
    Path whole = labels.resolveSibling("." + labels.getFileName() + ".part");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(whole), 1 << 16)) {
      JsonGenerator head = Json.factory().createGenerator(out);
      head.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      head.writeStartObject();
      writeRootKeys(head);
      head.writeArrayFieldStart("categories");
      for (Map.Entry<String, Long> category : categoryIds.entrySet()) {
        Json.writeValue(head, category(category.getKey(), category.getValue()));
      }
      head.writeEndArray();
      head.writeFieldName("images");
      append(head, out, imagesPart);
      head.writeFieldName("annotations");
      append(head, out, annotationsPart);
      head.writeEndObject();
      head.close();
    }
    Files.move(whole, labels, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void append(JsonGenerator head, OutputStream out, Path part) throws IOException {
    head.writeRawValue("");
    head.flush();
    Files.copy(part, out);
  }

  private Document category(String name, long id) {
    Document imported = categories.get(name);
    if (imported != null) {
      return imported;
    }
    Document.Builder category = Document.builder().put("id", id).put("name", name);
    category.put("supercategory", "");
    if (skeleton != null) {
      category.put("keypoints", Values.list(skeleton.labels()));
      category.put(
          "skeleton", Values.list(skeleton.edges().stream().flatMap(CocoWriter::pairs).toList()));
    }
    return category.build();
  }

  /** A chain of points from 0 as pairs of points from 1. */
  private static java.util.stream.Stream<Object> pairs(List<Integer> chain) {
    return java.util.stream.IntStream.range(1, chain.size())
        .mapToObj(i -> Values.listOf(chain.get(i - 1) + 1, chain.get(i) + 1));
  }

  @Override
  public void close() throws IOException {
    images.close();
    annotations.close();
    Files.deleteIfExists(imagesPart);
    Files.deleteIfExists(annotationsPart);
  }
}
