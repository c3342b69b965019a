package io.postil.backends.labelstudio;

import io.postil.backends.http.HttpAnswer;
import io.postil.backends.http.HttpApi;
import io.postil.backends.http.HttpBody;
import io.postil.backends.http.HttpStream;
import io.postil.backends.http.JsonArrays;
import io.postil.backends.http.Multipart;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The API of a server, call by call. Thread-safe. */
final class LabelStudioServer implements AutoCloseable {
  static final String TITLE = "Label Studio";

  /** The server works on large imports and exports for minutes before it answers. */
  private static final Duration LONG = Duration.ofMinutes(30);

  /** The name under which an exported annotation repeats what was sent: half of the answer. */
  private static final String COPY_OF_SENT = "prediction";

  /** What is asked about tasks in lists, where all would include their answers. */
  private static final String TASK_ENTRIES =
      "id,inner_id,data,annotators,draft_exists,total_annotations,cancelled_annotations,"
          + "is_labeled,overlap";

  /** The oldest release with all that is used here. */
  private static final String OLDEST = "1.10";

  private final HttpApi api;

  LabelStudioServer(Settings settings) {
    this.api =
        HttpApi.at(TITLE, settings.url())
            .credentials(
                new Tokens(
                    settings.apiKey(),
                    () -> HttpApi.at(TITLE, settings.url()).secret(settings.apiKey()).build()))
            .secret(settings.apiKey())
            .secret(settings.webhookSecret())
            .build();
  }

  /** The address of a page, without credentials. */
  String page(String path) {
    return api.base() + path;
  }

  // --- the server -----------------------------------------------------------------------------

  /**
   * The release, such as {@code 1.23.2}.
   *
   * @throws PostilException with {@code BACKEND_UNREACHABLE} if it is no Label Studio or too old
   */
  String version() {
    Document answer = api.get("/api/version").once().accept(404).send().document();
    String release = answer.getString("release");
    if (release == null) {
      throw new PostilException(
          ErrorCode.BACKEND_UNREACHABLE,
          "what answers at " + api.base() + " is no Label Studio",
          "Check the url.");
    }
    if (isOlder(release, OLDEST)) {
      throw new PostilException(
          ErrorCode.BACKEND_UNREACHABLE,
          "Label Studio at " + api.base() + " is too old: " + release,
          "Update it to " + OLDEST + " or newer.");
    }
    return release;
  }

  /** Whether a release, such as {@code 1.23.2}, comes before another. */
  static boolean isOlder(String release, String than) {
    String[] a = release.split("[^0-9]+", -1);
    String[] b = than.split("[^0-9]+", -1);
    for (int i = 0; i < b.length && i < a.length && !a[i].isEmpty(); i++) {
      int difference = Integer.compare(Integer.parseInt(a[i]), Integer.parseInt(b[i]));
      if (difference != 0) {
        return difference < 0;
      }
    }
    return false;
  }

  /** Fails unless the credentials are accepted. */
  Document whoAmI() {
    return api.get("/api/current-user/whoami").send().document();
  }

  /** Email addresses of users, by their number. */
  Map<Long, String> users() {
    Map<Long, String> users = new TreeMap<>();
    for (Object entry : api.get("/api/users/").send().list()) {
      if (entry instanceof Document d) {
        users.put(d.getLong("id", 0), d.getString("email", ""));
      }
    }
    return users;
  }

  // --- projects -------------------------------------------------------------------------------

  Document createProject(String title, String description, String config, long annotationsPerTask) {
    return api.post("/api/projects/")
        .json(
            Document.builder()
                .put("title", title)
                .put("description", description)
                .put("label_config", config)
                .put("show_collab_predictions", true)
                .put("enable_empty_annotation", true)
                .put("maximum_annotations", annotationsPerTask)
                .build())
        .failure(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "Is a class or attribute named in a way that Label Studio cannot show?")
        .send()
        .document();
  }

  /** A project, or null if there is none of that number. */
  @Nullable Document project(long id) {
    HttpAnswer answer = api.get("/api/projects/" + id + "/").accept(404).send();
    return answer.status() == 404 ? null : answer.document();
  }

