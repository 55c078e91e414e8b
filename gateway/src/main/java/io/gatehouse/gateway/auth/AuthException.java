package io.gatehouse.gateway.auth;

import java.util.Objects;

/**
 * Says why a caller is refused, in a sentence that may be shown and logged.
 *
 * <p>Neither the message nor a cause ever contains a token or anything that Open WebUI sent,
 * because Open WebUI's answer repeats the token.
 */
public final class AuthException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public AuthException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  public Reason reason() {
    return reason;
  }

  /** The reasons for which a caller is refused. */
  public enum Reason {
    /** The caller has no credentials, or they are not accepted. */
    UNAUTHENTICATED,
    /** The caller is known, but may not do this. */
    FORBIDDEN,
    /** The caller is accepted, but says something about itself that cannot be true. */
    BAD_REQUEST,
    /** Open WebUI gave no usable answer, so it is not known who is calling. */
    UNAVAILABLE
  }
}
