package io.gatehouse.gateway.terminal;

/** Says that the caller cannot have a terminal. */
public final class TerminalRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The reason for the refusal. */
  public enum Reason {
    /** The user, or all users together, have as many terminals as they may have. */
    TOO_MANY,
    /** There is no terminal with this id that the user may find in this chat. */
    NOT_FOUND,
    /**
     * The terminal with this id belongs to another user. Only the log says so; the client gets the
     * same answer as for NOT_FOUND.
     */
    OF_ANOTHER_USER,
    /** The terminal has a viewer already. */
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
