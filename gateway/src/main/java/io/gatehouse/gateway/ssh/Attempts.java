package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Signal;
import java.util.Optional;

/** The present one of a command's attempts to begin, and the signals that are meant for it. */
final class Attempts {

  // Guarded by this.
  private SshCommand current;
  private Optional<Signal> lastSignal = Optional.empty();

  Attempts(SshCommand first) {
    this.current = first;
  }

  synchronized SshCommand current() {
    return current;
  }

  /** The last signal that somebody sent, to whichever attempt. */
  synchronized Optional<Signal> lastSignal() {
    return lastSignal;
  }

  /** Signals the present attempt. */
  void signal(Signal signal) {
    SshCommand target;
    synchronized (this) {
      lastSignal = Optional.of(signal);
      target = current;
    }
    target.signal(signal);
  }

  /** Puts the second attempt in place of the first, and passes on a signal that came meanwhile. */
  void replace(SshCommand second) {
    Optional<Signal> missed;
    synchronized (this) {
      current = second;
      missed = lastSignal;
    }
    missed.ifPresent(second::signal);
  }
}
