package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.bench.client.TerminalServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares the list of ports, and requests to a user's own server through the proxy. The same
 * server is also asked directly, as a program on the machine does.
 */
final class PortBenchmark {

  private static final String USER = "user0000";
  private static final int CALLS_IN_ROUND = 50;
  private static final int FILES_OF_PAGE = 100;
  private static final long SMALL = 1024;
  private static final long LARGE = 100_000_000;

  /** A terminal server, the port of a user's server there, and this server without a proxy. */
  private record Side(TerminalServer proxy, int port, TerminalServer direct) {

    private long get(String path) {
      return proxy.get(USER, "/proxy/" + port + "/" + path);
    }
  }

  private final Rounds<Side> sides;

  PortBenchmark(Rounds<TerminalServer> servers) {
    this.sides =
        new Rounds<>(
            servers.sides().stream().map(PortBenchmark::side).toList(),
            servers.rounds(),
            servers.report());
  }

  /** Makes files and a server for them, which keeps connections open and answers at once. */
  private static String server(int port) {
    return String.join(
        " && ",
        "mkdir -p web",
        "cd web",
        "for n in {1.." + FILES_OF_PAGE + "}; do head -c " + SMALL + " /dev/zero >$n; done",
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
    sides
        .sides()
        .forEach(
            side -> {
              side.proxy().leaveRunning(USER, server(side.port()));
              awaitServer(side);
            });
    List<Times> lists = sides.compare("list of ports, p50", CALLS_IN_ROUND, PortBenchmark::list);
    sides.report().atMostValue("list of ports, p50", lists.getFirst().median(), "ms", 2);
    sides.compare("1 KB from a port, p50", CALLS_IN_ROUND, PortBenchmark::small);
    List<Times> pages = sides.compare("page of 100 small files", 1, PortBenchmark::page);
    sides.compare("100 MB from a port", 1, PortBenchmark::large);
    Times direct = new Times();
    TerminalServer noProxy = sides.sides().getFirst().direct();
    for (int round = 0; round <= sides.rounds(); round++) {
      direct.measure(() -> files().forEach(file -> noProxy.get(USER, "/" + file)));
    }
    sides
        .report()
        .atMost(
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

  private static void list(Side side) {
    JsonNode ports = side.proxy().ask(USER, "GET", "/ports").path("ports");
    if (!ports.findValuesAsText("port").contains(Integer.toString(side.port()))) {
      throw new IllegalStateException("the list of ports is not whole: " + ports);
    }
  }

  private static void small(Side side) {
    if (side.get("1") != SMALL) {
      throw new IllegalStateException("an answer through the proxy is not whole");
    }
  }

  private static void page(Side side) {
    files().forEach(file -> side.get(file));
  }

  private static void large(Side side) {
    if (side.get("large") != LARGE) {
      throw new IllegalStateException("an answer through the proxy is not whole");
    }
  }
}
