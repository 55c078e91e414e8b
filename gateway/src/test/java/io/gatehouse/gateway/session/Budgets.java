package io.gatehouse.gateway.session;

/** Budgets for tests in which memory is not what matters. */
public final class Budgets {

  private Budgets() {}

  /** A budget that nobody uses up. */
  public static MemoryBudget large() {
    return new MemoryBudget(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** A lease of such a budget. */
  public static Lease lease() {
    return large().lease("somebody");
  }
}
