package io.gatehouse.gateway.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A User whom Open WebUI vouches for.
 *
 * @param user the User to whom the token belongs
 * @param expiresAt when the token ends; empty when it has no end, as {@code sk-} keys have none
 */
public record ValidatedUser(User user, Optional<Instant> expiresAt) {

  boolean isExpiredAt(Instant now) {
    return expiresAt.filter(end -> !now.isBefore(end)).isPresent();
  }
}
