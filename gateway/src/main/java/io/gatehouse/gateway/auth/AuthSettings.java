package io.gatehouse.gateway.auth;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Which credentials count.
 *
 * @param apiKey the key of key mode; empty: there is no key mode
 * @param openWebUi where to ask about tokens; empty: there is no session mode
 * @param requestLimit for one whole question to Open WebUI
 * @param acceptedFor how long a user is known without asking again, never past the token's own end
 * @param refusedFor how long a refusal is known without asking again
 */
public record AuthSettings(
    Optional<BearerToken> apiKey,
    Optional<URI> openWebUi,
    Duration requestLimit,
    Duration acceptedFor,
    Duration refusedFor) {

  /** Tokens that are remembered; a memory of some megabytes at the most. */
  static final int MOST_TOKENS = 10_000;

  /**
   * The settings with the times that hold everywhere; 60 s is what Open WebUI's own server takes.
   */
  public static AuthSettings of(Optional<BearerToken> apiKey, Optional<URI> openWebUi) {
    return new AuthSettings(
        apiKey, openWebUi, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(5));
  }
}
