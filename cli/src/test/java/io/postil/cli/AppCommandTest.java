package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppCommandTest {
  @TempDir Path home;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = String.valueOf(taken.getLocalPort());

      int code =
          run(
              "app",
              "launch",
              "--no-browser",
              "--port",
              port,
              "--database",
              "sqlite:" + home.resolve("a.db"));

      assertThat(code).isEqualTo(1);
      assertThat(err.toString()).contains("127.0.0.1:" + port, "--port");
    }
  }

  @Test
  void namesAWrongDatasetBeforeItServes() {
    int code =
        run("app", "launch", "strets", "--no-browser", "--database", "sqlite:" + home.resolve("a"));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("strets");
    assertThat(out.toString()).doesNotContain("Open");
  }
}
