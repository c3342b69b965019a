package io.postil.backends.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people read holds no secret, and is still readable. */
class RedactionTest {
  private final Redaction redaction = new Redaction();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Authorization: Token 5ce91b4d08f7c6a1 | Authorization: Token ••••
          bearer eyJhbGciOiJIUzI1NiJ9.e30.abc   | bearer ••••
          Basic YWRtaW46cGFzc3dvcmQ=            | Basic ••••
          Invalid token provided.               | Invalid token provided.
          Basic information is missing          | Basic information is missing
          http://ann:pass@host/a?api_key=x1&b=2 | http://host/a?api_key=••••&b=2
          """)
  void credentialsAreHiddenAndWordsAreNot(String text, String shown) {
    assertThat(redaction.clean(text)).isEqualTo(shown);
  }

  @Test
  void aKnownSecretIsHiddenWhereverItStands() {
    redaction.add("Token onlyletters");
    assertThat(redaction.clean("no user has onlyletters")).isEqualTo("no user has ••••");
  }
}
