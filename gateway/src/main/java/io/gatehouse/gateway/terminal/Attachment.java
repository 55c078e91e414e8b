package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.auth.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The state of a terminal towards viewers: it is offered under an id, attached to one viewer, or
 * detached since its viewer's socket dropped.
 */
final class Attachment {

  private sealed interface State {}

  /**
   * The state without a viewer. The id is good for one attachment until {@code until}. After that,
   * the terminal counts as detached since its last viewer left, or as a terminal that never had a
   * viewer.
   */
  private record Offered(Instant until, Optional<Instant> leftAt) implements State {

    boolean isGood(Instant now) {
      return now.isBefore(until);
    }
  }

  private record Attached(Viewer viewer) implements State {}

  private record Detached(Instant since) implements State {}

  // All fields are guarded by the lock of this object.
  private String id;
  private Caller caller;
  private Instant checkedAt;
  private State state;

  /** Starts with an id that is not offered yet. */
  Attachment(String id, Caller caller, Instant now) {
    this.id = id;
    this.caller = caller;
    this.checkedAt = now;
    this.state = new Offered(now, Optional.empty());
  }

  /** The terminal's current id. */
  synchronized String id() {
    return id;
  }

  /**
   * Whether the terminal was opened with a user's own token, and not with the key of the server.
   */
  synchronized boolean openedByToken() {
    return caller.token().isPresent();
  }

  /** Offers the terminal under a new id, which is good for one attachment. */
  synchronized void offer(String newId, Caller newCaller, Instant now) {
    id = newId;
    caller = newCaller;
    checkedAt = now;
    state = new Offered(now.plus(TerminalSettings.OFFER), leftAt());
  }

  /**
   * Whether the terminal can be offered again: its viewer's socket dropped, and no offered id is
   * still good.
   */
  synchronized boolean isDetached(Instant now) {
    return leftAt().isPresent() && !isOffered(now);
  }

  synchronized boolean isAttached() {
    return state instanceof Attached;
  }

  synchronized boolean isAttachedTo(Viewer viewer) {
    return state.equals(new Attached(viewer));
  }

  /**
   * The time when the last viewer's socket dropped; empty while there is a viewer, and if there
   * never was a viewer.
   */
  synchronized Optional<Instant> leftAt() {
    return switch (state) {
      case Offered offered -> offered.leftAt();
      case Attached attached -> Optional.empty();
      case Detached detached -> Optional.of(detached.since());
    };
  }

  private boolean isOffered(Instant now) {
    return state instanceof Offered offered && offered.isGood(now);
  }

  /** The result of an attempt to attach. */
  enum Outcome {
    /** The id is no longer good for an attachment. */
    REFUSED,
    /** The newcomer is attached, as the first viewer. */
    FIRST,
    /** The newcomer is attached, and there were viewers before. */
    AGAIN
  }

  /** Attaches a newcomer that brings the offered id. */
  synchronized Outcome attach(String offeredId, Viewer newcomer, Instant now) {
    if (!id.equals(offeredId) || !isOffered(now)) {
      return Outcome.REFUSED;
    }
    Outcome outcome = leftAt().isPresent() ? Outcome.AGAIN : Outcome.FIRST;
    state = new Attached(newcomer);
    return outcome;
  }

  /** Detaches the viewer. Returns false if it was not attached. */
  synchronized boolean detach(Viewer leaver, Instant now) {
    if (!isAttachedTo(leaver)) {
      return false;
    }
    state = new Detached(now);
    return true;
  }

  /** Whether the terminal has been without a viewer for too long. */
  synchronized boolean isForsaken(Instant now, Duration detachTimeToLive) {
    if (isAttached() || isOffered(now)) {
      return false;
    }
    return leftAt().map(since -> !now.isBefore(since.plus(detachTimeToLive))).orElse(true);
  }

  /**
   * Returns the caller whose token must be checked again now; empty if no check is due. The next
   * check is due one interval later.
   */
  synchronized Optional<Caller> dueForCheck(Instant now, Duration interval) {
    if (caller.token().isEmpty() || now.isBefore(checkedAt.plus(interval))) {
      return Optional.empty();
    }
    checkedAt = now;
    return Optional.of(caller);
  }
}
