package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Flood;
import io.gatehouse.bench.client.TerminalConnection;
import io.gatehouse.bench.client.TerminalServer;

/** Makes one user's attack, and holds what it keeps open on this side. */
interface Attacker {

  /** Lets go of what is open. It does not end the user's processes. */
  void abandon();

  /** Starts the attack, and does not wait for its force. */
  static Attacker begin(NeighbourAttack attack, TerminalServer server, String user) {
    return switch (attack) {
      case TERMINAL -> {
        TerminalConnection terminal = server.openTerminal(user);
        Flood.begin(terminal, attack.command());
        yield terminal::abandon;
      }
      case EVERYTHING -> new GreedyUser(server, user, attack.command());
      default -> {
        var unused = server.leaveRunning(user, attack.command());
        yield () -> {};
      }
    };
  }
}
