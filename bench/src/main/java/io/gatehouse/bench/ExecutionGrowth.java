package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalServer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures what more and more commands that have ended cost. A gateway lists the last thousand of
 * each user, so that ten users have ten thousand.
 */
final class ExecutionGrowth {

  private static final List<Integer> COUNTS = List.of(1, 10, 100, 1000, 10_000);
  private static final List<Integer> COUNTS_OF_QUICK = List.of(1, 10, 50);
  private static final int MOST_OF_USER = 1000;
  private static final int MOST_OF_OTHER = 1000;
  private static final int CALLERS = 8;
  private static final int CALLS = 50;
  private static final int LISTS = 10;

  private final BenchSettings settings;
  private final Memory memory;
  private final GrowthTable table;
  private final Report report;

  ExecutionGrowth(BenchSettings settings, RowFile file, Report report) {
    this.settings = settings;
    this.memory = settings.memory();
    this.table = new GrowthTable("commands that have ended", file);
    this.report = report;
  }

  void run() {
    TerminalServer gatehouse = settings.gatehouse();
    int known = 0;
    for (int count : settings.quick() ? COUNTS_OF_QUICK : COUNTS) {
      System.err.println(count + " executions");
      int before = known;
      run(gatehouse, before, count);
      table.add(count, "`true`, p50", "ms", calls(gatehouse).median());
      table.add(count, "list of one user, p50", "ms", lists(gatehouse, count).median());
      table.add(count, "gateway's live heap", "MB", memory.liveHeapMegabytes());
      table.add(count, "gateway's RSS", "MB", memory.residentMegabytes());
      settings
          .openTerminal()
          .filter(unused -> count <= MOST_OF_OTHER)
          .ifPresent(
              other -> {
                run(other, before, count);
                table.addOther(count, "`true`, p50", "ms", calls(other).median());
                table.addOther(count, "list of one user, p50", "ms", lists(other, count).median());
              });
      known = count;
    }
    table.print(report);
  }

  private static void run(TerminalServer server, int from, int to) {
    Callers.forEach(
        CALLERS,
        IntStream.range(from, to).mapToObj(number -> user(number / MOST_OF_USER)).toList(),
        user -> server.run(user, "true"));
  }

  private static String user(int number) {
    return Users.name(Users.EXECUTING + number);
  }

  /** Commands of a user who has no other, so that the number of ended commands stays. */
  private static Times calls(TerminalServer server) {
    String user = Users.name(Users.EXECUTING - 1);
    server.run(user, "true");
    Times times = new Times();
    for (int call = 0; call < CALLS; call++) {
      times.measure(() -> server.run(user, "true"));
    }
    return times;
  }

  /** Lists of the user whose commands were the last: the first ones may be forgotten already. */
  private static Times lists(TerminalServer server, int count) {
    String user = user((count - 1) / MOST_OF_USER);
    Times times = new Times();
    int expected = Math.min(count, MOST_OF_USER);
    for (int call = 0; call < LISTS; call++) {
      times.measure(
          () -> {
            int listed = server.ask(user, "GET", "/execute").size();
            if (listed != expected) {
              throw new IllegalStateException(
                  "a list has " + listed + " commands and not " + expected);
            }
          });
    }
    return times;
  }
}
