package io.gatehouse.gateway.account;

/** Tells that a user cannot have an account now. */
public final class AccountException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of refusal. The table of errors maps it to the HTTP status of the answer. */
  public enum Reason {
    /** Something else has the name, the uid or the path of the home. */
    CONFLICT,
    /** The disk is full, or the quota of root or of the account is used up. */
    NO_SPACE,
    /** The account is disabled or removed. The message says who can change that. */
    DISABLED,
    /** The registry cannot be read or written, or is full. */
    REGISTRY,
    /** {@code root-helper} cannot be reached, or failed. */
    UNAVAILABLE
  }

  private final Reason reason;

  public AccountException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public AccountException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
