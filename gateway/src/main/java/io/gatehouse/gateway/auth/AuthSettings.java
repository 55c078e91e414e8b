package io.gatehouse.gateway.auth;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The settings of authentication.
 *
 * @param apiKey the key of key mode; empty when key mode is off
 * @param openWebUiUrl the address at which Open WebUI checks tokens, without a slash at its end;
 *     empty when session mode is off
 * @param requestTimeout the longest a token check takes, from the first byte sent to the last read
 * @param positiveTtl the longest an accepted token is believed without asking again
 * @param negativeTtl how long a refused token stays refused without asking again
 * @param cacheSize how many answers are remembered
 */
public record AuthSettings(
    Optional<BearerToken> apiKey,
    Optional<URI> openWebUiUrl,
    Duration requestTimeout,
    Duration positiveTtl,
    Duration negativeTtl,
    int cacheSize) {

  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
  public static final Duration POSITIVE_TTL = Duration.ofSeconds(60);
  public static final Duration NEGATIVE_TTL = Duration.ofSeconds(5);
  public static final int CACHE_SIZE = 10_000;

  public static final String URL_RULE =
      "http://host[:port][/path] or https://..., with no user name, password, query or fragment,"
          + " and no underscore in the host";

  private static final int HIGHEST_PORT = 65_535;

  public AuthSettings {
    openWebUiUrl = openWebUiUrl.map(AuthSettings::checkedUrl);
    requirePositive("requestTimeout", requestTimeout);
    requirePositive("positiveTtl", positiveTtl);
    requirePositive("negativeTtl", negativeTtl);
    if (cacheSize < 1) {
      throw new IllegalArgumentException("cacheSize must be at least 1");
    }
  }

  /**
   * Makes settings with the times and sizes of this class. If both arguments are empty, every
   * caller is refused.
   */
  public static AuthSettings of(Optional<BearerToken> apiKey, Optional<URI> openWebUiUrl) {
    return new AuthSettings(
        apiKey, openWebUiUrl, REQUEST_TIMEOUT, POSITIVE_TTL, NEGATIVE_TTL, CACHE_SIZE);
  }

  /** Whether this can be the address of Open WebUI, as {@link #URL_RULE} says in words. */
  public static boolean isUrl(URI url) {
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    // Java finds no host in a name with an underscore, and then could not connect either.
    return (scheme.equals("http") || scheme.equals("https"))
        && url.getHost() != null
        && url.getPort() != 0
        && url.getPort() <= HIGHEST_PORT
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }

  /** Checks the URL. The error does not repeat it, because a wrong URL may contain a password. */
  private static URI checkedUrl(URI url) {
    if (!isUrl(url)) {
      throw new IllegalArgumentException("the URL of Open WebUI must be " + URL_RULE);
    }
    return URI.create(withoutSlashesAtEnd(url.toString()));
  }

  private static String withoutSlashesAtEnd(String text) {
    int end = text.length();
    while (text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  private static void requirePositive(String name, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(name + " must be longer than zero");
    }
  }
}
