package io.gatehouse.gateway.exec;

/** Tells that a command is not started or not talked to, by a rule of this package. */
public final class ExecutionRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The rule. */
  public enum Reason {
    /** As many commands run as there may be, of this user or of all. */
    TOO_MANY,
    /** The command has ended. */
    ENDED
  }

  private final Reason reason;

  ExecutionRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
