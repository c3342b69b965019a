package io.postil.backends.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.Cursor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that is told what to do with each connection, byte by byte. */
class ConnectionsTest {
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    end.countDown();
    server.close();
  }

  /** What is done with a connection. */
  @FunctionalInterface
  private interface Talk {
    void with(Socket connection) throws IOException, InterruptedException;
  }

  /** Serves one connection after the other, each as it is told. */
  private void serve(Talk... talks) {
    for (Talk talk : talks) {
      Thread.startVirtualThread(
          () -> {
            try (Socket connection = server.accept()) {
              talk.with(connection);
            } catch (IOException e) {
              received.add("broken");
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  /** Reads a request without a body. */
  private void head(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("no more requests");
      }
      text.append((char) c);
    }
    received.add(text.toString());
  }

  private static void say(Socket connection, String text) throws IOException {
    connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    connection.getOutputStream().flush();
  }

  private static String ok(String json) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\n\r\n" + json;
  }

  private HttpApi.Builder to(String url) {
    return HttpApi.at("CVAT", url)
        .environment(Map.of())
        .retries(RetryPolicy.NONE)
        .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  private HttpApi.Builder api() {
    return to("http://127.0.0.1:" + server.getLocalPort());
  }

  private static PostilException failure(Runnable action) {
    return catchThrowableOfType(PostilException.class, action::run);
  }

  // --- using connections again ----------------------------------------------------------------

  @Test
  void oneConnectionServesManyRequests() {
    serve(
        connection -> {
          for (int i = 0; i < 3; i++) {
            head(connection);
            say(connection, ok("{\"n\": " + i + "}"));
          }
        });
    try (HttpApi api = api().build()) {
      for (int i = 0; i < 3; i++) {
        assertThat(api.get("/x").send().document().getLong("n", -1)).isEqualTo(i);
      }
    }
    assertThat(received)
        .hasSize(3)
        .allMatch(r -> r.startsWith("GET /x HTTP/1.1\r\n"))
        .allMatch(r -> r.contains("Host: 127.0.0.1:" + server.getLocalPort() + "\r\n"));
  }

  @Test
  void aListReadToItsEndLeavesTheConnectionUsable() {
    serve(
        connection -> {
          head(connection);
          say(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n");
          say(connection, "3\r\n 2]\r\n0\r\n\r\n");
          head(connection);
          say(connection, ok("{}"));
        });
    try (HttpApi api = api().build()) {
      try (Cursor<Object> all = JsonArrays.elements(api.get("/list").stream())) {
        assertThat(all.next()).isEqualTo(1);
        assertThat(all.next()).isEqualTo(2);
        assertThat(all.hasNext()).isFalse();
      }
      api.get("/next").send();
    }
    assertThat(received).hasSize(2);
  }

  @Test
  void anAnswerThatIsNotWantedAnyMoreIsNotReadToItsEnd() {
    serve(
        connection -> {
          head(connection);
          say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n[1, 2, ");
          end.await();
        },
        connection -> {
          head(connection);
          say(connection, ok("{}"));
        });
    try (HttpApi api = api().build()) {
      try (Cursor<Object> all = JsonArrays.elements(api.get("/list").stream())) {
        assertThat(all.next()).isEqualTo(1);
      }
      api.get("/next").send();
    }
  }

  @Test
  void aConnectionThatTheServerClosedIsNotUsedForAChange() {
    CountDownLatch closed = new CountDownLatch(1);
    serve(
        connection -> {
          head(connection);
          say(connection, ok("{}"));
          connection.close();
          closed.countDown();
        },
        connection -> {
          head(connection);
          say(connection, ok("{\"made\": true}"));
        });
    try (HttpApi api = api().build()) {
      api.get("/x").send();
      await(closed);
      assertThat(api.post("/x").send().document().getBoolean("made", false)).isTrue();
    }
    assertThat(received.get(1)).contains("Content-Length: 0\r\n");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAnswerThatIsAnnouncedIsWaitedFor() {
    serve(
        connection -> {
          head(connection);
          say(connection, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
          say(connection, ok("{\"id\": 7}"));
        });
    try (HttpApi api = api().build()) {
      assertThat(api.get("/x").send().document().getLong("id", 0)).isEqualTo(7);
    }
  }

  // --- what goes wrong ------------------------------------------------------------------------

  @Test
  void aServerThatReadsNoMoreIsNotWaitedForForEver(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("large.bin"), new byte[30 << 20]);
    serve(
        connection -> {
          head(connection);
          end.await();
        });
    Duration patience = Duration.ofMillis(200);
    try (HttpApi api = api().timeouts(patience, patience).build()) {
      HttpCall call =
          // The time for sending is for a slow network: a second for 100 kB.
          api.post("/x").body(unhurried(HttpBody.file("application/octet-stream", file)));
      assertThat(failure(call::send)).hasMessageContaining("no answer in time");
    }
  }

  /** A body that says of itself that it is short at first, so that no time is added for it. */
  private static HttpBody unhurried(HttpBody body) {
    return new HttpBody() {
      private int asked;

      @Override
      public String type() {
        return body.type();
      }

      @Override
      public long length() {
        return asked++ == 0 ? 1 : body.length();
      }

      @Override
      public InputStream open() throws IOException {
        return body.open();
      }
    };
  }

  @Test
  void aRefusalThatComesBeforeAllIsSentIsHeard(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("large.bin"), new byte[30 << 20]);
    serve(
        connection -> {
          head(connection);
          String text = "{\"detail\": \"too large\"}";
          say(connection, ok(text).replace("200 OK", "413 Too Large\r\nConnection: close"));
          connection.shutdownOutput();
          connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
    try (HttpApi api = api().build()) {
      PostilException e =
          failure(
              () -> api.post("/x").body(HttpBody.file("application/octet-stream", file)).send());
      assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UPLOAD_FAILED);
      assertThat(e).hasMessageContaining("answered 413: too large");
    }
  }

  @Test
  void aHeadWithoutEndDoesNotFillTheMemory() {
    serve(
        connection -> {
          head(connection);
          say(connection, "HTTP/1.1 200 OK\r\nX: ");
          String much = "x".repeat(1 << 16);
          while (true) {
            say(connection, much);
          }
        });
    try (HttpApi api = api().build()) {
      assertThat(failure(() -> api.get("/x").send()).code())
          .isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
    }
  }

  @Test
  void waitingCanBeInterrupted() {
    CountDownLatch asked = new CountDownLatch(1);
    serve(
        connection -> {
          head(connection);
          asked.countDown();
          end.await();
        });
    try (HttpApi api = api().build()) {
      Thread caller = Thread.currentThread();
      Thread.startVirtualThread(
          () -> {
            await(asked);
            caller.interrupt();
          });
      assertThatThrownBy(() -> api.get("/x").send())
          .isInstanceOfSatisfying(
              PostilException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void closingEndsWhatIsUnderWay() {
    CountDownLatch asked = new CountDownLatch(1);
    serve(
        connection -> {
          head(connection);
          asked.countDown();
          end.await();
        });
    HttpApi api = api().build();
    Thread.startVirtualThread(
        () -> {
          await(asked);
          api.close();
        });
    assertThat(failure(() -> api.get("/x").send()).code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
  }

  @Test
  void aFileThatIsGoneWhenItIsToBeSentIsNamed(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("a.bin"), new byte[100]);
    HttpBody body = HttpBody.file("application/octet-stream", file);
    Files.delete(file);
    serve(connection -> head(connection));
    try (HttpApi api = api().build()) {
      assertThat(failure(() -> api.post("/x").body(body).send())).hasMessageContaining("a.bin");
    }
  }

  // --- proxies --------------------------------------------------------------------------------

  @Test
  void aProxyIsAskedForTheWholeAddress() {
    serve(
        connection -> {
          head(connection);
          say(connection, ok("{\"id\": 7}"));
        });
    String proxy = "http://127.0.0.1:" + server.getLocalPort();
    try (HttpApi api =
        to("http://cvat.invalid/prefix").environment(Map.of("HTTP_PROXY", proxy)).build()) {
      assertThat(api.get("/x?y=z").send().document().getLong("id", 0)).isEqualTo(7);
    }
    assertThat(received.get(0))
        .startsWith("GET http://cvat.invalid/prefix/x?y=z HTTP/1.1\r\n")
        .contains("Host: cvat.invalid\r\n");
  }

  @Test
  void aProxyThatRefusesIsNamedAndSeesNoSecret() {
    serve(
        connection -> {
          head(connection);
          say(connection, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        });
    String proxy = "http://127.0.0.1:" + server.getLocalPort();
    try (HttpApi api =
        to("https://cvat.invalid")
            .environment(Map.of("HTTPS_PROXY", proxy))
            .credentials(Credentials.fixed("Token f00dfeedf00dfeed"))
            .build()) {
      assertThat(failure(() -> api.get("/x").send()))
          .hasMessageContaining("the proxy 127.0.0.1")
          .hasMessageContaining("answered 407");
    }
    assertThat(received.get(0))
        .startsWith("CONNECT cvat.invalid:443 HTTP/1.1\r\n")
        .doesNotContain("f00dfeed");
  }
}
