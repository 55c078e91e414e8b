package io.gatehouse.gateway.ports;

/** Tells that a port of an account cannot be reached. */
public final class PortException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of failure. */
  public enum Reason {
    /** No program of the account listens at the port. Ports of other accounts are not told. */
    NOT_FOUND,
    /** A program listens at the port and accepts no connection. */
    UNREACHABLE,
    /** No program has answered within the limit. */
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
