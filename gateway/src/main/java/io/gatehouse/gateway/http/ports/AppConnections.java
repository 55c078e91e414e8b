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
 * Gives connections to users' servers. A connection that a server keeps open is used again, so that
 * a page of a hundred small files does not need a hundred connections.
 *
 * <p>A connection belongs to the program that has accepted it, and the owner of that program was
 * checked at that time. So the connection may be used even if another program has the port by now.
 */
final class AppConnections {

  /** The most connections of a user that are in use. A browser opens six for each page. */
  private static final int MOST_OF_USER = 48;

  private static final int MOST = 1024;

  /** The most connections of an account that are kept open without a request. */
  private static final int MOST_IDLE_OF_ACCOUNT = 8;

  private static final int MOST_IDLE = 64;
  private static final long IDLE_SECONDS = 10;

  private record Idle(AccountName account, int port, AppConnection connection) {}

  private final Ports ports;
  private final Quota quota = new Quota(MOST_OF_USER, MOST);

  // Guarded by this. The newest connection is the first.
  private final Deque<Idle> idle = new ArrayDeque<>();

  AppConnections(Ports ports) {
    this.ports = ports;
  }

  /**
   * Counts a connection in use, until {@link #leave} is called.
   *
   * @throws RefusedException 429
   */
  void enter(Account account) {
    quota
        .take(account.name().value(), "connections to ports under way")
        .ifPresent(
            limit -> {
              throw new RefusedException(
                  429, limit + ", the most there may be; wait until a request to a port has ended");
            });
  }

  void leave(Account account) {
    quota.giveBack(account.name().value());
  }

  /** Returns a connection that was kept open, if there is one. */
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
   * Opens a new connection.
   *
   * @throws io.gatehouse.gateway.ports.PortException if the account has no server at this port
   */
  AppConnection open(Account account, int port) throws IOException {
    Tunnel tunnel = ports.connect(account, port);
    return new AppConnection(tunnel);
  }

  /** Takes a connection back after its answer was read to the end. */
  void giveBack(Account account, int port, AppConnection connection) {
    if (!connection.isReusable() || !keep(new Idle(account.name(), port, connection))) {
      connection.close();
      return;
    }
    CompletableFuture.delayedExecutor(IDLE_SECONDS, TimeUnit.SECONDS, Thread::startVirtualThread)
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

  /**
   * Closes the connection if it is kept open without a request. If it was used in the meantime, it
   * is closed a little earlier than it would have to be.
   */
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
