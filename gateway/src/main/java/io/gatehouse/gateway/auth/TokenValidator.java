package io.gatehouse.gateway.auth;

/** Tells to whom a token belongs. */
public interface TokenValidator {

  /**
   * Returns the user of an accepted token.
   *
   * @throws AuthException when the token is refused, or when Open WebUI gives no usable answer
   */
  ValidatedUser validate(BearerToken token);

  /**
   * Does the same as {@link #validate}, but always asks Open WebUI and uses no remembered answer.
   *
   * @throws AuthException when the token is refused by now, or when Open WebUI gives no usable
   *     answer
   */
  default ValidatedUser validateAgain(BearerToken token) {
    return validate(token);
  }
}
