package io.gatehouse.gateway.terminal;

/** Tells that there is no such terminal for the caller, or will be none. */
public final class TerminalRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What stands against it. */
  public enum Reason {
    /** The user, or all users together, have as many as there may be. */
    TOO_MANY,
    /** There is none with this id that the user could find in this chat. */
    NOT_FOUND,
    /** The one with this id is another user's; told to nobody but the log. */
    OF_ANOTHER_USER,
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
