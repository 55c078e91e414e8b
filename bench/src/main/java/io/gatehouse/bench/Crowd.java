package io.gatehouse.bench;

import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;
import java.util.ArrayList;
import java.util.List;

/** Terminals that are open at the same time, as those of a school class, all of them attached. */
final class Crowd implements AutoCloseable {

  private final List<TerminalConnection> terminals = new ArrayList<>();
  private final Times opening = new Times();
  private final Times echo = new Times();

  /** Opens the terminals one after another, for each user as many. */
  Crowd(TerminalServer server, int count, int users) {
    for (int number = 0; number < count; number++) {
      String user = Users.name(number % users);
      opening.measure(() -> terminals.add(Keyboard.open(server, user)));
    }
  }

  /** Types into one terminal after the other, again and again. */
  void type(int keys) {
    for (int round = 0; round < keys; round++) {
      terminals.forEach(terminal -> Keyboard.type(terminal, 1, echo));
    }
  }

  /** The times until a shell had answered. */
  Times opening() {
    return opening;
  }

  /** The times until a key was echoed. */
  Times echo() {
    return echo;
  }

  @Override
  public void close() {
    terminals.forEach(TerminalConnection::close);
  }
}
