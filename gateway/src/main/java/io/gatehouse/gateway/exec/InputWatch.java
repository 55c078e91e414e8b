package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.SessionException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a command waits for input, while a request asks for it.
 *
 * <p>A look runs a small program in the user's login. So there is no look while there is output,
 * and the pauses between two looks at a silent command grow.
 */
final class InputWatch {

  private static final Logger LOG = LoggerFactory.getLogger(InputWatch.class);

  /**
   * How long a command must be silent before the first look. A program's answer to typed input
   * usually comes sooner.
   */
  static final Duration SILENCE = Duration.ofSeconds(1);

  /** The longest pause between two looks. The pauses begin with {@link #SILENCE} and double. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /**
   * The pause after a look that found the command waiting. Another look is needed, because the
   * command may stop waiting without input, for instance at a timeout.
   */
  private static final Duration PAUSE_WHILE_WAITING = Duration.ofSeconds(5);

  /** The name by which the quota counts looks. */
  private static final String LOOKS = "looks at commands";

  private final String userId;
  private final Quota places;

  /** The command, which an {@link EndedCommand} replaces once it has ended. */
  private volatile Command command;

  // The thread that reads the output and the threads that type set this field.
  private volatile long lastActivity = System.nanoTime();

  // Guarded by the lock of this object.
  private long watchedActivity = lastActivity;
  private long lastLook;
  private int looks;
  private boolean looking;
  private boolean waiting;

  /**
   * Watches a command of a user.
   *
   * @param places limits how many looks run at a time; if no place is free, the look is made later
   */
  InputWatch(Command command, String userId, Quota places) {
    this.command = command;
    this.userId = userId;
    this.places = places;
  }

  /** Is called when the command has ended. */
  void end(Command ended) {
    command = ended;
  }

  /** Is called when there was output, or something was typed. */
  void activity() {
    lastActivity = System.nanoTime();
  }

  /**
   * Whether the command waited for input at the last look, and there was neither output nor input
   * since then.
   */
  synchronized boolean isWaiting() {
    return waiting && watchedActivity == lastActivity;
  }

  /** The time until the next look is due; zero or negative if it is due now. */
  synchronized Duration untilNextLook() {
    long activity = lastActivity;
    long now = System.nanoTime();
    long due = activity + SILENCE.toNanos() - now;
    if (watchedActivity == activity && looks > 0) {
      due = Math.max(due, lastLook + pause().toNanos() - now);
    }
    return Duration.ofNanos(due);
  }

  private Duration pause() {
    if (waiting) {
      return PAUSE_WHILE_WAITING;
    }
    Duration doubled = SILENCE.multipliedBy(1L << Math.min(looks - 1, 10));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  synchronized boolean isLooking() {
    return looking;
  }

  /** Starts a look on a thread of its own, unless one is running. */
  void startLook() {
    long activity;
    synchronized (this) {
      if (looking) {
        return;
      }
      activity = lastActivity;
      if (watchedActivity != activity) {
        watchedActivity = activity;
        looks = 0;
        waiting = false;
      }
      looks++;
      lastLook = System.nanoTime();
      looking = places.take(userId, LOOKS).isEmpty();
      if (!looking) {
        return;
      }
    }
    Thread.ofVirtual().name("look for input").start(() -> look(activity));
  }

  private void look(long activity) {
    boolean found = false;
    try {
      found = command.awaitsInput();
    } catch (SessionException failure) {
      LOG.debug("cannot find out whether a command waits for input: {}", failure.getMessage());
    } finally {
      places.giveBack(userId);
      ended(activity, found);
    }
  }

  private synchronized void ended(long activity, boolean found) {
    looking = false;
    lastLook = System.nanoTime();
    waiting = found && watchedActivity == activity;
  }
}
