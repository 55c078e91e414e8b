package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;
import java.util.List;
import java.util.stream.Stream;

/** Terminals of one user that print without end, and are read as fast as this program can. */
public final class Flood implements AutoCloseable {

  private static final String FIRST_OUTPUT = "y\r\ny\r\n";

  /** The programs in the terminals end by themselves. */
  private static final String COMMAND = "timeout -s KILL 120 yes";

  private final TerminalServer server;
  private final String user;
  private final List<TerminalConnection> terminals;

  public Flood(TerminalServer server, String user, int count) {
    this.server = server;
    this.user = user;
    this.terminals = Stream.generate(() -> Keyboard.open(server, user)).limit(count).toList();
    terminals.forEach(terminal -> begin(terminal, COMMAND));
  }

  /** Starts a command that prints as `yes` does, and reads what the terminal shows. */
  public static void begin(TerminalConnection terminal, String command) {
    terminal.type(command + "\r");
    terminal.await(FIRST_OUTPUT);
    var unused = Thread.ofVirtual().start(terminal::drain);
  }

  /** What this program has read so far. */
  public double megabytes() {
    return terminals.stream().mapToLong(TerminalConnection::drained).sum() / 1e6;
  }

  @Override
  public void close() {
    terminals.forEach(TerminalConnection::abandon);
    server.endProcesses(user);
  }
}
