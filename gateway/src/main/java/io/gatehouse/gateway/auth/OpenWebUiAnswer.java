package io.gatehouse.gateway.auth;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.gateway.auth.AuthException.Reason;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads Open WebUI's answer about a token that it accepts.
 *
 * <p>Open WebUI accepts the token of an account that waits for its activation too, so the role is
 * checked here.
 */
final class OpenWebUiAnswer {

  private static final int LONGEST_EMAIL = 320;

  /** The form of a role that an error text repeats. Other texts could contain anything. */
  private static final Pattern PLAIN_ROLE = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  private static final String PENDING = "pending";

  private static final ObjectReader JSON =
      JsonMapper.builder()
          // An answer with two ids is refused, because the wrong id could be used.
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private OpenWebUiAnswer() {}

  /** Reads the answer, and tells the listener the user's state where the answer leaves no doubt. */
  static ValidatedUser read(byte[] body, RoleListener roles) {
    JsonNode answer = parse(body);
    String id = text(answer, "id").filter(User::isValidId).orElseThrow(() -> unusable("id"));
    String name = text(answer, "role").orElseThrow(() -> unusable("role"));
    if (name.equals(PENDING)) {
      roles.pending(id);
    }
    Role role = role(name);
    ValidatedUser user = new ValidatedUser(new User(id, email(answer), role), expiresAt(answer));
    roles.active(id);
    return user;
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      // Jackson's message quotes the body, and the body contains the token.
      throw new AuthException(
          Reason.UNAVAILABLE,
          "Open WebUI answered the token check with something that is not JSON");
    }
  }

  private static Role role(String name) {
    return switch (name) {
      case "user" -> Role.USER;
      case "admin" -> Role.ADMIN;
      case PENDING ->
          throw new AuthException(
              Reason.FORBIDDEN,
              "Your Open WebUI account is waiting for activation by an administrator"
                  + " (role pending)");
      default ->
          throw new AuthException(
              Reason.FORBIDDEN,
              "Your Open WebUI account must have the role user or admin to use terminals"
                  + (PLAIN_ROLE.matcher(name).matches() ? ", and has the role " + name : "")
                  + "; ask an administrator of Open WebUI to change it");
    };
  }

  /**
   * The mail address. A text that cannot be a mail address is ignored, because only account names
   * are made from it.
   */
  private static Optional<String> email(JsonNode answer) {
    return text(answer, "email")
        .filter(email -> !email.isBlank() && email.length() <= LONGEST_EMAIL)
        .filter(email -> email.chars().noneMatch(Character::isISOControl));
  }

  /**
   * The time at which the token ends. If the field is absent or null, the token has no end; any
   * value but a time is refused.
   */
  private static Optional<Instant> expiresAt(JsonNode answer) {
    JsonNode seconds = answer.path("expires_at");
    if (seconds.isMissingNode() || seconds.isNull()) {
      return Optional.empty();
    }
    if (!seconds.isNumber() || !seconds.canConvertToLong()) {
      throw unusable("expires_at");
    }
    try {
      return Optional.of(Instant.ofEpochSecond(seconds.longValue()));
    } catch (DateTimeException e) {
      throw unusable("expires_at");
    }
  }

  private static Optional<String> text(JsonNode answer, String field) {
    return Optional.of(answer.path(field)).filter(JsonNode::isTextual).map(JsonNode::textValue);
  }

  private static AuthException unusable(String field) {
    return new AuthException(
        Reason.UNAVAILABLE, "Open WebUI answered the token check without a usable " + field);
  }
}
