package io.gatehouse.gateway.account;

/** Tells that a user cannot have an account now. */
public final class AccountException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of refusal. The table of errors makes the status of an answer from it. */
  public enum Reason {
    /** The place of the home, the name or the uid is taken by something else. */
    CONFLICT,
    /** The disk is full, or what of it root or the account may have. */
    NO_SPACE,
    /** The account is disabled or removed, and says who can change that. */
    DISABLED,
    /** The registry cannot be read or written, or is full. */
    REGISTRY,
    /** The provisioning command cannot be reached or failed. */
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
