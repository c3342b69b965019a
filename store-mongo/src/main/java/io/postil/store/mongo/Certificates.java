package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What TLS needs, out of PEM files (RFC 7468) as Python's driver takes them: certificates, and a
 * private key in PKCS #8 without a password. Stateless.
 */
final class Certificates {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "Ed25519");

  private Certificates() {}

  /**
   * A context that trusts the certificates of a file, and identifies itself by those of another.
   *
   * @param authorities null for the certificates that Java trusts
   * @param identity null where the server does not ask for one
   * @throws PostilException if a file cannot be read or does not hold what it should
   */
  static SSLContext context(@Nullable Path authorities, @Nullable Path identity) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identity == null ? null : identity(identity),
          authorities == null ? null : trusted(authorities),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Java has no TLS", e);
    }
  }

  private static TrustManager[] trusted(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate certificate : certificates(file, text(file))) {
      store.setCertificateEntry("authority " + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager[] identity(Path file) throws GeneralSecurityException, IOException {
    String text = text(file);
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "own", key(file, text), new char[0], certificates(file, text).toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          "the file " + file + ", which the address of the database names, cannot be read",
          "Is the path right, and may you read it?",
          e);
    }
  }

  private static List<Certificate> certificates(Path file, String text)
      throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<Certificate> certificates = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      if (blocks.group(1).equals("CERTIFICATE")) {
        byte[] block = blocks.group().getBytes(StandardCharsets.ISO_8859_1);
        try {
          certificates.add(factory.generateCertificate(new ByteArrayInputStream(block)));
        } catch (GeneralSecurityException e) {
          throw invalid(file, "holds a certificate that is damaged", null);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw invalid(file, "holds no certificate", "It must have -----BEGIN CERTIFICATE-----.");
    }
    return certificates;
  }

  private static PrivateKey key(Path file, String text) throws GeneralSecurityException {
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      String kind = blocks.group(1);
      if (kind.equals("PRIVATE KEY")) {
        return key(file, Base64.getMimeDecoder().decode(blocks.group(2)));
      }
      if (kind.endsWith("PRIVATE KEY")) {
        throw invalid(
            file,
            "holds an " + kind + ", which cannot be read",
            "Write it anew: openssl pkcs8 -topk8 -nocrypt -in OLD.pem -out NEW.pem");
      }
    }
    throw invalid(file, "holds no private key", "It must have -----BEGIN PRIVATE KEY-----.");
  }

  private static PrivateKey key(Path file, byte[] encoded) throws GeneralSecurityException {
    for (String type : KEY_TYPES) {
      try {
        return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // Of another type.
        continue;
      }
    }
    throw invalid(file, "holds a key of an unknown kind", "Known are " + KEY_TYPES + ".");
  }

  private static PostilException invalid(Path file, String fault, @Nullable String remedy) {
    return new PostilException(
        ErrorCode.INVALID_FILE,
        "the file " + file + ", which the address of the database names, " + fault,
        remedy);
  }
}
