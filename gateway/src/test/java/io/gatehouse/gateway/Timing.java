package io.gatehouse.gateway;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times what a user does beside an attack, in milliseconds, to be printed. */
final class Timing {

  private Timing() {}

  /** What is timed. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  static long time(Action action) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    action.run();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** The 95th percentile; sorts the times. */
  static String percentile(List<Long> times) {
    Collections.sort(times);
    return times.isEmpty() ? "?" : Long.toString(times.get(times.size() * 95 / 100));
  }
}
