package io.gatehouse.gateway.auth;

/** Tells that a caller is not who may do this, or that it cannot be found out. */
public final class AuthException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why, for the one place that turns it into an answer. */
  public enum Reason {
    /** There is no valid credential, or none that names a user where one is needed. */
    UNAUTHENTICATED,
    /** The credential is valid, and its user may not. */
    FORBIDDEN,
    /** What the request says of its caller has no meaning. */
    BAD_REQUEST,
    /** Open WebUI cannot be asked. */
    UNAVAILABLE
  }

  private final Reason reason;

  AuthException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
