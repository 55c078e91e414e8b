package io.gatehouse.bench;

import io.gatehouse.bench.client.Checksum;
import io.gatehouse.bench.client.TerminalServer;
import io.gatehouse.bench.client.Zeros;
import java.util.List;

/** Measures how long larger and larger files take for each megabyte. */
final class SizeGrowth {

  private static final List<Integer> MEGABYTES = List.of(1, 10, 100, 1000, 2000);
  private static final List<Integer> MEGABYTES_OF_QUICK = List.of(1, 5);
  private static final long BYTES = 1_000_000;

  /** Files that are so large are transferred once; smaller ones several times. */
  private static final int LARGE = 1000;

  private static final int ROUNDS = 3;
  private static final int MOST_OF_OTHER = 100;
  private static final String USER = Users.name(Users.EXECUTING - 2);

  private final BenchSettings settings;
  private final Memory memory;
  private final GrowthTable table;
  private final Report report;

  SizeGrowth(BenchSettings settings, RowFile file, Report report) {
    this.settings = settings;
    this.memory = settings.memory();
    this.table = new GrowthTable("megabytes of a file", file);
    this.report = report;
  }

  void run() {
    TerminalServer gatehouse = settings.gatehouse();
    for (int size : settings.quick() ? MEGABYTES_OF_QUICK : MEGABYTES) {
      System.err.println("a file of " + size + " MB");
      int rounds = size < LARGE ? ROUNDS : 1;
      memory.reset();
      table.add(size, "view", "ms/MB", views(gatehouse, size, rounds).median() / size);
      table.add(size, "upload", "ms/MB", uploads(gatehouse, size, rounds).median() / size);
      table.add(size, "gateway's peak RSS", "MB", memory.peakMegabytes());
      settings
          .openTerminal()
          .filter(unused -> size <= MOST_OF_OTHER)
          .ifPresent(
              other -> {
                table.addOther(size, "view", "ms/MB", views(other, size, rounds).median() / size);
                table.addOther(
                    size, "upload", "ms/MB", uploads(other, size, rounds).median() / size);
              });
    }
    table.print(report);
  }

  private static Times views(TerminalServer server, int size, int rounds) {
    long bytes = size * BYTES;
    var unused = server.runAndRead(USER, "head -c " + bytes + " /dev/urandom > grown");
    Checksum.requireView(server, USER, "grown");
    Times times = new Times();
    for (int round = 0; round < rounds; round++) {
      times.measure(
          () -> {
            long count = server.get(USER, "/files/view?path=grown");
            if (count != bytes) {
              throw new IllegalStateException("a view has " + count + " bytes and not " + bytes);
            }
          });
    }
    server.run(USER, "rm grown");
    return times;
  }

  private static Times uploads(TerminalServer server, int size, int rounds) {
    long bytes = size * BYTES;
    Times times = new Times();
    for (int round = 0; round < rounds; round++) {
      times.measure(() -> server.upload(USER, "up", "grown", new Zeros(bytes)));
    }
    Checksum.requireFile(server, USER, "up/grown", new Zeros(bytes));
    server.run(USER, "rm up/grown");
    return times;
  }
}
