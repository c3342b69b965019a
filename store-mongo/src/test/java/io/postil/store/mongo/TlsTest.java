package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.testkit.MongoServer;
import io.postil.testkit.TestSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that speaks TLS only, with a certificate that Java does not trust by itself. */
@Tag("mongo")
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private static Path directory;

  @Test
  void takesCertificatesFromTheFilesThatAnAddressNames() throws Exception {
    Path certificate = directory.resolve("own.pem");
    Path pem = directory.resolve("both.pem");
    makeCertificate(certificate, pem);
    try (MongoServer server = MongoServer.startWithTls(pem)) {
      String address = server.address("photos") + "?serverSelectionTimeoutMS=3000&";

      try (MongoStore store =
          MongoStore.connect(
              address + "tlsCAFile=" + certificate + "&tlsCertificateKeyFile=" + pem)) {
        store.create(TestSamples.imageDataset("photos"));
        assertThat(store.list()).extracting(DatasetInfo::name).containsExactly("photos");
      }
      fails(address + "tls=true", "TLS");
      fails(address + "tlsCAFile=" + certificate, "TLS");
      fails(address.replace("?", "?tls=false&"), "closes the connection");
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() throws Exception {
    Path certificate = directory.resolve("alone.pem");
    makeCertificate(certificate, directory.resolve("unused.pem"));
    Path old = directory.resolve("old.pem");
    Files.writeString(old, block("RSA PRIVATE KEY", new byte[100]));
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    String here = "mongodb://127.0.0.1:1/x?";

    fails(here + "tlsCAFile=" + directory.resolve("none.pem"), "none.pem", "cannot be read");
    fails(here + "tlsCAFile=" + empty, "empty.pem", "no certificate");
    fails(here + "tlsCertificateKeyFile=" + certificate, "alone.pem", "no private key");
    fails(here + "tlsCertificateKeyFile=" + old, "RSA PRIVATE KEY", "openssl pkcs8");
  }

  private static void fails(String address, String... parts) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> MongoStore.connect(address).close())
        .satisfies(e -> assertThat(e.getMessage() + " " + e.remedy()).contains(parts));
  }

  private static void makeCertificate(Path certificate, Path both)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = Files.createTempDirectory(directory, "keys").resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-ext",
                "bc:c",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    String text = block("CERTIFICATE", keys.getCertificate("own").getEncoded());
    Key key = keys.getKey("own", PASSWORD);
    Files.writeString(certificate, text);
    Files.writeString(both, text + block("PRIVATE KEY", key.getEncoded()));
  }

  private static String block(String kind, byte[] content) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }
}
