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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries from one account what it can do to another that exists for this alone, and so says which
 * measures are in force, whatever the settings promise.
 */
public final class Isolation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);

  /** The time between two attempts at the start. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  /** How long a stop waits for an attempt that is under way. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /** A user's probes at a time, and how many users wait at most for their turn. */
  private static final int MOST_PROBES_OF_USER = 1;

  private static final int MOST_WAITING = 32;

  /** How long a user waits while others' probes run. One takes about a second. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(20);

  private final Accounts accounts;
  private final AccountBounds bounds;
  private final IsolationSettings settings;
  private final IsolationProbe probe;
  private final Quota quota = new Quota(MOST_PROBES_OF_USER, MOST_WAITING);

  /** One probe runs at a time. Fair: who came first. */
  private final Semaphore turn = new Semaphore(1, true);

  private final AtomicReference<@Nullable List<Finding>> atStart = new AtomicReference<>();

  private final Thread prober =
      Thread.ofVirtual().name("isolation probe").unstarted(this::probeUntilDone);

  public Isolation(
      Accounts accounts, AccountBounds bounds, Sessions sessions, IsolationSettings settings) {
    this.accounts = accounts;
    this.bounds = bounds;
    this.settings = settings;
    this.probe = new IsolationProbe(accounts, sessions, settings);
  }

  /**
   * Finds out what is in force for accounts as such: before it returns if something is required of
   * some, else meanwhile.
   *
   * @throws IsolationException NOT_IN_FORCE if a required measure is not in force, FAILED if that
   *     could not be found out
   */
  public void begin() {
    if (settings.required().isEmpty()) {
      prober.start();
      if (bounds.requiresSomething()) {
        // Until then, logins of those are refused.
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
              .collect(Collectors.joining("; ", "required, and not in force: ", "")));
    }
    accept(findings);
  }

  private void probeUntilDone() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        accept(tryFromReserved());
        return;
      } catch (AccountException | SessionException | IsolationException failure) {
        LOG.warn("cannot find out which measures are in force: {}", failure.getMessage());
      }
      try {
        Thread.sleep(RETRY);
      } catch (InterruptedException stop) {
        return;
      }
    }
  }

  private void accept(List<Finding> findings) {
    tellLogins(findings);
    atStart.set(findings);
    LOG.info(
        "isolation, as tried: in force are {}; not in force are {}",
        words(findings, true),
        words(findings, false));
  }

  /** Without the file, logins that require something are refused. */
  private void tellLogins(List<Finding> findings) {
    List<String> words =
        findings.stream()
            .filter(Finding::inForce)
            .map(finding -> finding.measure().word())
            .toList();
    Path file = settings.inForce();
    try {
      // Whole, as a login may read it at any time.
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

  /** Whether the account, or nobody at all, is served without it. */
  public boolean isRequired(Account account, Measure measure) {
    return settings.required().contains(measure)
        || bounds.required(account.name()).contains(measure.word());
  }

  /**
   * What holds for the login of this account, tried now.
   *
   * @throws IsolationException BUSY or FAILED
   */
  public List<Finding> tryFrom(Account account) {
    String key = account.name().value();
    Optional<String> refusal = quota.take(key, "probes under way");
    if (refusal.isPresent()) {
      throw new IsolationException(Reason.BUSY, refusal.get() + ", the most at a time");
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
            Reason.BUSY, "Others' probes are under way, one at a time; try again in a minute");
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IsolationException(Reason.FAILED, "the probe of isolation was cut short");
    }
    try {
      return probe.tryFrom(account);
    } finally {
      turn.release();
    }
  }

  @Override
  public void close() {
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
