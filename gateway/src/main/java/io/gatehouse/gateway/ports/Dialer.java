package io.gatehouse.gateway.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Tunnel;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Connects to one of an account's ports from the account's own login, and returns the connection
 * only when it is known to have reached a program of that account.
 *
 * <p>sshd connects as the account, so netguard and networks of accounts' own decide as for any
 * program of the user. Where neither is in force, another account's server may be at the port.
 */
final class Dialer {

  /** How long sshd may take to connect. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** How long it may take to learn whose the other end is: usually one look. */
  private static final Duration OWNER_LIMIT = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

  /** Bytes of the tables in an account's own network. */
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final String READ_TABLES = "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null";

  /** An address of loopback in both spellings. */
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
  private final Supplier<List<TcpRow>> tables;
  private final long uid;

  private Dialer(Session session, Supplier<List<TcpRow>> tables, Account account) {
    this.session = session;
    this.tables = tables;
    this.uid = account.uid();
  }

  /** For an account in the same network as the gateway, whose tables the gateway reads. */
  static Dialer shared(Session session, TcpTables tables, Account account) {
    return new Dialer(session, tables::all, account);
  }

  /** For an account in a network of its own, whose tables are read in its login. */
  static Dialer apart(Session session, Account account) {
    return new Dialer(session, () -> readTables(session), account);
  }

  private static List<TcpRow> readTables(Session session) {
    try (Pipe pipe = session.pipe(READ_TABLES, CONNECT_LIMIT);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new ByteArrayInputStream(pipe.output().readNBytes(MOST_BYTES)),
                    StandardCharsets.ISO_8859_1))) {
      return lines.lines().flatMap(line -> TcpRow.parse(line).stream()).toList();
    } catch (IOException failure) {
      return List.of();
    }
  }

  /**
   * Connects.
   *
   * @return empty if nothing answers at this address
   * @throws PortException NOT_FOUND if the program there is not the account's
   */
  Optional<Tunnel> dial(Loopback address, int port) {
    Owners owners = new Owners(uid, new TcpRow.End(address.row, port));
    Set<TcpRow.End> before = owners.clients(tables.get());
    Optional<Tunnel> tunnel = connect(address, port);
    boolean own = false;
    try {
      own = tunnel.isEmpty() || isOwn(owners, before, tunnel.get());
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

  private Optional<Tunnel> connect(Loopback address, int port) {
    try {
      return session.connect(address.name, port, CONNECT_LIMIT);
    } catch (SessionException failure) {
      if (failure.reason() == SessionException.Reason.TIMED_OUT) {
        throw new PortException(
            PortException.Reason.TIMED_OUT, "Timeout connecting to localhost:" + port);
      }
      throw failure;
    }
  }

  private boolean isOwn(Owners owners, Set<TcpRow.End> before, Tunnel tunnel) {
    long deadline = System.nanoTime() + OWNER_LIMIT.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      switch (owners.verdict(tables.get(), before)) {
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
                "The program has not taken the connection. Look at what it prints.");
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
