package io.gatehouse.gateway.isolation;

/**
 * Says that the isolation of accounts could not be probed, or that a required measure is not in
 * force.
 */
public final class IsolationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kinds of failure. */
  public enum Reason {
    /** As many probes as are allowed are running already. */
    BUSY,
    /** The probe did not start, or ended early. */
    FAILED,
    /** A required measure is not in force. */
    NOT_IN_FORCE
  }

  private final Reason reason;

  IsolationException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  IsolationException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
