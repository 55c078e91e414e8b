package io.gatehouse.gateway.account;

import io.gatehouse.gateway.schedule.RepeatedTask;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second whether root has disabled, enabled or removed an account, and has it done on
 * this machine.
 *
 * <p>Root's command needs no gateway, and where it ran on this machine all is done already; that is
 * done again without harm. It may have run in another container that has the volume.
 */
public final class StandingWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StandingWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /**
   * Time until the next attempt after a failure. The command of an admin may hold the account for
   * as long as it archives a home.
   */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Accounts accounts;
  private final RepeatedTask looks = new RepeatedTask("standings");

  /** The standings that are in force on this machine. */
  private final Map<AccountName, AccountStanding> applied = new ConcurrentHashMap<>();

  private final Set<AccountName> applying = ConcurrentHashMap.newKeySet();

  /** When each failed attempt was, in the time of {@link System#nanoTime}. */
  private final Map<AccountName, Long> failures = new ConcurrentHashMap<>();

  /**
   * Starts to look. The standings that are written already were applied when accounts were
   * restored.
   */
  public StandingWatch(Accounts accounts) {
    this.accounts = accounts;
    applied.putAll(accounts.readStandings());
    looks.begin(INTERVAL, INTERVAL, this::look);
  }

  private void look() {
    retryLater();
    try {
      Map<AccountName, AccountStanding> now = accounts.readStandings();
      if (now.equals(applied)) {
        return;
      }
      Set<AccountName> names = new HashSet<>(now.keySet());
      names.addAll(applied.keySet());
      Map<AccountName, AccountStanding> before = new HashMap<>(applied);
      for (AccountName name : names) {
        if (!Objects.equals(now.get(name), before.get(name)) && applying.add(name)) {
          Thread.ofVirtual().name("apply standing").start(() -> apply(name, now.get(name)));
        }
      }
    } catch (RuntimeException failure) {
      LOG.warn("cannot look which accounts are disabled: {}", failure.getMessage());
    }
  }

  /** Lets what has failed be tried again once {@link #RETRY} has passed. */
  private void retryLater() {
    failures.forEach(
        (name, failedAt) -> {
          if (System.nanoTime() - failedAt > RETRY.toNanos()) {
            failures.remove(name);
            applying.remove(name);
          }
        });
  }

  private void apply(AccountName name, @Nullable AccountStanding standing) {
    try {
      accounts.apply(name);
      if (standing == null) {
        applied.remove(name);
        LOG.info("the account {} is enabled", name);
      } else {
        applied.put(name, standing);
        LOG.info("the account {} is {} by {}", name, standing.kind(), standing.by());
      }
      applying.remove(name);
    } catch (RuntimeException failure) {
      LOG.warn("what was said of the account {} is not done: {}", name, failure.getMessage());
      failures.put(name, System.nanoTime());
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}
