package io.gatehouse.gateway;

import static io.gatehouse.gateway.Configuration.PREFIX;

import io.gatehouse.gateway.auth.AuthSettings;
import io.gatehouse.gateway.auth.BearerToken;
import io.gatehouse.gateway.auth.UserListSettings;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * The settings that say which callers the gateway knows.
 *
 * @param userList the settings for reading Open WebUI's list of users; empty if the list is not
 *     read
 * @param generatedKey the key that was made up because none was configured
 */
record AccessConfiguration(
    AuthSettings auth, Optional<UserListSettings> userList, Optional<BearerToken> generatedKey) {

  private static final int GENERATED_KEY_BYTES = 32;

  /**
   * The length, in characters, below which a warning is given. Sixteen hexadecimal digits make 2^64
   * keys; at 100,000 attempts a second, half of them take three million years.
   */
  private static final int SHORTEST_SAFE_KEY = 16;

  static AccessConfiguration read(Environment environment, boolean isolation) {
    Optional<BearerToken> key =
        environment
            .secret(PREFIX + "API_KEY")
            .flatMap(value -> key(environment, PREFIX + "API_KEY", value));
    Optional<URI> openWebUi =
        environment.uri(PREFIX + "OWUI_URL", AuthSettings.URL_RULE, AuthSettings::isUrl);
    Optional<BearerToken> generated =
        key.isEmpty() && openWebUi.isEmpty() ? Optional.of(generateKey()) : Optional.empty();
    return new AccessConfiguration(
        AuthSettings.of(key.or(() -> generated), openWebUi),
        userList(environment, openWebUi.isPresent() && isolation),
        generated);
  }

  private static Optional<BearerToken> key(Environment environment, String name, String value) {
    if (!BearerToken.isValid(value)) {
      environment.problem(
          name
              + " must be 1 to "
              + BearerToken.LONGEST
              + " printable ASCII characters without blanks; it has "
              + value.length()
              + " characters");
      return Optional.empty();
    }
    return Optional.of(new BearerToken(value));
  }

  /**
   * Reads the settings of Open WebUI's list of users. Accounts are disabled by that list only where
   * each user has an account.
   */
  private static Optional<UserListSettings> userList(Environment environment, boolean possible) {
    String name = "GATEHOUSE_OPENWEBUI_ADMIN_KEY";
    Optional<BearerToken> key =
        environment.secret(name).flatMap(value -> key(environment, name, value));
    Duration interval =
        environment
            .seconds("GATEHOUSE_OPENWEBUI_POLL", UserListSettings.LONGEST_INTERVAL)
            .orElse(UserListSettings.DEFAULT_INTERVAL);
    if (interval.compareTo(UserListSettings.SHORTEST_INTERVAL) < 0) {
      environment.problem(
          "GATEHOUSE_OPENWEBUI_POLL must be at least "
              + UserListSettings.SHORTEST_INTERVAL.toSeconds()
              + " seconds");
      return Optional.empty();
    }
    if (key.isPresent() && !possible) {
      environment.problem(
          name + " needs " + PREFIX + "OWUI_URL and " + PREFIX + "USER_ISOLATION=true");
    }
    return key.map(known -> new UserListSettings(known, interval));
  }

  private static BearerToken generateKey() {
    byte[] bytes = new byte[GENERATED_KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new BearerToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Warns of a key that can be guessed. */
  Optional<String> warning() {
    return auth.apiKey()
        .filter(key -> key.value().length() < SHORTEST_SAFE_KEY)
        .map(
            weak ->
                PREFIX
                    + "API_KEY has fewer than "
                    + SHORTEST_SAFE_KEY
                    + " characters: whoever guesses it can act as every user; make a longer key,"
                    + " for example with openssl rand -hex 24");
  }
}
