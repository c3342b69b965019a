package io.postil.backends.labelstudio;

import io.postil.backends.http.Credentials;
import io.postil.backends.http.HttpApi;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Both kinds of access tokens: a legacy one is shown as it is; a personal one, a JSON Web Token, is
 * exchanged for one that is valid for some minutes. Thread-safe.
 */
final class Tokens implements Credentials {
  private final @Nullable String token;
  private final boolean personal;
  private final Supplier<HttpApi> plain;
  private @Nullable String access;

  /**
   * The credentials.
   *
   * @param plain the server without credentials, for the exchange
   */
  Tokens(@Nullable String token, Supplier<HttpApi> plain) {
    this.token = token;
    this.personal = token != null && isWebToken(token);
    this.plain = plain;
  }

  /** Whether it has the three parts of a JSON Web Token, of which the first is a JSON object. */
  private static boolean isWebToken(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    try {
      String head = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
      return head.startsWith("{");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public synchronized @Nullable String authorization() {
    if (token == null) {
      throw new PostilException(
          ErrorCode.BACKEND_REFUSED_CREDENTIALS,
          "there is no access token for Label Studio",
          "Set api_key, for instance by the environment variable FIFTYONE_LABELSTUDIO_API_KEY."
              + " The token is on the page 'Account & Settings' of Label Studio.");
    }
    if (!personal) {
      return "Token " + token;
    }
    if (access == null) {
      access = exchange();
    }
    return "Bearer " + access;
  }

  @Override
  public synchronized boolean renew() {
    if (!personal) {
      return false;
    }
    access = null;
    return true;
  }

  private String exchange() {
    try (HttpApi api = plain.get()) {
      Document answer =
          api.post("/api/token/refresh/")
              .json(Document.of("refresh", token))
              .idempotent()
              .send()
              .document();
      String fresh = answer.getString("access");
      if (fresh == null) {
        throw new PostilException(
            ErrorCode.BACKEND_REFUSED_CREDENTIALS,
            "Label Studio gave nothing for the personal access token",
            "Make a new one on the page 'Account & Settings' of Label Studio.");
      }
      return fresh;
    }
  }
}
