package io.gatehouse.gateway.ports;

/** Tells that a port of an account cannot be reached. */
public final class PortException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of failure. */
  public enum Reason {
    /** No program of the account listens there. What other accounts have there is not told. */
    NOT_FOUND,
    /** A program listens there and takes no connection. */
    UNREACHABLE,
    /** Nobody has answered within the limit. */
    TIMED_OUT
  }

  private final Reason reason;

  PortException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  static PortException notFound() {
    return new PortException(Reason.NOT_FOUND, "Port not found");
  }

  public Reason reason() {
    return reason;
  }
}
