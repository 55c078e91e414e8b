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
 * Starts programs in accounts' logins that look for sockets, at most one in four seconds for each
 * account, and remembers the results.
 *
 * <p>Only the first request of an account waits for such a program. A look never logs in, and does
 * not count as use of the login. Otherwise an open pane would keep the login, and all that runs in
 * it, for ever.
 */
final class Looks {

  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

  /** The least time between two looks into a login. Panes ask every 5 seconds. */
  private static final Duration PAUSE = Duration.ofSeconds(4);

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** How long the first request of an account waits for the first look. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** The most looks at the same time, of all accounts together. */
  private static final int MOST = 8;

  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Sessions sessions;
  private final Duration pause;
  private final Semaphore places = new Semaphore(MOST);
  private final Cache<AccountName, Remembered> accounts =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterAccess(REMEMBERED).build();

  /** The last result of the looks into an account's login. */
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

    /** Whether a look may begin now. If so, the look counts as begun. */
    private synchronized boolean begins(Set<Long> inodes, Duration pause) {
      if (System.nanoTime() - begun < pause.toNanos()) {
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
    this(sessions, PAUSE);
  }

  /**
   * @param pause the least time between two looks into a login
   */
  Looks(Sessions sessions, Duration pause) {
    this.sessions = sessions;
    this.pause = pause;
  }

  /** The programs of these sockets, as far as they are known. If a socket is new, a look begins. */
  Look programs(Account account, Set<Long> inodes) {
    Remembered remembered = of(account);
    if (!remembered.knows(inodes)) {
      begin(account, remembered, inodes);
    }
    return remembered.last();
  }

  /** The sockets in the account's own network, as they were a few seconds ago. */
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
    if (!remembered.begins(inodes, pause)) {
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
