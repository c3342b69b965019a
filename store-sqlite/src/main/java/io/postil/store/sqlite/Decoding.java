package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.Parts;
import io.postil.core.packed.TextTable;
import org.jspecify.annotations.Nullable;

/** Reads stored documents and says where a damaged one is. Stateless. */
final class Decoding {
  private Decoding() {}

  /** The one value of a document. */
  static @Nullable Object value(
      TextTable texts, byte[] document, @Nullable Parts parts, String place) {
    try {
      return new PackedReader(texts).read(document, parts);
    } catch (PackedReader.Malformed e) {
      throw damaged(place, e);
    }
  }

  static PostilException damaged(String place, PackedReader.Malformed cause) {
    return new PostilException(
        ErrorCode.STORE_CORRUPT,
        "the stored data of " + place + " is damaged: " + cause.getMessage(),
        "Restore the database from a backup.",
        cause);
  }
}
