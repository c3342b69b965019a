package io.postil.server.internal;

import io.postil.core.PostilException;
import io.postil.core.dataset.Sample;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.formats.media.VideoCheck;
import io.postil.formats.media.VideoIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the files of videos say of their frames. Those asked for last are remembered, as a large
 * WebM file must be gone through from end to end. Thread-safe.
 */
final class VideoFiles {
  private static final int MOST = 16;
  private static final double MICROS = 1e6;

  /** A file as it was when it was read. */
  private record Version(Path file, long modified, long size) {}

  private final Map<Version, VideoIndex> known =
      new LinkedHashMap<>(MOST, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Version, VideoIndex> eldest) {
          return size() > MOST;
        }
      };

  /** What to know of the video of a sample. Without an index that is no more than its name. */
  Document of(Sample sample) {
    Path file = Path.of(sample.filepath());
    Document.Builder out = Document.builder().append("name", String.valueOf(file.getFileName()));
    VideoIndex index;
    try {
      index = index(file);
    } catch (PostilException | IOException e) {
      return out.append("warnings", List.of()).build();
    }
    if (index.codec() != null) {
      out.append("codec", index.codec());
    }
    if (index.frameCount() > 1) {
      out.append("frames", index.frameCount());
      if (index.isEven()) {
        out.append("start", index.start(1)).append("rate", index.rate());
      } else {
        out.append("times", times(index));
      }
    }
    List<Document> warnings = new ArrayList<>();
    for (VideoCheck.Finding finding : VideoCheck.of(file, index, counted(sample))) {
      warnings.add(
          Document.builder()
              .append("code", finding.kind().name())
              .append("message", finding.message() + ".")
              .append("remedy", finding.remedy())
              .build());
    }
    return out.append("warnings", Values.list(warnings)).build();
  }

  private VideoIndex index(Path file) throws IOException {
    Version version =
        new Version(file, Files.getLastModifiedTime(file).toMillis(), Files.size(file));
    VideoIndex index;
    synchronized (known) {
      index = known.get(version);
    }
    if (index == null) {
      index = VideoIndex.read(file);
      synchronized (known) {
        known.put(version, index);
      }
    }
    return index;
  }

  private static @Nullable Integer counted(Sample sample) {
    Document metadata = sample.metadata();
    return metadata != null && metadata.get("total_frame_count") instanceof Number count
        ? (Integer) count.intValue()
        : null;
  }

  /** In microseconds, which is as much as browsers tell. */
  private static List<@Nullable Object> times(VideoIndex index) {
    List<@Nullable Object> times = new ArrayList<>(index.frameCount());
    for (double start : index.starts()) {
      times.add(Math.round(start * MICROS) / MICROS);
    }
    return times;
  }
}
