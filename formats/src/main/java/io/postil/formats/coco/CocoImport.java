package io.postil.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Filepaths;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.dataset.Skeleton;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.formats.ImportReport;
import io.postil.formats.ImportRequest;
import io.postil.formats.coco.CocoIndex.Category;
import io.postil.formats.coco.CocoIndex.Image;
import io.postil.formats.internal.ProblemLog;
import io.postil.formats.internal.Target;
import io.postil.formats.media.MediaInfo;
import io.postil.formats.media.MediaProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Imports a COCO file: a labels file with its images, or a results list. Usable once. */
public final class CocoImport {
  /** The sample field with the image's id in the file. */
  /** The field with the keys of images that are not COCO's own, such as {@code license}. */
  static final String IMAGE_EXTRAS = "coco_image";

  /** Where a dataset's info keeps the file's other keys, such as {@code licenses}. */
  static final String ROOT_KEYS = "coco";

  /** The keys of an image that are told in other ways. */
  static final List<String> IMAGE_KEYS = List.of("id", "file_name", "width", "height");

  static final String COCO_ID = "coco_id";

  private final ImportRequest request;
  private final CocoSource source;
  private final ProblemLog log;
  private final ProgressListener progress;
  private final CocoIndex index;
  private final Map<Object, String> classNames = new HashMap<>();
  private long added;
  private long updated;
  private long labels;
  private long done;

  /**
   * A sample that the dataset has already.
   *
   * @param labelled whether it has labels in the field
   * @param numbered whether it has an id of COCO's, which stays
   */
  private record Known(ObjectId id, int width, int height, boolean labelled, boolean numbered) {}

  private CocoImport(ImportRequest request, ProgressListener progress) {
    this.request = request;
    this.progress = progress;
    this.log = new ProblemLog(request.onError());
    this.source = CocoSource.find(request.labels(), request.data());
    this.index = CocoIndex.read(source.labels(), log, progress);
  }

  /** Runs the import. */
  public static ImportReport run(
      DatasetStore store, ImportRequest request, ProgressListener progress) {
    return new CocoImport(request, progress).run(store);
  }

