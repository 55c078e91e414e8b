package io.gatehouse.gateway.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A secret that a caller shows: the API key, or a token or key of Open WebUI. */
public final class BearerToken {

  /** Visible ASCII: what a header can carry without quoting, and 8 KiB as web servers take it. */
  private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]{1,8192}");

  private static final Pattern HEADER =
      Pattern.compile("bearer +(\\S+) *", Pattern.CASE_INSENSITIVE);

  private final String secret;

  private BearerToken(String secret) {
    this.secret = secret;
  }

  /** The token with this text; empty if no token can have it. */
  public static Optional<BearerToken> of(String secret) {
    return SECRET.matcher(secret).matches()
        ? Optional.of(new BearerToken(secret))
        : Optional.empty();
  }

  /** The token in the value of an Authorization header (RFC 6750); empty if there is none. */
  static Optional<BearerToken> fromHeader(String authorization) {
    Matcher header = HEADER.matcher(authorization);
    return header.matches() ? of(header.group(1)) : Optional.empty();
  }

  /** Compares in a time that tells nothing of the secrets, not even their lengths. */
  boolean matches(BearerToken other) {
    return MessageDigest.isEqual(digest(), other.digest());
  }

  /** Names the token without telling it: the SHA-256 in hexadecimal. */
  String fingerprint() {
    return HexFormat.of().formatHex(digest());
  }

  private byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(secret.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** The secret itself, for the request to Open WebUI and to show a generated key once. */
  public String secret() {
    return secret;
  }

  /** Tells nothing. */
  @Override
  public String toString() {
    return "BearerToken[redacted]";
  }
}
