package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalServer;
import java.util.List;
import java.util.Optional;

/** Compares many terminals that are open at the same time. */
final class CrowdBenchmark {

  private static final int TERMINALS = 200;
  private static final int USERS = 20;
  private static final int KEYS_FOR_EACH = 5;
  private static final int MORE_TERMINALS = 300;
  private static final int FLOODING = 16;
  private static final double KB_PER_MB = 1e3;

  private final TerminalServer gatehouse;
  private final Optional<TerminalServer> openTerminal;
  private final Memory memory;
  private final Report report;

  CrowdBenchmark(
      TerminalServer gatehouse,
      Optional<TerminalServer> openTerminal,
      Memory memory,
      Report report) {
    this.gatehouse = gatehouse;
    this.openTerminal = openTerminal;
    this.memory = memory;
    this.report = report;
  }

  void run() {
    System.err.println(TERMINALS + " terminals of " + USERS + " users");
    double heapBefore = memory.liveHeapMegabytes();
    double sshdBefore = Memory.ofSshd();
    Crowd ours = new Crowd(gatehouse, TERMINALS, USERS);
    ours.type(KEYS_FOR_EACH);
    double heapGrowth = memory.liveHeapMegabytes() - heapBefore;
    double sshdGrowth = Memory.ofSshd() - sshdBefore;
    ours.close();
    report.value("gateway's live heap for each", heapGrowth * KB_PER_MB / TERMINALS, "KB");
    report.value("sshd's memory for each", sshdGrowth * KB_PER_MB / TERMINALS, "KB");
    Optional<Crowd> theirs =
        openTerminal.map(
            server -> {
              Crowd crowd = new Crowd(server, TERMINALS, USERS);
              crowd.type(KEYS_FOR_EACH);
              crowd.close();
              return crowd;
            });
    Keyboard.report(
        report,
        "echo with 200 open",
        theirs.map(crowd -> List.of(ours.echo(), crowd.echo())).orElse(List.of(ours.echo())));
    for (double share : Keyboard.SHARES) {
      String name = "opening one of 200, " + Keyboard.percent(share);
      double time = ours.opening().percentile(share);
      theirs.ifPresentOrElse(
          other -> report.atMost(name, time, other.opening().percentile(share), "ms", 1),
          () -> report.value(name, time, "ms"));
    }
    flood();
  }

  /** One user's terminals print without end while the others type. */
  private void flood() {
    System.err.println(MORE_TERMINALS + " terminals, of which " + FLOODING + " flood");
    String greedy = Users.name(USERS);
    try (Crowd others = new Crowd(gatehouse, MORE_TERMINALS - FLOODING, USERS);
        Flood flood = new Flood(gatehouse, greedy, FLOODING)) {
      others.type(KEYS_FOR_EACH);
      report.atMostValue(
          "echo with 300 open, 16 flood, p50", others.echo().percentile(0.5), "ms", 5);
      report.atMostValue(
          "echo with 300 open, 16 flood, p95", others.echo().percentile(0.95), "ms", 5);
      report.value("flooded in the meantime", flood.megabytes(), "MB");
    }
  }
}
