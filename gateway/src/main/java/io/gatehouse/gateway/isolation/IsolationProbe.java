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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the program {@code sshd-config/probe} in two logins: in one account's, to try each measure,
 * and in that of the reserved account that it is tried on.
 *
 * <p>Only one may run at a time, because it would see what another makes and takes away.
 */
final class IsolationProbe {

  /**
   * The longest that a probe may take. It usually takes half a second, and ends itself after 30 s.
   */
  static final Duration LIMIT = Duration.ofSeconds(15);

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
  private final Sessions sessions;
  private final IsolationSettings settings;

  IsolationProbe(Accounts accounts, Sessions sessions, IsolationSettings settings) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.settings = settings;
  }

  /**
   * What holds for the login of this account.
   *
   * @throws IsolationException FAILED
   */
  List<Finding> tryFrom(Account account) {
    Account target = accounts.openReserved(Boundary.TARGET_ACCOUNT, "what isolation is tried on");
    try {
      return findings(answer(sessions.of(account), sessions.of(target)));
    } catch (IOException failure) {
      throw new IsolationException(Reason.FAILED, "the probe of isolation was cut short", failure);
    }
  }

  private String answer(Session attacker, Session target) throws IOException {
    // This listener stands for the gateway's own: whatever reaches the one reaches the other.
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
    try (Pipe program = session.pipe(text, LIMIT)) {
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
}
