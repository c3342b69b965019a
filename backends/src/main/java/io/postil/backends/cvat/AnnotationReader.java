package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.postil.backends.http.HttpStream;
import io.postil.core.value.Json;
import java.io.IOException;

/** Reads the annotations of a task or job while they arrive. Stateless. */
final class AnnotationReader {
  /** Hears each annotation. */
  interface Handler {
    void tag(CvatShape tag);

    void shape(CvatShape shape);

    /**
     * A track, of which the parser has read the first brace; reads it to its end, by {@link
     * CvatTrack#read}.
     */
    void track(JsonParser json) throws IOException;
  }

  private AnnotationReader() {}

  /**
   * Reads an answer to its end.
   *
   * @throws io.postil.core.PostilException if it breaks off or is something else
   */
  static void read(HttpStream answer, Handler handler) {
    try (answer;
        JsonParser parser = Json.factory().createParser(answer.body())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("an object with tags, shapes and tracks was expected");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        boolean list = parser.nextToken() == JsonToken.START_ARRAY;
        if (!list) {
          parser.skipChildren();
          continue;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (parser.currentToken() == null) {
            throw new IOException("the answer is cut off");
          }
          if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            continue;
          }
          switch (name) {
            case "tags" -> handler.tag(CvatShape.read(parser));
            case "shapes" -> handler.shape(CvatShape.read(parser));
            case "tracks" -> handler.track(parser);
            default -> parser.skipChildren();
          }
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT) {
        throw new IOException("the answer is cut off");
      }
    } catch (IOException e) {
      throw answer.unreadable(e);
    }
  }
}
