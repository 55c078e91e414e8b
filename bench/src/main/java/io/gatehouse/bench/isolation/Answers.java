package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Times;
import io.gatehouse.bench.Waiting;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The commands that bob ran in some time.
 *
 * @param failed how many of them failed
 */
record Answers(Times times, int failed) {

  /** The time after which a command of bob's counts as failed. */
  static final Duration LONGEST_COMMAND = Duration.ofSeconds(5);

  /** With fewer commands, the 95th percentile would be the slowest of them. */
  private static final int LEAST = 20;

  /** The pause between two commands, like that of a person who is in no hurry. */
  private static final Duration BREATH = Duration.ofMillis(10);

  /**
   * Runs commands for a period, and longer if they are few, but not longer than the limit.
   *
   * @param command runs a command, and returns whether it succeeded
   */
  static Answers collect(BooleanSupplier command, Duration period, Duration limit) {
    Times times = new Times();
    int failed = 0;
    long start = System.nanoTime();
    long end = start + period.toNanos();
    long latest = start + Math.max(period.toNanos(), limit.toNanos());
    while (System.nanoTime() < end || (times.count() < LEAST && System.nanoTime() < latest)) {
      long begin = System.nanoTime();
      if (command.getAsBoolean()) {
        times.add(System.nanoTime() - begin);
      } else {
        // The pause is the same even if the command was refused at once.
        times.add(LONGEST_COMMAND.toNanos());
        failed++;
      }
      Waiting.pause(BREATH);
    }
    return new Answers(times, failed);
  }

  /** Whether there are too few commands for a 95th percentile. */
  boolean areFew() {
    return all() < LEAST;
  }

  int all() {
    return times.count();
  }

  /** Milliseconds; without end if too many failed. */
  double percentile(double share) {
    double time = times.percentile(share);
    return time < LONGEST_COMMAND.toMillis() ? time : Double.POSITIVE_INFINITY;
  }
}