  /** The project with a title and description, or null. */
  @Nullable Document findProject(String title, String description) {
    Document page =
        api.get("/api/projects/")
            .query("title", title)
            .query("include", "id,title,description,created_at")
            .send()
            .document();
    for (Object entry : page.getList("results")) {
      if (entry instanceof Document d && description.equals(d.getString("description"))) {
        return d;
      }
    }
    return null;
  }

  void changeProject(long id, Document changes) {
    api.patch("/api/projects/" + id + "/").json(changes).idempotent().send();
  }

  void deleteProject(long id) {
    api.delete("/api/projects/" + id + "/").accept(404).timeout(LONG).send();
  }

  // --- tasks ----------------------------------------------------------------------------------

  /** Makes tasks; never two requests at once, as the server then loses predictions. */
  Document importTasks(long project, HttpBody tasks) {
    return api.post("/api/projects/" + project + "/import")
        .query("return_task_ids", true)
        .body(tasks)
        .timeout(LONG)
        .failure(
            ErrorCode.BACKEND_UPLOAD_FAILED, "Nothing of this batch was kept; see the message.")
        .send()
        .document();
  }

  /** Sends files that become no tasks yet; their paths on the server, as tasks name them. */
  List<String> uploadFiles(long project, Multipart files) {
    List<?> ids =
        api.post("/api/projects/" + project + "/import")
            .query("commit_to_project", false)
            .body(files)
            .timeout(LONG)
            .failure(
                ErrorCode.BACKEND_UPLOAD_FAILED,
                "Convert files that Label Studio does not take, or serve them by address (media"
                    + " url).")
            .send()
            .document()
            .getList("file_upload_ids");
    List<String> paths = new ArrayList<>();
    for (Object entry :
        api.get("/api/projects/" + project + "/file-uploads")
            .query("ids", Json.write(ids))
            .send()
            .list()) {
      if (entry instanceof Document d && d.getString("file") != null) {
        paths.add("/data/" + d.getString("file"));
      }
    }
    return paths;
  }

  /**
   * A page of the tasks of a run, with data but without answers.
   *
   * @return an object with {@code total} and {@code tasks}
   */
  Document tasks(long project, String run, int page, int pageSize) {
    Document filter =
        Document.builder()
            .put("filter", "filter:tasks:data.run_id")
            .put("operator", "equal")
            .put("value", run)
            .put("type", "String")
            .build();
    Document query =
        Document.of("filters", Document.of("conjunction", "and", "items", Values.listOf(filter)));
    HttpAnswer answer =
        api.get("/api/tasks")
            .query("project", project)
            .query("query", Json.write(query))
            .query("fields", "all")
            .query("include", TASK_ENTRIES)
            .query("page", page)
            .query("page_size", pageSize)
            .timeout(LONG)
            .accept(404)
            .send();
    return answer.status() == 404 ? Document.empty() : answer.document();
  }

  void deleteTasks(long project, List<Long> tasks) {
    api.post("/api/dm/actions")
        .query("id", "delete_tasks")
        .query("project", project)
        .json(
            Document.of(
                "selectedItems",
                Document.of("all", false, "included", Values.list(new ArrayList<Object>(tasks)))))
        .idempotent()
        .timeout(LONG)
        .send();
  }

  /**
   * All tasks with annotations and drafts, one after the other while they arrive.
   *
   * @param results reads the results of annotations; null if they are values as all else
   */
  Cursor<@Nullable Object> export(long project, Json.@Nullable LongMember results) {
    return tasks(
        api
            .get("/api/projects/" + project + "/export")
            .query("exportType", "JSON")
            .query("download_all_tasks", true)
            .query("download_resources", false)
            .timeout(LONG)
            .stream(),
        results);
  }

  private static Cursor<@Nullable Object> tasks(
      HttpStream answer, Json.@Nullable LongMember results) {
    return results == null
        ? JsonArrays.elementsWithout(answer, COPY_OF_SENT)
        : JsonArrays.elementsWithout(answer, COPY_OF_SENT, "result", results);
  }

