package io.gatehouse.gateway.http.connection;

import io.gatehouse.gateway.http.exchange.RefusalLog;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.event.Level;

/**
 * The connections whose callers have not shown yet who they are; and, counted by themselves, those
 * that wait for the next request of somebody who has.
 *
 * <p>Anybody who reaches the port can open as many as they like, so their number is bounded, and
 * the oldest one is closed for each that is too many. A newcomer is always served: users, who show
 * a credential at once, are not kept out by strangers who never do.
 */
public final class Strangers {

  /**
   * Bytes of heap for one of them at its worst: 48 KiB of header that is not complete, in a buffer
   * which has grown for it, and what Jetty keeps for a connection.
   */
  private static final long WEIGHT = 128 * 1024;

  /** The share of the heap for these connections is one part in this many. */
  private static final long SHARE = 4;

  private static final int FEWEST = 100;

  /**
   * The share of the heap for connections of known callers is one part in this many. Few of them
   * have sent half a header.
   */
  private static final long SHARE_OF_KNOWN = 8;

  private final int most;
  private final String whose;
  private final RefusalLog log;
  private final Set<Stranger> all = new LinkedHashSet<>();

  /** One of them. */
  public final class Stranger {

    private final Runnable close;

    private Stranger(Runnable close) {
      this.close = close;
    }

    /** The caller is known now, or the connection is closed. May be called again. */
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

  /** The same for connections on which somebody known has no request under way. */
  public static Strangers knownOfHeap(RefusalLog log) {
    long fitting = Runtime.getRuntime().maxMemory() / SHARE_OF_KNOWN / (WEIGHT / 2);
    return new Strangers(
        Math.clamp(fitting, FEWEST, Integer.MAX_VALUE), "and wait for a request", log);
  }

  /**
   * Takes in a new connection.
   *
   * @param close ends it at once, without waiting for the other side
   */
  public Stranger enter(Runnable close) {
    Stranger newcomer = new Stranger(close);
    oldestOfTooMany(newcomer)
        .ifPresent(
            oldest -> {
              log.write(
                  Level.WARN,
                  "a connection is closed: more than " + most + " are open " + whose,
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

  /** How many there are; for tests. */
  int size() {
    synchronized (all) {
      return all.size();
    }
  }
}
