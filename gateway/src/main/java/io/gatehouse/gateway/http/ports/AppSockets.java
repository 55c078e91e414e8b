package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.schedule.RepeatedTask;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open WebSockets to ports: bounds their number, checks the tokens of their callers again, and
 * ends them when the gateway stops.
 */
public final class AppSockets implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AppSockets.class);

  /** The time between two checks of a token, as for terminals. */
  public static final Duration RECHECK = Duration.ofMinutes(5);

  /**
   * The most bytes that a WebSocket holds in memory: the window of its channel, a packet of SSH,
   * and the buffers of both directions and of HttpCore.
   */
  private static final long WEIGHT = 224 * 1024;

  /** The heap divided by this is for WebSockets of all users, which may stay open for days. */
  private static final long SHARE = 16;

  private static final int FEWEST = 64;
  private static final int MOST = 1024;

  /** The most WebSockets of a user. A page of Jupyter Lab has one for each open notebook. */
  private static final int MOST_OF_USER = 16;

  private final Authenticator authenticator;
  private final PageOrigins origins;
  private final Quota quota = new Quota(MOST_OF_USER, most());
  private final Set<Place> open = ConcurrentHashMap.newKeySet();
  private final RepeatedTask rechecks = new RepeatedTask("websocket-rechecks");

  /**
   * @param origins the origins of pages that may open WebSockets, besides the server's own
   * @param recheck the time between two checks of a token
   */
  public AppSockets(Authenticator authenticator, List<String> origins, Duration recheck) {
    this.authenticator = authenticator;
    this.origins = new PageOrigins(origins);
    rechecks.begin(recheck, recheck, this::recheckAll);
  }

  private static int most() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / SHARE / WEIGHT, FEWEST, MOST);
  }

  PageOrigins origins() {
    return origins;
  }

  /**
   * Counts a WebSocket until its place is closed.
   *
   * @param held counts the memory of the WebSocket alone
   * @throws RefusedException 429
   */
  Place enter(Caller caller, Account account, Lease held) {
    String name = account.name().value();
    quota
        .take(name, "WebSockets to ports open")
        .ifPresent(
            limit -> {
              throw new RefusedException(
                  429, limit + ", the most there may be; close a page that uses one");
            });
    Place place = new Place(name, caller, held);
    try {
      place.held.take(WEIGHT);
    } catch (RuntimeException refusal) {
      place.close();
      throw refusal;
    }
    return place;
  }

  private void recheckAll() {
    for (Place place : open) {
      if (place.caller.token().isPresent()) {
        Thread.ofVirtual().name("token recheck").start(() -> recheck(place));
      }
    }
  }

  private void recheck(Place place) {
    try {
      authenticator.recheck(place.caller);
    } catch (AuthException refusal) {
      if (refusal.reason() == AuthException.Reason.UNAVAILABLE) {
        LOG.warn(
            "a WebSocket to a port stays open, although its token could not be checked: {}",
            refusal.getMessage());
        return;
      }
      LOG.info(
          "a WebSocket to a port is closed, because its token was refused: {}",
          refusal.getMessage());
      place.end.run();
    }
  }

  /** Ends all WebSockets. */
  @Override
  public void close() {
    rechecks.close();
    open.forEach(place -> place.end.run());
  }

  /** The place of a WebSocket among those that are counted. */
  final class Place implements AutoCloseable {

    private final String account;
    private final Caller caller;
    private final Lease held;
    private volatile Runnable end = () -> {};
    private volatile boolean inUse;

    // Guarded by this.
    private boolean closed;

    private Place(String account, Caller caller, Lease held) {
      this.account = account;
      this.caller = caller;
      this.held = held;
    }

    /**
     * Notes that the WebSocket is open.
     *
     * @param ending ends the WebSocket at once
     */
    void opened(Runnable ending) {
      inUse = true;
      end = ending;
      open.add(this);
    }

    /** Whether a WebSocket has this place. Such a WebSocket closes the place itself. */
    boolean isInUse() {
      return inUse;
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        open.remove(this);
        held.close();
        quota.giveBack(account);
      }
    }
  }
}
