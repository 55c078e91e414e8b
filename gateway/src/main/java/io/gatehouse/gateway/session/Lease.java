package io.gatehouse.gateway.session;

/**
 * The memory that one request, command or terminal holds, as far as it is more than a little.
 *
 * <p>It is taken before it is used, and given back by {@link #close} at the latest.
 */
public final class Lease implements AutoCloseable {

  /**
   * Bytes that cost nothing: what every request needs, and a small file or listing. How many
   * requests there may be at a time is bounded by itself.
   */
  public static final long ALLOWANCE = 32 * 1024;

  /**
   * Bytes that are taken from the budget at a time, so that code which counts single records asks
   * rarely.
   */
  private static final long STEP = 32 * 1024;

  private final MemoryBudget budget;
  private final String userId;

  // Guarded by this.
  private long held;
  private long taken;

  Lease(MemoryBudget budget, String userId) {
    this.budget = budget;
    this.userId = userId;
  }

  /**
   * Holds so many bytes more.
   *
   * @throws BudgetException if they are too many; the lease is as it was
   */
  public synchronized void take(long bytes) {
    long needed = needed(held + bytes);
    if (needed > taken) {
      budget.take(userId, needed - taken, taken);
      taken = needed;
    }
    held += bytes;
  }

  /** Holds so many bytes less. */
  public synchronized void giveBack(long bytes) {
    held -= bytes;
    long needed = needed(held);
    if (needed < taken) {
      budget.giveBack(userId, taken - needed);
      taken = needed;
    }
  }

  private static long needed(long held) {
    return held <= ALLOWANCE ? 0 : Math.ceilDiv(held, STEP) * STEP;
  }

  /** How many bytes may be held at most, if the same user holds nothing else. */
  public long most() {
    return budget.mostOfUser();
  }

  /** How many bytes are held. */
  public synchronized long held() {
    return held;
  }

  /** Gives everything back; may be called again. */
  @Override
  public synchronized void close() {
    giveBack(held);
  }
}
