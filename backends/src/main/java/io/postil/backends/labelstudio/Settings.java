package io.postil.backends.labelstudio;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.Parameter.Type;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of the backend.
 *
 * @param url the server's address
 * @param apiKey a token of either kind, or null
 * @param projectName the title of the project to make, or null for one made of dataset and key
 * @param projectId the project to use instead of making one, or null
 * @param annotationsPerTask how many people the server shows each task of a new project to
 * @param media how media get to the server
 * @param localFilesRoot the directory the server serves files from, as this machine sees it; or
 *     null
 * @param localFilesServerRoot the same as the server sees it, or null if there is no difference
 * @param mediaRoot the directory whose files are under {@link #mediaUrl}, or null
 * @param mediaUrl the address of that directory, or null
 * @param drafts whether work that was not submitted counts
 * @param fromScratch whether work counts that was begun without the labels that were sent
 * @param webhookUrl where the server shall report changes, or null
 * @param webhookSecret what the server shall show with it, or null
 */
record Settings(
    String url,
    @Nullable String apiKey,
    @Nullable String projectName,
    @Nullable Long projectId,
    long annotationsPerTask,
    Media media,
    @Nullable String localFilesRoot,
    @Nullable String localFilesServerRoot,
    @Nullable String mediaRoot,
    @Nullable String mediaUrl,
    boolean drafts,
    boolean fromScratch,
    @Nullable String webhookUrl,
    @Nullable String webhookSecret) {
  /** How media get to the server. */
  enum Media {
    /** By address where the media or the settings have one, from the server's disk, else sent. */
    AUTO,
    UPLOAD,
    LOCAL,
    URL;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String ROOT = "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT";
  private static final String SERVING = "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED";

  static final String DEFAULT_URL = "http://localhost:8080";

  static final List<Parameter> PARAMETERS =
      List.of(
          new Parameter("url", Type.TEXT, false, null, "The server's address."),
          new Parameter(
              "api_key", Type.TEXT, true, null, "An access token, of the legacy or personal kind."),
          new Parameter(
              "project_name",
              Type.TEXT,
              false,
              null,
              "The title of the project, 3 to 50 characters."),
          new Parameter(
              "project_id", Type.INTEGER, false, null, "A project to use instead of making one."),
          new Parameter(
              "annotations_per_task",
              Type.INTEGER,
              false,
              null,
              "How many people get each task of a new project (1)."),
          new Parameter(
              "media",
              Type.TEXT,
              false,
              null,
              "How media get there: auto, upload, local (from the server's disk) or url."),
          new Parameter(
              "local_files_root",
              Type.TEXT,
              false,
              null,
              "The directory the server serves files from, as this machine sees it."),
          new Parameter(
              "local_files_server_root",
              Type.TEXT,
              false,
              null,
              "The same directory as the server sees it, if that differs."),
          new Parameter(
              "media_root",
              Type.TEXT,
              false,
              null,
              "The directory whose files are found under media_url."),
          new Parameter(
              "media_url", Type.TEXT, false, null, "The address of media_root for annotators."),
          new Parameter(
              "drafts", Type.BOOLEAN, false, null, "Whether work counts that was not submitted."),
          new Parameter(
              "from_scratch",
              Type.BOOLEAN,
              false,
              null,
              "Whether work counts that was begun without the labels that were sent; then those"
                  + " are deleted."),
          new Parameter(
              "webhook_url", Type.TEXT, false, null, "Where the server shall report changes."),
          new Parameter(
              "webhook_secret", Type.TEXT, true, null, "What the server shall show with reports."));

  static Settings of(BackendConfig config, Map<String, String> environment) {
    Document p = config.parameters();
    String root = text(p, "local_files_root");
    if (root == null && "true".equalsIgnoreCase(environment.getOrDefault(SERVING, ""))) {
      root = environment.get(ROOT);
    }
    String media = text(p, "media");
    Media mode = Media.AUTO;
    for (Media known : Media.values()) {
      mode = known.id().equals(media) ? known : mode;
    }
    String url = text(p, "url");
    return new Settings(
        url == null || url.equals("https://labelstud.io") ? DEFAULT_URL : url,
        text(p, "api_key"),
        text(p, "project_name"),
        p.get("project_id") == null ? null : (Long) number(p.get("project_id")),
        p.get("annotations_per_task") == null ? 1 : number(p.get("annotations_per_task")),
        mode,
        root,
        text(p, "local_files_server_root"),
        text(p, "media_root"),
        text(p, "media_url"),
        isTrue(p, "drafts"),
        isTrue(p, "from_scratch"),
        text(p, "webhook_url"),
        text(p, "webhook_secret"));
  }

  private static @Nullable String text(Document parameters, String name) {
    Object value = parameters.get(name);
    return value == null || value.toString().isBlank() ? null : value.toString().strip();
  }

  private static boolean isTrue(Document parameters, String name) {
    return "true".equalsIgnoreCase(String.valueOf(parameters.get(name)));
  }

  private static Long number(@Nullable Object value) {
    try {
      return value instanceof Number n ? (Long) n.longValue() : Long.valueOf(String.valueOf(value));
    } catch (NumberFormatException e) {
      return -1L;
    }
  }

  /** What is wrong with the parameters. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (projectName != null && (projectName.length() < 3 || projectName.length() > 50)) {
      problems.add(
          invalid(
              "project_name has " + projectName.length() + " characters",
              "Label Studio takes 3 to 50."));
    }
    if (projectId != null && projectId < 1) {
      problems.add(
          invalid(
              "project_id is no number of a project",
              "It is the number in the address of the project's page."));
    }
    if (annotationsPerTask < 1) {
      problems.add(
          invalid(
              "annotations_per_task is no number of people", "It is 1 or more; 1 if left out."));
    }
    if (projectId != null && annotationsPerTask > 1) {
      problems.add(
          invalid(
              "annotations_per_task cannot be set for a project that is there",
              "Set it in the settings of the project, or leave out project_id."));
    }
    if (projectId != null && projectName != null) {
      problems.add(
          invalid(
              "project_id and project_name are both given",
              "Give project_id to use a project, project_name to name a new one."));
    }
    if (media == Media.LOCAL && localFilesRoot == null) {
      problems.add(
          invalid(
              "media is local, but local_files_root is not given",
              "It is the server's " + ROOT + "."));
    }
    if ((mediaRoot == null) != (mediaUrl == null)) {
      problems.add(invalid("media_root and media_url need each other", "Give both, or neither."));
    }
    if (webhookUrl != null && webhookSecret == null) {
      problems.add(
          invalid(
              "webhook_url needs a webhook_secret", "Without one anybody could report changes."));
    }
    return problems;
  }

  private static Problem invalid(String message, String remedy) {
    return new Problem(ErrorCode.INVALID_REQUEST, message, remedy);
  }
}
