package io.gatehouse.gateway.auth;

import io.gatehouse.gateway.auth.AuthException.Reason;
import java.util.Optional;

/**
 * Decides who is calling.
 *
 * <p>In this order: a well-formed bearer token must be there; the API key speaks for the user that
 * {@code X-User-Id} asserts; any other token must be one that Open WebUI accepts, and {@code
 * X-User-Id} may only repeat its user.
 */
public final class Authenticator {

  private final Optional<BearerToken> apiKey;
  private final Optional<TokenValidator> tokens;

  /**
   * Uses the modes that are configured. If neither is, every caller is refused.
   *
   * @param apiKey turns on key mode
   * @param tokens turns on session mode
   */
  public Authenticator(Optional<BearerToken> apiKey, Optional<TokenValidator> tokens) {
    this.apiKey = apiKey;
    this.tokens = tokens;
  }

  /**
   * Returns the caller of one request.
   *
   * @param authorization the value of the Authorization header, as sent
   * @param assertedUserId the value of the X-User-Id header, as sent
   * @throws AuthException when the caller is refused
   */
  public Caller authenticate(Optional<String> authorization, Optional<String> assertedUserId) {
    BearerToken token = authorization.flatMap(BearerToken::parse).orElseThrow(this::noToken);
    if (apiKey.filter(token::matches).isPresent()) {
      return new Caller(
          checkedId(assertedUserId).map(Authenticator::assertedUser), Optional.empty());
    }
    User verified = tokens.orElseThrow(Authenticator::wrongKey).validate(token).user();
    if (checkedId(assertedUserId).filter(id -> !id.equals(verified.id())).isPresent()) {
      throw new AuthException(
          Reason.FORBIDDEN,
          "X-User-Id must name the user to whom the token belongs, or be left out");
    }
    return new Caller(Optional.of(verified), Optional.of(token));
  }

  /**
   * Asks Open WebUI again about the token of an earlier caller. A caller with the API key has none,
   * and is not checked.
   *
   * @throws AuthException when the token is refused by now, or when Open WebUI gives no usable
   *     answer
   */
  public void recheck(Caller caller) {
    if (caller.token().isEmpty()) {
      return;
    }
    User verified =
        tokens.orElseThrow(Authenticator::wrongKey).validateAgain(caller.token().get()).user();
    if (!caller.user().map(User::id).equals(Optional.of(verified.id()))) {
      throw new AuthException(
          Reason.FORBIDDEN, "The token belongs to another user now; sign in again");
    }
  }

  /**
   * Returns the user id of X-User-Id, if it is valid. It is called only after the key or token was
   * accepted, so that strangers learn nothing about this header.
   */
  private static Optional<String> checkedId(Optional<String> assertedUserId) {
    Optional<String> id = assertedUserId.filter(value -> !value.isEmpty());
    if (id.isPresent() && !User.isValidId(id.get())) {
      throw new AuthException(
          Reason.BAD_REQUEST,
          "X-User-Id must have 1 to 255 printable ASCII characters and no space");
    }
    return id;
  }

  /**
   * The user that the holder of the API key asserts. It may be any user, and is never an
   * administrator.
   */
  private static User assertedUser(String id) {
    return new User(id, Optional.empty(), Role.USER);
  }

  private AuthException noToken() {
    return new AuthException(
        Reason.UNAUTHENTICATED,
        tokens.isPresent()
            ? "Not signed in: send Authorization: Bearer with an Open WebUI token"
            : "No API key: send Authorization: Bearer with the API key");
  }

  private static AuthException wrongKey() {
    // The words of Open Terminal, which clients may know.
    return new AuthException(Reason.UNAUTHENTICATED, "Invalid API key");
  }
}
