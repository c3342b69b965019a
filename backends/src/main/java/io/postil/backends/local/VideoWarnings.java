package io.postil.backends.local;

import io.postil.core.PostilException;
import io.postil.formats.media.VideoCheck;
import io.postil.formats.media.VideoCheck.Finding;
import io.postil.formats.media.VideoIndex;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the editor would have trouble with in videos, a sentence for each kind. Stateless. */
final class VideoWarnings {
  /**
   * Frames of a video that are looked at: half a minute or so. The editor looks at all when a video
   * is opened; a dry run may not take that long.
   */
  private static final int FRAMES = 1_000;

  private static final int MOST_NAMES = 3;

  private VideoWarnings() {}

  static List<String> of(List<String> videos) {
    Map<VideoCheck.Kind, List<Finding>> found = new EnumMap<>(VideoCheck.Kind.class);
    Map<VideoCheck.Kind, List<String>> names = new EnumMap<>(VideoCheck.Kind.class);
    for (String video : videos) {
      for (Finding finding : findings(video)) {
        found.computeIfAbsent(finding.kind(), k -> new ArrayList<>()).add(finding);
        names
            .computeIfAbsent(finding.kind(), k -> new ArrayList<>())
            .add(video.substring(video.lastIndexOf('/') + 1));
      }
    }
    List<String> warnings = new ArrayList<>();
    found.forEach(
        (kind, findings) -> {
          Finding first = findings.get(0);
          String others = others(names.getOrDefault(kind, List.of()));
          warnings.add(first.message() + others + ". " + first.remedy());
        });
    return warnings;
  }

  private static List<Finding> findings(String video) {
    try {
      Path file = Path.of(video);
      return VideoCheck.of(file, VideoIndex.read(file, FRAMES), null);
    } catch (PostilException | InvalidPathException e) {
      // A file that is gone or damaged is told of where it is opened; others have no index.
      return List.of();
    }
  }

  private static String others(List<String> names) {
    int others = names.size() - 1;
    if (others == 0) {
      return "";
    }
    String named = String.join(", ", names.subList(1, Math.min(names.size(), MOST_NAMES + 1)));
    return " (likewise "
        + named
        + (others > MOST_NAMES ? " and " + (others - MOST_NAMES) + " more" : "")
        + ")";
  }
}
