package io.postil.core.packed;

/** Large parts of documents, kept beside them so that an edit does not rewrite them. */
public interface Parts {
  /** A part as a document refers to it. */
  record Reference(long id, int length, long hash1, long hash2) {}

  /** Stores a part, or finds the same one in what the document held before. */
  Reference put(byte[] data);

  /** The data of a part. */
  byte[] get(Reference reference);
}
