package io.postil.backends.http;

import java.time.Duration;

/** Waits. Tests give one that only notes how long it was asked to. */
@FunctionalInterface
public interface Sleeper {
  /** Waits for a while, in real time. */
  Sleeper REAL = duration -> Thread.sleep(duration);

  /** Returns when the duration is over. */
  void sleep(Duration duration) throws InterruptedException;
}
