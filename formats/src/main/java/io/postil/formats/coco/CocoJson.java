package io.postil.formats.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.postil.core.value.Json;

/** Makes parsers that read UTF-8 bytes and know at which byte they are. Stateless. */
final class CocoJson {
  /**
   * Keeping a table of names is what lets a parser read bytes directly; names are few, and not
   * interned, so that hostile ones do no lasting harm.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Json.MAX_DEPTH)
                  .maxStringLength(256_000_000)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private CocoJson() {}

  static JsonFactory factory() {
    return FACTORY;
  }
}
