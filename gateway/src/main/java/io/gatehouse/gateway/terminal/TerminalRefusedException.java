package io.gatehouse.gateway.terminal;

/** Tells that there is no such terminal for the caller, or will be none. */
public final class TerminalRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What stands against it. */
  public enum Reason {
    /** The user, or all users together, have as many as there may be. */
    TOO_MANY,
    /** There is none with this id, or it is another user's. */
    NOT_FOUND,
    /** Somebody looks at it already. */
    ATTACHED
  }

  private final Reason reason;

  public TerminalRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
