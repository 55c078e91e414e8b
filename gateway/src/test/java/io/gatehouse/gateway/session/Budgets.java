package io.gatehouse.gateway.session;

/** Budgets for tests in which memory does not matter. */
public final class Budgets {

  private Budgets() {}

  /** A budget that no test uses up. */
  public static MemoryBudget large() {
    return new MemoryBudget(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** A lease of such a budget. */
  public static Lease lease() {
    return large().lease("somebody");
  }
}
