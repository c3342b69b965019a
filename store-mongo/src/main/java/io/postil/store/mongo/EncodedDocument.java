package io.postil.store.mongo;

import java.util.Arrays;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonReader;
import org.bson.BsonWriter;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * A document as the server sent it. Those of a batch are read one by one when they are wanted, so
 * that only bytes live through the collections of garbage in between. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // It is only read here.
record EncodedDocument(byte[] bytes) {
  /** Longest buffer that is kept for the next document of a thread. */
  private static final int LARGEST = 1 << 16;

  private static final ThreadLocal<BasicOutputBuffer> BUFFER =
      ThreadLocal.withInitial(() -> new BasicOutputBuffer(8192));

  static final Codec<EncodedDocument> CODEC =
      new Codec<>() {
        @Override
        public EncodedDocument decode(BsonReader reader, DecoderContext context) {
          return read(reader);
        }

        @Override
        public void encode(BsonWriter writer, EncodedDocument value, EncoderContext context) {
          throw new UnsupportedOperationException("documents are only read so");
        }

        @Override
        public Class<EncodedDocument> getEncoderClass() {
          return EncodedDocument.class;
        }
      };

  /** The document the reader stands on. */
  static EncodedDocument read(BsonReader reader) {
    if (!(reader instanceof BsonBinaryReader)) {
      return new EncodedDocument(BsonEncoder.content(BsonValues.raw(BsonValues.read(reader))));
    }
    BasicOutputBuffer buffer = BUFFER.get();
    buffer.truncateToPosition(0);
    try (BsonBinaryWriter writer = new BsonBinaryWriter(buffer)) {
      writer.pipe(reader);
    }
    if (buffer.getInternalBuffer().length > LARGEST) {
      BUFFER.remove();
    }
    return new EncodedDocument(Arrays.copyOf(buffer.getInternalBuffer(), buffer.getPosition()));
  }
}
