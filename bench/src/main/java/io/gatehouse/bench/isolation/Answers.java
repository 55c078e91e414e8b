package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Times;
import java.time.Duration;

/**
 * The commands that bob ran in some time.
 *
 * @param failed how many of them failed
 */
record Answers(Times times, int failed) {

  /** The time after which a command of bob's counts as failed. */
  static final Duration LONGEST_COMMAND = Duration.ofSeconds(5);

  int all() {
    return times.count();
  }

  /** Milliseconds; without end if too many failed. */
  double percentile(double share) {
    double time = times.percentile(share);
    return time < LONGEST_COMMAND.toMillis() ? time : Double.POSITIVE_INFINITY;
  }
}
