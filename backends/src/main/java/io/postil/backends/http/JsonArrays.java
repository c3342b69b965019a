package io.postil.backends.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.postil.core.store.Cursor;
import io.postil.core.value.Json;
import java.io.IOException;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Reads long lists of an answer one element at a time. Stateless. */
public final class JsonArrays {
  private JsonArrays() {}

  /**
   * The elements of an array, read while they arrive.
   *
   * @param answer the answer, closed by the cursor
   * @param path names of the objects around the array, outermost first; none if the whole answer is
   *     the array
   * @throws io.postil.core.PostilException from the cursor, with the call's error code, if the
   *     answer is cut off or has no such array
   */
  public static Cursor<@Nullable Object> elements(HttpStream answer, String... path) {
    return new Elements(answer, null, null, null, path);
  }

  /**
   * The elements of an answer that is an array, as the other, but without the members of one name.
   *
   * @param leftOut a name that has much and is not needed, at any depth
   */
  public static Cursor<@Nullable Object> elementsWithout(HttpStream answer, String leftOut) {
    return new Elements(answer, leftOut, null, null);
  }

  /**
   * As the other, with the members of another name, at any depth, read while they arrive.
   *
   * @param leftOut a name that has much and is not needed
   * @param name a name that has more than fits the heap
   * @param reader reads its members
   */
  public static Cursor<@Nullable Object> elementsWithout(
      HttpStream answer, String leftOut, String name, Json.LongMember reader) {
    return new Elements(answer, leftOut, name, reader);
  }

  private static final class Elements implements Cursor<@Nullable Object> {
    private final HttpStream answer;
    private final JsonParser parser;
    private final @Nullable String leftOut;
    private final @Nullable String name;
    private final Json.@Nullable LongMember reader;
    private @Nullable Boolean atNext;

    Elements(
        HttpStream answer,
        @Nullable String leftOut,
        @Nullable String name,
        Json.@Nullable LongMember reader,
        String... path) {
      this.answer = answer;
      this.leftOut = leftOut;
      this.name = name;
      this.reader = reader;
      try {
        this.parser =
            Json.factory()
                .createParser(
                    leftOut == null ? answer.body() : new WithoutMember(answer.body(), leftOut));
        parser.nextToken();
        for (String part : path) {
          enter(part);
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
          throw new IOException(
              "a list was expected at "
                  + (path.length == 0 ? "the start" : String.join(".", path)));
        }
      } catch (IOException e) {
        answer.close();
        throw answer.unreadable(e);
      }
    }

    private void enter(String part) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new IOException("an object with '" + part + "' was expected");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = parser.currentName().equals(part);
        parser.nextToken();
        if (found) {
          return;
        }
        parser.skipChildren();
      }
      throw new IOException("there is no '" + part + "' in the answer");
    }

    @Override
    public boolean hasNext() {
      if (atNext == null) {
        try {
          JsonToken token = parser.nextToken();
          if (token == null) {
            throw new IOException("the answer is cut off");
          }
          atNext = token != JsonToken.END_ARRAY;
        } catch (IOException e) {
          throw answer.unreadable(e);
        }
      }
      return atNext;
    }

    @Override
    public @Nullable Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        Object value = Json.readValue(parser, leftOut, name, reader);
        atNext = null;
        return value;
      } catch (IOException e) {
        throw answer.unreadable(e);
      }
    }

    @Override
    public void close() {
      answer.close();
    }
  }
}
