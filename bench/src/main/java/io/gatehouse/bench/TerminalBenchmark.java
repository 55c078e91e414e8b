package io.gatehouse.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares terminals: the time until a key is echoed, the time to show a file, and how many
 * terminals can be open.
 */
final class TerminalBenchmark {

  private static final String USER = "user0000";
  private static final int KEYS_IN_ROUND = 100;
  private static final long FILE = 50_000_000;
  private static final int TERMINALS = 200;
  private static final int USERS = 20;
  private static final int KEYS_FOR_EACH = 5;

  /** Between two keys: as fast as nobody types, slow enough that the server has come to rest. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final double KB_PER_MB = 1e3;
  private static final double[] SHARES = {0.5, 0.95};

  private final TerminalServer gatehouse;
  private final Optional<TerminalServer> openTerminal;
  private final Optional<Memory> ourMemory;
  private final int rounds;
  private final Report report;

  TerminalBenchmark(
      TerminalServer gatehouse,
      Optional<TerminalServer> openTerminal,
      Optional<Memory> ourMemory,
      int rounds,
      Report report) {
    this.gatehouse = gatehouse;
    this.openTerminal = openTerminal;
    this.ourMemory = ourMemory;
    this.rounds = rounds;
    this.report = report;
  }

  void run() {
    System.err.println("terminals");
    echo();
    cat();
    many();
  }

  private void echo() {
    List<TerminalConnection> terminals = open();
    List<Times> times = terminals.stream().map(each -> new Times()).toList();
    terminals.forEach(terminal -> keys(terminal, KEYS_IN_ROUND, new Times()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < terminals.size(); i++) {
        keys(terminals.get(i), KEYS_IN_ROUND, times.get(i));
      }
    }
    terminals.forEach(TerminalConnection::close);
    compareEcho("echo of a key", times.getFirst(), times.stream().skip(1).findFirst());
  }

  private void compareEcho(String what, Times ours, Optional<Times> theirs) {
    for (double share : SHARES) {
      String name = what + ", " + percent(share);
      double time = ours.percentile(share);
      theirs.ifPresentOrElse(
          other -> report.atMostMore(name, time, other.percentile(share), "ms", 1),
          () -> report.value(name, time, "ms"));
    }
  }

  private static String percent(double share) {
    return "p" + Math.round(100 * share);
  }

  /** Opens one terminal on each server, with a shell that waits for keys. */
  private List<TerminalConnection> open() {
    List<TerminalConnection> terminals = new ArrayList<>(List.of(ready(gatehouse, USER)));
    openTerminal.ifPresent(other -> terminals.add(ready(other, USER)));
    return terminals;
  }

  private static TerminalConnection ready(TerminalServer server, String user) {
    TerminalConnection terminal = server.openTerminal(user);
    terminal.run("true");
    return terminal;
  }

  private static void keys(TerminalConnection terminal, int count, Times times) {
    for (int i = 0; i < count; i++) {
      Waiting.pause(PAUSE);
      times.measure(
          () -> {
            terminal.type("x");
            terminal.await("x");
          });
      terminal.type("\u007f");
      terminal.await("\b");
    }
  }

  private void cat() {
    List<TerminalConnection> terminals = open();
    List<Times> times = terminals.stream().map(each -> new Times()).toList();
    String make = "base64 -w 75 /dev/zero | head -c " + FILE + " > shown";
    terminals.forEach(terminal -> terminal.run(make));
    for (int round = 0; round < Math.max(rounds / 3, 1); round++) {
      for (int i = 0; i < terminals.size(); i++) {
        TerminalConnection terminal = terminals.get(i);
        times.get(i).measure(() -> requireWhole(terminal.run("cat shown")));
      }
    }
    terminals.forEach(TerminalConnection::close);
    double ours = rate(times.getFirst());
    if (times.size() > 1) {
      report.atLeast("cat of 50 MB in a terminal", ours, rate(times.get(1)), "MB/s", 2);
    } else {
      report.value("cat of 50 MB in a terminal", ours, "MB/s");
    }
  }

  private static void requireWhole(long shown) {
    if (shown < FILE) {
      throw new IllegalStateException("a terminal showed " + shown + " bytes of " + FILE);
    }
  }

  private static double rate(Times times) {
    return FILE / 1e6 / (times.median() / 1e3);
  }

  private void many() {
    System.err.println(TERMINALS + " terminals of " + USERS + " users");
    double heapBefore = ourMemory.map(Memory::liveHeapMegabytes).orElse(0.0);
    double sshdBefore = ofSshd();
    Crowd ours = new Crowd(gatehouse);
    double heapGrowth = ourMemory.map(Memory::liveHeapMegabytes).orElse(0.0) - heapBefore;
    double sshdGrowth = ofSshd() - sshdBefore;
    ours.close();
    report.atMostValue("echo with 200 open, p95", ours.echo.percentile(0.95), "ms", 20);
    report.value("gateway's live heap for each", heapGrowth * KB_PER_MB / TERMINALS, "KB");
    report.value("sshd's memory for each", sshdGrowth * KB_PER_MB / TERMINALS, "KB");
    Optional<Crowd> theirs = openTerminal.map(Crowd::new);
    theirs.ifPresent(Crowd::close);
    compareEcho("echo with 200 open", ours.echo, theirs.map(crowd -> crowd.echo));
    for (double share : SHARES) {
      String name = "opening one of 200, " + percent(share);
      double time = ours.creation.percentile(share);
      theirs.ifPresentOrElse(
          other -> report.atMost(name, time, other.creation.percentile(share), "ms", 1),
          () -> report.value(name, time, "ms"));
    }
  }

  private static double ofSshd() {
    // Before OpenSSH 9.8, sshd's processes have the name of the link that bench/run starts.
    return Memory.ofAll("sshd", "gatehouse");
  }

  /** The number of terminals that a school class opens, all of them attached. */
  private static final class Crowd implements AutoCloseable {

    private final List<TerminalConnection> terminals = new ArrayList<>();
    private final Times creation = new Times();
    private final Times echo = new Times();

    private Crowd(TerminalServer server) {
      for (int number = 0; number < TERMINALS; number++) {
        String user = String.format("user%04d", number % USERS);
        creation.measure(() -> terminals.add(ready(server, user)));
      }
      for (int round = 0; round < KEYS_FOR_EACH; round++) {
        terminals.forEach(terminal -> keys(terminal, 1, echo));
      }
    }

    @Override
    public void close() {
      terminals.forEach(TerminalConnection::close);
    }
  }
}
