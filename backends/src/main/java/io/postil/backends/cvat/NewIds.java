package io.postil.backends.cvat;

import io.postil.core.value.ObjectId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Ids for what people drew: made of the run and the server's id, so that a shape has the same id at
 * every load. Not thread-safe.
 */
final class NewIds {
  private final MessageDigest digest;
  private final String run;

  NewIds(ObjectId run) {
    this.run = run.toString();
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The id for a tag or shape. */
  ObjectId of(CvatShape shape) {
    return of(SentItem.key(shape));
  }

  /** The id for an observation of a track. */
  ObjectId of(long track, int frame) {
    return of("k" + track + "/" + frame);
  }

  /** A number for an observation of a track, unlike any that a server gives to a shape. */
  long number(long track, int frame) {
    return -(track << 24 | frame + 1);
  }

  /** The id for the segmentation of an item. */
  ObjectId ofSegmentation(ObjectId item, String field) {
    return of("m" + item + field);
  }

  /** The id under which a part of what is known of a video is remembered. */
  ObjectId ofPage(ObjectId item, int page) {
    return of("p" + item + "/" + page);
  }

  private ObjectId of(String key) {
    digest.reset();
    ByteBuffer hash = ByteBuffer.wrap(digest.digest((run + key).getBytes(StandardCharsets.UTF_8)));
    return ObjectId.of(hash.getInt(), hash.getLong());
  }
}
