package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Signal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kills a shell whose start files do not end. */
final class StartDeadline {

  private static final Logger LOG = LoggerFactory.getLogger(StartDeadline.class);

  /** How long a killed shell may take to end. */
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private volatile boolean isOver;

  /** Whether the current attempt was ended because it took too long. */
  boolean isOver() {
    return isOver;
  }

  /** Prepares for the next attempt. */
  void reset() {
    isOver = false;
  }

  /**
   * Kills the shell of an attempt if the command's text has not begun to run when the limit is
   * over. It does so in a thread of its own, because a login that does not answer must not hold up
   * the deadlines of other commands.
   */
  void endIfLate(SshCommand attempt, Duration limit) {
    var unused =
        attempt
            .started()
            .copy()
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionallyAsync(
                failure -> {
                  if (failure instanceof TimeoutException && !attempt.started().isDone()) {
                    endLate(attempt);
                  }
                  return null;
                },
                Thread::startVirtualThread);
  }

  /**
   * Sends KILL, because interactive shells, and programs that behave like them, ignore other
   * signals.
   */
  private void endLate(SshCommand attempt) {
    isOver = true;
    var unused =
        CompletableFuture.runAsync(
            attempt::close,
            CompletableFuture.delayedExecutor(
                END_LIMIT.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
    try {
      attempt.signal(Signal.KILL);
    } catch (SessionException lost) {
      LOG.debug("a shell whose start files do not end cannot be killed: {}", lost.getMessage());
    }
  }
}
