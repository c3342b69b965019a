package io.postil.backends.cvat;

import io.postil.backends.http.HttpAnswer;
import io.postil.backends.http.HttpBody;
import io.postil.backends.http.HttpCall;
import io.postil.backends.http.Multipart;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Sends the media of a task: small files in groups, large ones in chunks (TUS), streamed from disk.
 * How far it has come is in the state; what was sent for certain is not sent again.
 */
final class MediaSender {
  /** Thrown when nobody knows what the server took, so that the task must be made anew. */
  static final class Uncertain extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Uncertain(PostilException cause) {
      super(cause);
    }
  }

  private final CvatServer server;
  private final CvatOptions options;
  private final CvatLimits limits;
  private final SendState state;
  private final ProgressListener progress;

  MediaSender(
      CvatServer server,
      CvatOptions options,
      CvatLimits limits,
      SendState state,
      ProgressListener progress) {
    this.server = server;
    this.options = options;
    this.limits = limits;
    this.state = state;
    this.progress = progress;
  }

  /**
   * Sends media, or goes on with it.
   *
   * @param video what is to be said of a video; empty for images
   * @return the id under which the server works on them; null on servers that have none
   */
  @Nullable String send(int task, MediaList media, Document video) {
    if (state.openFlag("sending")) {
      throw new Uncertain(
          new PostilException(
              ErrorCode.BACKEND_UPLOAD_FAILED, "sending media to CVAT was interrupted"));
    }
    Document.Builder parameters = Document.builder();
    parameters.put("image_quality", options.imageQuality());
    parameters.put("use_cache", options.useCache());
    parameters.put("use_zip_chunks", options.useZipChunks());
    parameters.putIfPresent("chunk_size", options.number("chunk_size"));
    parameters.put("sorting_method", "predefined");
    video.forEach(parameters::put);
    String path = "/tasks/" + task + "/data";
    switch (media.source()) {
      case FILES -> {
        sendFiles(path, media);
        parameters.put("upload_file_order", Values.list(media.names()));
        return finish(
            server.post(path).header("Upload-Finish", "true").json(parameters.build()), media);
      }
      case SHARE -> {
        parameters.put("server_files", Values.list(media.paths()));
        parameters.put("copy_data", options.copyData());
      }
      case CLOUD -> {
        parameters.put("server_files", Values.list(media.paths()));
        parameters.put("cloud_storage_id", options.number("cloud_storage_id"));
      }
      case ADDRESSES -> parameters.put("remote_files", Values.list(media.paths()));
    }
    return finish(server.post(path).json(parameters.build()), media);
  }

  private @Nullable String finish(HttpCall call, MediaList media) {
    state.open("sending", true);
    HttpAnswer answer;
    try {
      answer =
          call.failure(
                  ErrorCode.BACKEND_UPLOAD_FAILED,
                  (media.source() == MediaList.Source.CLOUD
                          ? "Is cloud_storage_id right, and are the media there?"
                          : "Are the media there for the server?")
                      + " The first one is "
                      + media.paths().get(0))
              .send();
    } catch (PostilException e) {
      throw certain(e) ? e : new Uncertain(e);
    }
    return answer.document().getString("rq_id");
  }

  /** Whether a failed call did nothing on the server. */
  private static boolean certain(PostilException e) {
    return e.code() != ErrorCode.BACKEND_UNREACHABLE;
  }

  // --- files ----------------------------------------------------------------------------------

  private void sendFiles(String path, MediaList media) {
    int sent = (int) state.openNumber("sent");
    int total = media.paths().size();
    if (sent == 0) {
      server.post(path).header("Upload-Start", "true").idempotent().send();
    }
    while (sent < total) {
      List<Path> group = new ArrayList<>();
      long bytes = 0;
      while (sent + group.size() < total && group.size() < limits.groupFiles()) {
        Path file = Path.of(media.paths().get(sent + group.size()));
        long length = length(file);
        if (length >= limits.chunkFrom()
            || !group.isEmpty() && bytes + length > limits.groupBytes()) {
          break;
        }
        group.add(file);
        bytes += length;
      }
      if (group.isEmpty()) {
        sendInChunks(path, Path.of(media.paths().get(sent)), media.names().get(sent));
        sent++;
      } else {
        sendGroup(path, group, media.names().subList(sent, sent + group.size()));
        sent += group.size();
      }
      state.open("sent", sent, "sending", null, "tus", null);
      progress.progress("sending media", sent, total);
    }
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          "cannot read " + file + ": " + e.getMessage(),
          "Is its path right, and may you read it?",
          e);
    }
  }

  private void sendGroup(String path, List<Path> group, List<String> names) {
    Multipart form = new Multipart();
    form.text("image_quality", String.valueOf(options.imageQuality()));
    for (int i = 0; i < group.size(); i++) {
      form.file("client_files[" + i + "]", names.get(i), type(names.get(i)), group.get(i));
    }
    state.open("sending", true);
    try {
      server.post(path).header("Upload-Multiple", "true").body(form).send();
    } catch (PostilException e) {
      throw certain(e) ? e : new Uncertain(e);
    }
  }

  private static String type(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".png")
        ? "image/png"
        : lower.endsWith(".jpg") || lower.endsWith(".jpeg")
            ? "image/jpeg"
            : lower.endsWith(".mp4") ? "video/mp4" : "application/octet-stream";
  }

  // --- chunks ---------------------------------------------------------------------------------

  private void sendInChunks(String path, Path file, String name) {
    long length = length(file);
    String address = state.openText("tus");
    long offset = address == null ? -1 : offset(address);
    if (offset < 0 || address == null) {
      address = createUpload(path, name, length);
      state.open("tus", address);
      offset = 0;
    }
    int failures = 0;
    while (offset < length) {
      long size = Math.min(limits.chunkBytes(), length - offset);
      HttpAnswer answer = null;
      try {
        answer =
            server
                .at("PATCH", address)
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Offset", String.valueOf(offset))
                .body(HttpBody.part("application/offset+octet-stream", file, offset, size))
                .accept(409)
                .send();
      } catch (PostilException e) {
        if (certain(e) || ++failures > 3) {
          throw e;
        }
      }
      String told =
          answer == null || answer.status() == 409 ? null : answer.header("Upload-Offset");
      long now = told == null ? offset(address) : Long.parseLong(told);
      if (now < 0 || now > length) {
        throw new PostilException(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "CVAT lost the upload of " + file,
            "Resume the run: the file is sent again.");
      }
      offset = now;
      progress.progress("sending " + name, offset, length);
    }
  }

  private String createUpload(String path, String name, long length) {
    String encoded = Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    state.open("sending", true);
    HttpAnswer answer;
    try {
      answer =
          server
              .post(path + "/")
              .header("Tus-Resumable", "1.0.0")
              .header("Upload-Length", String.valueOf(length))
              .header("Upload-Metadata", "filename " + encoded)
              .header("Origin", server.origin())
              .failure(
                  ErrorCode.BACKEND_UPLOAD_FAILED, "CVAT takes files of at most 25 GB: split it.")
              .send();
    } catch (PostilException e) {
      throw certain(e) ? e : new Uncertain(e);
    }
    state.open("sending", null);
    String location = answer.header("Location");
    if (location == null) {
      throw new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "CVAT did not say where to send the chunks of " + name,
          "Does a proxy remove the header Location?");
    }
    // The server may not know its own name; the path is what counts.
    return location.substring(Math.max(0, location.indexOf("/api/")));
  }

  /** How much of an upload the server has; -1 if it knows nothing of it (any more). */
  private long offset(String address) {
    HttpAnswer answer =
        server.at("HEAD", address).header("Tus-Resumable", "1.0.0").accept(404, 410).send();
    String offset = answer.header("Upload-Offset");
    return answer.status() != 200 || offset == null ? -1 : Long.parseLong(offset);
  }
}
