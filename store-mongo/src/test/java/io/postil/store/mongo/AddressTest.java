package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.ConnectionString;
import io.postil.core.PostilException;
import java.lang.reflect.Field;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AddressTest {
  @Test
  void knowsTheOptionsOfTheDriver() throws ReflectiveOperationException {
    Field names = ConnectionString.class.getDeclaredField("ALL_KEYS");
    names.setAccessible(true);

    Set<String> ours =
        Address.DRIVER_OPTIONS.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());

    assertThat(ours).isEqualTo(names.get(null));
  }

  @Test
  void takesOurOptionsOut() {
    Address address =
        Address.of(
            "mongodb://a,b/photos?replicaSet=rs0&invalidDocuments=skip&tlsCAFile=%2Fetc%2Fca.pem"
                + "&TLS=true&tz_aware=true&tlscertificatekeyfile=me.pem");

    assertThat(address.driver().getConnectionString())
        .isEqualTo("mongodb://a,b/photos?replicaSet=rs0&TLS=true");
    assertThat(address.location()).isEqualTo("mongodb://a,b/photos");
    assertThat(address.skipInvalid()).isTrue();
    assertThat(address.authorities()).hasToString("/etc/ca.pem");
    assertThat(address.identity()).hasToString("me.pem");
  }

  @Test
  void refusesOptionsThatNobodyKnows() {
    refuses("mongodb://me:secret@here/x?tlz=true", "the option tlz", "Did you mean tls?");
    refuses("mongodb://here/x?w=1&retryWrite=true", "retryWrite", "Did you mean retryWrites?");
    refuses("mongodb://here/x?tlsAllowInvalidCertificates=true", "tlsAllow", "tlsCAFile");
    refuses("mongodb://here/x?tlsCertificateKeyFilePassword=p", "Password", "without");
  }

  private static void refuses(String address, String message, String remedy) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> Address.of(address))
        .satisfies(e -> assertThat(e.remedy()).contains(remedy))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }
}
