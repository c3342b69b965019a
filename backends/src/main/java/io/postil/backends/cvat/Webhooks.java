package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.RunMemory;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Calls that CVAT makes when something happened in a project or organization, signed with a secret
 * by HMAC-SHA256 in the header {@code X-Signature-256}. Stateless.
 */
final class Webhooks {
  private static final String SIGNATURE = "x-signature-256";

  private Webhooks() {}

  /** What a call tells about a run; null if nothing. */
  static @Nullable RunEvent read(
      RunContext run, CvatOptions options, Instant now, Map<String, String> headers, byte[] body) {
    check(options.text("webhook_secret"), headers.get(SIGNATURE), body);
    Document event = Json.readDocument(new String(body, StandardCharsets.UTF_8));
    String kind = event.getString("event", "");
    for (String thing : new String[] {"job", "issue", "task"}) {
      if (event.get(thing) instanceof Document about) {
        int task = (int) about.getLong(thing.equals("task") ? "id" : "task_id", 0);
        String unit =
            thing.equals("task")
                ? "task " + task
                : "job " + about.getLong(thing.equals("job") ? "id" : "job", 0);
        return task != 0 && isOfRun(run, task) ? new RunEvent(kind, unit, at(about, now)) : null;
      }
    }
    return null;
  }

  private static Instant at(Document about, Instant otherwise) {
    try {
      return Instant.parse(about.getString("updated_date", ""));
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }

  private static boolean isOfRun(RunContext run, int task) {
    try (Cursor<RunMemory.Entry> all = run.memory().all()) {
      while (all.hasNext()) {
        if (all.next().value().getLong("t", 0) == task) {
          return true;
        }
      }
    }
    return false;
  }

  private static void check(@Nullable String secret, @Nullable String signature, byte[] body) {
    if (secret == null) {
      throw refused(
          "a webhook of CVAT came, but there is no secret to check it with",
          "Set webhook_secret to the secret that the webhook has in CVAT.");
    }
    if (signature == null) {
      throw refused("a webhook without signature came", "Give the webhook a secret in CVAT.");
    }
    byte[] expected = ("sha256=" + sign(secret, body)).getBytes(StandardCharsets.US_ASCII);
    byte[] given = signature.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    if (!MessageDigest.isEqual(expected, given)) {
      throw refused(
          "a webhook with a wrong signature came",
          "Is webhook_secret the secret that the webhook has in CVAT?");
    }
  }

  private static PostilException refused(String message, String remedy) {
    return new PostilException(ErrorCode.BACKEND_REFUSED_CREDENTIALS, message, remedy);
  }

  private static String sign(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
