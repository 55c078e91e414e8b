package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.auth.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who looks at a terminal, and who may come to look: it is offered under an id, attached to one
 * viewer, or detached since its viewer's socket dropped.
 */
final class Attachment {

  private sealed interface State {}

  /**
   * Nobody looks. The id is good for one attachment until this moment; after it, the terminal
   * counts as detached since its last viewer left, or as one that nobody has ever looked at.
   */
  private record Offered(Instant until, Optional<Instant> leftAt) implements State {

    boolean isGood(Instant now) {
      return now.isBefore(until);
    }
  }

  private record Attached(Viewer viewer) implements State {}

  private record Detached(Instant since) implements State {}

  // All of it is guarded by this.
  private String id;
  private Caller caller;
  private Instant checkedAt;
  private State state;

  /** Begins with an id that is not offered yet. */
  Attachment(String id, Caller caller, Instant now) {
    this.id = id;
    this.caller = caller;
    this.checkedAt = now;
    this.state = new Offered(now, Optional.empty());
  }

  /** What the owner calls the terminal now. */
  synchronized String id() {
    return id;
  }

  /** Whether it was opened by a user's own token, and not by the key of the server. */
  synchronized boolean openedByToken() {
    return caller.token().isPresent();
  }

  /** Makes the id good for one attachment. */
  synchronized void offer(String newId, Caller newCaller, Instant now) {
    id = newId;
    caller = newCaller;
    checkedAt = now;
    state = new Offered(now.plus(TerminalSettings.OFFER), leftAt());
  }

  /** Whether it can be offered again: its socket dropped, and no offer is good. */
  synchronized boolean isDetached(Instant now) {
    return leftAt().isPresent() && !isOffered(now);
  }

  synchronized boolean isAttached() {
    return state instanceof Attached;
  }

  synchronized boolean isAttachedTo(Viewer viewer) {
    return state.equals(new Attached(viewer));
  }

  /** When its socket dropped last; empty while somebody looks, and if nobody ever did. */
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

  /** What became of an attempt to attach. */
  enum Outcome {
    /** The id is not good for it any more. */
    REFUSED,
    /** The newcomer is the first who looks. */
    FIRST,
    /** Somebody has looked before. */
    AGAIN
  }

  /** Lets a newcomer look who comes with the id that is offered. */
  synchronized Outcome attach(String offeredId, Viewer newcomer, Instant now) {
    if (!id.equals(offeredId) || !isOffered(now)) {
      return Outcome.REFUSED;
    }
    Outcome outcome = leftAt().isPresent() ? Outcome.AGAIN : Outcome.FIRST;
    state = new Attached(newcomer);
    return outcome;
  }

  /** The viewer looks no more; false if it is not the one who does. */
  synchronized boolean detach(Viewer leaver, Instant now) {
    if (!isAttachedTo(leaver)) {
      return false;
    }
    state = new Detached(now);
    return true;
  }

  /** Whether nobody has come for it in time. */
  synchronized boolean isForsaken(Instant now, Duration detachTimeToLive) {
    if (isAttached() || isOffered(now)) {
      return false;
    }
    return leftAt().map(since -> !now.isBefore(since.plus(detachTimeToLive))).orElse(true);
  }

  /** The caller whose token is to be checked again now; the next time comes that much later. */
  synchronized Optional<Caller> dueForCheck(Instant now, Duration interval) {
    if (caller.token().isEmpty() || now.isBefore(checkedAt.plus(interval))) {
      return Optional.empty();
    }
    checkedAt = now;
    return Optional.of(caller);
  }
}
