package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.SessionException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a command waits for input, while somebody wants to know.
 *
 * <p>A look costs a small program in the user's login. So nobody looks while there is output, and
 * the pauses between two looks at a silent command grow.
 */
final class InputWatch {

  private static final Logger LOG = LoggerFactory.getLogger(InputWatch.class);

  /** How long a command is silent before it is looked at; answers to what was typed come sooner. */
  static final Duration SILENCE = Duration.ofSeconds(1);

  /** Pauses double from the one above to this. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Where it waits, it is looked at again after this: it may have stopped by itself. */
  private static final Duration PAUSE_WHILE_WAITING = Duration.ofSeconds(5);

  /** What the places are counted as. */
  private static final String LOOKS = "looks at commands";

  private final String userId;
  private final Quota places;

  /** Changed once, at the end. */
  private volatile Command command;

  // The pump and whoever types change these.
  private volatile long lastActivity = System.nanoTime();

  // Guarded by this.
  private long watchedActivity = lastActivity;
  private long lastLook;
  private int looks;
  private boolean looking;
  private boolean waiting;

  /**
   * Watches a command of a user.
   *
   * @param places of looks at a time; who finds none looks later
   */
  InputWatch(Command command, String userId, Quota places) {
    this.command = command;
    this.userId = userId;
    this.places = places;
  }

  /** The command has ended, and this is what is left of it. */
  void end(Command ended) {
    command = ended;
  }

  /** There was output, or something was typed. */
  void activity() {
    lastActivity = System.nanoTime();
  }

  /** Whether it waited for input when it was last looked at, and nothing has happened since. */
  synchronized boolean isWaiting() {
    return waiting && watchedActivity == lastActivity;
  }

  /** How long until it is worth to look again; not positive: now. */
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

  /** Looks, on a thread of its own, unless somebody does. */
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
      LOG.debug("it cannot be found out whether a command waits: {}", failure.getMessage());
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
