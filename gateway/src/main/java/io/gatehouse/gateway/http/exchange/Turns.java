package io.gatehouse.gateway.http.exchange;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets only a few requests of one user do costly work at the same time. That user's other requests
 * wait, first come, first served, so that the processors stay free for other users.
 *
 * <p>The work inside a turn must not wait for the client, because a client that stalls would then
 * hold the turn.
 */
public final class Turns {

  private final int mostOfUser;
  private final Duration limit;
  private final Map<String, Semaphore> users = new ConcurrentHashMap<>();

  /**
   * @param mostOfUser how many turns one user may have at a time
   * @param limit how long a request waits for its turn
   */
  public Turns(int mostOfUser, Duration limit) {
    this.mostOfUser = mostOfUser;
    this.limit = limit;
  }

  /** Work that is done in a turn. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Waits for a turn of the user, and does the work in it.
   *
   * @throws RefusedException 429 if no turn came within the limit
   */
  public <T, E extends Exception> T run(String userId, Work<T, E> work) throws E {
    Semaphore turns = users.computeIfAbsent(userId, id -> new Semaphore(mostOfUser, true));
    await(turns);
    try {
      return work.run();
    } finally {
      turns.release();
    }
  }

  private void await(Semaphore turns) {
    try {
      if (turns.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    throw new RefusedException(
        429,
        "Your earlier requests still keep the server busy; wait for them to end, and send this one"
            + " again");
  }
}
