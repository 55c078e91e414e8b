package io.gatehouse.gateway.auth;

import static io.gatehouse.gateway.auth.Refusals.refusal;
import static io.gatehouse.gateway.auth.TokenServer.json;
import static io.gatehouse.gateway.auth.TokenServer.userJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.auth.AuthException.Reason;
import io.gatehouse.gateway.support.MovableTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class CachingTokenValidatorTest {

  private static final BearerToken ALICE = new BearerToken("alices-s3cr3t-token");
  private static final BearerToken BOB = new BearerToken("bobs-s3cr3t-token");
  private static final Duration ALMOST_NOTHING = Duration.ofNanos(1);

  private final AuthSettings settings = limits(Duration.ofSeconds(20), 10_000);
  private final MovableTime time = new MovableTime();
  private final AtomicInteger runningChecks = new AtomicInteger();
  private final TokenServer server;
  private final OpenWebUiTokenValidator openWebUi;
  private final CachingTokenValidator validator;

  CachingTokenValidatorTest() throws IOException {
    server = new TokenServer();
    openWebUi =
        new OpenWebUiTokenValidator(server.url(), settings.requestTimeout(), RoleListener.none());
    validator = cachingFor(openWebUi, settings);
  }

  @AfterEach
  void stop() {
    try (server;
        openWebUi) {
      server.accept(ALICE.value(), "nobody", "user");
    }
  }

  @Test
  void asksOnceForAHundredCallersWithOneToken() throws Exception {
    CountDownLatch allHere = new CountDownLatch(100);
    server.answer(
        ALICE.value(),
        exchange -> {
          await(allHere);
          json(200, userJson(ALICE.value(), "alice", "user", "null")).write(exchange);
        });

    List<CompletableFuture<String>> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(
          inBackground(
              () -> {
                allHere.countDown();
                return validator.validate(ALICE).user().id();
              }));
    }

    for (CompletableFuture<String> caller : callers) {
      assertThat(caller.get(20, TimeUnit.SECONDS)).isEqualTo("alice");
    }
    assertThat(server.calls()).isOne();
  }

  @Test
  void refusesAHundredCallersWithOneAnswerButAnExceptionEach() throws Exception {
    CountDownLatch allHere = new CountDownLatch(100);
    server.answer(
        ALICE.value(),
        exchange -> {
          await(allHere);
          json(401, "{}").write(exchange);
        });

    List<CompletableFuture<AuthException>> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(
          inBackground(
              () -> {
                allHere.countDown();
                return refusal(() -> validator.validate(ALICE));
              }));
    }

    List<AuthException> refusals = new ArrayList<>();
    for (CompletableFuture<AuthException> caller : callers) {
      refusals.add(caller.get(20, TimeUnit.SECONDS));
    }
    assertThat(refusals)
        .doesNotHaveDuplicates()
        .allSatisfy(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.UNAUTHENTICATED));
    assertThat(server.calls()).isOne();
  }

  @Test
  void neverGivesOneTokenTheUserOfAnother() {
    server.accept(ALICE.value(), "alice", "user");
    server.accept(BOB.value(), "bob", "user");

    for (int i = 0; i < 3; i++) {
      assertThat(validator.validate(ALICE).user().id()).isEqualTo("alice");
      assertThat(validator.validate(BOB).user().id()).isEqualTo("bob");
    }

    assertThat(server.seen())
        .extracting(TokenServer.Seen::authorization)
        .containsExactly("Bearer " + ALICE.value(), "Bearer " + BOB.value());
  }

  @Test
  void believesAnAcceptedTokenForSixtySeconds() {
    server.accept(ALICE.value(), "alice", "user");
    validator.validate(ALICE);

    advance(Duration.ofSeconds(60).minus(ALMOST_NOTHING));
    validator.validate(ALICE);
    assertThat(server.calls()).isOne();

    advance(ALMOST_NOTHING);
    validator.validate(ALICE);
    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void doesNotProlongAnAnswerByUsingIt() {
    server.accept(ALICE.value(), "alice", "user");

    for (int second = 0; second < 120; second++) {
      validator.validate(ALICE);
      advance(Duration.ofSeconds(1));
    }

    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void believesNoTokenPastItsOwnEnd() {
    server.accept(ALICE.value(), "alice", "user", inSeconds(20));
    validator.validate(ALICE);

    advance(Duration.ofSeconds(20).minus(ALMOST_NOTHING));
    assertThat(validator.validate(ALICE).user().id()).isEqualTo("alice");
    assertThat(server.calls()).isOne();

    advance(ALMOST_NOTHING);
    AuthException refusal = refusal(() -> validator.validate(ALICE));
    assertThat(refusal).hasMessage("Your Open WebUI session has ended; sign in again");
    assertThat(refusal.reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void refusesATokenThatHasEndedAlreadyAndDoesNotAskAgainAtOnce() {
    server.accept(ALICE.value(), "alice", "admin", inSeconds(0));

    for (int i = 0; i < 3; i++) {
      assertThat(refusal(() -> validator.validate(ALICE)).reason())
          .isEqualTo(Reason.UNAUTHENTICATED);
    }

    assertThat(server.calls()).isOne();
  }

  @Test
  void believesATokenWithADistantEndForSixtySecondsOnly() {
    server.accept(ALICE.value(), "alice", "user", inSeconds(1_000_000_000));
    validator.validate(ALICE);

    advance(Duration.ofSeconds(60));
    validator.validate(ALICE);

    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void keepsARefusalForFiveSeconds() {
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAUTHENTICATED);
    server.accept(ALICE.value(), "alice", "user");

    advance(Duration.ofSeconds(5).minus(ALMOST_NOTHING));
    assertThat(refusal(() -> validator.validate(ALICE)))
        .hasMessage("Open WebUI does not accept this token; sign in again");
    assertThat(server.calls()).isOne();

    advance(ALMOST_NOTHING);
    assertThat(validator.validate(ALICE).user().id()).isEqualTo("alice");
    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void keepsTheRefusalOfAPendingAccountForFiveSecondsToo() {
    server.accept(ALICE.value(), "alice", "pending");

    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(server.calls()).isOne();

    server.accept(ALICE.value(), "alice", "user");
    advance(Duration.ofSeconds(5));
    assertThat(validator.validate(ALICE).user().id()).isEqualTo("alice");
  }

  @Test
  void learnsOfASignOutAtOnceWhenItIsToAskAgain() {
    server.accept(ALICE.value(), "alice", "user");
    validator.validate(ALICE);
    assertThat(validator.validateAgain(ALICE).user().id()).isEqualTo("alice");
    assertThat(server.calls()).isEqualTo(2);

    server.answer(ALICE.value(), json(401, "{}"));
    assertThat(refusal(() -> validator.validateAgain(ALICE)).reason())
        .isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(server.calls()).isEqualTo(3);
  }

  @Test
  void learnsOfASignOutWhenTheAnswerEnds() {
    server.accept(ALICE.value(), "alice", "user");
    validator.validate(ALICE);
    server.answer(ALICE.value(), json(401, "{}"));

    advance(Duration.ofSeconds(60));

    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(server.calls()).isEqualTo(2);
  }

  @Test
  void remembersNoAnswerOfABrokenServer() {
    server.answer(ALICE.value(), json(500, "{}"));
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(server.calls()).isEqualTo(2);

    server.accept(ALICE.value(), "alice", "user");
    assertThat(validator.validate(ALICE).user().id()).isEqualTo("alice");
  }

  @Test
  void letsAKnownUserWorkOnWhileOpenWebUiIsDown() {
    server.accept(ALICE.value(), "alice", "user");
    validator.validate(ALICE);
    server.answer(ALICE.value(), json(503, "{}"));

    advance(Duration.ofSeconds(59));
    assertThat(validator.validate(ALICE).user().id()).isEqualTo("alice");

    advance(Duration.ofSeconds(1));
    assertThat(refusal(() -> validator.validate(ALICE)).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void remembersNoMoreAnswersThanItMay() {
    CachingTokenValidator small = cachingFor(openWebUi, limits(Duration.ofSeconds(20), 5));

    for (int i = 0; i < 50; i++) {
      BearerToken stranger = new BearerToken("s3cr3t-" + i);
      refusal(() -> small.validate(stranger));
    }

    assertThat(small.size()).isLessThanOrEqualTo(5);
    assertThat(server.calls()).isEqualTo(50);
  }

  @Test
  void waitsForAnotherCallersQuestionNoLongerThanItsLimit() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    TokenValidator stuck =
        token -> {
          asked.incrementAndGet();
          await(release);
          throw new AuthException(Reason.UNAUTHENTICATED, "refused at last");
        };
    CachingTokenValidator impatient = cachingFor(stuck, limits(Duration.ofMillis(50), 10_000));

    for (int i = 0; i < 2; i++) {
      assertThat(refusal(() -> impatient.validate(ALICE)))
          .hasMessage("Open WebUI did not answer the token check in time")
          .extracting(AuthException::reason)
          .isEqualTo(Reason.UNAVAILABLE);
    }
    assertThat(asked).hasValue(1);
    release.countDown();
  }

  @Test
  void keepsNoQuestionThatFailedUnexpectedly() {
    AtomicInteger asked = new AtomicInteger();
    CachingTokenValidator broken =
        cachingFor(
            token -> {
              asked.incrementAndGet();
              throw new IllegalStateException("a bug");
            },
            settings);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> broken.validate(ALICE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a token check failed unexpectedly");
    }
    assertThat(asked).hasValue(2);
  }

  private static AuthSettings limits(Duration requestTimeout, int cacheSize) {
    return new AuthSettings(
        Optional.empty(),
        Optional.empty(),
        requestTimeout,
        AuthSettings.POSITIVE_TTL,
        AuthSettings.NEGATIVE_TTL,
        cacheSize);
  }

  private CachingTokenValidator cachingFor(TokenValidator asked, AuthSettings limits) {
    return new CachingTokenValidator(asked, limits, time, time.ticker(), this::runCheck);
  }

  private void runCheck(Runnable check) {
    runningChecks.incrementAndGet();
    Thread.startVirtualThread(
        () -> {
          try {
            check.run();
          } finally {
            runningChecks.decrementAndGet();
          }
        });
  }

  /** The cache dates an answer when the check ends, which is after its caller was answered. */
  private void advance(Duration duration) {
    while (runningChecks.get() > 0) {
      Thread.onSpinWait();
    }
    time.advance(duration);
  }

  private static String inSeconds(long seconds) {
    return String.valueOf(MovableTime.START.getEpochSecond() + seconds);
  }

  private static <T> CompletableFuture<T> inBackground(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, Thread::startVirtualThread);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
