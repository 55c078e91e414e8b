package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Signal;
import java.util.Optional;

/**
 * Knows which of a command's two attempts to start is the current attempt, and sends signals to it.
 */
final class Attempts {

  // Guarded by the lock of this object.
  private SshCommand current;
  private Optional<Signal> lastSignal = Optional.empty();

  Attempts(SshCommand first) {
    this.current = first;
  }

  synchronized SshCommand current() {
    return current;
  }

  /** The last signal that was sent to either attempt. */
  synchronized Optional<Signal> lastSignal() {
    return lastSignal;
  }

  /** Signals the current attempt. */
  void signal(Signal signal) {
    SshCommand target;
    synchronized (this) {
      lastSignal = Optional.of(signal);
      target = current;
    }
    target.signal(signal);
  }

  /** Makes the second attempt the current one, and passes on a signal that came meanwhile. */
  void replace(SshCommand second) {
    Optional<Signal> missed;
    synchronized (this) {
      current = second;
      missed = lastSignal;
    }
    missed.ifPresent(second::signal);
  }
}
