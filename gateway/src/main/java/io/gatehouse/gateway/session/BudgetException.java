package io.gatehouse.gateway.session;

/** Tells that memory is not to be had, with the sentence for whoever asked. */
public final class BudgetException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The bound that was reached. */
  public enum Reason {
    /** One request alone wants more than its user may ever have. */
    TOO_LARGE,
    /** It is too much together with what the same user has under way. */
    TOO_MUCH_OF_USER,
    /** It is too much together with what all users have under way. */
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
