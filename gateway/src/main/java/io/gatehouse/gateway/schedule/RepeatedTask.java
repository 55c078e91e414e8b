package io.gatehouse.gateway.schedule;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something at regular intervals until it is closed.
 *
 * <p>Each task has a thread of its own, so that one that waits for a disk or for sshd delays no
 * other. A round that fails is logged, and the next one comes nevertheless.
 */
public final class RepeatedTask implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RepeatedTask.class);

  private final String name;
  private final ScheduledExecutorService thread;

  public RepeatedTask(String name) {
    this.name = name;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  /**
   * Begins.
   *
   * @param first the time until the first round
   * @param pause the time from the end of a round to the next one
   */
  public void begin(Duration first, Duration pause, Runnable round) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> guarded(round), first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void guarded(Runnable round) {
    try {
      round.run();
    } catch (RuntimeException failure) {
      // The executor would make no further round.
      LOG.error("{} failed; it is tried again", name, failure);
    }
  }

  /** Interrupts a round that is under way, and begins no other. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
