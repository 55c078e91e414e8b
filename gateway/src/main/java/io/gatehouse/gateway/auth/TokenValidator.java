package io.gatehouse.gateway.auth;

/** Tells whose token it is. */
public interface TokenValidator {

  /**
   * Returns the user of an accepted token.
   *
   * @throws AuthException when the token is refused, or when nobody can tell
   */
  ValidatedUser validate(BearerToken token);

  /**
   * Does the same as the other method, and always asks Open WebUI, whatever is remembered.
   *
   * @throws AuthException when the token is refused by now, or when nobody can tell
   */
  default ValidatedUser validateAgain(BearerToken token) {
    return validate(token);
  }
}
