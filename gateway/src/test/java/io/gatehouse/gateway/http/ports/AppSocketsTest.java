package io.gatehouse.gateway.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.BearerToken;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.TokenValidator;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.auth.ValidatedUser;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.MemoryBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** PortSocketsIT tests the same over HTTP, except for the tokens. */
final class AppSocketsTest {

  private static final Account ALICE =
      new Account(new AccountName("alice"), 20_000, Path.of("/home/alice"));
  private static final Account BOB =
      new Account(new AccountName("bob"), 20_001, Path.of("/home/bob"));
  private static final Duration SOON = Duration.ofMillis(20);
  private static final int MOST_OF_USER = 16;
  private static final long LARGE = 1L << 40;

  private final MemoryBudget memory = new MemoryBudget(LARGE, LARGE);

  /** What Open WebUI says of each token. */
  private final Map<String, Optional<User>> known = new ConcurrentHashMap<>();

  private final TokenValidator validator =
      token ->
          known.entrySet().stream()
              .filter(entry -> token.matches(token(entry.getKey())))
              .findFirst()
              .map(entry -> validated(entry.getValue()))
              .orElseThrow(() -> new AuthException(AuthException.Reason.UNAUTHENTICATED, "gone"));

  private static ValidatedUser validated(Optional<User> user) {
    return new ValidatedUser(
        user.orElseThrow(
            () -> new AuthException(AuthException.Reason.UNAVAILABLE, "no answer from Open WebUI")),
        Optional.empty());
  }

  private static BearerToken token(String text) {
    return BearerToken.parse("Bearer " + text).orElseThrow();
  }

  private static User user(String id) {
    return new User(id, Optional.empty(), Role.USER);
  }

  private static Caller caller(String id) {
    return new Caller(Optional.of(user(id)), Optional.of(token("token-of-" + id)));
  }

  private AppSockets sockets() {
    return new AppSockets(
        new Authenticator(Optional.empty(), Optional.of(validator)), List.of(), SOON);
  }

  private AppSockets.Place enter(AppSockets sockets, String user, Account account) {
    return sockets.enter(caller(user), account, memory.lease(user));
  }

  @Test
  void endsASocketWhoseTokenIsRefusedAndNoOther() throws InterruptedException {
    known.put("token-of-alice", Optional.of(user("alice")));
    known.put("token-of-bob", Optional.of(user("bob")));
    known.put("token-of-carol", Optional.empty());
    CountDownLatch alices = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    try (AppSockets sockets = sockets()) {
      enter(sockets, "alice", ALICE).opened(alices::countDown);
      enter(sockets, "bob", BOB).opened(others::countDown);
      // Open WebUI gives no answer about this token.
      enter(sockets, "carol", BOB).opened(others::countDown);
      assertThat(alices.await(5 * SOON.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
      known.remove("token-of-alice");
      assertThat(alices.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(others.getCount()).isEqualTo(1);
    }
    assertThat(others.getCount()).as("the end of the gateway ends all").isZero();
  }

  @Test
  void endsASocketWhoseTokenBelongsToAnotherUserNow() throws InterruptedException {
    known.put("token-of-alice", Optional.of(user("bob")));
    CountDownLatch ended = new CountDownLatch(1);
    try (AppSockets sockets = sockets()) {
      enter(sockets, "alice", ALICE).opened(ended::countDown);
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void countsPlacesAndMemoryUntilTheyAreGivenBack() {
    try (AppSockets sockets = sockets()) {
      List<AppSockets.Place> places = new ArrayList<>();
      for (int count = 0; count < MOST_OF_USER; count++) {
        places.add(enter(sockets, "alice", ALICE));
      }
      assertThat(memory.taken()).isPositive();
      assertThatThrownBy(() -> enter(sockets, "alice", ALICE))
          .isInstanceOf(RefusedException.class)
          .hasMessage(
              "You have 16 WebSockets to ports open, the most there may be; close a page that uses"
                  + " one");
      enter(sockets, "bob", BOB).close();
      AppSockets.Place first = places.get(0);
      first.close();
      first.close();
      places.add(enter(sockets, "alice", ALICE));
      assertThatThrownBy(() -> enter(sockets, "alice", ALICE)).isInstanceOf(RefusedException.class);
      places.forEach(AppSockets.Place::close);
      assertThat(memory.taken()).isZero();
    }
  }

  @Test
  void givesThePlaceBackWhereThereIsNoMemoryForIt() {
    MemoryBudget small = new MemoryBudget(1024, 1024);
    try (AppSockets sockets = sockets()) {
      for (int count = 0; count < 2 * MOST_OF_USER; count++) {
        assertThatThrownBy(() -> sockets.enter(caller("alice"), ALICE, small.lease("alice")))
            .isInstanceOf(BudgetException.class);
      }
      assertThat(small.taken()).isZero();
    }
  }
}
