package example.folder;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Puts a JSON file for each picture into a folder, where people or programs edit it; they set {@code
 * state} to {@code completed} when they are done. A file:
 *
 * <pre>{"item": "65…", "media": "/data/1.png", "state": "new",
 *   "labels": {"ground_truth": [{"_id": …, "_cls": "Detection", "label": "cat", …}]}}</pre>
 */
final class FolderBackend implements AnnotationBackend {
  private static final Capabilities CAPABILITIES =
      new Capabilities(
          Set.of(MediaType.IMAGE),
          Set.of(
              LabelType.CLASSIFICATION,
              LabelType.CLASSIFICATIONS,
              LabelType.DETECTION,
              LabelType.DETECTIONS,
              LabelType.POLYLINES,
              LabelType.POLYGONS,
              LabelType.KEYPOINTS),
          Set.of(),
          Set.of("text"),
          Set.of(),
          false,
          false,
          false,
          true,
          100);

  private final Path directory;

  FolderBackend(Path directory) {
    this.directory = directory;
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public Document recommendAttribute(String name, Object value) {
    return Document.of("type", "text");
  }

  private Path folder(RunContext run) {
    return directory.resolve(run.id().toString());
  }

  @Override
  public Document prepare(RunContext run, Document state) {
    try {
      Files.createDirectories(folder(run));
      return state;
    } catch (IOException e) {
      throw failed(ErrorCode.BACKEND_UPLOAD_FAILED, "cannot make " + folder(run), e);
    }
  }

  // The engine may repeat a call after a crash, so a file is written whole or not at all, and one
  // that is there already stays as it is: somebody may have worked on it.
  @Override
  public Document upload(RunContext run, List<UploadItem> items, Document state) {
    for (UploadItem item : items) {
      Path file = folder(run).resolve(item.id() + ".json");
      if (Files.exists(file)) {
        continue;
      }
      try {
        Path half = folder(run).resolve(item.id() + ".part");
        Files.writeString(half, Json.write(document(item)));
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw failed(ErrorCode.BACKEND_UPLOAD_FAILED, "cannot write " + file, e);
      }
    }
    return state;
  }

  private static Document document(UploadItem item) {
    Document.Builder labels = Document.builder();
    for (Content content : item.content()) {
      List<Document> documents =
          content.labels().stream().map(LabelDocuments::toDocument).toList();
      labels.put(content.field(), Values.list(documents));
    }
    return Document.builder()
        .put("item", item.id())
        .put("media", item.media())
        .put("state", "new")
        .put("labels", labels.build())
        .build();
  }

  // Every item must be told to the sink. What is not delivered is never deleted.
  @Override
  public Document download(RunContext run, Document state, WorkFilter only, AnswerSink answer) {
    for (Path file : files(run)) {
      ObjectId item = ObjectId.of(file.getFileName().toString().replace(".json", ""));
      try {
        tell(item, Json.readDocument(Files.readString(file)), only, answer);
      } catch (IOException | PostilException | IllegalArgumentException e) {
        answer.undelivered(item, "the file cannot be read: " + e.getMessage());
      }
    }
    return state;
  }

  private static void tell(
      ObjectId item, Document document, WorkFilter only, AnswerSink answer) {
    String state = document.getString("state", "new");
    if (!only.accepts(state, null, null)) {
      answer.undelivered(item, "state " + state);
      return;
    }
    Document fields = document.getDocument("labels");
    List<List<SingleLabel>> read = new ArrayList<>();
    for (String field : fields.names()) {
      read.add(labels(fields, field));
    }
    int n = 0;
    for (String field : fields.names()) {
      List<SingleLabel> labels = read.get(n++);
      for (AnswerKind kind : AnswerKind.values()) {
        List<SingleLabel> ofKind =
            labels.stream().filter(label -> AnswerKind.of(label) == kind).toList();
        if (!ofKind.isEmpty()) {
          answer.labels(item, 0, field, kind, ofKind);
        }
      }
    }
    answer.delivered(item);
  }

  private static List<SingleLabel> labels(Document fields, String field) {
    List<SingleLabel> labels = new ArrayList<>();
    for (Object element : fields.getList(field)) {
      if (element instanceof Document label
          && LabelDocuments.fromDocument(label) instanceof SingleLabel single) {
        labels.add(single);
      } else {
        throw new IllegalArgumentException("something in " + field + " is no label");
      }
    }
    return labels;
  }

  @Override
  public RunProgress progress(RunContext run, Document state) {
    long items = 0;
    long completed = 0;
    for (Path file : files(run)) {
      items++;
      try {
        Document document = Json.readDocument(Files.readString(file));
        completed += document.getString("state", "new").equals("completed") ? 1 : 0;
      } catch (IOException | PostilException e) {
        continue; // A file that somebody is writing right now counts as not done.
      }
    }
    return new RunProgress(items, completed, completed);
  }

  private List<Path> files(RunContext run) {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder(run))) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder(run), "*.json")) {
        found.forEach(files::add);
      } catch (IOException e) {
        throw failed(ErrorCode.BACKEND_DOWNLOAD_FAILED, "cannot list " + folder(run), e);
      }
    }
    files.sort(null);
    return files;
  }

  @Override
  public String address(RunContext run, Document state) {
    return folder(run).toUri().toString();
  }

  @Override
  public void cleanup(RunContext run, Document state) {
    try {
      for (Path file : files(run)) {
        Files.delete(file);
      }
      Files.deleteIfExists(folder(run));
    } catch (IOException e) {
      throw failed(ErrorCode.BACKEND_UPLOAD_FAILED, "cannot remove " + folder(run), e);
    }
  }

  private static PostilException failed(ErrorCode code, String what, IOException e) {
    return new PostilException(
        code, what + ": " + e.getMessage(), "Check the directory and your rights to it.", e);
  }
}
