package io.gatehouse.gateway.session;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the bytes of the gateway's memory that users hold: each of them, and all together.
 *
 * <p>Each operation has bounds of its own, but a user may begin many at a time and let each stall
 * half-way. Nobody waits for memory: whoever stalls would keep the others waiting. What does not
 * fit is refused with a sentence.
 */
public final class MemoryBudget {

  /**
   * All users have one part in so many of the heap. Connections of strangers may have as much
   * ({@code Strangers}). The half that is left is for what the gateway itself keeps, some 40 MB,
   * and for what is garbage until the collector comes: with its young generation of 96 MB
   * (scripts/launch.bash), a heap of 256 MB has 160 MB for what stays.
   */
  private static final long SHARE = 4;

  /**
   * The share of one user is one part in this many of the memory for all, so that no single user
   * keeps others from large files.
   */
  private static final long SHARE_OF_USER = 2;

  private final long most;
  private final long mostOfUser;

  // Guarded by this.
  private final Map<String, Long> users = new HashMap<>();
  private long taken;

  /**
   * @param most bytes of all users
   * @param mostOfUser bytes of each
   */
  public MemoryBudget(long most, long mostOfUser) {
    this.most = most;
    this.mostOfUser = mostOfUser;
  }

  /**
   * A budget that follows from the heap.
   *
   * @param shared whether all users count as one, who may then have all
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
   * @param held what the lease has already, which alone may be too much
   */
  synchronized void take(String userId, long bytes, long held) {
    if (bytes > mostOfUser - held) {
      throw new BudgetException(
          BudgetException.Reason.TOO_LARGE,
          "This would take more than the "
              + inMegabytes(mostOfUser)
              + " of this server's memory that one user may have at a time. Ask for less at once,"
              + " or have the server given more memory.");
    }
    long ofUser = users.getOrDefault(userId, 0L);
    if (bytes > mostOfUser - ofUser) {
      throw new BudgetException(
          BudgetException.Reason.TOO_MUCH_OF_USER,
          "What you have under way takes "
              + inMegabytes(ofUser)
              + " of this server's memory, and you may have "
              + inMegabytes(mostOfUser)
              + " at a time. Wait until some of it has ended, or end transfers, commands or"
              + " terminals that you do not need.");
    }
    if (bytes > most - taken) {
      throw new BudgetException(
          BudgetException.Reason.TOO_MUCH_OF_ALL,
          "All users together have under way what this server's memory allows ("
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
