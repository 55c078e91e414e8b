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
 * Checks every second whether root has disabled, enabled or removed an account on the volume, and
 * has root apply that on this machine.
 *
 * <p>The command of an admin works without a gateway. It may have run in another container that has
 * the same volume. If it ran on this machine, all is done already, and doing it again does no harm.
 */
public final class StandingWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StandingWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /**
   * The time from a failure to the next attempt. The command of an admin may lock the account for
   * as long as it archives a home.
   */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Accounts accounts;
  private final RepeatedTask looks = new RepeatedTask("standings");

  /** The standings that are applied on this machine. */
  private final Map<AccountName, AccountStanding> applied = new ConcurrentHashMap<>();

  private final Set<AccountName> applying = ConcurrentHashMap.newKeySet();

  /** The time of each failed attempt, as {@link System#nanoTime} gives it. */
  private final Map<AccountName, Long> failures = new ConcurrentHashMap<>();

  /**
   * Starts to check. The standings that are written already were applied when the accounts were
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
      LOG.warn("cannot read which accounts are disabled: {}", failure.getMessage());
    }
  }

  /** Lets an attempt that failed be repeated once {@link #RETRY} has passed. */
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
      LOG.warn(
          "the account {} could not be disabled, enabled or removed here; the next attempt is in a"
              + " minute: {}",
          name,
          failure.getMessage());
      failures.put(name, System.nanoTime());
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}
