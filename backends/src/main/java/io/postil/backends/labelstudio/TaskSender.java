package io.postil.backends.labelstudio;

import io.postil.backends.http.HttpBody;
import io.postil.backends.http.Multipart;
import io.postil.backends.http.SpooledJson;
import io.postil.backends.masks.MaskFiles;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tasks of a batch: connects directories or sends files where media need it, then one
 * import with the labels of all fields in one prediction for each task. For one batch.
 */
final class TaskSender {
  /** What one request with files may have; the server takes no more than 100 files. */
  private static final int MOST_FILES = 100;

  private static final long MOST_BYTES = 50L << 20;

  static final String SAMPLE_ID = "sample_id";

  static final String RUN_ID = "run_id";

  /** What is remembered of an item: the digests of masks that were sent from files, by region. */
  static final String MASKS = "masks";

  private static final String MODEL = "postil";

  private final LabelStudioServer server;
  private final Controls controls;
  private final MediaAddresses addresses;
  private final RunContext run;
  private final Map<ObjectId, Document> masks = new HashMap<>();
  private Project project;

  TaskSender(
      LabelStudioServer server,
      Controls controls,
      MediaAddresses addresses,
      RunContext run,
      Project project) {
    this.server = server;
    this.controls = controls;
    this.addresses = addresses;
    this.run = run;
    this.project = project;
  }

  /** Sends the items that the project does not have yet. */
  Project send(List<UploadItem> items) {
    Set<ObjectId> there = alreadyThere();
    List<UploadItem> missing = items.stream().filter(i -> !there.contains(i.id())).toList();
    if (missing.size() < items.size()) {
      // An earlier attempt made them, but its end was not noted.
      project = project.withTasks(items.size() - missing.size(), predicted(items, there));
      items.stream()
          .filter(i -> there.contains(i.id()))
          .forEach(i -> remember(i.id(), null, isVideo() ? Document.empty() : sent(i).masks()));
    }
    if (missing.isEmpty()) {
      return project;
    }
    MaskFiles.requireFiles(missing, controls.fieldsWithMasks());
    Map<ObjectId, String> places = places(missing);
    try (SpooledJson tasks = new SpooledJson()) {
      int predictions = 0;
      tasks.write(out -> out.writeStartArray());
      for (UploadItem item : missing) {
        if (isVideo()) {
          predictions += writeVideo(tasks, item, places) ? 1 : 0;
          continue;
        }
        Document task = task(item, places);
        predictions += task.contains("predictions") ? 1 : 0;
        tasks.write(out -> Json.writeValue(out, task));
      }
      tasks.write(out -> out.writeEndArray());
      importTasks(tasks, missing, predictions);
    }
    return project;
  }

  // --- what is there already ------------------------------------------------------------------

  private Set<ObjectId> alreadyThere() {
    if (project.own()) {
      Document now = server.project(project.id());
      if (now != null && now.getLong("task_number", 0) <= project.tasks()) {
        return Set.of();
      }
    }
    Set<ObjectId> there = new HashSet<>();
    for (int page = 1; ; page++) {
      Document found = server.tasks(project.id(), run.id().toString(), page, 1000);
      List<?> tasks = found.getList("tasks");
      for (Object task : tasks) {
        ObjectId item = task instanceof Document d ? item(d) : null;
        if (item != null) {
          there.add(item);
        }
      }
      if (tasks.size() < 1000) {
        return there;
      }
    }
  }

  /** The item of a task, or null if it is not ours. */
  static @Nullable ObjectId item(Document task) {
    String id = task.getDocument("data").getString(SAMPLE_ID);
    return id != null && ObjectId.isValid(id) ? ObjectId.of(id) : null;
  }

  private long predicted(List<UploadItem> items, Set<ObjectId> there) {
    return items.stream().filter(i -> there.contains(i.id())).filter(this::hasRows).count();
  }

  private boolean hasRows(UploadItem item) {
    if (!isVideo()) {
      return !sent(item).rows().isEmpty();
    }
    try (VideoRows rows = videoRows(item)) {
      return !rows.isEmpty();
    }
  }

  // --- media ----------------------------------------------------------------------------------

