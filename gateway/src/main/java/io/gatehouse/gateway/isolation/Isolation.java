package io.gatehouse.gateway.isolation;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.isolation.IsolationException.Reason;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /**
   * The longest that a probe may take. It usually takes half a second, and ends itself after 30 s.
   */
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(15);

  /** The time between two attempts at the start. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  /** How long a stop waits for an attempt that is under way. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /** A user's probes at a time, and how many users wait at most for their turn. */
  private static final int MOST_PROBES_OF_USER = 1;

  private static final int MOST_WAITING = 32;

  /** How long a user waits while others' probes run. One takes about a second. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(20);

  /** Bytes; a dozen lines. */
  private static final int LONGEST_ANSWER = 16 * 1024;

  /**
   * The form of the target's introduction, which becomes arguments of a command in another login.
   */
  private static final Pattern TARGET =
      Pattern.compile(
          "pid=[0-9]+ name=[a-z0-9-]+ home=[A-Za-z0-9/._-]+ tmpdir=[A-Za-z0-9/._-]+"
              + " port=[0-9]+ udp=[0-9]+");

  private static final Pattern LINE = Pattern.compile("([a-z-]+) (yes|no) (.*)");

  private final Accounts accounts;
  private final AccountBounds bounds;
  private final Sessions sessions;
  private final IsolationSettings settings;
  private final Quota quota = new Quota(MOST_PROBES_OF_USER, MOST_WAITING);

  /** Two probes at a time would see what the other makes and takes away. Fair: who came first. */
  private final Semaphore turn = new Semaphore(1, true);

  private final AtomicReference<@Nullable List<Finding>> atStart = new AtomicReference<>();

  private final Thread prober = Thread.ofVirtual().name("isolation probe").unstarted(this::probe);

  public Isolation(
      Accounts accounts, AccountBounds bounds, Sessions sessions, IsolationSettings settings) {
    this.accounts = accounts;
    this.bounds = bounds;
    this.sessions = sessions;
    this.settings = settings;
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
        waitForProber(PROBE_LIMIT);
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

  private void probe() {
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
    return tryFrom(accounts.openReserved("gatehouse-caller", "who tries isolation"));
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
      return tryFromLogin(account);
    } finally {
      turn.release();
    }
  }

  private List<Finding> tryFromLogin(Account account) {
    Account target = accounts.openReserved("gatehouse-target", "what isolation is tried on");
    try {
      return findings(answer(sessions.of(account), sessions.of(target)));
    } catch (IOException failure) {
      throw new IsolationException(Reason.FAILED, "the probe of isolation was cut short", failure);
    }
  }

  private String answer(Session attacker, Session target) throws IOException {
    // This listener stands for the gateway's own: whatever reaches the one reaches the other.
    try (ServerSocket gateway = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Pipe waiting = target.pipe(probe("target"), PROBE_LIMIT)) {
      return output(
          attacker,
          probe(
              "try",
              introduction(waiting),
              "sshd=" + settings.sshPort(),
              "gateway=" + gateway.getLocalPort()));
    } finally {
      var unused = output(target, probe("tidy"));
    }
  }

  private String probe(String... words) {
    return "exec " + ShellWord.quote(settings.probe().toString()) + " " + String.join(" ", words);
  }

  /** The one line in which the target says where it is. */
  private static String introduction(Pipe target) throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream output = target.output();
    for (int next = output.read(); next >= 0 && next != '\n'; next = output.read()) {
      if (line.length() == LONGEST_ANSWER) {
        break;
      }
      line.append((char) next);
    }
    if (!TARGET.matcher(line).matches()) {
      throw new IsolationException(
          Reason.FAILED, "the target of the probe does not say where it is");
    }
    return line.toString();
  }

  private static String output(Session session, String text) throws IOException {
    try (Pipe program = session.pipe(text, PROBE_LIMIT)) {
      byte[] answer = program.output().readNBytes(LONGEST_ANSWER);
      ExitStatus status = program.exit();
      if (program.timedOut() || status.code() != 0) {
        throw new IsolationException(
            Reason.FAILED, "the probe of isolation did not end as it should");
      }
      return new String(answer, StandardCharsets.UTF_8);
    }
  }

  /**
   * Returns a finding for each measure. A measure that the probe does not mention is not in force.
   */
  private static List<Finding> findings(String answer) {
    Map<Measure, Finding> found = new EnumMap<>(Measure.class);
    answer
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                Measure.find(line.group(1))
                    .ifPresent(
                        measure ->
                            found.put(
                                measure,
                                new Finding(measure, line.group(2).equals("yes"), line.group(3)))));
    List<Finding> all = new ArrayList<>();
    Arrays.stream(Measure.values())
        .forEach(
            measure ->
                all.add(found.getOrDefault(measure, new Finding(measure, false, "not tried"))));
    return List.copyOf(all);
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
