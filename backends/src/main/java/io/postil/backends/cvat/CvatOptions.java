package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.Parameter.Type;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a run, read and checked. Names and defaults are FiftyOne's; those that FiftyOne
 * does not have are at the end of {@link #PARAMETERS}.
 */
final class CvatOptions {
  static final List<Parameter> PARAMETERS =
      List.of(
          new Parameter("url", Type.TEXT, false, "https://app.cvat.ai", "Address of the server."),
          new Parameter("token", Type.TEXT, true, null, "Token or access token of the account."),
          new Parameter("username", Type.TEXT, true, null, "Name of the account."),
          new Parameter(
              "email", Type.TEXT, true, null, "E-mail of the account, if it has no name."),
          new Parameter("password", Type.TEXT, true, null, "Password of the account."),
          new Parameter("headers", Type.ANY, true, null, "Further headers of every request."),
          new Parameter("organization", Type.TEXT, false, null, "Short name of the organization."),
          new Parameter("task_size", Type.INTEGER, false, null, "Images per task; all if not set."),
          new Parameter("segment_size", Type.INTEGER, false, null, "Images per job."),
          new Parameter("image_quality", Type.INTEGER, false, 75, "Quality of copies, 0 to 100."),
          new Parameter("use_cache", Type.BOOLEAN, false, true, "Make chunks when needed."),
          new Parameter("use_zip_chunks", Type.BOOLEAN, false, true, "Chunks of videos as ZIP."),
          new Parameter("chunk_size", Type.INTEGER, false, null, "Frames per chunk."),
          new Parameter("task_assignee", Type.LIST, false, null, "Who gets the tasks, in turn."),
          new Parameter("job_assignees", Type.LIST, false, null, "Who gets the jobs, in turn."),
          new Parameter("job_reviewers", Type.LIST, false, null, "Not supported by CVAT 2."),
          new Parameter("task_name", Type.TEXT, false, null, "Name of the tasks."),
          new Parameter("project_name", Type.TEXT, false, null, "Project to use or make."),
          new Parameter("project_id", Type.INTEGER, false, null, "Project to use."),
          new Parameter("occluded_attr", Type.TEXT, false, null, "Attribute for 'occluded'."),
          new Parameter("group_id_attr", Type.TEXT, false, null, "Attribute for the group."),
          new Parameter("issue_tracker", Type.LIST, false, null, "Addresses of issue trackers."),
          new Parameter("frame_start", Type.ANY, false, null, "First frame of videos, from 0."),
          new Parameter("frame_stop", Type.ANY, false, null, "Last frame of videos, from 0."),
          new Parameter("frame_step", Type.ANY, false, null, "Every how many frames one is sent."),
          new Parameter("coerce_text_attrs", Type.BOOLEAN, false, true, "Numbers in text count."),
          new Parameter("share", Type.TEXT, false, null, "Directory that the server sees too."),
          new Parameter("copy_data", Type.BOOLEAN, false, false, "Copy files of the share."),
          new Parameter("cloud_storage_id", Type.INTEGER, false, null, "Cloud storage of media."),
          new Parameter("cloud_prefix", Type.TEXT, false, null, "What its keys follow in paths."),
          new Parameter("wait_minutes", Type.INTEGER, false, 30, "Longest wait for the server."),
          new Parameter("webhook_secret", Type.TEXT, true, null, "Secret of webhooks."));

  /** The most characters that names of tasks and projects have. */
  static final int LONGEST_NAME = 256;

  private final Document given;
  private final List<Problem> problems = new ArrayList<>();

  private CvatOptions(Document given) {
    this.given = given;
    checkNumber("task_size", 1, Integer.MAX_VALUE);
    checkNumber("segment_size", 1, Integer.MAX_VALUE);
    checkNumber("image_quality", 0, 100);
    checkNumber("chunk_size", 1, Integer.MAX_VALUE);
    checkNumber("wait_minutes", 1, Integer.MAX_VALUE);
    checkProjectName();
    for (Parameter parameter : PARAMETERS) {
      if (parameter.type() == Type.BOOLEAN) {
        checkFlag(parameter.name());
      }
    }
    for (String name : List.of("frame_start", "frame_stop", "frame_step")) {
      checkFrames(name);
    }
  }

  /**
   * Reads parameters.
   *
   * @throws PostilException with everything that is wrong with them
   */
  static CvatOptions of(Document parameters) {
    CvatOptions options = new CvatOptions(parameters);
    if (!options.problems.isEmpty()) {
      throw PostilException.of(options.problems);
    }
    return options;
  }

  private void problem(String message, String remedy) {
    problems.add(new Problem(ErrorCode.INVALID_REQUEST, message, remedy));
  }

  private void checkNumber(String name, int least, int most) {
    Object value = given.get(name);
    if (value == null) {
      return;
    }
    if (!(value instanceof Number n)
        || n.doubleValue() != Math.rint(n.doubleValue())
        || n.doubleValue() < least
        || n.doubleValue() > most) {
      problem(
          "the parameter " + name + " is " + value,
          "Give a whole number of at least " + least + (most == 100 ? " and at most 100." : "."));
    }
  }

  private void checkProjectName() {
    String name = text("project_name");
    if (name != null && name.length() > LONGEST_NAME) {
      problem(
          "the parameter project_name has " + name.length() + " characters",
          "CVAT takes names of at most " + LONGEST_NAME + " characters.");
    }
  }

  private void checkFlag(String name) {
    Object value = given.get(name);
    if (value != null && !(value instanceof Boolean)) {
      problem("the parameter " + name + " is " + value, "Give true or false.");
    }
  }

  private void checkFrames(String name) {
    int least = name.equals("frame_step") ? 1 : 0;
    Object frames = given.get(name);
    if (frames == null) {
      return;
    }
    List<@Nullable Object> values =
        switch (frames) {
          case List<?> list -> new ArrayList<>(list);
          case Document document -> new ArrayList<>(document.toMap().values());
          default -> List.of(frames);
        };
    for (Object value : values) {
      boolean whole = value instanceof Integer || value instanceof Long;
      if (value != null && (!whole || ((Number) value).longValue() < least)) {
        problem(
            "the parameter " + name + " has the value " + value,
            "Give a whole number of at least "
                + least
                + ", a list with one for each video, or"
                + " an object from file path to number.");
      }
    }
  }

  // --- values ---------------------------------------------------------------------------------

  @Nullable String text(String name) {
    Object value = given.get(name);
    return value == null || value.toString().isBlank() ? null : value.toString();
  }

  private int number(String name, int otherwise) {
    return given.get(name) instanceof Number n ? n.intValue() : otherwise;
  }

  @Nullable Integer number(String name) {
    return given.get(name) instanceof Number n ? n.intValue() : null;
  }

  private boolean flag(String name, boolean otherwise) {
    return given.getBoolean(name, otherwise);
  }

  List<String> list(String name) {
    Object value = given.get(name);
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return value == null || value.toString().isBlank() ? List.of() : List.of(value.toString());
  }

  String url() {
    String url = text("url");
    return url == null ? "https://app.cvat.ai" : url;
  }

  /** Further headers of every request. */
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (given.get("headers") instanceof Document document) {
      document.forEach((name, value) -> headers.put(name, String.valueOf(value)));
    }
    return headers;
  }

  int imageQuality() {
    return number("image_quality", 75);
  }

  boolean useCache() {
    return flag("use_cache", true);
  }

  boolean useZipChunks() {
    return flag("use_zip_chunks", true);
  }

  boolean copyData() {
    return flag("copy_data", false);
  }

  boolean coerceTextAttributes() {
    return flag("coerce_text_attrs", true);
  }

  int waitMinutes() {
    return number("wait_minutes", 30);
  }

  boolean namesProject() {
    return text("project_name") != null || number("project_id") != null;
  }

  boolean hasStep() {
    return switch (given.get("frame_step")) {
      case null -> false;
      case Number n -> n.longValue() > 1;
      case List<?> list -> list.stream().anyMatch(v -> v instanceof Number n && n.longValue() > 1);
      case Document d ->
          d.toMap().values().stream().anyMatch(v -> v instanceof Number n && n.longValue() > 1);
      default -> false;
    };
  }

  /**
   * The value of a parameter about frames for one video.
   *
   * @param video its position among the videos of the run
   * @param path its path
   */
  @Nullable Integer frames(String name, int video, String path) {
    Object value =
        switch (given.get(name)) {
          case null -> null;
          case List<?> list -> video < list.size() ? list.get(video) : null;
          case Document document -> document.get(path);
          case Object one -> one;
        };
    return value instanceof Number n ? n.intValue() : null;
  }
}