  private ImportReport run(DatasetStore store) {
    Target target = Target.find(store, request.dataset());
    if (index.isResults && target.existing() == null) {
      throw new PostilException(
          ErrorCode.UNKNOWN_DATASET,
          source.labels()
              + " is a list of results without images, and there is no dataset "
              + request.dataset(),
          "Import the images with their labels file first.");
    }
    target.write(
        MediaType.IMAGE,
        writer -> {
          try (WindowedFile file = new WindowedFile(source.labels())) {
            write(writer, file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          log.failIfAny();
          return labels;
        });
    return new ImportReport(
        request.dataset(),
        target.existing() == null,
        added,
        updated,
        labels,
        log.problemCount(),
        log.problems(),
        log.warningCount(),
        log.warnings());
  }

  private String mainField() {
    return request.labelField();
  }

  /** The field of keypoints that stand beside boxes. */
  private String keypointField() {
    if (!index.hasBoxes) {
      return mainField();
    }
    return mainField().equals("ground_truth") ? "keypoints" : mainField() + "_keypoints";
  }

  private void write(DatasetWriter writer, WindowedFile file) throws IOException {
    DatasetInfo before = writer.info();
    classNames(before);
    DatasetInfo info = declare(Target.requireMedia(before, MediaType.IMAGE));
    writer.putInfo(withRootKeys(info, file));
    if (index.isResults) {
      addResults(writer, file);
    } else {
      addImages(writer, file, before);
    }
    reportUnknownImages();
  }

  private void classNames(DatasetInfo info) {
    for (Category category : index.categoryList) {
      classNames.put(category.id(), category.name());
    }
    if (classNames.isEmpty()) {
      for (Object entry : info.info().getList("categories")) {
        if (entry instanceof Document category && category.get("id") instanceof Number id) {
          classNames.put(id.longValue(), category.getString("name", ""));
        }
      }
    }
  }

  private DatasetInfo declare(DatasetInfo info) {
    DatasetInfo declared = info;
    if (!index.isResults) {
      boolean numbers = index.images.stream().allMatch(i -> i == CocoIndex.NONE || isLong(i));
      FieldType idType = numbers ? FieldType.INT : FieldType.STRING;
      declared = Target.declare(declared, FieldSpec.of(COCO_ID, idType));
      if (index.hasImageExtras) {
        declared = Target.declare(declared, FieldSpec.of(IMAGE_EXTRAS, FieldType.DICT));
      }
    }
    if (index.hasBoxes || !index.hasKeypoints) {
      String type = request.polylines() ? "Polylines" : "Detections";
      declared = Target.declare(declared, FieldSpec.embedded(mainField(), type));
    }
    if (index.hasKeypoints) {
      declared = Target.declare(declared, FieldSpec.embedded(keypointField(), "Keypoints"));
    }
    return index.categoryList.isEmpty() ? declared : withClasses(declared);
  }

  /** The info with what the file holds beside its lists, so that an export writes it back. */
  private DatasetInfo withRootKeys(DatasetInfo info, WindowedFile file) throws IOException {
    Document kept = info.info().getDocument(ROOT_KEYS);
    for (Map.Entry<String, CocoIndex.Place> key : index.rootKeys.entrySet()) {
      if (!kept.contains(key.getKey())) {
        kept = kept.with(key.getKey(), read(file, key.getValue()));
      }
    }
    return kept.isEmpty() ? info : info.withInfo(info.tags(), info.info().with(ROOT_KEYS, kept));
  }

  private static @Nullable Object read(WindowedFile file, CocoIndex.Place place)
      throws IOException {
    try (JsonParser in = file.parser(place.offset(), place.length())) {
      in.nextToken();
      return Json.readValue(in);
    }
  }

  /** The keys of an image that are not COCO's own. */
  private static Document extras(WindowedFile file, Image image) throws IOException {
    Object value = read(file, new CocoIndex.Place(image.offset(), image.lengthOfExtras()));
    Document extras = value instanceof Document d ? d : Document.empty();
    for (String name : IMAGE_KEYS) {
      extras = extras.without(name);
    }
    return extras;
  }

  private static boolean isLong(Image image) {
    return image.id() instanceof Long;
  }

  private DatasetInfo withClasses(DatasetInfo info) {
    Set<String> names = new LinkedHashSet<>(info.classes().getOrDefault(mainField(), List.of()));
    index.categoryList.forEach(category -> names.add(category.name()));
    Map<String, List<String>> classes = new LinkedHashMap<>(info.classes());
    classes.put(mainField(), List.copyOf(names));
    DatasetInfo changed = info.withClasses(classes, info.defaultClasses());
    if (info.info().get("categories") == null) {
      List<@Nullable Object> documents = new ArrayList<>();
      index.categoryList.forEach(category -> documents.add(category.document()));
      changed =
          changed.withInfo(info.tags(), info.info().with("categories", Values.list(documents)));
    }
    List<Skeleton> skeletons =
        index.categoryList.stream().map(CocoImport::skeleton).filter(s -> s != null).toList();
    if (skeletons.size() == 1 && index.hasKeypoints) {
      Map<String, Skeleton> all = new LinkedHashMap<>(info.skeletons());
      all.put(keypointField(), skeletons.get(0));
      changed = changed.withSkeletons(all, info.defaultSkeleton());
    }
    return changed;
  }

  /** The skeleton of a category, or null; the file counts points from 1. */
  private static @Nullable Skeleton skeleton(Category category) {
    List<String> names = new ArrayList<>();
    for (Object name : category.document().getList("keypoints")) {
      names.add(String.valueOf(name));
    }
    if (names.isEmpty()) {
      return null;
    }
    List<List<Integer>> edges = new ArrayList<>();
    for (Object edge : category.document().getList("skeleton")) {
      if (edge instanceof List<?> pair
          && pair.size() == 2
          && pair.get(0) instanceof Integer a
          && pair.get(1) instanceof Integer b
          && Math.min(a, b) >= 1
          && Math.max(a, b) <= names.size()) {
        edges.add(List.of(a - 1, b - 1));
      }
    }
    return new Skeleton(names, edges);
  }

  private void addImages(DatasetWriter writer, WindowedFile file, DatasetInfo before)
      throws IOException {
    Map<String, Known> known = known(writer, before);
    for (int number = 0; number < index.imageCount(); number++) {
      Image image = index.images.get(number);
      if (image == CocoIndex.NONE) {
        continue;
      }
      String path = source.media(image.fileName());
      if (path == null) {
        log.problem(
            source.labels(),
            image.offset(),
            "image " + image.id(),
            "file_name " + image.fileName() + " leaves the data folder " + source.data());
        continue;
      }
      Known old = known.get(path);
      int[] size = old == null ? size(image, path) : new int[] {old.width(), old.height()};
      if (size.length == 2) {
        addImage(writer, file, number, path, size, old);
        known.put(path, new Known(ObjectId.of(0, 0), size[0], size[1], true, true));
      }
    }
  }

  /** Width and height of an image, or nothing if it cannot be used. */
  private int[] size(Image image, String path) {
    boolean sized = image.width() > 0 && image.height() > 0;
    boolean elsewhere = Filepaths.isAddress(path);
    if (sized && (elsewhere || !request.checkMedia() || Files.isRegularFile(Path.of(path)))) {
      return new int[] {image.width(), image.height()};
    }
    if (elsewhere) {
      log.problem(
          source.labels(),
          image.offset(),
          "image " + image.id(),
          "needs its width and height, since " + path + " is not fetched");
      return new int[0];
    }
    try {
      MediaInfo info = MediaProbe.probe(Path.of(path));
      return new int[] {info.width(), info.height()};
    } catch (PostilException e) {
      log.problem(
          source.labels(), image.offset(), "image " + image.id(), String.valueOf(e.getMessage()));
      return new int[0];
    }
  }

  private void addImage(
      DatasetWriter writer,
      WindowedFile file,
      int number,
      String path,
      int[] size,
      @Nullable Known old)
      throws IOException {
    Image image = index.images.get(number);
    Map<String, Object> fields = new LinkedHashMap<>();
    if (old == null || !old.numbered()) {
      fields.put(COCO_ID, id(writer, image));
    }
    if (image.lengthOfExtras() > 0 && old == null) {
      fields.put(IMAGE_EXTRAS, extras(file, image));
    }
    readLabels(file, number, new CocoLabels(size[0], size[1]), fields);
    if (old != null && old.labelled()) {
      log.problem(
          source.labels(),
          image.offset(),
          "image " + image.id(),
          "the dataset has labels of " + path + " in field " + mainField() + " already");
    } else if (log.isFailing()) {
      return;
    } else if (old == null) {
      writer.insert(
          new Sample(
              ObjectId.create(),
              path,
              List.of(),
              Document.builder()
                  .append("_cls", "ImageMetadata")
                  .append("width", size[0])
                  .append("height", size[1])
                  .build(),
              fields,
              Document.empty()));
      added++;
    } else {
      fields.forEach((name, value) -> writer.set(old.id(), 0, name, null, value));
      updated++;
    }
  }

  private static Object id(DatasetWriter writer, Image image) {
    boolean text =
        writer.info().field(COCO_ID).map(f -> f.type() == FieldType.STRING).orElse(false);
    return text ? image.id().toString() : image.id();
  }

  private Map<String, Known> known(DatasetWriter writer, DatasetInfo before) {
    Map<String, Known> known = new HashMap<>();
    try (SampleCursor samples = writer.read(ViewDefinition.ALL, wanted(before))) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        known.put(sample.filepath(), known(sample));
      }
    }
    return known;
  }

