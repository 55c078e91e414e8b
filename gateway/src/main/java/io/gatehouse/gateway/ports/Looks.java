package io.gatehouse.gateway.ports;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into accounts' own logins, seldom, and remembers what was seen.
 *
 * <p>A poll never waits for a look but for an account's first. A look never logs in, and does not
 * count as use of the login: else an open pane would keep every login, and what runs in it, for
 * ever.
 */
final class Looks {

  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

  /** The time between two looks into one login; panes ask every 5 seconds. */
  private static final Duration PAUSE = Duration.ofSeconds(4);

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** How long the first poll of an account waits. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** Looks at a time, of all accounts. */
  private static final int MOST = 8;

  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Sessions sessions;
  private final Semaphore places = new Semaphore(MOST);
  private final Cache<AccountName, Remembered> accounts =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterAccess(REMEMBERED).build();

  /** What was seen of one account. */
  private static final class Remembered {
    // Guarded by this.
    private Look last = Look.NOTHING;
    private Set<Long> asked = Set.of();
    private long begun = System.nanoTime() - PAUSE.toNanos();
    private CompletableFuture<Void> first = new CompletableFuture<>();

    private synchronized Look last() {
      return last;
    }

    private synchronized void see(Look look) {
      last = look;
    }

    /** Whether a look may begin now; then it counts as begun. */
    private synchronized boolean begins(Set<Long> inodes) {
      if (System.nanoTime() - begun < PAUSE.toNanos()) {
        return false;
      }
      begun = System.nanoTime();
      asked = inodes;
      return true;
    }

    private synchronized boolean knows(Set<Long> inodes) {
      return asked.containsAll(inodes);
    }
  }

  Looks(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Which programs have these sockets, as far as it is known; looks again if there are new ones.
   */
  Look programs(Account account, Set<Long> inodes) {
    Remembered remembered = of(account);
    if (!remembered.knows(inodes)) {
      begin(account, remembered, inodes);
    }
    return remembered.last();
  }

  /** The sockets in the account's own network, a few seconds old. */
  Look network(Account account) {
    Remembered remembered = of(account);
    begin(account, remembered, Set.of());
    awaitFirst(remembered);
    return remembered.last();
  }

  private Remembered of(Account account) {
    return accounts.get(account.name(), name -> new Remembered());
  }

  private void begin(Account account, Remembered remembered, Set<Long> inodes) {
    if (!places.tryAcquire()) {
      return;
    }
    if (!remembered.begins(inodes)) {
      places.release();
      return;
    }
    Thread.ofVirtual()
        .name("look for ports")
        .start(
            () -> {
              try {
                look(account).ifPresent(remembered::see);
              } finally {
                places.release();
                remembered.first.complete(null);
              }
            });
  }

  private Optional<Look> look(Account account) {
    try {
      Optional<Pipe> opened = sessions.of(account).pipeIfLoggedIn(Look.COMMAND, LIMIT);
      if (opened.isEmpty()) {
        return Optional.empty();
      }
      try (Pipe pipe = opened.get()) {
        return Optional.of(Look.read(pipe.output()));
      }
    } catch (SessionException | IOException failure) {
      LOG.debug("cannot look for the ports of {}: {}", account.name(), failure.toString());
      return Optional.empty();
    }
  }

  private static void awaitFirst(Remembered remembered) {
    try {
      var unused = remembered.first.get(FIRST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException late) {
      LOG.debug("the first look for ports takes long");
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }
}
