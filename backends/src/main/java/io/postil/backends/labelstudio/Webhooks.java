package io.postil.backends.labelstudio;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.RunEvent;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the server reports. It signs nothing, but shows a header that it was given. Stateless.
 */
final class Webhooks {
  static final String HEADER = "X-Postil-Secret";

  private Webhooks() {}

  static @Nullable RunEvent read(
      Project project,
      @Nullable String secret,
      ObjectId run,
      Map<String, String> headers,
      byte[] body) {
    String shown = headers.getOrDefault(HEADER.toLowerCase(Locale.ROOT), "");
    if (secret == null || !MessageDigest.isEqual(bytes(secret), bytes(shown))) {
      throw new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS,
          "a report about the run does not show the secret that Label Studio was given",
          "Is webhook_secret set, and the same as when the run was made?");
    }
    Document report = Json.readDocument(new String(body, StandardCharsets.UTF_8));
    Document task = report.getDocument("task");
    long of = report.getDocument("project").getLong("id", task.getLong("project", -1));
    String taskRun = task.getDocument("data").getString(TaskSender.RUN_ID);
    if (of != project.id() || taskRun != null && !taskRun.equals(run.toString())) {
      return null;
    }
    long unit = task.getLong("id", report.getDocument("annotation").getLong("task", 0));
    return new RunEvent(
        report.getString("action", "").toLowerCase(Locale.ROOT),
        unit == 0 ? "" : String.valueOf(unit),
        at(report.getDocument("annotation").getString("updated_at", "")));
  }

  private static Instant at(String time) {
    try {
      return OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeParseException e) {
      return Instant.ofEpochMilli(System.currentTimeMillis());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
