package io.gatehouse.bench;

import io.gatehouse.bench.client.PseudoTerminal;
import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;
import java.util.List;

/** Compares one terminal: the time until a key is echoed, and the time to show a file. */
final class TerminalBenchmark {

  private static final String USER = Users.name(0);
  private static final int KEYS_IN_ROUND = 100;
  private static final String FILE = "shown";
  private static final int LINES = 658_000;
  private static final String LINE = "y".repeat(75);
  private static final double BYTES_PER_MB = 1e6;
  private static final double MILLIS_PER_SECOND = 1e3;

  private final Rounds<TerminalServer> servers;
  private final String account;

  /**
   * @param account the account that Gatehouse has made for the first user
   */
  TerminalBenchmark(Rounds<TerminalServer> servers, String account) {
    this.servers = servers;
    this.account = account;
  }

  void run() {
    System.err.println("terminals");
    echo();
    cat();
  }

  private List<TerminalConnection> open() {
    return servers.sides().stream().map(server -> Keyboard.open(server, USER)).toList();
  }

  private void echo() {
    List<TerminalConnection> terminals = open();
    List<Times> times = servers.noTimes();
    terminals.forEach(terminal -> Keyboard.type(terminal, KEYS_IN_ROUND, new Times()));
    for (int round = 0; round < servers.rounds(); round++) {
      for (int i = 0; i < terminals.size(); i++) {
        Keyboard.type(terminals.get(i), KEYS_IN_ROUND, times.get(i));
      }
    }
    terminals.forEach(TerminalConnection::close);
    Keyboard.report(servers.report(), "echo of a key", times);
  }

  /** A terminal shows the file after a carriage return was added to each line. */
  private void cat() {
    List<TerminalConnection> terminals = open();
    String shown = (LINE + "\r\n").repeat(LINES);
    List<Times> times = servers.noTimes();
    for (TerminalConnection terminal : terminals) {
      terminal.run("yes %s | head -n %d > %s".formatted(LINE, LINES, FILE));
      if (!terminal.runAndRead("cat " + FILE).contains(shown)) {
        throw new IllegalStateException("a terminal shows a file with wrong bytes");
      }
    }
    PseudoTerminal kernel = new PseudoTerminal(account, "/home/" + account + "/" + FILE);
    Times bare = new Times();
    for (int round = 0; round < Math.max(servers.rounds() / 3, 2); round++) {
      for (int i = 0; i < terminals.size(); i++) {
        TerminalConnection terminal = terminals.get(i);
        times.get(i).measure(() -> requireWhole(terminal.run("cat " + FILE), shown.length()));
      }
      bare.add(kernel.show());
    }
    terminals.forEach(TerminalConnection::close);
    double ours = rate(times.getFirst(), shown);
    servers
        .report()
        .atLeast("cat of 50 MB, against a bare terminal", ours, rate(bare, shown), "MB/s", 0.9);
    if (times.size() > 1) {
      double theirs = rate(times.get(1), shown);
      servers.report().atLeast("cat of 50 MB, against Open Terminal", ours, theirs, "MB/s", 1);
    }
  }

  private static void requireWhole(long count, long expected) {
    if (count < expected) {
      throw new IllegalStateException("a terminal showed " + count + " bytes of " + expected);
    }
  }

  private static double rate(Times times, String shown) {
    return shown.length() / BYTES_PER_MB / (times.median() / MILLIS_PER_SECOND);
  }
}
