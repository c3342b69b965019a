package io.postil.backends.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WithoutMemberTest {
  /** A text that arrives in pieces of at most some bytes. */
  private static InputStream pieces(String text, int longest) {
    return new FilterInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return super.read(bytes, offset, Math.min(length, longest));
      }
    };
  }

  private static String without(String text, int longest) throws IOException {
    try (InputStream in = new WithoutMember(pieces(text, longest), "sent")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Whatever the value is, a null is in its place.
        "{\"a\":1,\"sent\":{\"x\":[1,{\"y\":2}]},\"b\":2} | {\"a\":1,\"sent\":null,\"b\":2}",
        "{\"sent\": [[], [1, 2] ] , \"b\":2} | {\"sent\":null , \"b\":2}",
        "[{\"sent\":12.5e3},{\"sent\":true}] | [{\"sent\":null},{\"sent\":null}]",
        "{\"sent\":\"a\\\\\\\"}{\\\\\",\"b\":2} | {\"sent\":null,\"b\":2}",
        "{\"sent\":{\"a]}\":\"}\",\"sent\":{}},\"b\":2} | {\"sent\":null,\"b\":2}",
        // What only looks like it stays.
        "{\"a\":\"sent\",\"b\":\"\\\"sent\\\":1\"} | {\"a\":\"sent\",\"b\":\"\\\"sent\\\":1\"}",
        "{\"x\\\"sent\":1,\"resent\":2} | {\"x\\\"sent\":1,\"resent\":2}",
        "{\"sent\" :1} | {\"sent\" :1}",
        // An answer that is cut off stays cut off.
        "[{\"a\":1,\"sent\":{\"b\":2 | [{\"a\":1,\"sent\":",
        "[{\"a\":1,\"sen | [{\"a\":1,\"sen",
      })
  void theMembersOfOneNameAreNull(String text, String expected) throws IOException {
    for (int longest = 1; longest <= text.length(); longest++) {
      assertThat(without(text, longest)).isEqualTo(expected);
    }
  }

  @Test
  void aParserReadsTheRestOfALongAnswer() throws IOException {
    Random random = new Random(5);
    List<Object> tasks = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      Document.Builder task = Document.builder().put("number", i).put("text", text(random));
      expected.add(task.build());
      tasks.add(task.put("sent", sent(random)).build());
    }
    String json = Json.write(tasks);
    assertThat(json.length()).isGreaterThan(500_000);
    for (int longest : new int[] {7, 8_192, 1 << 20}) {
      try (JsonParser parser =
          Json.factory().createParser(new WithoutMember(pieces(json, longest), "sent"))) {
        parser.nextToken();
        assertThat(Json.readValue(parser, "sent")).isEqualTo(Values.list(expected));
      }
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append("ab\"\\:{}[],é𝄞".charAt(random.nextInt(10)));
    }
    return text + "é𝄞";
  }

  private static Object sent(Random random) {
    List<Object> values = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      values.add(
          switch (random.nextInt(4)) {
            case 0 -> random.nextDouble();
            case 1 -> text(random);
            case 2 -> Document.of("sent", text(random), "x", random.nextBoolean());
            default -> Values.listOf(i);
          });
    }
    return random.nextBoolean() ? Values.list(values) : Document.of("result", Values.list(values));
  }
}
