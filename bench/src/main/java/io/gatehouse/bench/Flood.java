package io.gatehouse.bench;

import java.util.List;
import java.util.stream.Stream;

/** Terminals of one user that print without end, and are read as fast as this program can. */
final class Flood implements AutoCloseable {

  private static final String FIRST_OUTPUT = "y\r\ny\r\n";

  private final List<TerminalConnection> terminals;

  /** The time after which the programs in the terminals end by themselves, in seconds. */
  private static final int LONGEST = 120;

  private final TerminalServer server;
  private final String user;

  Flood(TerminalServer server, String user, int count) {
    this.server = server;
    this.user = user;
    this.terminals = Stream.generate(() -> Keyboard.open(server, user)).limit(count).toList();
  }

  void begin() {
    for (TerminalConnection terminal : terminals) {
      terminal.type("timeout -s KILL " + LONGEST + " yes\r");
      terminal.await(FIRST_OUTPUT);
      var unused = Thread.ofVirtual().start(terminal::drain);
    }
  }

  /** What this program has read so far. */
  double megabytes() {
    return terminals.stream().mapToLong(TerminalConnection::drained).sum() / 1e6;
  }

  @Override
  public void close() {
    terminals.forEach(TerminalConnection::abandon);
    server.endProcesses(user);
  }
}
