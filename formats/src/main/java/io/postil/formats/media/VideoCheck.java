package io.postil.formats.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to know of a video before somebody annotates it: whether browsers play it, and whether its
 * frames are where a constant rate puts them. Stateless.
 */
public final class VideoCheck {
  /** Codecs that every browser plays, by their names in MP4 and in WebM or Matroska. */
  private static final Set<String> PLAYED =
      Set.of("avc1", "avc3", "vp08", "vp09", "av01", "V_VP8", "V_VP9", "V_AV1", "V_MPEG4/ISO/AVC");

  /** Codecs that some browsers play, on some machines. */
  private static final Set<String> PLAYED_BY_SOME =
      Set.of("hvc1", "hev1", "dvh1", "dvhe", "V_MPEGH/ISO/HEVC");

  /** What people call codecs. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("hvc1", "H.265"),
          Map.entry("hev1", "H.265"),
          Map.entry("dvh1", "Dolby Vision"),
          Map.entry("dvhe", "Dolby Vision"),
          Map.entry("V_MPEGH/ISO/HEVC", "H.265"),
          Map.entry("mp4v", "MPEG-4 Part 2"),
          Map.entry("V_MPEG4/ISO/ASP", "MPEG-4 Part 2"),
          Map.entry("V_MPEG4/ISO/SP", "MPEG-4 Part 2"),
          Map.entry("V_MS/VFW/FOURCC", "a codec of Video for Windows"),
          Map.entry("V_MPEG2", "MPEG-2"),
          Map.entry("V_THEORA", "Theora"),
          Map.entry("V_MJPEG", "Motion JPEG"),
          Map.entry("jpeg", "Motion JPEG"),
          Map.entry("mjpa", "Motion JPEG"),
          Map.entry("apch", "ProRes"),
          Map.entry("apcn", "ProRes"),
          Map.entry("apcs", "ProRes"),
          Map.entry("apco", "ProRes"),
          Map.entry("ap4h", "ProRes"),
          Map.entry("ap4x", "ProRes"),
          Map.entry("V_PRORES", "ProRes"));

  /** What a finding is about. */
  public enum Kind {
    /** Not every browser plays the video. */
    VIDEO_CODEC,
    /** Browsers do not find every frame. */
    FRAMES_MISSED,
    /** Frames are not where a constant rate puts them. */
    VARIABLE_FRAME_RATE,
    /** The dataset counts other frames than the file has. */
    FRAME_COUNT
  }

  /**
   * Something to know of a video.
   *
   * @param kind what it is about
   * @param message what is so, with the name of the file
   * @param remedy what to do
   */
  public record Finding(Kind kind, String message, String remedy) {}

  private VideoCheck() {}

  /**
   * What there is to know of a video.
   *
   * @param counted how many frames the dataset counts, or null if it does not say or the index was
   *     not read whole
   */
  public static List<Finding> of(Path file, VideoIndex index, @Nullable Integer counted) {
    String name = String.valueOf(file.getFileName());
    List<Finding> findings = new ArrayList<>();
    String codec = index.codec();
    if (codec != null && !PLAYED.contains(codec)) {
      String called = NAMES.containsKey(codec) ? NAMES.get(codec) + " (" + codec + ")" : codec;
      findings.add(
          new Finding(
              Kind.VIDEO_CODEC,
              name
                  + " is coded as "
                  + called
                  + ", which "
                  + (PLAYED_BY_SOME.contains(codec)
                      ? "not every browser plays"
                      : "browsers do not play"),
              "Convert it frame by frame, and let the sample's filepath be the new file: ffmpeg -i \""
                  + name
                  + "\" -fps_mode passthrough -c:v libx264 -crf 18 -pix_fmt yuv420p \""
                  + base(name)
                  + ".h264.mp4\""));
    }
    if (index.isLateByReordering()) {
      findings.add(
          new Finding(
              Kind.FRAMES_MISSED,
              name
                  + " has no edit list for the delay of its B frames, so that browsers show some of"
                  + " its frames only while it plays",
              "Write it anew, which takes a moment and changes no picture, and let the sample's"
                  + " filepath be the new file: ffmpeg -i \""
                  + name
                  + "\" -c copy \""
                  + base(name)
                  + ".copy.mp4\""));
    }
    if (!index.isEven()) {
      findings.add(
          new Finding(
              Kind.VARIABLE_FRAME_RATE,
              name
                  + " has a variable frame rate: Postil's editor counts its frames one by one, as"
                  + " the file has them; a program that takes a frame's number from time and rate"
                  + " shows labels on other frames",
              "To work with such programs, too, make a copy with a constant rate, and annotate"
                  + " that: ffmpeg -i \""
                  + name
                  + "\" -fps_mode cfr -c:v libx264 -crf 18 -pix_fmt yuv420p \""
                  + base(name)
                  + ".cfr.mp4\""));
    }
    if (counted != null && index.frameCount() > 0 && counted != index.frameCount()) {
      findings.add(
          new Finding(
              Kind.FRAME_COUNT,
              name
                  + " has "
                  + index.frameCount()
                  + " frames, and the metadata of its sample say "
                  + counted,
              "The editor counts by the metadata. If the file was replaced, import it again."));
    }
    return findings;
  }

  private static String base(String name) {
    return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
  }
}
