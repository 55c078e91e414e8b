package io.gatehouse.gateway.session;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the bytes of the gateway's memory that each user, and all users together, may hold.
 *
 * <p>Each operation has bounds of its own, but a user may begin many at a time and let each stall
 * half-way. A request that does not fit is refused with an error text. It does not wait for memory,
 * because a stalled request would keep all others waiting.
 */
public final class MemoryBudget {

  /**
   * All users together may hold the heap divided by this. Connections of strangers may hold as much
   * ({@code Strangers}). The other half of the heap is for what the gateway itself keeps, about 20
   * MB, and for garbage that is not collected yet. The young generation is at most a third of the
   * heap (scripts/launch.bash), so 170 MB of a heap of 256 MB can hold objects that stay.
   */
  private static final long SHARE = 4;

  /**
   * One user may hold the memory for all users divided by this, so that no single user keeps the
   * others from large files.
   */
  private static final long SHARE_OF_USER = 2;

  private final long most;
  private final long mostOfUser;

  // Guarded by this.
  private final Map<String, Long> users = new HashMap<>();
  private long taken;

  /**
   * @param most the most bytes that all users may hold together
   * @param mostOfUser the most bytes that one user may hold
   */
  public MemoryBudget(long most, long mostOfUser) {
    this.most = most;
    this.mostOfUser = mostOfUser;
  }

  /**
   * A budget that follows from the heap.
   *
   * @param shared whether all requests count as those of one user, who may then hold all of it
   */
  public static MemoryBudget ofHeap(boolean shared) {
    long most = Runtime.getRuntime().maxMemory() / SHARE;
    return new MemoryBudget(most, shared ? most : most / SHARE_OF_USER);
  }

  /** Makes a lease for the user, which holds no bytes yet. */
  public Lease lease(String userId) {
    return new Lease(this, userId);
  }

  /** How many bytes one user may hold. */
  public long mostOfUser() {
    return mostOfUser;
  }

  /**
   * Takes bytes for a user.
   *
   * @param held the bytes that this lease has already; together with them the request may be too
   *     large for one user
   */
  synchronized void take(String userId, long bytes, long held) {
    if (bytes > mostOfUser - held) {
      throw new BudgetException(
          BudgetException.Reason.TOO_LARGE,
          "This would take more than the "
              + inMegabytes(mostOfUser)
              + " of this server's memory that one user may have at a time. Ask for less at once,"
              + " or ask an admin to give the server more memory.");
    }
    long ofUser = users.getOrDefault(userId, 0L);
    if (bytes > mostOfUser - ofUser) {
      throw new BudgetException(
          BudgetException.Reason.TOO_MUCH_OF_USER,
          "Your requests, commands and terminals take "
              + inMegabytes(ofUser)
              + " of this server's memory, and you may have "
              + inMegabytes(mostOfUser)
              + " at a time. Wait until some of them have ended, or end transfers, commands or"
              + " terminals that you do not need.");
    }
    if (bytes > most - taken) {
      throw new BudgetException(
          BudgetException.Reason.TOO_MUCH_OF_ALL,
          "The requests of all users together take all the memory that this server has for them ("
              + inMegabytes(most)
              + "). Try again in a moment.");
    }
    users.put(userId, ofUser + bytes);
    taken += bytes;
  }

  synchronized void giveBack(String userId, long bytes) {
    taken -= bytes;
    users.computeIfPresent(userId, (id, ofUser) -> ofUser == bytes ? null : ofUser - bytes);
  }

  /** How many bytes of the budget are taken. */
  public synchronized long taken() {
    return taken;
  }

  private static String inMegabytes(long bytes) {
    return Math.max(1, bytes >> 20) + " MB";
  }
}
