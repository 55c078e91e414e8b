package io.gatehouse.gateway.isolation;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.isolation.IsolationException.Reason;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which isolation measures are in force, whatever the settings promise. From the login of
 * one account, it tests what that account can do to a reserved account, which exists only for these
 * tests.
 */
public final class Isolation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);

  /** The time from a failed probe at the start to the next attempt. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  /**
   * How long a probe that nobody waits for leaves the processors to the first requests after the
   * start.
   */
  private static final Duration PAUSE_AFTER_START = Duration.ofMillis(500);

  /** How long {@link #close} waits for a probe that is under way. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /** The most probes of one user that run or wait. */
  private static final int MOST_PROBES_OF_USER = 1;

  /** The most probes of all users that run or wait. */
  private static final int MOST_WAITING = 32;

  /** How long a user waits while other users' probes run. A probe takes about a second. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(20);

  private final Accounts accounts;
  private final AccountBounds bounds;
  private final IsolationSettings settings;
  private final IsolationProbe probe;
  private final Quota quota = new Quota(MOST_PROBES_OF_USER, MOST_WAITING);

  /** Lets one probe run at a time. It is fair: the request that has waited longest comes next. */
  private final Semaphore turn = new Semaphore(1, true);

  private final AtomicReference<@Nullable List<Finding>> atStart = new AtomicReference<>();

  /**
   * Is open once this stops. The thread's interruption does not suffice, because a probe that it
   * ends may have consumed it.
   */
  private final CountDownLatch stop = new CountDownLatch(1);

  private final Thread prober =
      Thread.ofVirtual().name("isolation probe").unstarted(this::probeUntilDone);

  public Isolation(
      Accounts accounts, AccountBounds bounds, Sessions sessions, IsolationSettings settings) {
    this.accounts = accounts;
    this.bounds = bounds;
    this.settings = settings;
    this.probe = new IsolationProbe(accounts, sessions, settings);
  }

  /** Whether all accounts, or some of them, require a measure, so that {@link #begin} waits. */
  public boolean isAwaited() {
    return !settings.required().isEmpty() || bounds.requiresSomething();
  }

  /**
   * Finds out which measures are in force for accounts in general. If {@link #isAwaited}, this
   * waits for the result; otherwise a thread finds it out later.
   *
   * @throws IsolationException NOT_IN_FORCE if a measure that all accounts require is not in force,
   *     FAILED if the probe failed
   */
  public void begin() {
    if (settings.required().isEmpty()) {
      prober.start();
      if (bounds.requiresSomething()) {
        // Until the result is known, logins of accounts that require a measure are refused.
        waitForProber(IsolationProbe.LIMIT);
      }
      return;
    }
    List<Finding> findings = tryFromReserved();
    List<Finding> missing =
        findings.stream()
            .filter(finding -> settings.required().contains(finding.measure()))
            .filter(finding -> !finding.inForce())
            .toList();
    if (!missing.isEmpty()) {
      throw new IsolationException(
          Reason.NOT_IN_FORCE,
          missing.stream()
              .map(finding -> finding.measure().word() + " (" + finding.evidence() + ")")
              .collect(
                  Collectors.joining("; ", "these measures are required, but not in force: ", "")));
    }
    accept(findings);
  }

  private void probeUntilDone() {
    try {
      if (!isAwaited() && stop.await(PAUSE_AFTER_START.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      do {
        try {
          accept(tryFromReserved());
          return;
        } catch (AccountException | SessionException | IsolationException failure) {
          if (stop.getCount() > 0) {
            LOG.warn("cannot find out which measures are in force: {}", failure.getMessage());
          }
        }
      } while (!stop.await(RETRY.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException interruption) {
      // The gateway stops, and needs no findings any more.
    }
  }

  private void accept(List<Finding> findings) {
    tellLogins(findings);
    atStart.set(findings);
    LOG.info(
        "isolation was probed: in force are {}; not in force are {}",
        words(findings, true),
        words(findings, false));
  }

  /**
   * Writes the measures that are in force to the file that logins read. Without the file, logins
   * that require a measure are refused.
   */
  private void tellLogins(List<Finding> findings) {
    List<String> words =
        findings.stream()
            .filter(Finding::inForce)
            .map(finding -> finding.measure().word())
            .toList();
    Path file = settings.inForce();
    try {
      // The file is replaced as a whole, because a login may read it at any time.
      Files.move(
          Files.write(file.resolveSibling(file.getFileName() + ".new"), words),
          file,
          StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      LOG.error("cannot write {}; logins that require isolation are refused", file, failure);
    }
  }

  private static String words(List<Finding> findings, boolean inForce) {
    return findings.stream()
        .filter(finding -> finding.inForce() == inForce)
        .map(finding -> finding.measure().word())
        .collect(Collectors.joining(", "));
  }

  private List<Finding> tryFromReserved() {
    return tryFrom(accounts.openReserved(Boundary.CALLER_ACCOUNT, "who tries isolation"));
  }

  /** The findings of the probe at the start; empty while it runs. */
  public Optional<List<Finding>> atStart() {
    return Optional.ofNullable(atStart.get());
  }

  /** Whether this account, or every account, requires the measure. */
  public boolean isRequired(Account account, Measure measure) {
    return settings.required().contains(measure)
        || bounds.required(account.name()).contains(measure.word());
  }

  /**
   * Probes now which measures are in force for the logins of this account.
   *
   * @throws IsolationException BUSY or FAILED
   */
  public List<Finding> tryFrom(Account account) {
    String key = account.name().value();
    Optional<String> refusal = quota.take(key, "probes under way");
    if (refusal.isPresent()) {
      throw new IsolationException(
          Reason.BUSY, refusal.get() + ", the most at a time; try again in a minute");
    }
    try {
      return tryInTurn(account);
    } finally {
      quota.giveBack(key);
    }
  }

  private List<Finding> tryInTurn(Account account) {
    try {
      if (!turn.tryAcquire(TURN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IsolationException(
            Reason.BUSY, "Other users' probes are running, one at a time; try again in a minute");
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IsolationException(Reason.FAILED, "the isolation probe was interrupted; try again");
    }
    try {
      return probe.tryFrom(account);
    } finally {
      turn.release();
    }
  }

  @Override
  public void close() {
    stop.countDown();
    prober.interrupt();
    waitForProber(STOP_LIMIT);
  }

  private void waitForProber(Duration limit) {
    try {
      var unused = prober.isAlive() && prober.join(limit);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }
}
