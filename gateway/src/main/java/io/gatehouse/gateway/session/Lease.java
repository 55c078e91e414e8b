package io.gatehouse.gateway.session;

/**
 * The memory that one request, command or terminal holds. A small part of it, {@link #ALLOWANCE},
 * is not counted.
 *
 * <p>Memory is taken before it is used, and given back by {@link #close} at the latest.
 */
public final class Lease implements AutoCloseable {

  /**
   * Bytes of each lease that are not counted: enough for what every request needs, and for a small
   * file or listing. Another bound limits the number of requests at a time.
   */
  public static final long ALLOWANCE = 32 * 1024;

  /**
   * The lease takes bytes from the budget in steps of this size, so that code which counts single
   * records rarely asks the budget.
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
   * Adds bytes to those that the lease holds.
   *
   * @throws BudgetException if they are too many; the lease then holds no more than before
   */
  public synchronized void take(long bytes) {
    long needed = needed(held + bytes);
    if (needed > taken) {
      budget.take(userId, needed - taken, taken);
      taken = needed;
    }
    held += bytes;
  }

  /** Gives back some of the bytes that the lease holds. */
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

  /** Makes a lease of the same user, for memory that is held longer than this lease. */
  public Lease another() {
    return budget.lease(userId);
  }

  /** The most bytes that may be held, if the same user holds nothing else. */
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
