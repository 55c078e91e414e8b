package io.gatehouse.gateway.session;

/** Tells that a request may not have more memory, with the error text for its caller. */
public final class BudgetException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The bound that was reached. */
  public enum Reason {
    /** The request needs more memory than its user may have at all. */
    TOO_LARGE,
    /** The user's other requests leave too little of the user's share for this one. */
    TOO_MUCH_OF_USER,
    /** The requests of all users leave too little memory for this one. */
    TOO_MUCH_OF_ALL
  }

  private final Reason reason;

  BudgetException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
