package io.gatehouse.gateway.account;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("standings").daemon().factory());

  /** The standings that are in force on this machine. */
  private final Map<AccountName, AccountStanding> applied = new ConcurrentHashMap<>();

  private final Set<AccountName> applying = ConcurrentHashMap.newKeySet();

  /**
   * Starts to look. The standings that are written already were applied when accounts were
   * restored.
   */
  public StandingWatch(Accounts accounts) {
    this.accounts = accounts;
    applied.putAll(accounts.readStandings());
    var unused =
        scheduler.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
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
      var unused =
          scheduler.schedule(() -> applying.remove(name), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
