package io.postil.backends.local;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.SingleLabel;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an item holds, and its metadata, as bytes and back; nothing is lost. A field is its name and
 * a list: of labels, or of the one value of a scalar field. Not thread-safe.
 */
final class PackedWork {
  private final PackedWriter writer;
  private final PackedReader reader;

  /** Work whose texts are in a table. */
  PackedWork(TextTable texts) {
    writer = new PackedWriter(texts);
    reader = new PackedReader(texts);
  }

  byte[] write(LocalWork work) {
    writer.start(null);
    writer.unsigned(work.labels().size() + work.values().size());
    for (Map.Entry<String, List<SingleLabel>> field : work.labels().entrySet()) {
      writer.text(field.getKey(), false);
      writer.unsigned(field.getValue().size());
      for (SingleLabel label : field.getValue()) {
        writer.value(label);
      }
    }
    for (Map.Entry<String, Object> field : work.values().entrySet()) {
      writer.text(field.getKey(), false);
      writer.unsigned(1);
      writer.value(field.getValue());
    }
    return writer.finish();
  }

  // --- videos ---------------------------------------------------------------------------------

  byte[] write(SentTrack track) {
    writer.start(null);
    writer.value(track.id());
    writer.text(track.field(), false);
    writer.value(track.index());
    writer.value(track.label());
    numbers(track.spans());
    numbers(track.keys());
    return writer.finish();
  }

  /** Ascending numbers as differences, which are short. */
  private void numbers(List<Integer> numbers) {
    writer.unsigned(numbers.size());
    int before = 0;
    for (int number : numbers) {
      writer.unsigned(number - before);
      before = number;
    }
  }

  SentTrack track(byte[] bytes) {
    try {
      reader.start(bytes, null);
      SentTrack track =
          new SentTrack(
              (ObjectId) Objects.requireNonNull(reader.value()),
              reader.text(),
              (Integer) Objects.requireNonNull(reader.value()),
              (String) reader.value(),
              numbers(),
              numbers());
      reader.end();
      return track;
    } catch (PackedReader.Malformed e) {
      throw damaged("tracks", e);
    }
  }

  private List<Integer> numbers() throws PackedReader.Malformed {
    List<Integer> numbers = new ArrayList<>();
    int number = 0;
    for (long count = reader.unsigned(); count > 0; count--) {
      number += (int) reader.unsigned();
      numbers.add(number);
    }
    return numbers;
  }

  byte[] write(VideoEdit edit) {
    writer.start(null);
    writer.unsigned(edit.form().ordinal());
    writer.text(edit.field(), false);
    writer.value(edit.track());
    writer.unsigned(edit.first());
    writer.unsigned(edit.last());
    writer.value(edit.label());
    writer.unsigned(edit.towardFrame());
    writer.value(edit.toward());
    writer.value(edit.source());
    writer.value(edit.value());
    return writer.finish();
  }

  VideoEdit edit(String id, byte[] bytes) {
    try {
      reader.start(bytes, null);
      VideoEdit edit =
          new VideoEdit(
              id,
              VideoEdit.Form.values()[(int) reader.unsigned()],
              reader.text(),
              (ObjectId) reader.value(),
              (int) reader.unsigned(),
              (int) reader.unsigned(),
              (SingleLabel) reader.value(),
              (int) reader.unsigned(),
              (SingleLabel) reader.value(),
              (ObjectId) reader.value(),
              reader.value());
      reader.end();
      return edit;
    } catch (PackedReader.Malformed e) {
      throw damaged("edits", e);
    }
  }

  // --- metadata -------------------------------------------------------------------------------

  /** The metadata of an item. */
  byte @Nullable [] metadata(@Nullable Document metadata) {
    if (metadata == null) {
      return null;
    }
    writer.start(null);
    writer.sized(metadata);
    return writer.finish();
  }

  /** The metadata of an item. */
  @Nullable Document metadata(byte @Nullable [] bytes, ObjectId item) {
    if (bytes == null) {
      return null;
    }
    try {
      reader.start(bytes, null);
      Document metadata = reader.sized(item);
      reader.end();
      return metadata;
    } catch (PackedReader.Malformed e) {
      throw damaged("metadata", e);
    }
  }

  LocalWork read(byte[] bytes) {
    try {
      reader.start(bytes, null);
      Map<String, List<SingleLabel>> labels = new LinkedHashMap<>();
      Map<String, Object> values = new LinkedHashMap<>();
      for (long fields = reader.unsigned(); fields > 0; fields--) {
        field(labels, values);
      }
      reader.end();
      return new LocalWork(labels, values);
    } catch (PackedReader.Malformed e) {
      throw damaged("labels", e);
    }
  }

  private static PostilException damaged(String what, PackedReader.Malformed e) {
    return new PostilException(
        ErrorCode.STORE_CORRUPT,
        "the " + what + " of an item in the queue are damaged: " + e.getMessage(),
        "Restore the queue from a backup.",
        e);
  }

  private void field(Map<String, List<SingleLabel>> labels, Map<String, Object> values)
      throws PackedReader.Malformed {
    String field = reader.text();
    List<SingleLabel> list = new ArrayList<>();
    for (long count = reader.unsigned(); count > 0; count--) {
      Object value = reader.value();
      if (value instanceof SingleLabel label) {
        list.add(label);
      } else if (value != null) {
        values.put(field, value);
      }
    }
    if (!values.containsKey(field)) {
      labels.put(field, list);
    }
  }
}
