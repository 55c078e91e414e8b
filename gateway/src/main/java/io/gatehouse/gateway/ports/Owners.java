package io.gatehouse.gateway.ports;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says whose program is at the other end of a connection on loopback, by the kernel's tables: both
 * ends are in them.
 *
 * <p>A list of listening ports cannot say that, because a port changes hands in a moment. The
 * connection itself does not: it belongs to whoever has taken it, or to the listening socket in
 * whose queue it waits.
 */
final class Owners {

  /** Whose it is. */
  enum Verdict {
    OWN,
    FOREIGN,
    /** The tables do not say it yet. */
    UNKNOWN
  }

  private record Ends(TcpRow.End local, TcpRow.End remote) {}

  private final long uid;
  private final TcpRow.End server;

  /**
   * @param uid the account that connects, and must be that of the server
   * @param server the address and port on loopback
   */
  Owners(long uid, TcpRow.End server) {
    this.uid = uid;
    this.server = server;
  }

  /** The near ends of the account's connections to the server. */
  Set<TcpRow.End> clients(List<TcpRow> rows) {
    Set<TcpRow.End> clients = new HashSet<>();
    for (TcpRow row : rows) {
      if (row.state() == TcpRow.State.ESTABLISHED
          && row.uid() == uid
          && row.remote().equals(server)) {
        clients.add(row.local());
      }
    }
    return clients;
  }

  /**
   * Whose servers the account's new connections have reached.
   *
   * <p>sshd does not tell which of them is the gateway's, so all must be the account's own.
   *
   * @param before the connections that the account had before the one in question was made
   */
  Verdict verdict(List<TcpRow> rows, Set<TcpRow.End> before) {
    Set<TcpRow.End> clients = clients(rows);
    clients.removeAll(before);
    if (clients.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    Map<Ends, TcpRow> farEnds = new HashMap<>();
    for (TcpRow row : rows) {
      if (!row.isListening() && row.local().equals(server)) {
        farEnds.put(new Ends(row.local(), row.remote()), row);
      }
    }
    Verdict verdict = Verdict.OWN;
    for (TcpRow.End client : clients) {
      TcpRow farEnd = farEnds.get(new Ends(server, client));
      Verdict one = farEnd == null ? Verdict.UNKNOWN : verdict(farEnd, rows);
      if (one == Verdict.FOREIGN) {
        return one;
      }
      if (one == Verdict.UNKNOWN) {
        verdict = one;
      }
    }
    return verdict;
  }

  private Verdict verdict(TcpRow farEnd, List<TcpRow> rows) {
    if (farEnd.uid() == uid) {
      return Verdict.OWN;
    }
    boolean untaken = farEnd.inode() == 0 && farEnd.uid() == 0;
    if (!untaken || farEnd.state() == TcpRow.State.RECEIVED) {
      return Verdict.FOREIGN;
    }
    // No program has taken it: older kernels then name no owner. It waits in the queue of a
    // listening socket of the same table, which lives for as long as it waits and was read before.
    boolean waits = farEnd.state() == TcpRow.State.ESTABLISHED;
    return waits && areListenersOwn(farEnd, rows) ? Verdict.OWN : Verdict.UNKNOWN;
  }

  private boolean areListenersOwn(TcpRow farEnd, List<TcpRow> rows) {
    boolean found = false;
    for (TcpRow row : rows) {
      if (row.isListening()
          && row.ipv6() == farEnd.ipv6()
          && row.local().port() == server.port()
          && row.serves(server.address())) {
        if (row.uid() != uid) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }
}
