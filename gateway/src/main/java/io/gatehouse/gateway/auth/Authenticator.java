package io.gatehouse.gateway.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.auth.AuthException.Reason;
import java.time.Clock;
import java.util.Optional;

/** Decides from the credentials of a request who sends it. */
public final class Authenticator {

  private final Optional<BearerToken> apiKey;
  private final Optional<TokenValidator> tokens;

  Authenticator(Optional<BearerToken> apiKey, Optional<TokenValidator> tokens) {
    this.apiKey = apiKey;
    this.tokens = tokens;
  }

  /** The authenticator of these settings, which asks Open WebUI if it has an address. */
  public static Authenticator of(AuthSettings settings) {
    Optional<TokenValidator> tokens =
        settings
            .openWebUi()
            .map(
                address ->
                    new CachingTokenValidator(
                        new OpenWebUiTokenValidator(address, settings.requestLimit()),
                        settings,
                        Clock.systemUTC(),
                        Ticker.systemTicker()));
    return new Authenticator(settings.apiKey(), tokens);
  }

  /**
   * Returns who sends a request with these headers.
   *
   * @param authorization the Authorization header
   * @param assertedUserId the X-User-Id header; an empty one counts as absent
   * @throws AuthException if the credentials are not valid, or not the user's
   */
  public Caller authenticate(Optional<String> authorization, Optional<String> assertedUserId) {
    Optional<String> asserted = assertedUserId.filter(id -> !id.isEmpty());
    asserted.ifPresent(Authenticator::requireUserId);
    BearerToken token =
        authorization.flatMap(BearerToken::fromHeader).orElseThrow(this::unauthenticated);
    if (apiKey.isPresent() && apiKey.get().matches(token)) {
      return new Caller(asserted.map(id -> new User(id, Optional.empty(), Role.USER)));
    }
    User user = tokens.orElseThrow(this::unauthenticated).validate(token).user();
    if (asserted.isPresent() && !asserted.get().equals(user.id())) {
      throw new AuthException(
          Reason.FORBIDDEN, "X-User-Id names another user than the one whose token this is");
    }
    return new Caller(Optional.of(user));
  }

  private static void requireUserId(String id) {
    if (!User.isValidId(id)) {
      throw new AuthException(
          Reason.BAD_REQUEST, "X-User-Id has 1 to 255 printable ASCII characters and no space");
    }
  }

  private AuthException unauthenticated() {
    return new AuthException(
        Reason.UNAUTHENTICATED,
        tokens.isPresent() ? "A bearer token of Open WebUI is required" : "Invalid API key");
  }
}
