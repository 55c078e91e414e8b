package io.gatehouse.gateway.isolation;

/** Tells that it could not be found out what keeps accounts apart, or that it is too little. */
public final class IsolationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kinds of failure. */
  public enum Reason {
    /** The allowed number of probes runs already. */
    BUSY,
    /** The probe did not start, or was cut short. */
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
