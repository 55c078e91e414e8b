package io.gatehouse.gateway.auth;

import java.util.Optional;

/**
 * Who sends a request, after the credentials were checked.
 *
 * @param user the user; empty when the API key comes without X-User-Id
 */
public record Caller(Optional<User> user) {

  /**
   * The user.
   *
   * @throws AuthException UNAUTHENTICATED if the request names none
   */
  public User requireUser() {
    return user.orElseThrow(
        () ->
            new AuthException(
                AuthException.Reason.UNAUTHENTICATED,
                "X-User-Id is required: with user isolation, every request names its user"));
  }
}
