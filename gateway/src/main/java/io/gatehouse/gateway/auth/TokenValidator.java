package io.gatehouse.gateway.auth;

import java.time.Instant;
import java.util.Optional;

/** Finds out whose token it is. */
interface TokenValidator {

  /**
   * A user, and how long the token says so.
   *
   * @param expiry empty: the token has no end of its own
   */
  record Valid(User user, Optional<Instant> expiry) {}

  /**
   * Returns whose token it is.
   *
   * @throws AuthException if the token is refused, or nobody can be asked
   */
  Valid validate(BearerToken token);
}
