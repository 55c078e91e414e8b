package io.gatehouse.gateway;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long a user's requests take during an attack, in milliseconds, and prints the times.
 */
final class Timing {

  private Timing() {}

  /** The action that is timed. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  static long time(Action action) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    action.run();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** The 95th percentile by nearest rank: of 20 times, the second longest. Sorts the times. */
  static String percentile(List<Long> times) {
    Collections.sort(times);
    return times.isEmpty() ? "?" : Long.toString(times.get((times.size() * 95 + 99) / 100 - 1));
  }
}
