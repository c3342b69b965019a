package io.postil.backends.labelstudio;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.value.Document;
import java.io.DataInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/**
 * Key frames in groups, one for each track: added in any order of groups and read group by group,
 * however many there are. Close it. Not thread-safe.
 */
final class KeySpool implements AutoCloseable {
  private final RecordSpool records = new RecordSpool();

  int newGroup() {
    return records.newGroup();
  }

  void add(int group, KeyFrame key) {
    records.add(
        group,
        out -> {
          out.writeInt(key.frame());
          out.writeBoolean(key.enabled());
          for (String name : KeyFrame.ENTRIES) {
            out.writeDouble(Percent.number(key.box(), name));
          }
        });
  }

  /** The key frames of a group in the order in which they were added. */
  Iterator<KeyFrame> of(int group) {
    RecordSpool.Reader reader = records.read(group);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return reader.hasNext();
      }

      @Override
      public KeyFrame next() {
        try {
          return read(reader.next());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static KeyFrame read(DataInput in) throws IOException {
    int frame = in.readInt();
    boolean enabled = in.readBoolean();
    Document.Builder box = Document.builder();
    for (String name : KeyFrame.ENTRIES) {
      box.append(name, in.readDouble());
    }
    return new KeyFrame(frame, enabled, box.build());
  }

  @Override
  public void close() {
    records.close();
  }
}