  private Map<ObjectId, String> places(List<UploadItem> items) {
    Map<ObjectId, String> places = new HashMap<>();
    List<UploadItem> files = new ArrayList<>();
    for (UploadItem item : items) {
      MediaAddresses.Place place = addresses.place(item);
      String address = place.address();
      if (address == null) {
        files.add(item);
        continue;
      }
      String directory = place.directory();
      if (directory != null && !project.directories().contains(directory)) {
        String path = addresses.onServer(directory);
        long storage = server.connectLocalFiles(project.id(), path, directory);
        project = project.withStorage(directory, storage);
        run.checkpoint(project.toState());
        server.checkMedia(address);
      }
      places.put(item.id(), address);
    }
    Map<String, UploadItem> part = new LinkedHashMap<>();
    long bytes = 0;
    for (UploadItem item : files) {
      long size = size(item.media());
      if (!part.isEmpty() && (part.size() == MOST_FILES || bytes + size > MOST_BYTES)) {
        upload(part, places);
        part.clear();
        bytes = 0;
      }
      part.put(item.id() + extension(item.media()), item);
      bytes += size;
    }
    if (!part.isEmpty()) {
      upload(part, places);
    }
    return places;
  }

  private static long size(String file) {
    return HttpBody.file("", Path.of(file)).length();
  }

  private static String extension(String file) {
    int dot = file.lastIndexOf('.');
    return dot > file.lastIndexOf('/') ? file.substring(dot) : "";
  }

  /** Files go under names made of their items' ids, by which their places are found again. */
  private void upload(Map<String, UploadItem> files, Map<ObjectId, String> places) {
    Multipart form = new Multipart();
    files.forEach((name, item) -> form.file(name, name, type(item.media()), Path.of(item.media())));
    for (String path : server.uploadFiles(project.id(), form)) {
      UploadItem item = files.get(path.substring(path.lastIndexOf('-') + 1));
      if (item != null) {
        places.put(item.id(), path);
      }
    }
    for (UploadItem item : files.values()) {
      if (!places.containsKey(item.id())) {
        throw new PostilException(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "Label Studio did not take " + item.media(),
            "Is it an image or video of a kind that Label Studio shows?");
      }
    }
  }

  private static String type(String file) {
    try {
      String type = Files.probeContentType(Path.of(file));
      return type == null ? "application/octet-stream" : type;
    } catch (IOException e) {
      return "application/octet-stream";
    }
  }

  // --- tasks ----------------------------------------------------------------------------------

  /**
   * What is sent of an item.
   *
   * @param rows its rows
   * @param masks the digests of masks that were read from files, by row
   */
  private record Sent(List<Document> rows, Document masks) {}

  /** What is sent of an image. */
  private Sent sent(UploadItem item) {
    List<Content> content = new ArrayList<>();
    item.content().forEach(content::add);
    List<Document> rows =
        controls.encode(ItemMedia.of(item.metadata()), controls.withMasks(content));
    return new Sent(rows, digests(item.id(), rows, content));
  }

  private static Document digests(ObjectId item, List<Document> rows, List<Content> content) {
    Set<ObjectId> ofFiles = new HashSet<>();
    for (Content of : content) {
      of.labels().stream().filter(l -> MaskFiles.of(l) != null).forEach(l -> ofFiles.add(l.id()));
    }
    if (ofFiles.isEmpty()) {
      return Document.empty();
    }
    Document.Builder digests = Document.builder();
    for (Document row : rows) {
      Region region = Region.read(row);
      if (region != null
          && region.value().contains("rle")
          && ofFiles.contains(region.label(item))) {
        digests.put(region.id(), MaskPixels.digest(region.value()));
      }
    }
    return digests.build();
  }

  private void remember(ObjectId item, @Nullable Object task, Document masks) {
    Document.Builder memory = Document.builder();
    memory.putIfPresent("task", task);
    if (!masks.isEmpty()) {
      memory.put(MASKS, masks);
    }
    run.memory().put(item, memory.build());
  }

  private Document data(UploadItem item, Map<ObjectId, String> places) {
    ItemMedia media = ItemMedia.of(item.metadata());
    check(item, media);
    Document.Builder data = Document.builder();
    data.put(controls.names().dataKey(), places.get(item.id()));
    data.put(SAMPLE_ID, item.id().toString());
    data.put(RUN_ID, run.id().toString());
    media.put(data);
    return data.build();
  }

