package io.postil.backends.cvat;

import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.store.Cursor;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes along what a server is known to hold of a video, frame by frame. Not thread-safe. */
final class BaseFrames implements AutoCloseable {
  /** The number behind the last frame. */
  static final int END = Integer.MAX_VALUE;

  private final RunContext run;
  private final Cursor<Content> contents;
  private @Nullable Content next;

  BaseFrames(RunContext run, ObjectId item) {
    this.run = run;
    this.contents = run.base().read(item);
    advance();
    while (frame() == 0) {
      advance();
    }
  }

  private void advance() {
    next = contents.hasNext() ? contents.next() : null;
  }

  /** The number here of the next frame that holds anything. */
  int frame() {
    return next == null ? END : next.frameNumber();
  }

  /** What that frame holds. */
  BaseLabels next() {
    List<Content> same = new ArrayList<>();
    int frame = frame();
    while (next != null && next.frameNumber() == frame) {
      same.add(next);
      advance();
    }
    return new BaseLabels(run.schema(), same);
  }

  @Override
  public void close() {
    contents.close();
  }
}
