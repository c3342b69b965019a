package io.postil.backends.labelstudio;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.value.Json;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How rows of boxes of no track wait in a {@link RecordSpool}. */
final class RowCodec implements RecordSpool.Codec<VideoResults.Row> {
  static final RowCodec INSTANCE = new RowCodec();

  private RowCodec() {}

  @Override
  public void write(DataOutput out, VideoResults.Row row) throws IOException {
    out.writeInt(row.place());
    Region region = row.region();
    writeText(out, region.id());
    writeText(out, region.fromName());
    writeText(out, region.toName());
    writeText(out, region.type());
    writeText(out, Json.write(region.value()));
    out.writeInt(region.width());
    out.writeInt(region.height());
    out.writeBoolean(region.readOnly());
    KeyFrame only = row.only();
    out.writeBoolean(only != null);
    if (only != null) {
      KeyFrameCodec.INSTANCE.write(out, only);
    }
  }

  @Override
  public VideoResults.Row read(DataInput in) throws IOException {
    int place = in.readInt();
    Region region =
        new Region(
            readText(in),
            readText(in),
            readText(in),
            readText(in),
            Json.readDocument(readText(in)),
            in.readInt(),
            in.readInt(),
            in.readBoolean());
    @Nullable KeyFrame only = in.readBoolean() ? KeyFrameCodec.INSTANCE.read(in) : null;
    return new VideoResults.Row(place, region, -1, true, only);
  }

  private static void writeText(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
