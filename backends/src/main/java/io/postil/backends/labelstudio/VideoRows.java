package io.postil.backends.labelstudio;

import com.fasterxml.jackson.core.JsonGenerator;
import io.postil.backends.spool.RecordSpool;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is sent of a video, row by row. Its content is read twice, frame by frame: first key frames
 * are put by their tracks into a spool, then all is written; so memory grows with the number of
 * tracks, not of frames. Close it. Not thread-safe.
 */
final class VideoRows implements AutoCloseable {
  private final Controls controls;
  private final ItemMedia media;
  private final Supplier<Iterator<Content>> contents;
  private final RecordSpool<KeyFrame> spool = new RecordSpool<>(KeyFrameCodec.INSTANCE);
  private final List<Content> own = new ArrayList<>();
  private final Map<String, Boxes> boxes = new LinkedHashMap<>();

  /**
   * Reads the content for the first time.
   *
   * @param contents gives it from the start, by ascending frame
   */
  VideoRows(Controls controls, ItemMedia media, Supplier<Iterator<Content>> contents) {
    this.controls = controls;
    this.media = media;
    this.contents = contents;
    for (VideoControl control : controls.ofFrames()) {
      boxes.put(control.field.field(), new Boxes(control));
    }
    contents
        .get()
        .forEachRemaining(
            content -> {
              Boxes of = boxes.get(content.field());
              if (content.frameNumber() == 0) {
                own.add(content);
              } else if (of != null) {
                of.add(content);
              }
            });
    boxes.values().forEach(Boxes::end);
  }

  /** What the video itself has. */
  List<Content> own() {
    return own;
  }

  private List<Document> ownRows() {
    return controls.encode(media, own);
  }

  /** Whether there is nothing to be sent. */
  boolean isEmpty() {
    return boxes.values().stream().noneMatch(Boxes::isShown) && ownRows().isEmpty();
  }

  /** Writes the rows as elements of a list. */
  void write(JsonGenerator out) throws IOException {
    for (Document row : ownRows()) {
      Json.writeValue(out, row);
    }
    for (Boxes of : boxes.values()) {
      of.writeTracks(out);
    }
    if (boxes.values().stream().anyMatch(b -> b.hasSingles)) {
      Iterator<Content> again = contents.get();
      while (again.hasNext()) {
        Content content = again.next();
        Boxes of = boxes.get(content.field());
        if (of != null && content.frameNumber() > 0) {
          of.writeSingles(out, content);
        }
      }
    }
  }

  /** The boxes of one field. */
  private final class Boxes {
    private final VideoControl control;
    private final Map<Integer, BaseTrack> tracks = new LinkedHashMap<>();
    private boolean hasSingles;

    Boxes(VideoControl control) {
      this.control = control;
    }

    void add(Content content) {
      BaseTrack.split(
          content,
          (label, number) -> {
            Document box = control.box(label, media);
            if (number == null) {
              hasSingles |= box != null;
            } else {
              tracks
                  .computeIfAbsent(
                      number, n -> new BaseTrack(control, control.trackId(n), n, label, spool))
                  .add(content.frameNumber(), label, box);
            }
          });
    }

    void end() {
      tracks.values().forEach(BaseTrack::end);
    }

    boolean isShown() {
      return hasSingles || tracks.values().stream().anyMatch(BaseTrack::isShown);
    }

    void writeTracks(JsonGenerator out) throws IOException {
      for (BaseTrack track : tracks.values()) {
        if (track.isShown()) {
          control.write(out, media, track, spool.of(track.group()));
        }
      }
    }

    void writeSingles(JsonGenerator out, Content content) {
      BaseTrack.split(
          content,
          (label, number) -> {
            Document box = number == null ? control.box(label, media) : null;
            if (box != null) {
              writeSingle(out, content.frameNumber(), label, box);
            }
          });
    }

    private void writeSingle(JsonGenerator out, int frame, Detection label, Document box) {
      BaseTrack track = new BaseTrack(control, label.id().toString(), null, label, null);
      track.add(frame, label, box);
      try {
        control.write(out, media, track, List.of(new KeyFrame(frame, false, box)).iterator());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    spool.close();
  }
}