  /**
   * The same for a large project: the server writes a snapshot first, which is deleted when the
   * cursor is closed.
   */
  Cursor<@Nullable Object> snapshot(long project, String title, Json.@Nullable LongMember results) {
    String path = "/api/projects/" + project + "/exports/";
    Document made =
        api.post(path)
            .json(
                Document.builder()
                    .put("title", title)
                    .put("annotation_filter_options", Document.of("usual", true, "skipped", true))
                    .put(
                        "serialization_options",
                        Document.builder()
                            .put("drafts", Document.of("only_id", false))
                            .put("predictions", Document.of("only_id", true))
                            .put("annotations__completed_by", Document.of("only_id", true))
                            .put("interpolate_key_frames", false)
                            .build())
                    .build())
            .timeout(LONG)
            .failure(ErrorCode.BACKEND_DOWNLOAD_FAILED, "Load again.")
            .send()
            .document();
    String snapshot = path + made.getLong("id", 0);
    try {
      if (!"completed".equals(made.getString("status"))) {
        throw new PostilException(
            ErrorCode.BACKEND_DOWNLOAD_FAILED,
            "Label Studio could not write a snapshot: its state is " + made.getString("status"),
            "Load again; the server's log says more.");
      }
      HttpStream stream =
          api.get(snapshot + "/download").query("exportType", "JSON").timeout(LONG).stream();
      Cursor<@Nullable Object> tasks = tasks(stream, results);
      return new DeletingCursor(tasks, () -> delete(snapshot));
    } catch (PostilException e) {
      delete(snapshot);
      throw e;
    }
  }

  private void delete(String path) {
    api.delete(path).accept(404).send();
  }

  /** A cursor that clears up when it is closed. */
  private record DeletingCursor(Cursor<@Nullable Object> tasks, Runnable end)
      implements Cursor<@Nullable Object> {
    @Override
    public boolean hasNext() {
      return tasks.hasNext();
    }

    @Override
    public @Nullable Object next() {
      return tasks.next();
    }

    @Override
    public void close() {
      tasks.close();
      end.run();
    }
  }

  // --- storages and webhooks ------------------------------------------------------------------

  /** Lets a project show files of a directory on the server's disk. */
  long connectLocalFiles(long project, String path, String title) {
    return api.post("/api/storages/localfiles")
        .json(
            Document.builder()
                .put("project", project)
                .put("path", path)
                .put("title", title)
                .put("use_blob_urls", true)
                .build())
        .failure(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "The server must run with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and a"
                + " LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT above the files; or send the files"
                + " (media upload).")
        .send()
        .document()
        .getLong("id", 0);
  }

  void disconnectLocalFiles(long storage) {
    delete("/api/storages/localfiles/" + storage);
  }

  /** Fails if a task's media on the server cannot be shown. */
  void checkMedia(String path) {
    api
        .get(path)
        .header("Range", "bytes=0-0")
        .accept(206)
        .failure(
            ErrorCode.BACKEND_UPLOAD_FAILED,
            "The server must run with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true, and"
                + " local_files_root must be the directory that it serves.")
        .stream()
        .close();
  }

  /**
   * Has the server report changes of a project.
   *
   * @throws PostilException with {@code BACKEND_UPLOAD_FAILED} if it may not report to the address
   */
  long createWebhook(long project, String url, String header, String secret) {
    HttpAnswer answer =
        api.post("/api/webhooks/")
            .json(
                Document.builder()
                    .put("project", project)
                    .put("url", url)
                    .put("send_payload", true)
                    .put("send_for_all_actions", true)
                    .put("headers", Document.of(header, secret))
                    .put("is_active", true)
                    .build())
            .accept(403)
            .send();
    if (answer.status() == 403) {
      throw new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "Label Studio does not report to " + url + ": " + answer.document().getString("detail"),
          "A server with SSRF_PROTECTION_ENABLED refuses private addresses: give webhook_url a"
              + " public one, or leave it out, and resume the run.");
    }
    return answer.document().getLong("id", 0);
  }

  void deleteWebhook(long webhook) {
    delete("/api/webhooks/" + webhook + "/");
  }

  @Override
  public void close() {
    api.close();
  }
}
