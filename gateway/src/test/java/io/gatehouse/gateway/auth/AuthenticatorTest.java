package io.gatehouse.gateway.auth;

import static io.gatehouse.gateway.auth.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.auth.AuthException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests all combinations of credentials and modes, with a real HTTP server in place of Open WebUI.
 */
@Timeout(30)
final class AuthenticatorTest {

  private static final BearerToken KEY = new BearerToken("key-s3cr3t");

  private final TokenServer server;
  private final OpenWebUiTokenValidator openWebUi;

  AuthenticatorTest() throws IOException {
    server = new TokenServer();
    openWebUi =
        new OpenWebUiTokenValidator(server.url(), Duration.ofSeconds(30), RoleListener.none());
    server.accept("alice-s3cr3t", "alice", "user");
    server.accept("boss-s3cr3t", "boss", "admin");
    server.accept("pending-s3cr3t", "newcomer", "pending");
    server.answer("down-s3cr3t", TokenServer.json(500, "{}"));
    // Open WebUI is never asked about the API key, not even when it would know it.
    server.accept(KEY.value(), "mallory", "admin");
  }

  @AfterEach
  void stop() {
    try (server;
        openWebUi) {
      assertThat(server.seen())
          .allSatisfy(seen -> assertThat(seen.headers()).doesNotContainKey("X-user-id"));
    }
  }

