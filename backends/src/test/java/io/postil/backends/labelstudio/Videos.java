package io.postil.backends.labelstudio;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.store.Cursor;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.util.List;

/** Reads the result of a video as it comes from the server. */
final class Videos {
  private Videos() {}

  static void tell(
      Controls controls,
      ObjectId item,
      ItemMedia media,
      List<Content> base,
      List<?> result,
      AnswerSink sink)
      throws IOException {
    try (VideoResults results = new VideoResults();
        JsonParser json = Json.factory().createParser(Json.write(result))) {
      json.nextToken();
      Integer number = results.read(json);
      new VideoAnswer(controls, item, media, () -> Cursor.of(base), results, results.result(number))
          .tell(sink);
    }
  }
}
