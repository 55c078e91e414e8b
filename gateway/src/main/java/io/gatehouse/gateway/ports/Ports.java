package io.gatehouse.gateway.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.Tunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the TCP servers of accounts. */
public final class Ports implements AutoCloseable {

  private final TcpTables tables;
  private final Looks looks;
  private final OpenTunnels tunnels = new OpenTunnels();
  private final Sessions sessions;
  private final Path networks;

  /**
   * @param sessions the accounts' logins
   * @param tables the folder of the kernel's tables, {@code /proc/net}
   * @param networks the folder in which {@code join-network} has a file for each account with a
   *     network of its own
   */
  public Ports(Sessions sessions, Path tables, Path networks) {
    this.tables = new TcpTables(tables);
    this.sessions = sessions;
    this.looks = new Looks(sessions);
    this.networks = networks;
  }

  /** The ports of this machine. */
  public static Ports of(Sessions sessions) {
    return new Ports(sessions, Path.of("/proc/net"), Path.of("/run/netns"));
  }

  /**
   * The ports on which the account's programs listen, in order. This opens no login. It waits only
   * for the first look into an account's own network.
   */
  public List<OpenPort> list(Account account) {
    Look look;
    List<TcpRow> rows;
    if (hasOwnNetwork(account)) {
      look = looks.network(account);
      rows = look.rows().stream().filter(row -> row.uid() == account.uid()).toList();
    } else {
      rows = tables.listenersOf(account.uid(), TcpTables.FRESH);
      look = rows.isEmpty() ? Look.NOTHING : looks.programs(account, inodes(rows));
    }
    Map<Integer, TcpRow> ports = new TreeMap<>();
    rows.forEach(row -> ports.merge(row.local().port(), row, Ports::preferred));
    return ports.values().stream().map(row -> port(row, look)).toList();
  }

  /**
   * Connects to one of the account's ports.
   *
   * @throws PortException if no program of the account accepts the connection
   */
  public Tunnel connect(Account account, int port, Tunnel.Use use) {
    boolean apart = hasOwnNetwork(account);
    Session session = sessions.of(account);
    Dialer dialer =
        apart ? Dialer.apart(session, account) : Dialer.shared(session, tables, account);
    List<Dialer.Loopback> addresses =
        apart ? List.of(Dialer.Loopback.values()) : addresses(account, port);
    boolean foreign = false;
    for (Dialer.Loopback address : addresses) {
      try {
        Optional<Tunnel> tunnel = dialer.dial(address, port, use);
        if (tunnel.isPresent()) {
          return tunnels.keep(tunnel.get());
        }
      } catch (PortException failure) {
        if (failure.reason() != PortException.Reason.NOT_FOUND) {
          throw failure;
        }
        // Another account's program has this address. A program of the account may listen at [::],
        // and have only the other address because of that.
        foreign = true;
      }
    }
    if (apart || foreign) {
      throw PortException.notFound();
    }
    throw new PortException(
        PortException.Reason.UNREACHABLE, "Connection refused: localhost:" + port);
  }

  /** The addresses at which a program of the account may listen for connections to localhost. */
  private List<Dialer.Loopback> addresses(Account account, int port) {
    List<TcpRow> rows = listeners(account, port, TcpTables.FRESH);
    if (rows.isEmpty()) {
      // The program may have started to listen a moment ago.
      rows = listeners(account, port, TcpTables.JUST_READ);
    }
    if (rows.isEmpty()) {
      throw PortException.notFound();
    }
    List<TcpRow> found = rows;
    List<Dialer.Loopback> addresses =
        Stream.of(Dialer.Loopback.values())
            .filter(address -> found.stream().anyMatch(row -> row.serves(address.row())))
            .toList();
    if (addresses.isEmpty()) {
      throw new PortException(
          PortException.Reason.UNREACHABLE,
          "The program on port "
              + port
              + " does not listen at localhost. It must listen on 127.0.0.1; start it so.");
    }
    return addresses;
  }

  private List<TcpRow> listeners(Account account, int port, Duration age) {
    return tables.listenersOf(account.uid(), age).stream()
        .filter(row -> row.local().port() == port)
        .toList();
  }

  private static Set<Long> inodes(List<TcpRow> rows) {
    return rows.stream().map(TcpRow::inode).collect(Collectors.toUnmodifiableSet());
  }

  /** Chooses the row for a port with two. The list has a port once, as in Open Terminal. */
  private static TcpRow preferred(TcpRow one, TcpRow other) {
    return one.ipv6() && !other.ipv6() ? other : one;
  }

  private static OpenPort port(TcpRow row, Look look) {
    Optional<Look.Program> program = Optional.ofNullable(look.programs().get(row.inode()));
    return new OpenPort(
        row.local().port(),
        program.map(known -> OptionalInt.of(known.pid())).orElseGet(OptionalInt::empty),
        program.map(Look.Program::name).filter(name -> !name.isEmpty()));
  }

  /** Ends all connections. */
  @Override
  public void close() {
    tunnels.close();
  }

  /** Whether the account's logins have a network of their own, whose sockets only they see. */
  private boolean hasOwnNetwork(Account account) {
    return Files.exists(networks.resolve(account.name().value()));
  }
}
