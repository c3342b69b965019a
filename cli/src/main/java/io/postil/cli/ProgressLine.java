package io.postil.cli;

import io.postil.core.ProgressListener;
import java.io.PrintWriter;

/** Shows progress as one line of a terminal that is written over. Thread-safe. */
final class ProgressLine implements ProgressListener {
  private static final int WIDTH = 30;
  private static final long MILLIS = 100;

  private final PrintWriter out;
  private String phase = "";
  private long shown;

  ProgressLine(PrintWriter out) {
    this.out = out;
  }

  @Override
  public synchronized void progress(String newPhase, long done, long total) {
    boolean finished = total >= 0 && done >= total;
    long now = System.currentTimeMillis();
    if (newPhase.equals(phase) && !finished && now - shown < MILLIS) {
      return;
    }
    phase = newPhase;
    shown = now;
    out.print("\r\033[K" + line(newPhase, done, total));
    if (finished) {
      out.println();
    }
    out.flush();
  }

  static String line(String phase, long done, long total) {
    if (total <= 0) {
      return phase + " " + done;
    }
    int filled = (int) (WIDTH * Math.min(done, total) / total);
    return String.format(
        "%s [%s%s] %d/%d", phase, "#".repeat(filled), ".".repeat(WIDTH - filled), done, total);
  }
}
