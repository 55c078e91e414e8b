package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.bench.client.TerminalServer;
import java.time.Duration;
import java.util.List;

/** Measures how long it takes to see what has become of commands that printed more and more. */
final class LogGrowth {

  private static final List<Integer> MEGABYTES = List.of(10, 100, 1000);
  private static final List<Integer> MEGABYTES_OF_QUICK = List.of(1, 3);
  private static final int BYTES = 1_000_000;
  private static final int LINE = 20;
  private static final int MOST_OF_OTHER = 100;
  private static final int CALLS = 10;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String USER = Users.name(Users.EXECUTING - 3);

  private final BenchSettings settings;
  private final Memory memory;
  private final GrowthTable table;
  private final Report report;

  LogGrowth(BenchSettings settings, RowFile file, Report report) {
    this.settings = settings;
    this.memory = settings.memory();
    this.table = new GrowthTable("megabytes of output", file);
    this.report = report;
  }

  /** A command that has ended, and where its output ends. */
  private record Ended(TerminalServer server, String path, long end) {

    private JsonNode ask(String query) {
      return server.ask(USER, "GET", path + "?" + query);
    }
  }

  void run() {
    TerminalServer gatehouse = settings.gatehouse();
    for (int size : settings.quick() ? MEGABYTES_OF_QUICK : MEGABYTES) {
      System.err.println(size + " MB of output");
      memory.reset();
      Ended ours = print(gatehouse, size);
      table.add(size, "last lines, p50", "ms", lastLines(ours, size).median());
      table.add(size, "status, p50", "ms", status(ours).median());
      table.add(size, "gateway's peak RSS", "MB", memory.peakMegabytes());
      settings
          .openTerminal()
          .filter(unused -> size <= MOST_OF_OTHER)
          .map(other -> print(other, size))
          .ifPresent(
              theirs -> {
                table.addOther(size, "last lines, p50", "ms", lastLines(theirs, size).median());
                table.addOther(size, "status, p50", "ms", status(theirs).median());
              });
    }
    table.print(report);
  }

  private static String lastLine(int size) {
    return String.format("%0" + (LINE - 1) + "d", lines(size));
  }

  private static long lines(int size) {
    return (long) size * BYTES / LINE;
  }

  private static Ended print(TerminalServer server, int size) {
    String command = "seq -f %0" + (LINE - 1) + ".0f 1 " + lines(size);
    String path = "/execute/" + server.leaveRunning(USER, command) + "/status";
    long deadline = System.nanoTime() + LIMIT.toNanos();
    JsonNode answer;
    do {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("a command did not print " + size + " MB in " + LIMIT);
      }
      answer = server.ask(USER, "GET", path + "?wait=10&tail=1");
    } while (answer.path("status").asText().equals("running"));
    if (answer.path("exit_code").asInt(-1) != 0) {
      throw new IllegalStateException("a command did not end well: " + answer);
    }
    return new Ended(server, path, answer.path("next_offset").asLong());
  }

  private static Times lastLines(Ended command, int size) {
    Times times = new Times();
    for (int call = 0; call < CALLS; call++) {
      times.measure(
          () -> {
            JsonNode output = command.ask("tail=5").path("output");
            StringBuilder text = new StringBuilder();
            output.forEach(entry -> text.append(entry.path("data").asText()));
            if (!text.toString().strip().endsWith(lastLine(size))) {
              throw new IllegalStateException("a log does not end with " + lastLine(size));
            }
          });
    }
    return times;
  }

  private static Times status(Ended command) {
    Times times = new Times();
    for (int call = 0; call < CALLS; call++) {
      times.measure(
          () -> {
            if (!command.ask("offset=" + command.end()).path("output").isEmpty()) {
              throw new IllegalStateException("there is output behind the end");
            }
          });
    }
    return times;
  }
}
