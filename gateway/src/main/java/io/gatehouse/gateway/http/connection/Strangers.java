package io.gatehouse.gateway.http.connection;

import io.gatehouse.gateway.http.exchange.RefusalLog;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.event.Level;

/**
 * Bounds the number of connections whose callers have not shown who they are. Another object of
 * this class bounds the connections of known callers that wait for their next request.
 *
 * <p>Anybody who reaches the port can open any number of connections. When there are too many, the
 * oldest one is closed and the new one is served. So strangers who never show credentials do not
 * keep out users, who show credentials at once.
 */
public final class Strangers {

  /**
   * The most bytes of heap that one connection takes. This allows for an incomplete header of up to
   * 48 KiB, for the buffer that has grown to hold it, and for what Jetty keeps for a connection.
   */
  private static final long WEIGHT = 128 * 1024;

  /** The heap divided by this is for connections of unknown callers. */
  private static final long SHARE = 4;

  private static final int FEWEST = 100;

  /**
   * The heap divided by this is for connections of known callers. Each is counted with half the
   * bytes, because few of them have sent a part of a header.
   */
  private static final long SHARE_OF_KNOWN = 8;

  private final int most;
  private final String whose;
  private final RefusalLog log;
  private final Set<Stranger> all = new LinkedHashSet<>();

  /** A connection that is counted. */
  public final class Stranger {

    private final Runnable close;

    private Stranger(Runnable close) {
      this.close = close;
    }

    /**
     * Stops counting the connection, because its caller is known now or it is closed. May be called
     * again.
     */
    public void leave() {
      synchronized (all) {
        var unused = all.remove(this);
      }
    }
  }

  Strangers(int most, RefusalLog log) {
    this(most, "whose callers have not shown who they are", log);
  }

  /**
   * @param whose says in words which connections are counted
   */
  private Strangers(int most, String whose, RefusalLog log) {
    this.most = most;
    this.whose = whose;
    this.log = log;
  }

  /** Admits as many connections as fit into a quarter of the heap. */
  public static Strangers ofHeap(RefusalLog log) {
    long fitting = Runtime.getRuntime().maxMemory() / SHARE / WEIGHT;
    return new Strangers(Math.clamp(fitting, FEWEST, Integer.MAX_VALUE), log);
  }

  /**
   * Makes an object for connections on which a known caller has no request under way. They have an
   * eighth of the heap.
   */
  public static Strangers knownOfHeap(RefusalLog log) {
    long fitting = Runtime.getRuntime().maxMemory() / SHARE_OF_KNOWN / (WEIGHT / 2);
    return new Strangers(
        Math.clamp(fitting, FEWEST, Integer.MAX_VALUE), "and wait for a request", log);
  }

  /**
   * Counts a new connection, and closes the oldest if there are too many.
   *
   * @param close closes the connection at once, without waiting for the other side
   */
  public Stranger enter(Runnable close) {
    Stranger newcomer = new Stranger(close);
    oldestOfTooMany(newcomer)
        .ifPresent(
            oldest -> {
              log.write(
                  Level.WARN,
                  "the oldest connection is closed, because more than "
                      + most
                      + " are open "
                      + whose,
                  Optional.empty());
              oldest.close.run();
            });
    return newcomer;
  }

  private Optional<Stranger> oldestOfTooMany(Stranger newcomer) {
    synchronized (all) {
      all.add(newcomer);
      if (all.size() <= most) {
        return Optional.empty();
      }
      Stranger oldest = all.iterator().next();
      all.remove(oldest);
      return Optional.of(oldest);
    }
  }

  /** The number of connections; for tests. */
  int size() {
    synchronized (all) {
      return all.size();
    }
  }
}
