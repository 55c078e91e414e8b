package io.gatehouse.gateway.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Connects to a port from the login of an account, and returns the connection only if the account's
 * own program has it.
 *
 * <p>sshd connects as the account, so netguard and the account's own network allow the connection
 * or not, as for any program of the user. Where neither measure is in force, another account's
 * server may be at the port.
 */
final class Dialer {

  /** How long sshd may take to connect. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** How long the search for the owner of the server may take. It usually needs one reading. */
  private static final Duration OWNER_LIMIT = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

  /** The most bytes that are read of the tables in an account's own network. */
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final String READ_TABLES = "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null";

  /** An address of loopback, in the spelling of sshd and in that of the kernel's tables. */
  enum Loopback {
    IPV4("127.0.0.1", TcpRow.LOOPBACK_4),
    IPV6("::1", TcpRow.LOOPBACK_6);

    private final String name;
    private final String row;

    Loopback(String name, String row) {
      this.name = name;
      this.row = row;
    }

    String row() {
      return row;
    }
  }

  private final Session session;
  private final IntFunction<List<TcpRow>> tables;
  private final long uid;

  /**
   * @param tables reads at least all sockets with this port at one of their ends
   */
  private Dialer(Session session, IntFunction<List<TcpRow>> tables, Account account) {
    this.session = session;
    this.tables = tables;
    this.uid = account.uid();
  }

  /** Makes a dialer for an account in the gateway's network, whose tables the gateway reads. */
  static Dialer shared(Session session, TcpTables tables, Account account) {
    return new Dialer(session, tables::atPort, account);
  }

  /** Makes a dialer for an account in a network of its own, whose tables its login reads. */
  static Dialer apart(Session session, Account account) {
    return new Dialer(session, port -> readTables(session), account);
  }

  private static List<TcpRow> readTables(Session session) {
    try (Pipe pipe = session.pipe(READ_TABLES, CONNECT_LIMIT)) {
      return OutputLines.read(pipe.output(), MOST_BYTES)
          .flatMap(line -> TcpRow.parse(line).stream())
          .toList();
    } catch (IOException failure) {
      return List.of();
    }
  }

  /**
   * Connects to the port at an address.
   *
   * @return empty if no program listens at this address
   * @throws PortException NOT_FOUND if the program at the port is not the account's
   */
  Optional<Tunnel> dial(Loopback address, int port, Tunnel.Use use) {
    Owners owners = new Owners(uid, new TcpRow.End(address.row, port));
    Set<TcpRow.End> before = owners.clients(tables.apply(port));
    Optional<Tunnel> tunnel = connect(address, port, use);
    boolean own = false;
    try {
      own = tunnel.isEmpty() || isOwn(owners, port, before, tunnel.get());
    } finally {
      if (!own) {
        tunnel.ifPresent(Tunnel::close);
      }
    }
    if (!own) {
      throw PortException.notFound();
    }
    return tunnel;
  }

  private Optional<Tunnel> connect(Loopback address, int port, Tunnel.Use use) {
    try {
      return session.connect(address.name, port, CONNECT_LIMIT, use);
    } catch (SessionException failure) {
      if (failure.reason() == SessionException.Reason.TIMED_OUT) {
        throw new PortException(
            PortException.Reason.TIMED_OUT, "Timeout connecting to localhost:" + port);
      }
      throw failure;
    }
  }

  private boolean isOwn(Owners owners, int port, Set<TcpRow.End> before, Tunnel tunnel) {
    long deadline = System.nanoTime() + OWNER_LIMIT.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      switch (owners.verdict(tables.apply(port), before)) {
        case OWN -> {
          return true;
        }
        case FOREIGN -> {
          return false;
        }
        case UNKNOWN -> {
          if (!tunnel.isOpen() || System.nanoTime() > deadline) {
            throw new PortException(
                PortException.Reason.UNREACHABLE,
                "The program has not accepted the connection. Look at what the program prints.");
          }
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException interruption) {
        Thread.currentThread().interrupt();
        return false;
      }
      pause = pause.multipliedBy(2);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
    }
  }
}
