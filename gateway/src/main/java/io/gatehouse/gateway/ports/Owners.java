package io.gatehouse.gateway.ports;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the account whose program is at the other end of a connection on loopback. The kernel's
 * tables have a row for each end of such a connection.
 *
 * <p>A list of listening ports is not enough, because another program may listen at the port a
 * moment later. A connection does not change its owner: it belongs to the program that has accepted
 * it, or to the listening socket in whose queue it waits.
 */
final class Owners {

  /** The result of the search for the owner. */
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
   * @param uid the account that connects; the server's program must be this account's too
   * @param server the address and port on loopback
   */
  Owners(long uid, TcpRow.End server) {
    this.uid = uid;
    this.server = server;
  }

  /** The account's own ends of its connections to the server. */
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
   * Finds whose servers the account's new connections have reached.
   *
   * <p>sshd does not tell which of the new connections is the gateway's, so all of them must have
   * reached programs of the account.
   *
   * @param before the account's ends of the connections that are older than the gateway's
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
    // No program has accepted the connection, and older kernels name no owner of it then. It waits
    // in
    // the queue of a listening socket. This socket exists as long as the connection waits, and the
    // kernel lists it before the connection, in the same table.
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
