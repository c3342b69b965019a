package io.postil.backends.local;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.SingleLabel;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Labels by field as bytes and back; nothing of a label is lost. Not thread-safe. */
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
    labels.forEach(
        (field, list) -> {
          writer.text(field, false);
          writer.unsigned(list.size());
          list.forEach(writer::value);
        });
    return writer.finish();
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
      throw new PostilException(
          ErrorCode.STORE_CORRUPT,
          "the labels of an item in the queue are damaged: " + e.getMessage(),
          "Restore the queue from a backup.",
          e);
    }
  }
}
