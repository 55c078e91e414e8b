package io.gatehouse.gateway.auth;

import static io.gatehouse.gateway.auth.Refusals.refusal;
import static io.gatehouse.gateway.auth.TokenServer.json;
import static io.gatehouse.gateway.auth.TokenServer.userJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.auth.AuthException.Reason;
import io.gatehouse.gateway.support.SilentPort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class OpenWebUiTokenValidatorTest {

  private static final String TOKEN = "alices-s3cr3t-token";
  private static final Duration PLENTY = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final TokenServer server;
  private final CountDownLatch clientGone = new CountDownLatch(1);
  private final CountDownLatch testOver = new CountDownLatch(1);

  OpenWebUiTokenValidatorTest() throws IOException {
    server = new TokenServer();
  }

  @BeforeEach
  void knowAlice() {
    server.accept(TOKEN, "alice", "user");
  }

  @AfterEach
  void stop() {
    testOver.countDown();
    server.close();
  }

  @Test
  void asksOnceWithTheTokenAndReturnsTheUser() {
    ValidatedUser validated = validate(PLENTY);

    assertThat(validated)
        .isEqualTo(
            new ValidatedUser(
                new User("alice", Optional.of("alice@example.org"), Role.USER), Optional.empty()));
    assertThat(server.calls()).isOne();
    TokenServer.Seen seen = server.seen().getFirst();
    assertThat(seen.method()).isEqualTo("GET");
    assertThat(seen.uri()).isEqualTo("/api/v1/auths/");
    assertThat(seen.authorization()).isEqualTo("Bearer " + TOKEN);
    assertThat(seen.headers()).doesNotContainKeys("Cookie", "X-user-id", "Upgrade");
  }

  @ParameterizedTest
  @CsvSource({"'', /api/v1/auths/", "/chat, /chat/api/v1/auths/", "/a/b/, /a/b/api/v1/auths/"})
  void keepsThePathPrefixOfTheUrl(String prefix, String asked) {
    URI url =
        AuthSettings.of(Optional.empty(), Optional.of(URI.create(server.url() + prefix)))
            .openWebUiUrl()
            .orElseThrow();

    assertThat(validate(url, PLENTY).user().id()).isEqualTo("alice");
    assertThat(server.seen().getFirst().uri()).isEqualTo(asked);
  }

  @Test
  void readsTheAdministratorAndTheEndOfTheToken() {
    server.accept(TOKEN, "root-of-webui", "admin", "1790000000");

    ValidatedUser validated = validate(PLENTY);

    assertThat(validated.user().role()).isEqualTo(Role.ADMIN);
    assertThat(validated.expiresAt()).contains(Instant.ofEpochSecond(1_790_000_000));
  }

  @Test
  void leavesOutAMailAddressThatCannotBeOne() {
    server.answer(
        TOKEN, json(200, "{\"id\":\"alice\",\"role\":\"user\",\"email\":\"a\\nroot@localhost\"}"));

    assertThat(validate(PLENTY).user().email()).isEmpty();
  }

  @Test
  void asksOtherwiseAboutAnApiKeyAndAnAutomation() {
    server.answerAt(
        "/api/v1/users/user/status",
        TOKEN,
        json(200, "{\"id\":\"alice\",\"role\":\"admin\",\"email\":\"alice@example.org\"}"));

    ValidatedUser validated = validate(PLENTY);

    assertThat(validated.user())
        .isEqualTo(new User("alice", Optional.of("alice@example.org"), Role.ADMIN));
    assertThat(server.seen())
        .extracting(TokenServer.Seen::uri)
        .containsExactly("/api/v1/auths/", "/api/v1/users/user/status");
    assertThat(server.seen())
        .extracting(TokenServer.Seen::authorization)
        .containsOnly("Bearer " + TOKEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 404})
  void refusesATokenThatIsNoSessionAndOfWhichNothingElseIsSaid(int status) {
    server.answerAt("/api/v1/users/user/status", TOKEN, json(status, "{\"detail\":\"no\"}"));

    assertThat(refusal(() -> validate(PLENTY)).reason()).isEqualTo(Reason.UNAUTHENTICATED);
  }

  @Test
  void knowsNothingWhenTheSecondQuestionFails() {
    server.answerAt("/api/v1/users/user/status", TOKEN, json(503, "{}"));

    assertRefused(Reason.UNAVAILABLE, "Open WebUI answered the token check with status 503");
  }

  @Test
  void refusesAPendingAccountByEitherPath() {
    server.answerAt(
        "/api/v1/users/user/status", TOKEN, json(200, "{\"id\":\"alice\",\"role\":\"pending\"}"));

    assertThat(refusal(() -> validate(PLENTY)).reason()).isEqualTo(Reason.FORBIDDEN);
  }

  @Test
  void neverSendsACookieBack() {
    server.answer(
        TOKEN,
        exchange -> {
          exchange.getResponseHeaders().add("Set-Cookie", "token=" + TOKEN + "; Path=/; HttpOnly");
          json(200, userJson(TOKEN, "alice", "user", "null")).write(exchange);
        });

    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(server.url(), PLENTY, RoleListener.none())) {
      validator.validate(new BearerToken(TOKEN));
      validator.validate(new BearerToken(TOKEN));
    }

    assertThat(server.seen())
        .hasSize(2)
        .allSatisfy(seen -> assertThat(seen.headers()).doesNotContainKey("Cookie"));
  }

  @Test
  void tellsTheRoleOnlyWhereOpenWebUiNamesTheUser() {
    List<String> heard = new ArrayList<>();
    RoleListener listener =
        new RoleListener() {
          @Override
          public void active(String userId) {
            heard.add("active " + userId);
          }

          @Override
          public void pending(String userId) {
            heard.add("pending " + userId);
          }
        };
    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(server.url(), PLENTY, listener)) {
      server.accept(TOKEN, "alice", "user");
      var unused = validator.validate(new BearerToken(TOKEN));
      server.accept(TOKEN, "alice", "pending");
      assertThat(refusal(() -> validator.validate(new BearerToken(TOKEN))).reason())
          .isEqualTo(Reason.FORBIDDEN);
      assertThat(heard).containsExactly("active alice", "pending alice");
      heard.clear();
      for (TokenServer.Answer doubtful :
          List.of(
              json(401, userJson(TOKEN, "alice", "pending", "null")),
              json(500, userJson(TOKEN, "alice", "pending", "null")),
              json(200, userJson(TOKEN, "alice", "guest", "null")),
              json(200, userJson(TOKEN, "a b", "pending", "null")),
              json(200, "{\"role\": \"pending\"}"),
              json(200, "{\"id\": \"alice\", \"id\": \"bob\", \"role\": \"pending\"}"))) {
        server.answer(TOKEN, doubtful);
        assertThat(refusal(() -> validator.validate(new BearerToken(TOKEN)))).isNotNull();
      }
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void refusesTheTokenOfAnAccountThatWaitsForActivation() {
    server.accept(TOKEN, "alice", "pending");

    assertRefused(
        Reason.FORBIDDEN,
        "Your Open WebUI account is waiting for activation by an administrator (role pending)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          guest        | ' (role guest)'
          User         | ' (role User)'
          ADMIN        | ' (role ADMIN)'
          'user '      | ''
          ''           | ''
          user\\nadmin | ''
          """)
  void refusesEveryOtherRole(String role, String named) {
    server.accept(TOKEN, "alice", role);

    assertRefused(
        Reason.FORBIDDEN, "The role of your Open WebUI account does not allow terminals" + named);
  }

  @Test
  void refusesATokenThatOpenWebUiRefuses() {
    server.answer(TOKEN, json(401, "{\"detail\":\"bad token " + TOKEN + "\"}"));

    assertRefused(Reason.UNAUTHENTICATED, "Open WebUI does not accept this token; sign in again");
  }

  @Test
  void saysThatAnApiKeyMayNotBeUsableHere() {
    server.answer(TOKEN, json(403, "{\"detail\":\"API keys are disabled\"}"));

    assertRefused(
        Reason.UNAUTHENTICATED,
        "Open WebUI does not allow this token here; if it is an API key, it may be disabled, not"
            + " permitted for its user, or limited to other endpoints, or user status is switched"
            + " off in Open WebUI (ENABLE_USER_STATUS)");
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 300, 304, 400, 404, 407, 418, 429, 500, 502, 503})
  void knowsNothingFromAnyOtherStatus(int status) {
    boolean bodyless = status == 204 || status == 304;
    server.answer(TOKEN, json(status, bodyless ? "" : userJson(TOKEN, "alice", "admin", "null")));

    assertRefused(Reason.UNAVAILABLE, "Open WebUI answered the token check with status " + status);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void takesTheTokenToNoOtherPlaceThatARedirectNames(int status) throws IOException {
    try (TokenServer other = new TokenServer()) {
      other.accept(TOKEN, "bob", "admin");
      server.answer(
          TOKEN,
          exchange -> {
            exchange.getResponseHeaders().add("Location", other.url() + "/api/v1/auths/");
            exchange.sendResponseHeaders(status, -1);
          });

      assertRefused(
          Reason.UNAVAILABLE, "Open WebUI answered the token check with status " + status);
      assertThat(other.calls()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>alices-s3cr3t-token</html>",
        "alices-s3cr3t-token",
        "{\"id\": \"alice\", \"role\": \"user\"",
        "{\"id\": \"alice\", \"role\": \"user\"} {\"id\": \"bob\"}",
        "{\"id\": \"alice\", \"id\": \"bob\", \"role\": \"user\"}",
        "{\"id\": \"alice\", \"role\": \"pending\", \"role\": \"alices-s3cr3t-token\"}"
      })
  void knowsNothingFromABodyThatIsNoJson(String body) {
    server.answer(TOKEN, json(200, body));

    assertRefused(
        Reason.UNAVAILABLE, "Open WebUI answered the token check with something that is not JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          null                                                  | id
          []                                                    | id
          "alices-s3cr3t-token"                                 | id
          {"role":"user"}                                       | id
          {"id":null,"role":"user"}                             | id
          {"id":7,"role":"user"}                                | id
          {"id":"","role":"user"}                               | id
          {"id":"alice bob","role":"user"}                      | id
          {"id":"alice\\nroot","role":"user"}                   | id
          {"id":["alice"],"role":"user"}                        | id
          {"id":"alice"}                                        | role
          {"id":"alice","role":null}                            | role
          {"id":"alice","role":["admin"]}                       | role
          {"id":"alice","role":"user","expires_at":"tomorrow"}  | expires_at
          {"id":"alice","role":"user","expires_at":true}        | expires_at
          {"id":"alice","role":"user","expires_at":1e300}       | expires_at
          {"id":"alice","role":"user","expires_at":9223372036854775807} | expires_at
          """,
      quoteCharacter = '`')
  void knowsNothingFromAnAnswerWithoutItsFields(String body, String field) {
    server.answer(TOKEN, json(200, body));

    assertRefused(
        Reason.UNAVAILABLE, "Open WebUI answered the token check without a usable " + field);
  }

  @Test
  void knowsNothingFromAnEmptyBody() {
    server.answer(TOKEN, json(200, ""));

    assertThat(refusal(() -> validate(PLENTY)).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void hangsUpOnABodyThatNeverEnds() throws InterruptedException {
    server.answer(
        TOKEN,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          writeUntilTheClientIsGone(exchange.getResponseBody(), " ".repeat(8192), Duration.ZERO);
        });

    assertRefusedAndHungUp(PLENTY, "Open WebUI answered the token check with too long a body");
  }

  @Test
  void readsAnAnswerAsLargeAsTheLimitAndNoLarger() {
    String answer = userJson(TOKEN, "alice", "user", "null");
    String padding = " ".repeat(OpenWebUiTokenValidator.LARGEST_ANSWER - answer.length());

    server.answer(TOKEN, json(200, answer + padding));
    assertThat(validate(PLENTY).user().id()).isEqualTo("alice");

    server.answer(TOKEN, json(200, answer + padding + " "));
    assertRefused(Reason.UNAVAILABLE, "Open WebUI answered the token check with too long a body");
  }

  @Test
  void givesUpOnABodyThatDripsAndHangsUp() throws InterruptedException {
    server.answer(
        TOKEN,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          writeUntilTheClientIsGone(exchange.getResponseBody(), " ", Duration.ofMillis(20));
        });

    assertRefusedAndHungUp(SHORT, "Open WebUI did not answer the token check in time");
  }

  @Test
  void givesUpOnAServerThatNeverAnswers() {
    server.answer(TOKEN, exchange -> awaitOrFail(testOver));

    assertThat(refusal(() -> validate(SHORT)))
        .hasMessage("Open WebUI did not answer the token check in time")
        .extracting(AuthException::reason)
        .isEqualTo(Reason.UNAVAILABLE);
    assertThat(server.calls()).isOne();
  }

  @Test
  void keepsWhoIsKnownWaitingForNoStranger() throws Exception {
    CountDownLatch held = new CountDownLatch(OpenWebUiTokenValidator.CALLS_FOR_STRANGERS);
    server.answer(TOKEN, json(200, userJson(TOKEN, "alice", "user", "null")));
    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(server.url(), PLENTY, RoleListener.none())) {
      validator.validate(new BearerToken(TOKEN));
      for (int i = 0; i < 2 * OpenWebUiTokenValidator.SIMULTANEOUS_CALLS; i++) {
        String token = "s3cr3t-" + i;
        server.answer(
            token,
            exchange -> {
              held.countDown();
              awaitOrFail(testOver);
            });
        Thread.startVirtualThread(() -> refusal(() -> validator.validate(new BearerToken(token))));
      }
      awaitOrFail(held);
      assertThat(validator.validate(new BearerToken(TOKEN)).user().id()).isEqualTo("alice");
    }
  }

  @Test
  void troublesOpenWebUiWithNoMoreCallsAtOnceThanItMay() throws Exception {
    int limit = OpenWebUiTokenValidator.SIMULTANEOUS_CALLS;
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger tooMany = new AtomicInteger();
    CountDownLatch limitBroken = new CountDownLatch(1);
    List<CompletableFuture<AuthException>> strangers = new ArrayList<>();

    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(server.url(), PLENTY, RoleListener.none())) {
      for (int i = 0; i < limit + 20; i++) {
        String token = "s3cr3t-" + i;
        server.answer(
            token,
            exchange -> {
              if (underWay.incrementAndGet() > limit) {
                limitBroken.countDown();
              }
              if (comesWithin(SHORT, limitBroken)) {
                tooMany.incrementAndGet();
              }
              underWay.decrementAndGet();
              json(401, "{}").write(exchange);
            });
        strangers.add(
            CompletableFuture.supplyAsync(
                () -> refusal(() -> validator.validate(new BearerToken(token))),
                Thread::startVirtualThread));
      }
      for (CompletableFuture<AuthException> stranger : strangers) {
        assertThat(stranger.get(20, TimeUnit.SECONDS).reason()).isEqualTo(Reason.UNAUTHENTICATED);
      }
    }

    assertThat(tooMany).hasValue(0);
    assertThat(server.calls()).isEqualTo(limit + 20);
  }

  @Test
  void saysThatAServerThatIsDownCannotBeReached() throws IOException {
    try (SilentPort nobody = new SilentPort()) {
      URI down = URI.create("http://127.0.0.1:" + nobody.number());

      AuthException refusal = refusal(() -> validate(down, PLENTY));

      assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(refusal)
          .hasMessage("Open WebUI cannot be reached for the token check (ConnectException)");
    }
  }

  @Test
  void repeatsNothingOfAServerThatSpeaksNoHttp() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answerInWrongProtocol(listener));
      URI url = URI.create("http://127.0.0.1:" + listener.getLocalPort());

      AuthException refusal = refusal(() -> validate(url, PLENTY));

      assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(refusal).hasNoCause();
      assertThat(refusal.getMessage())
          .startsWith("Open WebUI cannot be reached for the token check (");
    }
  }

  @Test
  void tellsWaitingCallersWhenItIsClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server.answer(
        TOKEN,
        exchange -> {
          asked.countDown();
          awaitOrFail(testOver);
        });

    CompletableFuture<AuthException> told;
    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(server.url(), PLENTY, RoleListener.none())) {
      told =
          CompletableFuture.supplyAsync(
              () -> refusal(() -> validator.validate(new BearerToken(TOKEN))),
              Thread::startVirtualThread);
      awaitOrFail(asked);
    }

    assertThat(told.get(10, TimeUnit.SECONDS).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  private ValidatedUser validate(Duration timeout) {
    return validate(server.url(), timeout);
  }

  private static ValidatedUser validate(URI url, Duration timeout) {
    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(url, timeout, RoleListener.none())) {
      return validator.validate(new BearerToken(TOKEN));
    }
  }

  private void assertRefused(Reason reason, String message) {
    AuthException refusal = refusal(() -> validate(PLENTY));
    assertThat(refusal).hasMessage(message).hasNoCause();
    assertThat(refusal.reason()).isEqualTo(reason);
  }

  /** The client stays open until the server has noticed: it must not be its close that hangs up. */
  private void assertRefusedAndHungUp(Duration timeout, String message)
      throws InterruptedException {
    try (OpenWebUiTokenValidator validator =
        new OpenWebUiTokenValidator(server.url(), timeout, RoleListener.none())) {
      AuthException refusal = refusal(() -> validator.validate(new BearerToken(TOKEN)));
      assertThat(refusal).hasMessage(message).hasNoCause();
      assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(clientGone.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void writeUntilTheClientIsGone(OutputStream body, String text, Duration pause) {
    try {
      while (!testOver.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
      }
    } catch (IOException e) {
      clientGone.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answerInWrongProtocol(ServerSocket listener) {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        socket
            .getOutputStream()
            .write(("220 " + TOKEN + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The client hung up, or the test is over.
      }
    }
  }

  private static boolean comesWithin(Duration limit, CountDownLatch unwanted) {
    try {
      return unwanted.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void awaitOrFail(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IOException("nothing came");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
