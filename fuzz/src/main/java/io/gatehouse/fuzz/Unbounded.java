package io.gatehouse.fuzz;

import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;

/** A budget of memory that no input can use up, because {@link Bounded} checks the memory. */
public final class Unbounded {

  private Unbounded() {}

  public static Lease lease() {
    return new MemoryBudget(Long.MAX_VALUE, Long.MAX_VALUE).lease("somebody");
  }
}
