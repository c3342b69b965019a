package io.postil.backends.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Breaks off reading when nothing arrives for too long, which the JDK's client does not do once an
 * answer has begun. One thread for all streams of a server. Thread-safe.
 */
final class IdleWatch implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "postil-http-watch");
            thread.setDaemon(true);
            return thread;
          });

  IdleWatch() {
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  InputStream watch(InputStream in, Duration longest) {
    return new Watched(in, longest);
  }

  @Override
  public void close() {
    timer.shutdown();
  }

  private final class Watched extends FilterInputStream {
    private final Duration longest;
    private volatile boolean stalled;

    Watched(InputStream in, Duration longest) {
      super(in);
      this.longest = longest;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int n = read(one, 0, 1);
      return n < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (in.available() > 0 || timer.isShutdown()) {
        return in.read(bytes, offset, length);
      }
      var alarm = timer.schedule(this::stall, longest.toMillis(), TimeUnit.MILLISECONDS);
      try {
        int n = in.read(bytes, offset, length);
        if (stalled) {
          throw timeout();
        }
        return n;
      } catch (IOException e) {
        throw stalled ? timeout() : e;
      } finally {
        alarm.cancel(false);
      }
    }

    private HttpTimeoutException timeout() {
      return new HttpTimeoutException("nothing came for " + longest.toMillis() + " ms");
    }

    private void stall() {
      stalled = true;
      try {
        in.close();
      } catch (IOException e) {
        // It was to be closed; the reader hears of the time-out.
        stalled = true;
      }
    }
  }
}
