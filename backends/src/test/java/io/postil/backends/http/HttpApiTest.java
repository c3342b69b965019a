package io.postil.backends.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpApiTest {
  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
  private static final String TOKEN = "f00dfeedf00dfeed";

  private final List<Duration> pauses = new ArrayList<>();
  private TestServer server;
  private HttpApi api;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer();
    api = api(server.url()).build();
  }

  @AfterEach
  void stop() {
    api.close();
    server.close();
  }

  private HttpApi.Builder api(String url) {
    return HttpApi.at("Label Studio", url)
        .environment(Map.of())
        .credentials(Credentials.fixed("Token " + TOKEN))
        .time(() -> NOW, pauses::add, () -> 0);
  }

  private static PostilException failure(Runnable action) {
    return catchThrowableOfType(PostilException.class, action::run);
  }

  @Test
  void readsJsonAndKeepsThePathPrefix() {
    server.then(200, "{\"id\": 7}");
    try (HttpApi prefixed = api(server.url() + "/label/studio/").build()) {
      Document answer =
          prefixed.get("/api/projects").query("title", "cats & dogs").send().document();
      assertThat(answer.getLong("id", 0)).isEqualTo(7);
    }
    assertThat(server.received.get(0).uri())
        .isEqualTo("/label/studio/api/projects?title=cats+%26+dogs");
    assertThat(server.received.get(0).authorization()).containsExactly("Token " + TOKEN);
  }

  // --- repeated attempts ----------------------------------------------------------------------

  @Test
  void repeatsWhatIsSafeWithDoublingPauses() {
    server.then(503, "{}").then(502, "{}").then(504, "{}").then(200, "{\"ok\": true}");
    assertThat(api.get("/x").send().document().getBoolean("ok", false)).isTrue();
    assertThat(pauses).extracting(Duration::toMillis).containsExactly(500L, 1000L, 2000L);
  }

  @Test
  void waitsAsLongAsTheServerAsksWithinReason() {
    server
        .then(429, "{}", "Retry-After", "7")
        .then(429, "{}", "Retry-After", "Fri, 27 Nov 2026 12:00:20 GMT")
        .then(429, "{}", "Retry-After", "86400")
        .then(200, "{}");
    api.get("/x").send();
    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(7L, 20L, 30L);
  }

  @Test
  void neverRepeatsWhatMayHaveBeenDone() {
    server.then(503, "{\"detail\": \"busy\"}").then(200, "{}");
    PostilException e = failure(() -> api.post("/api/projects").json(Map.of("a", 1)).send());
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
    assertThat(server.received).hasSize(1);
    api.post("/api/projects").json(Map.of("a", 1)).idempotent().send();
    assertThat(server.received).hasSize(2);
  }

  @Test
  void repeatsAPostThatTheServerPutOff() {
    server.then(429, "{}").then(201, "{}");
    api.post("/api/projects").json(Map.of("a", 1)).send();
    assertThat(server.received).extracting(TestServer.Received::body).containsOnly("{\"a\":1}");
  }

  @Test
  void givesUpAfterFiveAttempts() {
    server.then(503, "{\"detail\": \"down for repair\"}");
    PostilException e = failure(() -> api.get("/x").send());
    assertThat(e).hasMessageContaining("GET " + server.url() + "/x answered 503: down for repair");
    assertThat(server.received).hasSize(5);
  }

  @Test
  void repeatsAnAnswerThatBreaksOff() {
    server
        .then(
            exchange -> {
              exchange.sendResponseHeaders(200, 100);
              exchange.getResponseBody().write("{\"a\"".getBytes(StandardCharsets.UTF_8));
            })
        .then(200, "{\"a\": 1}");
    assertThat(api.get("/x").send().document().getLong("a", 0)).isEqualTo(1);
  }

  // --- errors ---------------------------------------------------------------------------------

  @Test
  void saysWhatTheServerRefusedWithoutTheToken() {
    server.then(400, "{\"detail\": \"Bad thing with token " + TOKEN + "\"}");
    PostilException e =
        failure(() -> api.post("/api/x").query("token", "abcdefgh").json("{}").send());
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UPLOAD_FAILED);
    assertThat(e)
        .hasMessageContaining("answered 400: Bad thing with token")
        .hasMessageNotContaining(TOKEN)
        .hasMessageNotContaining("abcdefgh");
  }

  @Test
  void saysThatAProxyTakesNoRequestOfThisSize() {
    server.typed(413, "text/html", "<html><title>413 Request Entity Too Large</title></html>");
    PostilException e = failure(() -> api.post("/labels").json("many").send());
    assertThat(e).hasMessageContaining("takes no request of this size");
    assertThat(e.remedy()).contains("client_max_body_size");
  }

  @Test
  void tellsRefusedCredentialsApart() {
    server.then(401, "{\"detail\": \"Invalid token.\"}").then(403, "{\"detail\": \"No.\"}");
    assertThat(failure(() -> api.get("/x").send()).code())
        .isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS);
    assertThat(failure(() -> api.get("/x").send()))
        .hasMessageContaining("does not allow it")
        .hasMessageContaining("No.");
  }

  @Test
  void renewsCredentialsOnce() {
    AtomicInteger renewed = new AtomicInteger();
    Credentials credentials =
        new Credentials() {
          @Override
          public String authorization() {
            return "Bearer token-number-" + renewed.get();
          }

          @Override
          public boolean renew() {
            return renewed.incrementAndGet() > 0;
          }
        };
    server.then(401, "{}").then(200, "{}").then(401, "{}");
    try (HttpApi fresh = api(server.url()).credentials(credentials).build()) {
      fresh.post("/x").json(1).send();
      assertThat(server.received.get(1).authorization()).containsExactly("Bearer token-number-1");
      assertThat(failure(() -> fresh.get("/x").send()).code())
          .isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS);
      assertThat(renewed).hasValue(2);
    }
  }

  @Test
  void knowsAPageForBrowsers() {
    server.typed(
        200, "text/html", "<!DOCTYPE html><html><head><title>Welcome!</title></head></html>");
    PostilException e = failure(() -> api.get("/api/version").send().document());
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
    assertThat(e)
        .hasMessageContaining("no Label Studio answers at " + server.url())
        .hasMessageContaining("Welcome!");
  }

  @Test
  void saysThatNothingListens() {
    String url = server.url();
    server.close();
    PostilException e = failure(() -> api.get("/x").once().send());
    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
    assertThat(e).hasMessageContaining(url).hasMessageContaining("nothing listens there");
    assertThat(pauses).isEmpty();
  }

  @Test
  void saysThatTheHostIsUnknownAtOnce() {
    try (HttpApi nowhere = api("https://nowhere.invalid").build()) {
      assertThat(failure(() -> nowhere.get("/x").send()))
          .hasMessageContaining("no host of that name");
      assertThat(pauses).isEmpty();
    }
  }

  @Test
  void refusesAddressesThatAreNone() {
    for (String url : List.of("localhost:8080", "ftp://x", "http://u:pass@host", "http://h/?a=b")) {
      assertThatThrownBy(() -> HttpApi.at("Label Studio", url))
          .isInstanceOf(PostilException.class)
          .hasMessageNotContaining("pass@");
    }
  }

  // --- redirects ------------------------------------------------------------------------------

  @Test
  void followsARedirectWithinTheServer() {
    server.then(302, "", "Location", "/api/x/").then(200, "{\"a\": 1}");
    assertThat(api.get("/api/x").send().document().getLong("a", 0)).isEqualTo(1);
    assertThat(server.received.get(1).uri()).isEqualTo("/api/x/");
  }

  @Test
  void neverFollowsToAnotherServer() throws IOException {
    try (TestServer other = new TestServer()) {
      other.then(200, "{}");
      server.then(302, "", "Location", other.url() + "/api/x");
      PostilException e = failure(() -> api.get("/api/x").send());
      assertThat(e).hasMessageContaining("points to " + other.url());
      assertThat(other.received).isEmpty();
      assertThatThrownBy(() -> api.get(other.url() + "/next?page=2").send())
          .hasMessageContaining("points to another server");
    }
  }

  @Test
  void neverTurnsAChangeIntoARead() {
    server.then(301, "", "Location", "/api/x/");
    assertThat(failure(() -> api.post("/api/x").json(1).send()))
        .hasMessageContaining("answered 301 and points to");
    assertThat(server.received).hasSize(1);
  }

  // --- limits and streams ---------------------------------------------------------------------

  @Test
  void refusesAnAnswerBeyondTheLimit() {
    server.then(200, "\"" + "x".repeat(1000) + "\"");
    assertThat(failure(() -> api.get("/x").limit(100).send()))
        .hasMessageContaining("more than 100 bytes");
  }

  @Test
  void unpacksAnswers() {
    server.then(
        exchange -> {
          assertThat(exchange.getRequestHeaders().getFirst("Accept-Encoding")).isEqualTo("gzip");
          ByteArrayOutputStream packed = new ByteArrayOutputStream();
          try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("[1, 2]".getBytes(StandardCharsets.UTF_8));
          }
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, packed.size());
          packed.writeTo(exchange.getResponseBody());
        });
    assertThat(api.get("/x").send().list()).hasSize(2);
  }

  @Test
  void readsALongListElementByElement() {
    server.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("{\"n\": {}, \"results\": [".getBytes(UTF_8));
          for (int i = 0; i < 5000; i++) {
            exchange
                .getResponseBody()
                .write(((i > 0 ? "," : "") + "{\"id\":" + i + "}").getBytes(UTF_8));
          }
          exchange.getResponseBody().write("]}".getBytes(UTF_8));
        });
    long sum = 0;
    try (Cursor<Object> all = JsonArrays.elements(api.get("/x").stream(), "results")) {
      while (all.hasNext()) {
        sum += ((Document) all.next()).getLong("id", 0);
      }
    }
    assertThat(sum).isEqualTo(5000L * 4999 / 2);
  }

  @Test
  void noticesThatAListIsCutOff() {
    server.then(200, "[{\"id\": 1}, {\"id\": 2}");
    try (Cursor<Object> all = JsonArrays.elements(api.get("/x").stream())) {
      assertThatThrownBy(
              () -> {
                while (all.hasNext()) {
                  all.next();
                }
              })
          .isInstanceOfSatisfying(
              PostilException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_DOWNLOAD_FAILED));
    }
  }

  @Test
  void breaksOffWhenNothingMoreComes() {
    CountDownLatch end = new CountDownLatch(1);
    server.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("[1, 2, ".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          await(end);
        });
    try (Cursor<Object> all =
        JsonArrays.elements(api.get("/x").timeout(Duration.ofMillis(200)).stream())) {
      assertThat(all.next()).isEqualTo(1);
      assertThat(all.next()).isEqualTo(2);
      assertThatThrownBy(all::next).hasMessageContaining("no answer in time");
    } finally {
      end.countDown();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  // --- bodies ---------------------------------------------------------------------------------

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  @Test
  void sendsFilesAsAFormWithoutLoadingThem(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("a.txt"), "hello");
    server.then(200, "{}");
    api.post("/import")
        .body(new Multipart().text("title", "x").file("file", "a \"b\".txt", "text/plain", file))
        .send();
    TestServer.Received received = server.received.get(0);
    String boundary = received.type().substring(received.type().indexOf("boundary=") + 9);
    assertThat(received.body())
        .isEqualTo(
            ("--B\r\nContent-Disposition: form-data; name=\"title\"\r\n"
                    + "Content-Type: text/plain; charset=utf-8\r\n\r\nx\r\n"
                    + "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.txt\"\r\n"
                    + "Content-Type: text/plain\r\n\r\nhello\r\n--B--\r\n")
                .replace("--B", "--" + boundary));
  }

  @Test
  void sendsAPieceOfAFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("a.txt"), "0123456789");
    server.then(200, "{}");
    api.patch("/upload").body(HttpBody.part("application/octet-stream", file, 3, 4)).send();
    assertThat(server.received.get(0).body()).isEqualTo("3456");
    assertThat(server.received.get(0).method()).isEqualTo("PATCH");
  }

  @Test
  void sendsJsonOfAnySize() {
    server.then(503, "{}").then(200, "{}");
    try (SpooledJson json = new SpooledJson()) {
      json.write(out -> out.writeStartArray());
      for (int i = 0; i < 3; i++) {
        int number = i;
        json.write(out -> out.writeNumber(number));
      }
      json.write(out -> out.writeEndArray());
      api.post("/x").body(json).idempotent().send();
    }
    assertThat(server.received).extracting(TestServer.Received::body).containsOnly("[0,1,2]");
  }

  @Test
  void savesAnAnswerToAFile(@TempDir Path directory) throws IOException {
    server.then(200, "{\"a\": 1}");
    Path file = directory.resolve("a.json");
    assertThat(api.get("/x").stream().saveTo(file)).isEqualTo(8);
    assertThat(file).hasContent("{\"a\": 1}");
  }
}
