package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;
import java.time.Duration;
import java.util.List;

/** Types into terminals and measures the time until a key is echoed. */
final class Keyboard {

  /** Between two keys: as fast as nobody types, slow enough that the server has come to rest. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  /** The shares of all keys, or of all terminals, whose times are printed. */
  static final double[] SHARES = {0.5, 0.95};

  private Keyboard() {}

  /** Opens a terminal with a shell that waits for keys. */
  static TerminalConnection open(TerminalServer server, String user) {
    TerminalConnection terminal = server.openTerminal(user);
    terminal.run("true");
    return terminal;
  }

  /** Types keys, and deletes each again. */
  static void type(TerminalConnection terminal, int count, Times times) {
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

  /** Prints how long keys took. The goal is at most 1 ms more than Open Terminal. */
  static void report(Report report, String what, List<Times> times) {
    for (double share : SHARES) {
      String name = what + ", " + percent(share);
      double ours = times.getFirst().percentile(share);
      if (times.size() > 1) {
        report.atMostMore(name, ours, times.get(1).percentile(share), "ms", 1);
      } else {
        report.value(name, ours, "ms");
      }
    }
  }

  /** The name of a share, such as p95. */
  static String percent(double share) {
    return "p" + Math.round(100 * share);
  }
}
