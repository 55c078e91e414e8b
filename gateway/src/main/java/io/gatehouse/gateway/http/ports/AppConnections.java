package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.ports.Ports;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.Tunnel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Gives connections to users' servers. Those that a server keeps open are used again, so that a
 * page of a hundred small files is not a hundred connections.
 *
 * <p>A connection belongs to the program that has taken it, whose owner was checked then. So it
 * stays right when the port changes hands.
 */
final class AppConnections {

  /** Connections in use. A browser opens six for each page. */
  private static final int MOST_OF_USER = 48;

  private static final int MOST = 1024;

  /** Connections that wait for a request, of one account and of all. */
  private static final int MOST_IDLE_OF_ACCOUNT = 8;

  private static final int MOST_IDLE = 64;
  private static final long IDLE_SECONDS = 10;

  private record Idle(AccountName account, int port, AppConnection connection) {}

  private final Ports ports;
  private final Quota quota = new Quota(MOST_OF_USER, MOST);

  // Guarded by this; the newest is the first.
  private final Deque<Idle> idle = new ArrayDeque<>();

  AppConnections(Ports ports) {
    this.ports = ports;
  }

  /**
   * Takes a place for a connection in use; {@link #leave} gives it back.
   *
   * @throws RefusedException 429
   */
  void enter(Account account) {
    quota
        .take(account.name().value(), "connections to ports under way")
        .ifPresent(
            limit -> {
              throw new RefusedException(
                  429, limit + ", the most there may be; wait for one to end");
            });
  }

  void leave(Account account) {
    quota.giveBack(account.name().value());
  }

  /** A connection that was kept open, if there is one. */
  synchronized Optional<AppConnection> kept(Account account, int port) {
    for (Iterator<Idle> each = idle.iterator(); each.hasNext(); ) {
      Idle one = each.next();
      if (one.port() == port && one.account().equals(account.name())) {
        each.remove();
        if (one.connection().isQuiet()) {
          one.connection().reuse();
          return Optional.of(one.connection());
        }
        one.connection().close();
      }
    }
    return Optional.empty();
  }

  /**
   * A new connection.
   *
   * @throws io.gatehouse.gateway.ports.PortException if the account has no server there
   */
  AppConnection open(Account account, int port) throws IOException {
    Tunnel tunnel = ports.connect(account, port);
    return new AppConnection(tunnel);
  }

  /** Takes a connection back, after an answer that was read to its end. */
  void giveBack(Account account, int port, AppConnection connection) {
    if (!connection.isReusable() || !keep(new Idle(account.name(), port, connection))) {
      connection.close();
      return;
    }
    CompletableFuture.delayedExecutor(IDLE_SECONDS, TimeUnit.SECONDS)
        .execute(() -> endIfIdle(connection));
  }

  private synchronized boolean keep(Idle one) {
    long ofAccount = idle.stream().filter(other -> other.account().equals(one.account())).count();
    if (ofAccount >= MOST_IDLE_OF_ACCOUNT || idle.size() >= MOST_IDLE) {
      return false;
    }
    idle.addFirst(one);
    return true;
  }

  /** A connection that was used meanwhile and kept again ends a little early. */
  private void endIfIdle(AppConnection connection) {
    boolean waits;
    synchronized (this) {
      waits = idle.removeIf(one -> one.connection() == connection);
    }
    if (waits) {
      connection.close();
    }
  }
}
