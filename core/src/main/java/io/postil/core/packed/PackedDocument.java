package io.postil.core.packed;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A document within the bytes of another one: the attributes of a label, what is kept beside a
 * sample. Most passes over labels look at classes and boxes only, and what is written again as it
 * was read is copied. As thread-safe as the table of texts.
 */
final class PackedDocument extends Document.Deferred {
  private final TextTable texts;
  private final ObjectId owner;
  private final byte[] bytes;
  private final int from;
  private final int to;

  PackedDocument(TextTable texts, ObjectId owner, byte[] bytes, int from, int to) {
    this.texts = texts;
    this.owner = owner;
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  TextTable texts() {
    return texts;
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int length() {
    return to - from;
  }

  @Override
  protected @Nullable Object[] read() {
    try {
      return PackedReader.entries(texts, bytes, from, to);
    } catch (PackedReader.Malformed e) {
      throw damaged(e);
    }
  }

  @Override
  protected boolean allNames(Predicate<String> test) {
    try {
      return new PackedEntries(this).allNames(test);
    } catch (PackedReader.Malformed e) {
      throw damaged(e);
    }
  }

  /** Writes the entries for another table of texts; false if their values must be read for it. */
  boolean copyTo(PackedWriter writer) {
    try {
      return new PackedEntries(this).copyTo(writer);
    } catch (PackedReader.Malformed e) {
      throw damaged(e);
    }
  }

  private PostilException damaged(PackedReader.Malformed e) {
    return new PostilException(
        ErrorCode.STORE_CORRUPT,
        "the stored data of " + owner + " is damaged: " + e.getMessage(),
        "Restore the database from a backup.",
        e);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PackedDocument o
        && texts == o.texts
        && Arrays.equals(bytes, from, to, o.bytes, o.from, o.to);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }
}