  private Projection wanted(DatasetInfo before) {
    List<String> names = new ArrayList<>();
    for (String name : List.of(COCO_ID, mainField(), keypointField())) {
      if (before.field(name).isPresent() && !names.contains(name)) {
        names.add(name);
      }
    }
    return Projection.of(names.toArray(String[]::new));
  }

  private Known known(Sample sample) {
    Document metadata = sample.metadata() == null ? Document.empty() : sample.metadata();
    int width = (int) metadata.getLong("width", 0);
    int height = (int) metadata.getLong("height", 0);
    if (width <= 0 || height <= 0) {
      MediaInfo info = MediaProbe.probe(Path.of(sample.filepath()));
      width = info.width();
      height = info.height();
    }
    boolean labelled = sample.fields().containsKey(mainField());
    boolean numbered = sample.fields().containsKey(COCO_ID);
    return new Known(sample.id(), width, height, labelled, numbered);
  }

  /** Adds the labels of a results list to the samples of their ids, in the samples' order. */
  private void addResults(DatasetWriter writer, WindowedFile file) throws IOException {
    DatasetInfo info = writer.info();
    boolean[] found = new boolean[index.imageCount()];
    try (SampleCursor samples = writer.read(ViewDefinition.ALL, wanted(info))) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        int number = match(sample);
        if (number >= 0) {
          found[number] = true;
          addResults(writer, file, number, known(sample));
        }
      }
    }
    Object[] ids = index.idsByNumber();
    for (int number = 0; number < found.length; number++) {
      if (!found[number]) {
        unknownImage(number, ids[number]);
      }
    }
  }

  private int match(Sample sample) {
    Object id = sample.fields().get(COCO_ID);
    int number = id == null ? -1 : index.find(id instanceof Number n ? n.longValue() : id);
    if (number < 0) {
      Path name = Path.of(sample.filepath()).getFileName();
      number = name == null ? -1 : index.find(name.toString());
    }
    return number < 0 ? index.find(sample.filepath()) : number;
  }

  private void addResults(DatasetWriter writer, WindowedFile file, int number, Known known)
      throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    readLabels(file, number, new CocoLabels(known.width(), known.height()), fields);
    if (known.labelled()) {
      log.problem(
          source.labels(),
          -1,
          "",
          "the dataset has labels in field " + mainField() + " already; choose another field");
    } else if (!log.isFailing()) {
      fields.forEach((name, value) -> writer.set(known.id(), 0, name, null, value));
      updated++;
    }
  }

  private void reportUnknownImages() throws IOException {
    if (index.isResults) {
      return;
    }
    Object[] ids = index.idsByNumber();
    for (int number = 0; number < index.imageCount(); number++) {
      if (index.images.get(number) == CocoIndex.NONE) {
        unknownImage(number, ids[number]);
      }
    }
  }

  private void unknownImage(int number, Object id) throws IOException {
    index.annotations(
        number,
        (offset, length) ->
            log.problem(
                source.labels(),
                offset,
                "an annotation",
                "points to image " + id + " which does not exist"));
  }

  /** Reads the annotations of an image into its fields. */
  private void readLabels(
      WindowedFile file, int number, CocoLabels geometry, Map<String, Object> fields)
      throws IOException {
    List<Detection> detections = new ArrayList<>();
    List<Polyline> polylines = new ArrayList<>();
    List<Keypoint> keypoints = new ArrayList<>();
    index.annotations(
        number,
        (offset, length) -> {
          CocoAnnotation annotation;
          try (JsonParser parser = file.parser(offset, length)) {
            parser.nextToken();
            annotation = CocoAnnotation.read(parser);
          }
          String label = label(annotation);
          Keypoint keypoint = geometry.keypoint(annotation, label);
          boolean onlyPoints = annotation.keypoints != null && annotation.box == null;
          Polyline polyline =
              request.polylines() && !onlyPoints ? geometry.polyline(annotation, label) : null;
          Detection detection =
              request.polylines() || onlyPoints ? null : geometry.detection(annotation, label);
          if (!report(offset, annotation)) {
            addIfPresent(keypoints, keypoint);
            addIfPresent(polylines, polyline);
            addIfPresent(detections, detection);
            warn(offset, annotation, detection);
          }
        });
    if (!detections.isEmpty()) {
      fields.put(mainField(), new Detections(detections));
    }
    if (!polylines.isEmpty()) {
      fields.put(mainField(), new Polylines(polylines));
    }
    if (!keypoints.isEmpty()) {
      fields.put(keypointField(), new Keypoints(keypoints));
    }
    labels += detections.size() + polylines.size() + keypoints.size();
    if (++done % 500 == 0) {
      progress.progress("importing images", done, index.imageCount());
    }
  }

  private static <T> void addIfPresent(List<T> list, @Nullable T value) {
    if (value != null) {
      list.add(value);
    }
  }

  private @Nullable String label(CocoAnnotation annotation) {
    if (annotation.category == null) {
      annotation.faults.add("needs a category_id");
      return null;
    }
    String name = classNames.get(annotation.category);
    if (name == null) {
      annotation.faults.add("points to category " + annotation.category + " which does not exist");
    }
    return name;
  }

  /** Reports faults; whether the whole annotation must be left out. */
  private boolean report(long offset, CocoAnnotation annotation) {
    String entry = annotation.id.isEmpty() ? "an annotation" : "annotation " + annotation.id;
    annotation.faults.forEach(fault -> log.problem(source.labels(), offset, entry, fault));
    annotation.partFaults.forEach(fault -> log.problem(source.labels(), offset, entry, fault));
    return !annotation.faults.isEmpty();
  }

  private void warn(long offset, CocoAnnotation annotation, @Nullable Detection detection) {
    if (detection != null && detection.boundingBox() != null) {
      String oddity = CocoLabels.oddity(detection.boundingBox());
      if (oddity != null) {
        log.warning(source.labels(), offset, "annotation " + annotation.id, oddity);
      }
    }
  }
}
