package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Flood;
import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;
import io.gatehouse.bench.client.Zeros;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One user with 64 busy commands, 16 terminals that flood, eight spinning processes, an upload of 2
 * GB and a search whose hundred pages are read again and again. The programs end by themselves.
 * What the server refuses is counted, because that is a protection too.
 */
final class GreedyUser implements Attacker {

  private static final int COMMANDS = 64;
  private static final int TERMINALS = 16;
  private static final int PAGES = 100;
  private static final int MATCHES_OF_PAGE = 100;
  private static final long UPLOAD = 2_000_000_000;

  private static final String SPIN =
      "for i in {1..8}; do timeout -s KILL 30 sh -c 'while :; do :; done' & done";
  private static final String FLOOD = "timeout -s KILL 30 yes";

  /** Makes a file for each match. */
  private static final String MAKE_PAGES =
      "mkdir -p ~/greedy/pages && cd ~/greedy/pages && yes needle | head -n "
          + PAGES * MATCHES_OF_PAGE
          + " | split -l 1 -a 4";

  private final TerminalServer server;
  private final String user;
  private final Zeros upload = new Zeros(UPLOAD);
  private final Queue<TerminalConnection> terminals = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger pages = new AtomicInteger();

  private volatile boolean abandoned;

  /**
   * Starts everything, and returns when it has started or was refused.
   *
   * @param command a busy command
   */
  GreedyUser(TerminalServer server, String user, String command) {
    this.server = server;
    this.user = user;
    server.run(user, MAKE_PAGES);
    CountDownLatch started = new CountDownLatch(COMMANDS + TERMINALS);
    begin(() -> server.upload(user, "greedy", "uploaded", upload), new CountDownLatch(1));
    begin(this::readPages, new CountDownLatch(1));
    for (int number = 0; number < TERMINALS; number++) {
      String before = number == 0 ? SPIN + "; " : "";
      begin(() -> flood(before + FLOOD), started);
    }
    for (int number = 0; number < COMMANDS; number++) {
      begin(() -> server.leaveRunning(user, command), started);
    }
    await(started);
  }

  private void begin(Runnable work, CountDownLatch started) {
    var unused =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (RuntimeException refusal) {
                    if (!abandoned) {
                      refused.incrementAndGet();
                    }
                  } finally {
                    started.countDown();
                  }
                });
  }

  private static void await(CountDownLatch started) {
    try {
      // Each request has a limit, so this has one too.
      started.await();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  private void flood(String command) {
    TerminalConnection terminal = server.openTerminal(user);
    terminals.add(terminal);
    Flood.begin(terminal, command);
  }

  private void readPages() {
    while (!abandoned) {
      int offset = pages.getAndIncrement() % PAGES * MATCHES_OF_PAGE;
      server.get(user, "/files/matches?path=greedy/pages&query=needle&offset=" + offset);
    }
  }

  @Override
  public void abandon() {
    abandoned = true;
    upload.stop();
    terminals.forEach(TerminalConnection::abandon);
    System.err.print("(" + pages + " pages read, " + refused + " refused) ");
  }
}
