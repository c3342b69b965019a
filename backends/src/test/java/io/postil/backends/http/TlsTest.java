package io.postil.backends.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.postil.core.PostilException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate of its own making. */
class TlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path home;
  private HttpsServer server;
  private SSLContext trusting;

  @BeforeEach
  void start() throws Exception {
    KeyStore keys = keys();
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(trusting));
    server.createContext(
        "/",
        exchange -> {
          byte[] answer = "{\"id\": 7}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private KeyStore keys() throws Exception {
    Path file = home.resolve("keys.p12");
    String arguments =
        "-genkeypair -alias server -keyalg EC -dname CN=server -ext san=ip:127.0.0.1,dns:cvat.example"
            + " -storetype PKCS12 -storepass "
            + PASSWORD
            + " -keystore";
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.add(file.toString());
    ProcessBuilder keytool = new ProcessBuilder(command);
    assertThat(keytool.redirectErrorStream(true).start().waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private HttpApi api(String scheme) {
    return HttpApi.at("CVAT", scheme + "://127.0.0.1:" + server.getAddress().getPort())
        .environment(Map.of())
        .retries(RetryPolicy.NONE)
        .build();
  }

  @Test
  void aCertificateThatNobodyKnowsIsRefused() {
    try (HttpApi api = api("https")) {
      assertThatThrownBy(() -> api.get("/x").send())
          .isInstanceOfSatisfying(
              PostilException.class,
              e -> assertThat(e.problems().get(0).remedy()).contains("certificate is not trusted"));
    }
  }

  @Test
  void whatJavaTrustsIsTrusted() throws Exception {
    SSLContext before = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
    try (HttpApi api = api("https")) {
      assertThat(api.get("/x").send().document().getLong("id", 0)).isEqualTo(7);
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    SSLContext before = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
    try (HttpApi api =
        HttpApi.at("CVAT", "https://localhost:" + server.getAddress().getPort())
            .environment(Map.of())
            .retries(RetryPolicy.NONE)
            .build()) {
      assertThatThrownBy(() -> api.get("/x").send())
          .hasMessageContaining("name matching localhost");
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  void aProxyLeadsToTheServerUnseen() throws Exception {
    SSLContext before = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpApi api =
            HttpApi.at("CVAT", "https://cvat.invalid:8443")
                .environment(Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort()))
                .retries(RetryPolicy.NONE)
                .build()) {
      Thread.startVirtualThread(() -> tunnel(proxy, "cvat.invalid:8443"));
      // The tunnel stands: what comes through it is a certificate of another name.
      assertThatThrownBy(() -> api.get("/x").send())
          .hasMessageContaining("name matching cvat.invalid");
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  void aServerThatMovedToHttpsIsNotAskedByHttpAgain() throws Exception {
    SSLContext before = SSLContext.getDefault();
    SSLContext.setDefault(trusting);
    // The server is behind a proxy, because only the usual ports are each other's secured form.
    try (TestServer plain = new TestServer();
        ServerSocket tunnel = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpApi api =
            HttpApi.at("CVAT", "http://cvat.example")
                .environment(
                    Map.of(
                        "HTTP_PROXY",
                        plain.url(),
                        "HTTPS_PROXY",
                        "http://127.0.0.1:" + tunnel.getLocalPort()))
                .retries(RetryPolicy.NONE)
                .build()) {
      plain.then(301, "", "Location", "https://cvat.example/x");
      Thread.startVirtualThread(() -> tunnel(tunnel, "cvat.example:443"));

      assertThat(api.get("/x").send().document().getLong("id", 0)).isEqualTo(7);
      assertThat(api.post("/y").json("new").send().document().getLong("id", 0)).isEqualTo(7);
      assertThat(plain.received).hasSize(1);
    } finally {
      SSLContext.setDefault(before);
    }
  }

  /** Connects whoever asks with the server. */
  private void tunnel(ServerSocket proxy, String asked) {
    try (Socket client = proxy.accept();
        Socket there =
            new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) client.getInputStream().read());
      }
      assertThat(head.toString()).startsWith("CONNECT " + asked + " HTTP/1.1\r\n");
      client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(UTF_8));
      Thread back =
          Thread.startVirtualThread(
              () -> {
                try {
                  there.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException e) {
                  // The client hung up.
                }
              });
      client.getInputStream().transferTo(there.getOutputStream());
      there.shutdownOutput();
      back.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aServerWithoutTlsIsNotSaidToBeUntrusted() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpApi api =
            HttpApi.at("CVAT", "https://127.0.0.1:" + plain.getLocalPort())
                .environment(Map.of())
                .retries(RetryPolicy.NONE)
                .build()) {
      Thread.startVirtualThread(() -> refuse(plain));
      assertThatThrownBy(() -> api.get("/x").send())
          .isInstanceOfSatisfying(
              PostilException.class,
              e -> assertThat(e.problems().get(0).remedy()).contains("Try the url with http"));
    }
  }

  /** What a server of plain HTTP says to what is none. */
  private static void refuse(ServerSocket plain) {
    try (Socket connection = plain.accept()) {
      assertThat(connection.getInputStream().read(new byte[1024])).isPositive();
      connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
