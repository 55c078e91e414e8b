package io.gatehouse.gateway.isolation;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.isolation.IsolationException.Reason;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the program {@code sshd-config/probe} in two logins: in the login of one account, to test
 * each measure, and in the login of a reserved account, the target of the tests.
 *
 * <p>Only one probe may run at a time, because a second probe would see the files and processes
 * that the first makes and removes.
 */
final class IsolationProbe {

  /**
   * The longest that a probe may take. It usually takes half a second, and ends itself after 30 s.
   */
  static final Duration LIMIT = Duration.ofSeconds(15);

  /** The most bytes of an answer, which has a dozen lines. */
  private static final int LONGEST_ANSWER = 16 * 1024;

  /**
   * The form of the line with which the target introduces itself. It is checked because the line
   * becomes arguments of a command in another login.
   */
  private static final Pattern TARGET =
      Pattern.compile(
          "pid=[0-9]+ name=[a-z0-9-]+ home=[A-Za-z0-9/._-]+ tmpdir=[A-Za-z0-9/._-]+"
              + " port=[0-9]+ udp=[0-9]+");

  private static final Pattern LINE = Pattern.compile("([a-z-]+) (yes|no) (.*)");

  private final Accounts accounts;
  private final Sessions sessions;
  private final IsolationSettings settings;

  IsolationProbe(Accounts accounts, Sessions sessions, IsolationSettings settings) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.settings = settings;
  }

  /**
   * Probes which measures are in force for the logins of this account.
   *
   * @throws IsolationException FAILED
   */
  List<Finding> tryFrom(Account account) {
    Account target = accounts.openReserved(Boundary.TARGET_ACCOUNT, "what isolation is tried on");
    try {
      return findings(answer(sessions.of(account), sessions.of(target)));
    } catch (IOException failure) {
      throw new IsolationException(
          Reason.FAILED, "the isolation probe broke off; try again", failure);
    }
  }

  private String answer(Session attacker, Session target) throws IOException {
    // This listener stands for the gateway's own listener: an account that reaches the first also
    // reaches the second.
    try (ServerSocket gateway = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Pipe waiting = target.pipe(probe("target"), LIMIT)) {
      return output(
          attacker,
          probe(
              "try",
              introduction(waiting),
              "sshd=" + settings.sshPort(),
              "gateway=" + gateway.getLocalPort()));
    } finally {
      tidy(target);
    }
  }

  /**
   * Deletes what the target made. This runs in a thread of its own, because a stopping gateway
   * interrupts the thread of a probe that is under way, and files in {@code /tmp} would then stay
   * for good.
   */
  private void tidy(Session target) {
    try {
      CompletableFuture.runAsync(
              () -> {
                try {
                  var unused = output(target, probe("tidy"));
                } catch (IOException failure) {
                  throw new UncheckedIOException(failure);
                }
              },
              Thread::startVirtualThread)
          .join();
    } catch (CompletionException failure) {
      throw new IsolationException(
          Reason.FAILED, "the isolation probe could not delete its files; try again", failure);
    }
  }

  private String probe(String... words) {
    return "exec " + ShellWord.quote(settings.probe().toString()) + " " + String.join(" ", words);
  }

  /** Reads the line in which the target names its process, home and ports. */
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
          Reason.FAILED, "the target of the isolation probe did not introduce itself; try again");
    }
    return line.toString();
  }

  private static String output(Session session, String text) throws IOException {
    try (Pipe program = session.pipe(text, LIMIT)) {
      byte[] answer = program.output().readNBytes(LONGEST_ANSWER);
      ExitStatus status = program.exit();
      if (program.timedOut() || status.code() != 0) {
        throw new IsolationException(
            Reason.FAILED, "the isolation probe failed or took too long; try again");
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
}