  private Document task(UploadItem item, Map<ObjectId, String> places) {
    Document task = Document.of("data", data(item, places));
    Sent sent = sent(item);
    List<Document> rows = sent.rows();
    if (rows.isEmpty()) {
      return task;
    }
    if (!sent.masks().isEmpty()) {
      masks.put(item.id(), sent.masks());
    }
    Document prediction = Document.of("model_version", MODEL, "result", Values.list(rows));
    return task.with("predictions", Values.listOf(prediction));
  }

  // --- videos ---------------------------------------------------------------------------------

  private boolean isVideo() {
    return run.mediaType() == MediaType.VIDEO;
  }

  /** Where only key frames are sent, the base knows in which frames an object is seen. */
  private VideoRows videoRows(UploadItem item) {
    boolean onlyKeyframes =
        run.schema().fields().stream().anyMatch(f -> Boolean.TRUE.equals(f.onlyKeyframes()));
    return new VideoRows(
        controls,
        ItemMedia.of(item.metadata()),
        () -> onlyKeyframes ? run.base().read(item.id()) : item.content().iterator());
  }

  /** Writes the task of a video; whether it has labels. */
  private boolean writeVideo(SpooledJson tasks, UploadItem item, Map<ObjectId, String> places) {
    Document data = data(item, places);
    try (VideoRows rows = videoRows(item)) {
      boolean labelled = !rows.isEmpty();
      tasks.write(
          out -> {
            out.writeStartObject();
            out.writeFieldName("data");
            Json.writeValue(out, data);
            if (labelled) {
              out.writeArrayFieldStart("predictions");
              out.writeStartObject();
              out.writeStringField("model_version", MODEL);
              out.writeArrayFieldStart("result");
              rows.write(out);
              out.writeEndArray();
              out.writeEndObject();
              out.writeEndArray();
            }
            out.writeEndObject();
          });
      return labelled;
    }
  }

  private void check(UploadItem item, ItemMedia media) {
    String missing = null;
    if (run.mediaType() == MediaType.VIDEO && (media.frameRate() <= 0 || media.frames() <= 0)) {
      missing = "frame rate and number of frames";
    }
    if (run.mediaType() != MediaType.VIDEO && !media.hasSize() && needsSize(item)) {
      missing = "width and height";
    }
    if (missing != null) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the " + missing + " of " + item.media() + " are not in the sample's metadata",
          "Import the media with their metadata; without it labels would be in the wrong place.");
    }
  }

  /** Masks and rotations are in pixels; everything else is relative. */
  private boolean needsSize(UploadItem item) {
    for (Content content : item.content()) {
      FieldSchema field = run.schema().field(content.field()).orElse(null);
      boolean mask =
          content.kind() == AnswerKind.SEGMENTATION
              || content.kind() == AnswerKind.DETECTIONS
                  && field != null
                  && (field.type() != null && !field.type().isBoxes()
                      || RectangleControl.rotates(field));
      if (mask) {
        return true;
      }
    }
    return false;
  }

  private void importTasks(SpooledJson tasks, List<UploadItem> items, int predictions) {
    Document answer = server.importTasks(project.id(), tasks);
    long taskCount = answer.getLong("task_count", 0);
    long predictionCount = answer.getLong("prediction_count", 0);
    if (taskCount != items.size() || predictionCount != predictions) {
      throw new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "Label Studio made "
              + taskCount
              + " tasks, "
              + predictionCount
              + " of them with labels, of "
              + items.size()
              + " and "
              + predictions
              + " that were sent",
          "Annotate again with the same key: the project is removed and made anew. Nobody else may"
              + " import into the project meanwhile.");
    }
    List<?> ids = answer.getList("task_ids");
    for (int i = 0; i < items.size(); i++) {
      Object id = i < ids.size() ? ids.get(i) : null;
      ObjectId item = items.get(i).id();
      remember(item, id, masks.getOrDefault(item, Document.empty()));
    }
    project = project.withTasks(taskCount, predictionCount);
  }
}
