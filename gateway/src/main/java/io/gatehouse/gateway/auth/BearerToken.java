package io.gatehouse.gateway.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A secret that proves who is calling: the API key, or a token or {@code sk-} key of Open WebUI.
 *
 * <p>It has visible ASCII characters only and no spaces, so it can be sent on in a header and
 * cannot add another header.
 *
 * @param value the secret itself; for the Authorization header of the token check only
 */
public record BearerToken(String value) {

  /** The length of the longest token, in characters. The JWTs of Open WebUI have a few hundred. */
  public static final int LONGEST = 8 * 1024;

  private static final String SCHEME = "Bearer ";

  public BearerToken {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "a bearer token must have 1 to " + LONGEST + " visible ASCII characters and no space");
    }
  }

  /** Whether this text can be a token. Any other text is refused before it is used. */
  public static boolean isValid(String value) {
    return !value.isEmpty()
        && value.length() <= LONGEST
        && value.chars().allMatch(character -> character > ' ' && character < 0x7f);
  }

  /** Reads the value of an Authorization header; empty when it contains no well-formed token. */
  public static Optional<BearerToken> parse(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    int start = SCHEME.length();
    while (start < authorization.length() && authorization.charAt(start) == ' ') {
      start++;
    }
    return Optional.of(authorization.substring(start))
        .filter(BearerToken::isValid)
        .map(BearerToken::new);
  }

  /** Compares two tokens in a time that does not tell how much of the other token is right. */
  public boolean matches(BearerToken other) {
    // The hashes are compared, so that the time tells nothing, not even the length.
    return MessageDigest.isEqual(digest(), other.digest());
  }

  /** The hash of the token in hexadecimal, which caches use as the key. */
  String sha256() {
    return HexFormat.of().formatHex(digest());
  }

  private byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "BearerToken[redacted]";
  }
}
