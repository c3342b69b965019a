package io.postil.backends.labelstudio;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.value.Document;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How key frames wait in a {@link RecordSpool}, in a group for each track. */
final class KeyFrameCodec implements RecordSpool.Codec<KeyFrame> {
  static final KeyFrameCodec INSTANCE = new KeyFrameCodec();

  private KeyFrameCodec() {}

  @Override
  public void write(DataOutput out, KeyFrame key) throws IOException {
    out.writeInt(key.frame());
    out.writeBoolean(key.enabled());
    for (String name : KeyFrame.ENTRIES) {
      out.writeDouble(Percent.number(key.box(), name));
    }
  }

  @Override
  public KeyFrame read(DataInput in) throws IOException {
    int frame = in.readInt();
    boolean enabled = in.readBoolean();
    Document.Builder box = Document.builder();
    for (String name : KeyFrame.ENTRIES) {
      box.append(name, in.readDouble());
    }
    return new KeyFrame(frame, enabled, box.build());
  }
}
