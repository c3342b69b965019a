package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.backends.http.TestServer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.value.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that are no Label Studio, too old, or refuse something. */
class OddServerTest {
  private static final String TOKEN = "0123456789abcdef";
  private TestServer odd;
  private LabelStudioServer server;

  @BeforeEach
  void start() throws IOException {
    odd = new TestServer();
    server = server(TOKEN);
  }

  private LabelStudioServer server(String token) {
    return new LabelStudioServer(
        Settings.of(
            new BackendConfig(
                "labelstudio", Document.of("url", odd.url(), "api_key", token), Path.of("/")),
            Map.of()));
  }

  @AfterEach
  void stop() {
    server.close();
    odd.close();
  }

  private static PostilException failure(Runnable action) {
    return catchThrowableOfType(PostilException.class, action::run);
  }

  @Test
  void anotherProgramIsNoLabelStudio() {
    odd.then(200, "{\"version\": \"2.0\"}");
    PostilException e = failure(server::version);
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
    assertThat(e).hasMessageContaining("is no Label Studio");
  }

  @Test
  void anOldReleaseIsTooOld() {
    odd.then(200, "{\"release\": \"1.9.2\"}").then(200, "{\"release\": \"1.10.0\"}");
    assertThat(failure(server::version)).hasMessageContaining("too old: 1.9.2");
    assertThat(server.version()).isEqualTo("1.10.0");
    assertThat(LabelStudioServer.isOlder("1.22.9", "1.23")).isTrue();
    assertThat(LabelStudioServer.isOlder("1.23.0.dev1", "1.23")).isFalse();
    assertThat(LabelStudioServer.isOlder("2.0", "1.23")).isFalse();
  }

  @Test
  void aServerThatProtectsItsNetworkSaysSo() {
    odd.then(403, "{\"detail\": \"URL resolves to a reserved network address\"}");
    PostilException e =
        failure(() -> server.createWebhook(7, "http://127.0.0.1/hook", "X-Secret", "s3cret-value"));
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UPLOAD_FAILED);
    assertThat(e).hasMessageContaining("reserved network address");
    assertThat(e.remedy()).contains("SSRF_PROTECTION_ENABLED");
    assertThat(e).hasMessageNotContaining("s3cret-value");
  }

  /** Both answers are those of a real server that serves no files of its disk. */
  @Test
  void aServerThatServesNoFilesOfItsDiskSaysSo() {
    odd.then(
            400,
            "{\"status_code\": 400, \"detail\": \"Validation error\", \"validation_errors\":"
                + " {\"non_field_errors\": [\"Serving local files from the host filesystem can be a"
                + " security risk, so LOCAL_FILES_SERVING_ENABLED is disabled by default.\"]}}")
        .then(403, "Serving local files can be dangerous, so it's disabled by default.");
    PostilException connecting =
        failure(() -> server.connectLocalFiles(7, "/srv/files/street", "street"));
    assertThat(connecting.code()).isEqualTo(ErrorCode.BACKEND_UPLOAD_FAILED);
    assertThat(connecting).hasMessageContaining("LOCAL_FILES_SERVING_ENABLED is disabled");
    assertThat(connecting.remedy())
        .contains("LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true", "media upload");

    PostilException showing = failure(() -> server.checkMedia("/data/local-files/?d=street/1.png"));
    assertThat(showing).hasMessageContaining("/data/local-files/").hasMessageContaining("403");
    assertThat(showing.remedy()).contains("LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true");
  }

  @Test
  void nothingAnswersAtAnAddressWithoutAServer() {
    odd.close();
    PostilException e = failure(server::version);
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
    assertThat(e).hasMessageContaining(odd.url());
    assertThat(e.remedy()).isNotBlank();
  }

  @Test
  void aPersonalTokenIsExchangedAgainWhenItHasExpired() {
    String personal =
        Base64.getUrlEncoder()
                .encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8))
            + ".e30.c2ln";
    odd.then(200, "{\"access\": \"first-access\"}")
        .then(401, "{\"detail\": \"expired\"}")
        .then(200, "{\"access\": \"second-access\"}")
        .then(200, "{\"id\": 1}");
    try (LabelStudioServer withPersonal = server(personal)) {
      assertThat(withPersonal.whoAmI().getLong("id", 0)).isEqualTo(1);
    }
    assertThat(odd.received).extracting(TestServer.Received::authorization).hasSize(4);
    assertThat(odd.received.get(0).body()).contains(personal);
    assertThat(odd.received.get(0).authorization()).isEmpty();
    assertThat(odd.received.get(1).authorization()).containsExactly("Bearer first-access");
    assertThat(odd.received.get(3).authorization()).containsExactly("Bearer second-access");
  }

  @Test
  void aSnapshotThatFailsIsDeleted() {
    odd.then(201, "{\"id\": 3, \"status\": \"failed\"}").then(204, "");
    PostilException e = failure(() -> server.snapshot(7, "title", null));
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_DOWNLOAD_FAILED);
    assertThat(odd.received.get(1).method()).isEqualTo("DELETE");
  }
}
