package io.gatehouse.gateway.exec;

/** Says that a rule of this package does not allow a command to be started or to get input. */
public final class ExecutionRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The rule that refused the request. */
  public enum Reason {
    /** This user, or all users together, have as many running commands as they may have. */
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
