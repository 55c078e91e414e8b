package io.gatehouse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Compares the list of ports, and requests to a user's own server through the proxy. The same
 * server is also asked directly, as a program on the machine does.
 */
final class PortBenchmark {

  private static final String USER = "user0000";
  private static final int CALLS_IN_ROUND = 50;
  private static final int FILES_OF_PAGE = 100;
  private static final long LARGE = 100_000_000;

  /** A terminal server, the port of a user's server there, and this server without a proxy. */
  private record Side(TerminalServer proxy, int port, TerminalServer direct) {

    private long get(String path) {
      return proxy.get(USER, "/proxy/" + port + "/" + path);
    }
  }

  private final List<Side> sides = new ArrayList<>();
  private final int rounds;
  private final Report report;

  PortBenchmark(
      TerminalServer gatehouse, Optional<TerminalServer> openTerminal, int rounds, Report report) {
    sides.add(side(gatehouse));
    openTerminal.ifPresent(other -> sides.add(side(other)));
    this.rounds = rounds;
    this.report = report;
  }

  /** Makes files and a server for them, which keeps connections open and answers at once. */
  private static String server(int port) {
    return String.join(
        " && ",
        "mkdir -p web",
        "cd web",
        "for n in {1.." + FILES_OF_PAGE + "}; do head -c 1024 /dev/zero >$n; done",
        "head -c " + LARGE + " /dev/zero >large",
        "exec python3 -c 'from http.server import *; h = SimpleHTTPRequestHandler;"
            + " h.protocol_version = \"HTTP/1.1\"; h.disable_nagle_algorithm = True;"
            + " h.log_message = lambda *_: None; ThreadingHTTPServer((\"127.0.0.1\", "
            + port
            + "), h).serve_forever()'");
  }

  private static Side side(TerminalServer server) {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = free.getLocalPort();
      return new Side(server, port, new TerminalServer("http://127.0.0.1:" + port, ""));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void run() {
    System.err.println("ports");
    sides.forEach(
        side -> {
          side.proxy().leaveRunning(USER, server(side.port()));
          awaitServer(side);
        });
    compare("list of ports, p50", CALLS_IN_ROUND, side -> side.proxy().get(USER, "/ports"));
    compare("1 KB from a port, p50", CALLS_IN_ROUND, side -> side.get("1"));
    List<Times> pages = compare("page of 100 small files", 1, PortBenchmark::page);
    compare("100 MB from a port", 1, PortBenchmark::large);
    Times direct = new Times();
    for (int round = 0; round <= rounds; round++) {
      direct.measure(
          () -> files().forEach(file -> sides.getFirst().direct().get(USER, "/" + file)));
    }
    report.atMost(
        "page of 100 small files, against no proxy",
        pages.getFirst().median(),
        direct.median(),
        "ms",
        10);
  }

  private static void awaitServer(Side side) {
    for (int tries = 0; ; tries++) {
      try {
        if (side.get("large") == LARGE) {
          return;
        }
      } catch (IllegalStateException notYet) {
        if (tries == 100) {
          throw notYet;
        }
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException interruption) {
        throw new IllegalStateException(interruption);
      }
    }
  }

  private static List<String> files() {
    return IntStream.rangeClosed(1, FILES_OF_PAGE).mapToObj(Integer::toString).toList();
  }

  private static void page(Side side) {
    files().forEach(side::get);
  }

  private static void large(Side side) {
    if (side.get("large") != LARGE) {
      throw new IllegalStateException("an answer through the proxy is not whole");
    }
  }

  private List<Times> compare(String what, int calls, Consumer<Side> work) {
    List<Times> times = sides.stream().map(each -> new Times()).toList();
    sides.forEach(work);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < sides.size(); i++) {
        Side side = sides.get(i);
        for (int call = 0; call < calls; call++) {
          times.get(i).measure(() -> work.accept(side));
        }
      }
    }
    if (times.size() > 1) {
      report.atMost(what, times.get(0).median(), times.get(1).median(), "ms", 1);
    } else {
      report.value(what, times.getFirst().median(), "ms");
    }
    return times;
  }
}