  /** An empty cell is a header that was not sent; '' is one without a value. */
  @ParameterizedTest(name = "{0}: {1}, X-User-Id {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # modes | Authorization         | X-User-Id | outcome         | asked
          # no well-formed token: nobody is asked
          none    |                       |           | UNAUTHENTICATED | 0
          key     |                       |           | UNAUTHENTICATED | 0
          key     |                       | alice     | UNAUTHENTICATED | 0
          key     | ''                    | alice     | UNAUTHENTICATED | 0
          key     | Bearer                | alice     | UNAUTHENTICATED | 0
          key     | key-s3cr3t            | alice     | UNAUTHENTICATED | 0
          key     | Basic key-s3cr3t      | alice     | UNAUTHENTICATED | 0
          session |                       | alice     | UNAUTHENTICATED | 0
          session | alice-s3cr3t          | alice     | UNAUTHENTICATED | 0
          both    |                       | alice     | UNAUTHENTICATED | 0
          both    | Bearer a, Bearer b    | alice     | UNAUTHENTICATED | 0
          # neither mode: nobody gets in
          none    | Bearer key-s3cr3t     | alice     | UNAUTHENTICATED | 0
          none    | Bearer alice-s3cr3t   |           | UNAUTHENTICATED | 0
          # key mode: the user is whom the caller asserts
          key     | Bearer key-s3cr3t     | alice     | user alice      | 0
          key     | bearer key-s3cr3t     | alice     | user alice      | 0
          key     | Bearer key-s3cr3t     | boss      | user boss       | 0
          key     | Bearer key-s3cr3t     |           | no user         | 0
          key     | Bearer key-s3cr3t     | ''        | no user         | 0
          key     | Bearer key-s3cr3t     | 'a b'     | BAD_REQUEST     | 0
          key     | Bearer key-s3cr3t     | ' '       | BAD_REQUEST     | 0
          key     | Bearer key-s3cr3t     | älice     | BAD_REQUEST     | 0
          key     | Bearer key-s3cre      | alice     | UNAUTHENTICATED | 0
          key     | Bearer key-s3cr3tt    | alice     | UNAUTHENTICATED | 0
          key     | Bearer KEY-S3CR3T     | alice     | UNAUTHENTICATED | 0
          key     | Bearer alice-s3cr3t   | alice     | UNAUTHENTICATED | 0
          key     | Bearer wrong-s3cr3t   | 'a b'     | UNAUTHENTICATED | 0
          # session mode: the user is whose token it is
          session | Bearer alice-s3cr3t   |           | user alice      | 1
          session | Bearer alice-s3cr3t   | ''        | user alice      | 1
          session | Bearer alice-s3cr3t   | alice     | user alice      | 1
          session | Bearer boss-s3cr3t    | boss      | admin boss      | 1
          session | Bearer alice-s3cr3t   | bob       | FORBIDDEN       | 1
          session | Bearer alice-s3cr3t   | Alice     | FORBIDDEN       | 1
          session | Bearer alice-s3cr3t   | alice2    | FORBIDDEN       | 1
          session | Bearer boss-s3cr3t    | alice     | FORBIDDEN       | 1
          session | Bearer alice-s3cr3t   | 'a b'     | BAD_REQUEST     | 1
          session | Bearer alice-s3cr3t   | 'alice '  | BAD_REQUEST     | 1
          session | Bearer pending-s3cr3t |           | FORBIDDEN       | 1
          session | Bearer pending-s3cr3t | newcomer  | FORBIDDEN       | 1
          session | Bearer wrong-s3cr3t   | alice     | UNAUTHENTICATED | 1
          session | Bearer wrong-s3cr3t   | 'a b'     | UNAUTHENTICATED | 1
          session | Bearer down-s3cr3t    | alice     | UNAVAILABLE     | 1
          # both: the key is known without asking, everything else is a token
          both    | Bearer key-s3cr3t     | bob       | user bob        | 0
          both    | Bearer key-s3cr3t     |           | no user         | 0
          both    | Bearer key-s3cr3t     | 'a b'     | BAD_REQUEST     | 0
          both    | Bearer alice-s3cr3t   |           | user alice      | 1
          both    | Bearer alice-s3cr3t   | bob       | FORBIDDEN       | 1
          both    | Bearer pending-s3cr3t |           | FORBIDDEN       | 1
          both    | Bearer wrong-s3cr3t   | alice     | UNAUTHENTICATED | 1
          both    | Bearer down-s3cr3t    | alice     | UNAVAILABLE     | 1
          """)
  void decidesWhoIsCalling(
      String modes,
      @Nullable String authorization,
      @Nullable String userId,
      String outcome,
      int asked) {
    assertThat(outcome(modes, authorization, userId)).isEqualTo(outcome);
    assertThat(server.calls()).isEqualTo(asked);
  }

  @ParameterizedTest(name = "{0}: {1}, X-User-Id {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          key     |                     |     | No API key: send Authorization: Bearer with the API key
          session |                     |     | Not signed in: send Authorization: Bearer with an Open WebUI token
          key     | Bearer wrong-s3cr3t |     | Invalid API key
          session | Bearer wrong-s3cr3t |     | Open WebUI does not accept this token; sign in again
          both    | Bearer wrong-s3cr3t |     | Open WebUI does not accept this token; sign in again
          session | Bearer alice-s3cr3t | bob | X-User-Id must name the user to whom the token belongs, or be left out
          key     | Bearer key-s3cr3t   | a b | X-User-Id must have 1 to 255 printable ASCII characters and no space
          """)
  void saysWhyInOneSentence(
      String modes, @Nullable String authorization, @Nullable String userId, String message) {
    assertThat(
            refusal(
                () ->
                    authenticator(modes)
                        .authenticate(
                            Optional.ofNullable(authorization), Optional.ofNullable(userId))))
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice\r\nX-Role: admin",
        "alice\u0000",
        "alice\u007f",
        "\u202ealice",
        "\t",
        "al\nice"
      })
  void refusesAUserIdThatIsNotPrintable(String userId) {
    assertThat(outcome("key", "Bearer key-s3cr3t", userId)).isEqualTo("BAD_REQUEST");
    assertThat(outcome("session", "Bearer alice-s3cr3t", userId)).isEqualTo("BAD_REQUEST");
  }

  @Test
  void refusesAUserIdThatIsTooLong() {
    assertThat(outcome("key", "Bearer key-s3cr3t", "a".repeat(255))).startsWith("user aaa");
    assertThat(outcome("key", "Bearer key-s3cr3t", "a".repeat(256))).isEqualTo("BAD_REQUEST");
  }

  @Test
  void knowsOnlyTheIdOfAnAssertedUser() {
    Caller caller =
        authenticator("key").authenticate(Optional.of("Bearer key-s3cr3t"), Optional.of("alice"));

    assertThat(caller.requireUser()).isEqualTo(new User("alice", Optional.empty(), Role.USER));
  }

  @Test
  void knowsTheMailAddressOfAVerifiedUser() {
    Caller caller =
        authenticator("session").authenticate(Optional.of("Bearer alice-s3cr3t"), Optional.empty());

    assertThat(caller.requireUser())
        .isEqualTo(new User("alice", Optional.of("alice@example.org"), Role.USER));
  }

  @Test
  void givesAKeyWithoutAUserNobodysAccount() {
    Caller caller =
        authenticator("both").authenticate(Optional.of("Bearer key-s3cr3t"), Optional.empty());

    AuthException refusal = refusal(caller::requireUser);
    assertThat(refusal.reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(refusal)
        .hasMessage("X-User-Id is required: the API key alone does not say whose account to use");
  }

  private String outcome(String modes, @Nullable String authorization, @Nullable String userId) {
    try {
      return authenticator(modes)
          .authenticate(Optional.ofNullable(authorization), Optional.ofNullable(userId))
          .user()
          .map(user -> (user.role() == Role.ADMIN ? "admin " : "user ") + user.id())
          .orElse("no user");
    } catch (AuthException e) {
      return e.reason().name();
    }
  }

  private Authenticator authenticator(String modes) {
    TokenValidator tokens =
        new CachingTokenValidator(openWebUi, AuthSettings.of(Optional.empty(), Optional.empty()));
    return switch (modes) {
      case "none" -> new Authenticator(Optional.empty(), Optional.empty());
      case "key" -> new Authenticator(Optional.of(KEY), Optional.empty());
      case "session" -> new Authenticator(Optional.empty(), Optional.of(tokens));
      case "both" -> new Authenticator(Optional.of(KEY), Optional.of(tokens));
      default -> throw new IllegalArgumentException(modes);
    };
  }
}
