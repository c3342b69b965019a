package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A row of a result: what one control says about one region, or about the task.
 *
 * @param id the region's id, unique in the task. Ours is the label's id, followed by {@code -} and
 *     a number where a label has several regions; the editor makes up ten characters
 * @param fromName the control's name
 * @param toName the name of the object it is about
 * @param type the control's tag in lower case
 * @param value geometry and choice
 * @param width the image's width in pixels, or 0 if it is not known
 * @param height the image's height in pixels, or 0 if it is not known
 * @param readOnly whether the editor refuses to change it
 */
record Region(
    String id,
    String fromName,
    String toName,
    String type,
    Document value,
    int width,
    int height,
    boolean readOnly) {
  private static final Pattern OURS = Pattern.compile("([0-9a-f]{24})(?:-(\\d{1,9}))?");

  /** The row as the server takes it. */
  Document toDocument() {
    Document.Builder out = Document.builder();
    out.append("id", id);
    out.append("from_name", fromName);
    out.append("to_name", toName);
    out.append("type", type);
    out.append("value", value);
    if (width > 0 && height > 0) {
      out.append("original_width", width);
      out.append("original_height", height);
      out.append("image_rotation", 0);
    }
    if (readOnly) {
      out.append("readonly", true);
    }
    return out.build();
  }

  /** Reads a row; null if it is none that a control could have made. */
  static @Nullable Region read(@Nullable Object row) {
    if (!(row instanceof Document d)
        || d.getString("from_name") == null
        || d.getString("type") == null) {
      return null;
    }
    return new Region(
        d.getString("id", ""),
        d.getString("from_name", ""),
        d.getString("to_name", ""),
        d.getString("type", ""),
        d.getDocument("value"),
        (int) d.getLong("original_width", 0),
        (int) d.getLong("original_height", 0),
        d.getBoolean("readonly", false));
  }

  /** The row with another id. */
  Region withId(String id) {
    return new Region(id, fromName, toName, type, value, width, height, readOnly);
  }

  /** Whether the id is one of ours, so that it was sent. */
  boolean isOurs() {
    return OURS.matcher(id).matches();
  }

  /** The label a region belongs to: by our own id, else one made from the editor's. */
  ObjectId label(ObjectId item) {
    Matcher ours = OURS.matcher(id);
    return ours.matches() ? ObjectId.of(ours.group(1)) : derived(item, id);
  }

  /** Which of a label's regions it is. */
  int index() {
    Matcher ours = OURS.matcher(id);
    return ours.matches() && ours.group(2) != null ? Integer.parseInt(ours.group(2)) : 0;
  }

  /** An id that is the same at every load: made from an item and a name in it. */
  static ObjectId derived(ObjectId item, String name) {
    return derived(item + "/" + name);
  }

  /**
   * The id of a region that is not of a label alone. The editor cuts ids off at some characters, so
   * names cannot be ids themselves.
   */
  static ObjectId derived(String name) {
    return derived(name.getBytes(StandardCharsets.UTF_8));
  }

  /** An id made of bytes, the same for the same bytes. */
  static ObjectId derived(byte[] bytes) {
    try {
      ByteBuffer hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
      return ObjectId.of(hash.getInt(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first text of a list in the value, such as the class; or null. */
  static @Nullable String first(Document value, String name) {
    List<?> list = value.getList(name);
    return list.isEmpty() || !(list.get(0) instanceof String text) ? null : text;
  }

  /** A value with one more entry, a list of one text. */
  static Document with(Document value, String name, @Nullable String text) {
    return value.with(name, text == null ? List.of() : Values.listOf(text));
  }
}
