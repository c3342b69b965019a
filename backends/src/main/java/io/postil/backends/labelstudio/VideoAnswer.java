package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The answer of a task that is a video of any length: what came back and the base are gone along
 * frame by frame, all fields together. For one task.
 */
final class VideoAnswer {
  private final Controls controls;
  private final ObjectId item;
  private final ItemMedia media;
  private final Supplier<Cursor<Content>> base;
  private final List<Region> regions = new ArrayList<>();
  private final Map<String, BoxesAnswer> boxes = new LinkedHashMap<>();

  /** What of the base belongs to the video itself. */
  private final List<Content> own = new ArrayList<>();

  /**
   * Reads the base to find out what is what.
   *
   * @param base gives the base from the start, by ascending frame
   * @param result what came back
   */
  VideoAnswer(
      Controls controls,
      ObjectId item,
      ItemMedia media,
      Supplier<Cursor<Content>> base,
      VideoResults results,
      VideoResults.Result result) {
    this.controls = controls;
    this.item = item;
    this.media = media;
    this.base = base;
    result.rows().forEach(row -> regions.add(row.region()));
    for (VideoControl control : controls.ofFrames()) {
      boxes.put(control.field.field(), new BoxesAnswer(control, item, media, results, result));
    }
    learn();
  }

  static VideoAnswer of(
      Controls controls,
      RunContext run,
      ObjectId item,
      ItemMedia media,
      VideoResults results,
      VideoResults.Result result) {
    return new VideoAnswer(controls, item, media, () -> run.base().read(item), results, result);
  }

  private void forEach(Consumer<Content> hear) {
    try (Cursor<Content> all = base.get()) {
      all.forEachRemaining(hear);
    }
  }

  private void learn() {
    forEach(
        content -> {
          BoxesAnswer of = boxes.get(content.field());
          if (content.frameNumber() == 0) {
            own.add(content);
          } else if (of != null) {
            of.learn(content);
          }
        });
    boxes.values().forEach(BoxesAnswer::learnt);
    if (boxes.values().stream().anyMatch(BoxesAnswer::asksAgain)) {
      forEach(
          content -> {
            BoxesAnswer of = boxes.get(content.field());
            if (content.frameNumber() > 0 && of != null) {
              of.find(content);
            }
          });
    }
    boxes.values().forEach(BoxesAnswer::begin);
  }

  /**
   * Whether a region that was sent is still in the answer. The editor at times opens a task without
   * its labels; work that was begun so says nothing about them.
   */
  boolean knowsSent() {
    Set<String> ids = new HashSet<>();
    regions.forEach(region -> ids.add(region.id()));
    return boxes.values().stream().anyMatch(BoxesAnswer::knowsSent)
        || controls.encode(media.orSizeOf(regions), own).stream()
            .anyMatch(row -> ids.contains(row.getString("id", "")));
  }

  /** Tells everything. */
  void tell(AnswerSink sink) {
    FieldControl.Answer answer =
        new FieldControl.Answer(item, media, own, regions, Document.empty());
    controls.all().forEach(control -> control.decode(answer, sink));
    int last = boxes.values().stream().mapToInt(BoxesAnswer::end).max().orElse(0);
    try (Cursor<Content> all = base.get()) {
      Map<String, Content> held = new HashMap<>();
      int frame = 0;
      while (all.hasNext()) {
        Content content = all.next();
        while (frame < content.frameNumber()) {
          tell(frame++, held, sink);
        }
        held.put(content.field(), content);
      }
      while (frame <= last || !held.isEmpty()) {
        tell(frame++, held, sink);
      }
    }
  }

  /** Tells a frame, and forgets its base; 0 is the video itself. */
  private void tell(int frame, Map<String, Content> held, AnswerSink sink) {
    if (frame > 0) {
      boxes.forEach((field, of) -> of.tell(frame, held.get(field), sink));
    }
    held.clear();
  }
}
