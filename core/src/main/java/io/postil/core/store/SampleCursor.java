package io.postil.core.store;

import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;

/** A stream of samples that can also stream the frames of the sample it stands on. */
public interface SampleCursor extends Cursor<Sample> {
  /**
   * The frames of the sample last returned by {@link #next()}, as the view shows them, by ascending
   * number. Empty for images. Close it before moving on.
   */
  Cursor<Frame> frames();

  /** This stream with an action that runs when it is closed. */
  default SampleCursor onClose(Runnable action) {
    SampleCursor samples = this;
    return new SampleCursor() {
      @Override
      public boolean hasNext() {
        return samples.hasNext();
      }

      @Override
      public Sample next() {
        return samples.next();
      }

      @Override
      public Cursor<Frame> frames() {
        return samples.frames();
      }

      @Override
      public void close() {
        try {
          samples.close();
        } finally {
          action.run();
        }
      }
    };
  }
}
