package io.gatehouse.gateway.auth;

import io.gatehouse.gateway.auth.AuthException.Reason;
import java.util.Optional;

/**
 * The caller of a request, after every check.
 *
 * @param user the User to act for: verified by Open WebUI, or asserted by whoever holds the API
 *     key; empty when the API key came without X-User-Id
 * @param token the token by which Open WebUI verified the user; empty when the API key was sent
 */
public record Caller(Optional<User> user, Optional<BearerToken> token) {

  /**
   * Returns the User to act for. A caller who names none is refused, and never gets somebody else's
   * account instead.
   */
  public User requireUser() {
    return user.orElseThrow(
        () ->
            new AuthException(
                Reason.UNAUTHENTICATED,
                "X-User-Id is required: the API key alone does not say whose account to use"));
  }
}
