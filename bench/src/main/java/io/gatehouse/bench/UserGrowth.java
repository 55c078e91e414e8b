package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalServer;
import java.util.List;
import java.util.stream.IntStream;

/** Measures what more and more users who are logged in cost. */
final class UserGrowth {

  private static final List<Integer> COUNTS = List.of(1, 10, 100, 1000);
  private static final List<Integer> COUNTS_OF_QUICK = List.of(1, 5, 10);
  private static final int CALLERS = 4;
  private static final int AT_A_TIME = 50;
  private static final int CALLS = 50;
  private static final int SPARE = 3;

  /** The number of users up to which Open Terminal is measured beside. */
  private static final int MOST_OF_OTHER = 100;

  /** Seconds for so many users. */
  private static final double GOAL_FOR_ALL = 60;

  private static final double GOAL_COUNT = 1000;

  /** Milliseconds for one. */
  private static final double GOAL_FOR_ONE = 200;

  private static final double NANOS_PER_SECOND = 1e9;

  /** The memory that the machine must keep: each login is two processes of sshd. */
  private static final double LEAST_MEMORY = 2000;

  private final BenchSettings settings;
  private final TerminalServer gatehouse;
  private final Memory memory;
  private final GrowthTable table;
  private final Report report;

  private int known;
  private int spares;
  private double seconds;
  private double sshdBefore;

  UserGrowth(BenchSettings settings, RowFile file, Report report) {
    this.settings = settings;
    this.gatehouse = settings.gatehouse();
    this.memory = settings.memory();
    this.table = new GrowthTable("users who are logged in", file);
    this.report = report;
  }

  void run() {
    sshdBefore = Memory.ofSshd();
    for (int count : settings.quick() ? COUNTS_OF_QUICK : COUNTS) {
      System.err.println(count + " users");
      while (known < count && hasMemory()) {
        logIn(Math.min(AT_A_TIME, count - known));
      }
      measure();
      measureOther();
    }
    double goal = GOAL_FOR_ALL * known / GOAL_COUNT;
    report.atMostValue("provisioning of " + known + " users", seconds, "s", goal);
    table.print(report);
  }

  private boolean hasMemory() {
    boolean enough = Memory.availableMegabytes() >= LEAST_MEMORY;
    if (!enough) {
      System.err.println("this machine has too little memory for more than " + known + " users");
    }
    return enough;
  }

  private void logIn(int count) {
    List<String> added = Users.names(Users.GROWING + known, count);
    long begin = System.nanoTime();
    // This makes the account and does not log in.
    Callers.forEach(CALLERS, added, this::provision);
    seconds += (System.nanoTime() - begin) / NANOS_PER_SECOND;
    Callers.forEach(CALLERS, added, user -> gatehouse.run(user, "true"));
    known += count;
  }

  private void provision(String user) {
    var unused = gatehouse.ask(user, "GET", "/files/cwd");
  }

  private void measure() {
    Times one = new Times();
    for (String user : Users.names(Users.SPARE + spares, SPARE)) {
      one.measure(() -> provision(user));
    }
    spares += SPARE;
    table.add(known, "`true`, p50", "ms", callsOfAll(gatehouse).median());
    table.add(known, "one more user, p50", "ms", one.median());
    table.add(known, "gateway's live heap", "MB", memory.liveHeapMegabytes());
    table.add(known, "gateway's RSS", "MB", memory.residentMegabytes());
    table.add(known, "sshd's memory", "MB", Memory.ofSshd() - sshdBefore);
    report.atMostValue("one more user beside " + known, one.median(), "ms", GOAL_FOR_ONE);
  }

  private void measureOther() {
    settings
        .openTerminal()
        .filter(unused -> known <= MOST_OF_OTHER)
        .ifPresent(
            other -> {
              Users.names(Users.GROWING, known).forEach(user -> other.run(user, "true"));
              table.addOther(known, "`true`, p50", "ms", callsOfAll(other).median());
            });
  }

  /** The times of commands of users who are spread over all. */
  private Times callsOfAll(TerminalServer server) {
    Times times = new Times();
    IntStream.range(0, CALLS)
        .mapToObj(call -> Users.name(Users.GROWING + call * known / CALLS))
        .forEach(user -> times.measure(() -> server.run(user, "true")));
    return times;
  }
}
