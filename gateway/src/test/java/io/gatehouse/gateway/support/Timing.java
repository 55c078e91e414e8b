package io.gatehouse.gateway.support;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long a user's requests take during an attack, in milliseconds, and prints the times.
 */
public final class Timing {

  private Timing() {}

  /** The action that is timed. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException, InterruptedException;
  }

  public static long time(Action action) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    action.run();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** The 95th percentile by nearest rank: of 20 times, the second longest. Sorts the times. */
  public static String percentile(List<Long> times) {
    Collections.sort(times);
    return times.isEmpty() ? "?" : Long.toString(times.get((times.size() * 95 + 99) / 100 - 1));
  }
}
