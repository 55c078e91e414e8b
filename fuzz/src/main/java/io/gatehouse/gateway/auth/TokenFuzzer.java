package io.gatehouse.gateway.auth;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;

/** Fuzzes Authorization headers, and Open WebUI's answers about a token. */
public final class TokenFuzzer {

  private static final int LONGEST_HEADER = 16 * 1024;

  private TokenFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    BearerToken.parse(data.consumeAsciiString(LONGEST_HEADER))
        .ifPresent(
            token -> {
              if (!token.toString().equals("BearerToken[redacted]")) {
                throw new AssertionError("a token is shown");
              }
            });
    try {
      OpenWebUiAnswer.read(data.consumeRemainingAsBytes(), RoleListener.none());
    } catch (AuthException refusal) {
      // The caller gets an error that says what is wrong.
    }
  }
}
