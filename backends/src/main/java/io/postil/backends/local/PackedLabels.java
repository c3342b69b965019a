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
import org.jspecify.annotations.Nullable;

/** Labels by field, and metadata, as bytes and back; nothing is lost. Not thread-safe. */
final class PackedLabels {
  private final PackedWriter writer;
  private final PackedReader reader;

  /** Labels whose texts are in a table. */
  PackedLabels(TextTable texts) {
    writer = new PackedWriter(texts);
    reader = new PackedReader(texts);
  }

  byte[] write(Map<String, List<SingleLabel>> labels) {
    writer.start(null);
    writer.unsigned(labels.size());
    for (Map.Entry<String, List<SingleLabel>> field : labels.entrySet()) {
      writer.text(field.getKey(), false);
      writer.unsigned(field.getValue().size());
      for (SingleLabel label : field.getValue()) {
        writer.value(label);
      }
    }
    return writer.finish();
  }

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

  Map<String, List<SingleLabel>> read(byte[] bytes) {
    try {
      reader.start(bytes, null);
      Map<String, List<SingleLabel>> labels = new LinkedHashMap<>();
      for (long fields = reader.unsigned(); fields > 0; fields--) {
        String field = reader.text();
        List<SingleLabel> list = new ArrayList<>();
        for (long count = reader.unsigned(); count > 0; count--) {
          if (reader.value() instanceof SingleLabel label) {
            list.add(label);
          }
        }
        labels.put(field, List.copyOf(list));
      }
      reader.end();
      return labels;
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
}
