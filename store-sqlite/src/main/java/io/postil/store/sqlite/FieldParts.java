package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.packed.Parts;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The large parts of one field. While one document is replaced it knows the parts of the old one: a
 * part that stays is not written again, and {@link #deleteUnused} removes the rest.
 */
final class FieldParts implements Parts {
  private final Session session;
  private final StoredField field;
  private final List<Reference> old = new ArrayList<>();

  FieldParts(Session session, StoredField field) {
    this.session = session;
    this.field = field;
  }

  @Override
  public Reference put(byte[] data) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(data));
    long hash1 = hash.getLong();
    long hash2 = hash.getLong();
    for (Reference reference : old) {
      if (reference.length() == data.length
          && reference.hash1() == hash1
          && reference.hash2() == hash2) {
        old.remove(reference);
        return reference;
      }
    }
    session.update("INSERT INTO " + field.partTable() + " (data) VALUES (?)", data);
    return new Reference(session.lastRow(), data.length, hash1, hash2);
  }

  @Override
  public byte[] get(Reference reference) {
    old.add(reference);
    String sql = "SELECT data FROM " + field.partTable() + " WHERE id = ?";
    try (Rows rows = session.query(sql, reference.id())) {
      byte[] data = rows.next() ? rows.bytes(0) : new byte[0];
      if (data.length != reference.length()) {
        throw new PostilException(
            ErrorCode.STORE_CORRUPT,
            "a mask or point list of field " + field.name() + " is missing from the database",
            "Restore the database from a backup.");
      }
      return data;
    }
  }

  /** Starts with another document. */
  void forget() {
    old.clear();
  }

  /** Removes the parts that were read and not put again. */
  void deleteUnused() {
    for (Reference reference : old) {
      session.update("DELETE FROM " + field.partTable() + " WHERE id = ?", reference.id());
    }
    old.clear();
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }
}
