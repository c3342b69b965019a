package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.query.ViewSchema;
import java.util.regex.Pattern;

/** Rules about the names of fields. Stateless. */
final class FieldNames {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private FieldNames() {}

  /** The name without {@code frames.}. */
  static String plain(String field) {
    return field.startsWith(DatasetInfo.FRAMES)
        ? field.substring(DatasetInfo.FRAMES.length())
        : field;
  }

  /** Checks that a view shows a field that is the dataset's own. */
  static void requireOwn(ViewSchema schema, String field) {
    if (schema.isDefault(field)) {
      throw new PostilException(
          ErrorCode.DEFAULT_FIELD,
          "'" + field + "' belongs to every sample; it cannot be renamed, cleared or deleted",
          "Name a field of the dataset's own.");
    }
    if (schema.find(field).isEmpty()) {
      throw schema.unknownField(field);
    }
  }

  /** Checks that a new field can have a name. */
  static void requireFree(ViewSchema schema, String field) {
    DatasetInfo info = schema.info();
    String plain = plain(field);
    if (field.startsWith(DatasetInfo.FRAMES) && !schema.hasFrames()) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "'" + field + "' would be a field of frames, but the dataset has no videos",
          "Leave out frames.");
    }
    if (!NAME.matcher(plain).matches() || plain.equals("frames")) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "'" + field + "' cannot be the name of a field",
          "Begin with a letter, and use letters, digits, - and _.");
    }
    if (schema.isDefault(field) || info.field(field).isPresent()) {
      throw new PostilException(
          ErrorCode.FIELD_EXISTS,
          "dataset '" + info.name() + "' has a field '" + field + "' already",
          "Choose another name, or delete that field first.");
    }
  }
}
