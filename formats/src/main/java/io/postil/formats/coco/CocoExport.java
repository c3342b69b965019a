package io.postil.formats.coco;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Label;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.formats.ExportReport;
import io.postil.formats.ExportRequest;
import io.postil.formats.ExportRequest.Media;
import io.postil.formats.media.MediaInfo;
import io.postil.formats.media.MediaProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Exports a view as a COCO labels file, with or without its images. Usable once. */
public final class CocoExport {
  private static final Set<String> TYPES =
      Set.of("Detection", "Detections", "Polyline", "Polylines", "Keypoint", "Keypoints");

  private final StoredDataset dataset;
  private final ExportRequest request;
  private final ProgressListener progress;
  private final DatasetInfo info;
  private final List<String> fields;
  private final Set<Long> ids = new HashSet<>();
  private final Set<String> names = new HashSet<>();
  private long nextId = 1;

  private CocoExport(StoredDataset dataset, ExportRequest request, ProgressListener progress) {
    this.dataset = dataset;
    this.request = request;
    this.progress = progress;
    this.info = dataset.info();
    if (info.mediaType() == MediaType.VIDEO) {
      throw new PostilException(
          ErrorCode.MEDIA_TYPE_UNSUPPORTED,
          "COCO holds images; dataset " + info.name() + " holds videos");
    }
    this.fields = fields();
  }

  /** Runs the export. */
  public static ExportReport run(
      StoredDataset dataset, ExportRequest request, ProgressListener progress) {
    CocoExport export = new CocoExport(dataset, request, progress);
    try {
      return export.run();
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          request.out() + " cannot be written: " + e,
          "Check its permissions and the free space.",
          e);
    }
  }

  private List<String> fields() {
    List<String> fitting =
        info.sampleFields().stream()
            .filter(f -> f.isLabel() && TYPES.contains(f.documentClass()))
            .map(FieldSpec::name)
            .toList();
    for (String name : request.labelFields()) {
      if (info.field(name).isEmpty()) {
        throw new PostilException(
            ErrorCode.UNKNOWN_FIELD,
            "dataset " + info.name() + " has no field " + name,
            Nearest.hint(name, info.fieldNames()));
      }
      if (!fitting.contains(name)) {
        throw new PostilException(
            ErrorCode.WRONG_FIELD_TYPE,
            "field " + name + " holds nothing that COCO can hold",
            "Fields that fit: " + String.join(", ", fitting));
      }
    }
    if (!request.labelFields().isEmpty()) {
      return request.labelFields();
    }
    if (fitting.contains("ground_truth")) {
      return List.of("ground_truth");
    }
    if (fitting.size() > 1) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "dataset " + info.name() + " has several fields to export: " + String.join(", ", fitting),
          "Choose with --label-field.");
    }
    return fitting;
  }

  private ExportReport run() throws IOException {
    Files.createDirectories(request.out());
    Path data = request.out().resolve("data");
    if (request.media() != Media.NONE) {
      Files.createDirectories(data);
    }
    Path labels = request.out().resolve("labels.json");
    long total = dataset.count(request.view());
    try (CocoWriter writer = new CocoWriter(request.out(), info, fields)) {
      long samples = 0;
      try (SampleCursor cursor =
          dataset.read(request.view(), Projection.of(wanted().toArray(String[]::new)))) {
        while (cursor.hasNext()) {
          Sample sample = cursor.next();
          write(writer, sample, data);
          if (++samples % 100 == 0) {
            progress.progress("exporting images", samples, total);
          }
        }
      }
      progress.progress("exporting images", samples, total);
      writer.finish(labels);
      return new ExportReport(labels, samples, writer.labelCount(), writer.lostCount());
    }
  }

  private Set<String> wanted() {
    Set<String> wanted = new HashSet<>(fields);
    if (info.field(CocoImport.COCO_ID).isPresent()) {
      wanted.add(CocoImport.COCO_ID);
    }
    if (info.field(CocoImport.IMAGE_EXTRAS).isPresent()) {
      wanted.add(CocoImport.IMAGE_EXTRAS);
    }
    return wanted;
  }

  private void write(CocoWriter writer, Sample sample, Path data) throws IOException {
    int[] size = size(sample);
    long id = id(sample);
    String name = place(Path.of(sample.filepath()), data);
    Object extras = sample.fields().get(CocoImport.IMAGE_EXTRAS);
    writer.image(id, name, size[0], size[1], extras instanceof Document d ? d : Document.empty());
    for (String field : fields) {
      Label label = sample.label(field);
      switch (label) {
        case null -> {}
        case Detections list -> {
          for (Detection detection : list.labels()) {
            writer.detection(detection);
          }
        }
        case Polylines list -> {
          for (Polyline polyline : list.labels()) {
            writer.polyline(polyline);
          }
        }
        case Keypoints list -> {
          for (Keypoint keypoint : list.labels()) {
            writer.keypoint(keypoint);
          }
        }
        case Detection detection -> writer.detection(detection);
        case Polyline polyline -> writer.polyline(polyline);
        case Keypoint keypoint -> writer.keypoint(keypoint);
        default ->
            throw new PostilException(
                ErrorCode.STORE_CORRUPT,
                "field "
                    + field
                    + " of sample "
                    + sample.id()
                    + " ("
                    + sample.filepath()
                    + ") does not hold labels of the type that the dataset declares",
                "Correct or delete that value, or leave the sample out with a view.");
      }
    }
  }

  private static int[] size(Sample sample) {
    Document metadata = sample.metadata() == null ? Document.empty() : sample.metadata();
    int width = (int) metadata.getLong("width", 0);
    int height = (int) metadata.getLong("height", 0);
    if (width > 0 && height > 0) {
      return new int[] {width, height};
    }
    MediaInfo info = MediaProbe.probe(Path.of(sample.filepath()));
    return new int[] {info.width(), info.height()};
  }

  /** The id the image was imported with if it is free, else the next free one. */
  private long id(Sample sample) {
    if (sample.fields().get(CocoImport.COCO_ID) instanceof Number n && ids.add(n.longValue())) {
      return n.longValue();
    }
    while (!ids.add(nextId)) {
      nextId++;
    }
    return nextId;
  }

  /** Puts an image where the export wants it and says what the labels call it. */
  private String place(Path file, Path data) throws IOException {
    if (request.media() == Media.NONE) {
      return file.toString();
    }
    String name = Objects.requireNonNull(file.getFileName()).toString();
    int dot = name.lastIndexOf('.') < 0 ? name.length() : name.lastIndexOf('.');
    String free = name;
    for (int i = 2; !names.add(free); i++) {
      free = name.substring(0, dot) + "-" + i + name.substring(dot);
    }
    Path target = data.resolve(free);
    if (Files.exists(target) && Files.isSameFile(file, target)) {
      return free;
    }
    if (request.media() == Media.SYMLINK) {
      Files.deleteIfExists(target);
      Files.createSymbolicLink(target, file.toAbsolutePath());
    } else {
      Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    }
    return free;
  }
}
